"""What the reference and the planted mistakes print under a run's seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnedu.grading.compare import Tolerance, difference, lines_of
from nnedu.grading.lessons import BadLesson, Lesson, grade_id
from nnedu.grading.rebuild import Step, check_steps, drawn_step, reference_answers, steps_of
from nnedu.grading.runner import Outcome
from nnedu.lesson import Alternative, Mistake

Run = Callable[[list[Step]], list[Outcome]]
"""Runs the steps of a notebook somewhere and returns what became of them."""


@dataclass(frozen=True)
class Printed:
    """What a check's cell put out."""

    outcome: Outcome

    @property
    def lines(self) -> list[str]:
        """The lines it printed."""
        return lines_of(self.outcome.stdout)

    @property
    def handed_in(self) -> list[Any]:
        """The arrays it handed in."""
        return self.outcome.handed_in


@dataclass(frozen=True)
class Variant:
    """A planted mistake or an alternative, and what its task's checks printed."""

    item: Mistake | Alternative
    answer: Outcome
    printed: dict[str, Printed]


@dataclass(frozen=True)
class Expected:
    """The reference's outputs by check, and those of the variants; the data of `given`, as JSON."""

    seeds: dict[str, int] | None
    printed: dict[str, Printed]
    variants: list[Variant] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)

    def mistakes(self, check_id: str) -> list[tuple[Mistake, Printed]]:
        """Return the mistakes of a check's task that ran through, with their output there."""
        return [
            (variant.item, variant.printed[check_id])
            for variant in self.variants
            if isinstance(variant.item, Mistake)
            and check_id in variant.printed
            and variant.printed[check_id].outcome.status == "ok"
        ]


def execute(
    lesson: Lesson,
    run: Run,
    seeds: dict[str, int] | None,
    variants: Sequence[Mistake | Alternative],
) -> Expected:
    """Run the reference, then each variant of a task with that task's checks, in one kernel.

    Parameters
    ----------
    lesson : Lesson
        From the solution.
    run : callable
        Runs steps; see `Run`.
    seeds : dict or None
        Check to seed; None for the practice inputs.
    variants : list
        Mistakes and alternatives to run as well.

    Raises
    ------
    BadLesson
        If the reference itself does not run through.
    """
    answers = reference_answers(lesson)
    steps = steps_of(lesson, answers, seeds, {})
    sources = {grade_id(cell): cell["source"] for cell in lesson.cells}
    if seeds is not None:
        steps += [drawn_step(check.id) for check in lesson.checks]
    base = len(steps)
    starts: list[int] = []
    for item in variants:
        starts.append(len(steps))
        steps.append(Step(f"{item.task}@{item.name}", "answer", item.code))
        for check in lesson.checks_of(item.task):
            # Without seeds nothing is scored, and training once per mistake takes long.
            if seeds is not None or not check.score:
                steps += check_steps(check.id, sources[check.id], seeds, {})
        steps.append(Step(item.task, "answer", answers.sources[item.task]))
    outcomes = run(steps)
    printed: dict[str, Printed] = {}
    texts: dict[str, str] = {}
    for step, outcome in zip(steps[:base], outcomes[:base], strict=True):
        if outcome.status != "ok":
            raise BadLesson(
                f"{lesson.slug}: the reference does not run: {step.kind} cell {step.id} ended as "
                f"{outcome.status}: {outcome.error}."
            )
        if step.kind == "check":
            printed[step.id] = Printed(outcome)
        texts[step.id] = outcome.stdout.strip()
    given = {check.id: texts.get(drawn_step(check.id).id, "") for check in lesson.checks}
    given = {name: text for name, text in given.items() if text}
    for name in given:
        if "fresh(" in (sources[name] or ""):
            raise BadLesson(
                f"{lesson.slug}: check {name} calls fresh and given; expected one of them. A "
                "graded notebook gets the data of given and no seed: draw everything in make."
            )
    for check in lesson.checks:
        if not (printed[check.id].handed_in if check.score else printed[check.id].lines):
            expected = "hand_in(...) to be called" if check.score else "show(...) to print a line"
            raise BadLesson(
                f"{lesson.slug}: check {check.id} puts out nothing; expected {expected}."
            )
    ends = [*starts[1:], len(steps)][: len(starts)]
    found = []
    for item, start, end in zip(variants, starts, ends, strict=True):
        cells = zip(steps[start:end], outcomes[start:end], strict=True)
        own = {step.id: Printed(outcome) for step, outcome in cells if step.kind == "check"}
        found.append(Variant(item, outcomes[start], own))
    return Expected(seeds, printed, found, given)


def agrees(printed: Printed, other: list[str], tolerance: Tolerance) -> bool:
    """Say whether an output equals some lines within the tolerance."""
    return printed.outcome.status == "ok" and difference(other, printed.lines, tolerance) is None
