"""Does a right answer that rounds differently always get the same verdict?

Another order of additions, another processor, another library: a right answer's floats differ in
their last digits. Printed numbers have six digits and a tolerance, and absorb that; a count, a
truth value or a word that is made from floats may not. So the reference is run again under fresh
seeds with every float that enters or leaves an answer moved a little, in both directions, and so
are the alternatives as they are. Each output must agree with the reference's own.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnedu.grading import _nudge
from nnedu.grading._nudge import SIZE
from nnedu.grading.compare import Tolerance, difference, lines_of
from nnedu.grading.lessons import Check, Lesson, grade_id, is_answer, is_check
from nnedu.grading.rebuild import Step, check_steps
from nnedu.grading.reference import Run
from nnedu.grading.runner import Outcome
from nnedu.grading.seeds import check_seed
from nnedu.lesson import Alternative

SEEDS = tuple(f"{number:032x}" for number in range(1, 4))
"""Run seeds, none of which the rest of the proof uses; fixed, so it repeats."""

MODULE = "nnedu_nudge"
_MOVED = f"the reference with its floats moved by {SIZE:g} of their size"

Key = tuple[str, str, str]  # check, run seed, what was run


@dataclass(frozen=True)
class Edge:
    """A check whose verdict on a right answer depends on rounding.

    Parameters
    ----------
    check : str
    detail : str
        What was run, and how its output differs.
    """

    check: str
    detail: str


def find_edges(lesson: Lesson, run: Run, alternatives: Sequence[Alternative]) -> list[Edge]:
    """Return the checks that a right answer can fail by rounding, one finding each.

    Checks that are scored are left out: what is handed in is judged by its quality.

    Parameters
    ----------
    lesson : Lesson
    run : callable
        Runs steps in a kernel.
    alternatives : list of Alternative
    """
    steps, keys = _steps(lesson, alternatives)
    outcomes: dict[Key, Outcome] = {}
    for place, outcome in zip(keys, run(steps), strict=True):
        if place is not None:
            outcomes[place] = outcome
    edges: dict[str, Edge] = {}
    checks = {check.id: check for check in lesson.checks}
    for (name, seed, what), outcome in outcomes.items():
        said = _flips(checks[name], outcomes[name, seed, ""], outcome) if what else ""
        if said:
            edges.setdefault(name, Edge(name, f"{what}: {said} (run seed {seed})"))
    return list(edges.values())


def _flips(check: Check, one: Outcome, other: Outcome) -> str:
    """Say how two outputs of right answers differ, whichever of them is the expected one."""
    for outcome in (one, other):
        if outcome.status != "ok":
            return f"it ended as {outcome.status}: {outcome.error}"
    tolerance = Tolerance(check.rtol, check.atol)
    first, second = lines_of(one.stdout), lines_of(other.stdout)
    found = difference(first, second, tolerance) or difference(second, first, tolerance)
    return found.summary if found else ""


def _steps(
    lesson: Lesson, alternatives: Sequence[Alternative]
) -> tuple[list[Step], list[Key | None]]:
    """Return the cells to run, and for each check's cell under what its output is filed."""
    source = Path(_nudge.__file__).read_text(encoding="utf-8")
    space = f"__import__('types').ModuleType({MODULE!r})"
    module = f"__import__('sys').modules.setdefault({MODULE!r}, {space})"
    steps = [Step("nudge", "locked", f"exec({source!r}, {module}.__dict__)")]
    keys: list[Key | None] = [None]

    def add(*more: Step, key: Key | None = None) -> None:
        steps.extend(more)
        keys.extend([None] * (len(more) - 1) + [key])

    def answer(task: str, code: str) -> None:
        add(Step(task, "answer", code))
        add(_call(f"wrap(globals(), {_defined(code)!r})"))

    def checked(cell: str, source: str, what: str) -> None:
        for seed in SEEDS:
            seeds = {cell: check_seed(seed, lesson.slug, cell)}
            add(*check_steps(cell, source, seeds, {}), key=(cell, seed, what))

    scored = {check.id for check in lesson.checks if check.score}
    sources = {grade_id(cell) or "": cell["source"] for cell in lesson.cells}
    for number, cell in enumerate(lesson.cells):
        name = grade_id(cell) or ""
        if cell["cell_type"] != "code" or name in scored:
            continue
        if is_answer(cell):
            answer(name, cell["source"])
        elif not is_check(cell):
            add(Step(f"cell_{number}", "locked", cell["source"]))
        else:
            for direction, what in ((0, ""), (1, _MOVED), (-1, _MOVED)):
                add(_call(f"move({direction})"))
                # The two directions are filed apart; what is said of them is the same.
                checked(name, cell["source"], what and f"{what}, {direction:+d}")
            add(_call("move(0)"))
    for item in alternatives:
        answer(item.task, item.code)
        for check in lesson.checks_of(item.task):
            if check.id not in scored:
                checked(check.id, sources[check.id], f"alternative {item.name}")
        answer(item.task, sources[item.task])
    return steps, keys


def _call(code: str) -> Step:
    """Return a cell that calls a function of `nnedu.grading._nudge`."""
    return Step("nudge", "locked", f"__import__({MODULE!r}).{code}")


def _defined(code: str) -> list[str]:
    """Return the functions and classes that an answer defines."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node.name for node in ast.parse(code).body if isinstance(node, kinds)]


__all__ = ["SEEDS", "SIZE", "Edge", "find_edges"]
