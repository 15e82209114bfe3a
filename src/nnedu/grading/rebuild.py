"""From a submission only the answer cells; everything else from the instructor's notebook."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnedu.grading.documents import Cell, Notebook, printable
from nnedu.grading.lessons import Lesson, grade_id, is_answer, is_check

MAX_SOURCE = 100_000
"""Characters of the longest answer that is run; a long one of this repository has 3,000."""

KIT = "__import__('nnedu.lesson').lesson"
"""An expression for the module, whatever a notebook has made of its names."""


@dataclass(frozen=True)
class Step:
    """One cell that a kernel runs.

    Parameters
    ----------
    id : str
        ``grade_id`` of an answer or check, or a name for another cell.
    kind : {"locked", "answer", "seed", "given", "check"}
    source : str
    """

    id: str
    kind: str
    source: str


@dataclass(frozen=True)
class Answers:
    """The answer cells found in a submission.

    Parameters
    ----------
    sources : dict
        Task to source, for the tasks whose answer can be used.
    problems : dict
        Task to message, for those whose answer cannot.
    """

    sources: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)


def collect_answers(lesson: Lesson, submission: Notebook) -> Answers:
    """Return the answers of a submission, matched by ``grade_id`` alone.

    A cell is an answer if it carries the id of one of the lesson's tasks, whatever else its
    metadata says; a task whose answer is missing, doubled or no longer code counts as not
    answered, and the message says why.
    """
    found: dict[str, list[Cell]] = {task.id: [] for task in lesson.tasks}
    for cell in submission["cells"]:
        name = grade_id(cell)
        if name in found:
            found[name].append(cell)
    sources: dict[str, str] = {}
    problems: dict[str, str] = {}
    for task, cells in found.items():
        if not cells:
            problems[task] = (
                f"The answer cell of this task ({task}) is missing. Start from a fresh copy of "
                "the exercise and put your code in the cell that is there."
            )
        elif len(cells) > 1:
            problems[task] = (
                f"There are {len(cells)} answer cells for this task ({task}); expected one. "
                "Delete the copies: which one counts would be a guess."
            )
        elif cells[0]["cell_type"] != "code":
            kind = printable(cells[0]["cell_type"][:20])
            problems[task] = (
                f"The answer cell of this task ({task}) is a {kind} cell; "
                "expected a code cell. Change its type back in Jupyter."
            )
        elif problem := _problem_of(cells[0]["source"]):
            problems[task] = f"The answer cell of this task ({task}) {problem}"
        else:
            sources[task] = cells[0]["source"]
    return Answers(sources, problems)


def _problem_of(source: str) -> str:
    """Say why a text cannot be sent to a kernel; nothing if it can."""
    if len(source) > MAX_SOURCE:
        return (
            f"has {len(source):,} characters; expected at most {MAX_SOURCE:,}. Compute large "
            "tables instead of writing them down."
        )
    try:
        source.encode()
    except UnicodeEncodeError as error:
        return (
            f"holds half of a character (a lone surrogate) at position {error.start}. Delete it, "
            "or type the line again."
        )
    return ""


def reference_answers(lesson: Lesson) -> Answers:
    """Return the instructor's own answers."""
    return Answers({grade_id(c) or "": c["source"] for c in lesson.cells if is_answer(c)})


def steps_of(
    lesson: Lesson, answers: Answers, seeds: dict[str, int] | None, given: dict[str, str]
) -> list[Step]:
    """Return the cells to run, in the instructor's order.

    Parameters
    ----------
    lesson : Lesson
    answers : Answers
        A task without a usable answer is left out; its checks still run.
    seeds : dict or None
        Check to seed; each enters the kernel right before its check, after that task's answer
        ran. None runs the practice inputs.
    given : dict
        Check to data that were made beside the reference; they enter instead of the seed.
    """
    steps: list[Step] = []
    for number, cell in enumerate(lesson.cells):
        name = grade_id(cell)
        if cell["cell_type"] != "code":
            continue
        if is_answer(cell) and name is not None:
            if name in answers.sources:
                steps.append(Step(name, "answer", answers.sources[name]))
        elif is_check(cell) and name is not None:
            steps += check_steps(name, cell["source"], seeds, given)
        else:
            steps.append(Step(f"cell_{number}", "locked", cell["source"]))
    return steps


def check_steps(
    name: str, source: str, seeds: dict[str, int] | None, given: dict[str, str]
) -> list[Step]:
    """Return a check, preceded by the cell that brings its seed, or its data."""
    steps = [Step(name, "check", source)]
    # One expression on one line: nothing of it stays in the student's namespace.
    if name in given:
        code = f"{KIT}.set_given({name!r}, {given[name]!r})"
        steps.insert(0, Step(f"given_{name}", "given", code))
    elif seeds is not None:
        steps.insert(0, Step(f"seed_{name}", "seed", f"{KIT}.set_seed({name!r}, {seeds[name]})"))
    return steps


def drawn_step(name: str) -> Step:
    """Return the cell that prints, beside the reference, what `nnedu.lesson.given` made."""
    return Step(f"drawn_{name}", "locked", f"print({KIT}.drawn({name!r}))")
