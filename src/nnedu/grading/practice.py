"""A learner's own file, checked on the practice inputs: no solution needed, nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nnedu.grading.documents import BadNotebook, read_notebook
from nnedu.grading.judge import CheckResult, Verdict, judge
from nnedu.grading.lessons import (
    BadLesson,
    Lesson,
    find_lessons,
    grade_id,
    is_check,
    lesson_from,
    load_lesson,
)
from nnedu.grading.rebuild import collect_answers, steps_of
from nnedu.grading.reference import Expected, Printed, Variant
from nnedu.grading.runner import Outcome
from nnedu.grading.scoring import form_of
from nnedu.grading.session import kernels
from nnedu.lesson import Mistake


def check_file(path: Path, lessons: Path | None = None) -> tuple[Lesson, Verdict]:
    """Run a learner's answers with the lesson's checks on the practice inputs.

    The notebook that runs is rebuilt as in grading: the answers are the learner's, everything
    else comes from the exercise as it was handed out, or from the file itself if the exercise
    is not found.

    Parameters
    ----------
    path : Path
    lessons : Path, optional
        Where to look for the lesson.

    Returns
    -------
    Lesson, Verdict
        Results carry the expected and the printed line where they differ.

    Raises
    ------
    BadLesson
        If the file is no notebook, or no lesson's.
    """
    try:
        document = read_notebook(path)
    except BadNotebook as error:
        raise BadLesson(f"{path}: {error}") from error
    lesson = _original(lesson_from(document, path.parent), lessons)
    expected = expected_from(lesson)
    answers = collect_answers(lesson, document)
    steps = steps_of(lesson, answers, None, {})
    with kernels(lesson, sandbox=False, trusted=False) as (run, _):
        outcomes = run(steps)
    verdict = judge(lesson, answers, steps, outcomes, expected, {})
    ran = {step.id: outcome for step, outcome in zip(steps, outcomes, strict=True)}
    for result in verdict.results:
        if result.check.score and result.verdict == "passed":
            _compare_form(lesson, result, ran[result.check.id])
    return lesson, verdict


def _original(lesson: Lesson, lessons: Path | None) -> Lesson:
    """Return the lesson as it was handed out, if it is found; else the one in the file."""
    folder = find_lessons(lessons).get(lesson.slug)
    if folder is not None and (folder / "exercise.ipynb").exists():
        original = load_lesson(folder / "exercise.ipynb")
        if original.checks:
            return original
    if not lesson.checks:
        raise BadLesson(f"{lesson.slug}: the notebook has no check cells, and no lesson is found.")
    return lesson


def _extra(lesson: Lesson, check_id: str) -> dict[str, Any]:
    """Return what `build_lesson` stored in a check cell."""
    for cell in lesson.cells:
        if is_check(cell) and grade_id(cell) == check_id:
            extra: dict[str, Any] = cell["metadata"].get("nnedu", {})
            return extra
    return {}


def expected_from(lesson: Lesson) -> Expected:
    """Return the practice outputs, and those of the mistakes, that an exercise carries."""
    printed = {}
    mistakes: dict[tuple[str, str], Variant] = {}
    for check in lesson.checks:
        extra = _extra(lesson, check.id)
        if "expected" not in extra:
            raise BadLesson(
                f"{lesson.slug}: check {check.id} has no practice output. Start from an exercise "
                "that `nnedu lesson build` wrote."
            )
        lines = [] if check.score else [str(line) for line in extra["expected"]]
        printed[check.id] = Printed(Outcome("ok", "\n".join(lines)))
        for wrong in extra.get("mistakes", ()):
            name, hint = str(wrong["name"]), str(wrong["hint"])
            item = Mistake(check.task, name, check.id, hint, "")
            variant = mistakes.setdefault((check.task, name), Variant(item, Outcome("ok"), {}))
            text = "\n".join(str(line) for line in wrong["lines"])
            variant.printed[check.id] = Printed(Outcome("ok", text))
    return Expected(None, printed, list(mistakes.values()))


def _compare_form(lesson: Lesson, result: CheckResult, outcome: Outcome) -> None:
    """Compare labels, dtypes and shapes of what was handed in with the reference's."""
    expected = _extra(lesson, result.check.id)["expected"]
    got = form_of(outcome.handed_in)
    for label, (dtype, shape) in expected.items():
        if label not in got:
            result.verdict, result.message = "wrong", f"{label} was not handed in."
        elif got[label] != [dtype, shape]:
            result.verdict = "wrong"
            result.message = (
                f"{label} has dtype {got[label][0]} and shape {tuple(got[label][1])}; expected "
                f"{dtype} and {tuple(shape)}."
            )
    if result.verdict != "passed":
        result.points = 0.0


def lines(lesson: Lesson, verdict: Verdict) -> Iterator[str]:
    """Yield the verdict as text, task by task."""
    for task in lesson.tasks:
        results = [r for r in verdict.results if r.check.task == task.id]
        passed = all(result.verdict == "passed" for result in results)
        yield f"Task {task.number}: {task.title}: {'passed' if passed else 'not yet'}"
        said: set[str] = set()
        for result in results:
            yield f"  {'ok ' if result.verdict == 'passed' else '-- '} {result.check.about}"
            if result.message and result.message not in said:
                said.add(result.message)
                yield f"      {result.message}"
            found = result.difference
            if found is not None:
                yield f"      expected  {found.expected or 'nothing more'}"
                yield f"      got       {found.got or 'nothing'}"
            if result.hint and result.hint not in said:
                said.add(result.hint)
                yield f"      Hint: {result.hint}"
    count = sum(result.verdict == "passed" for result in verdict.results)
    yield f"{count} of {len(verdict.results)} checks passed on the practice inputs."
