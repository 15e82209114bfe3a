"""Grades as Gradescope's autograder expects them: ``results.json``, one per submission.

The format is that of "Autograder Specifications, Output format"
(gradescope-autograders.readthedocs.io/en/latest/specs): ``score`` of the whole, and ``tests``
with ``name``, ``number``, ``score``, ``max_score``, ``status``, ``output``, ``visibility``. Inside
Gradescope's container the file belongs at ``/autograder/results/results.json``.
"""

from __future__ import annotations

import json
from typing import Any

from nnedu.grading.adjust import Adjustment
from nnedu.grading.judge import CheckResult, Verdict
from nnedu.grading.lessons import Lesson


def results_json(
    lesson: Lesson,
    verdict: Verdict | None,
    message: str,
    seconds: float,
    adjustment: Adjustment | None = None,
) -> str:
    """Return one student's results.

    Parameters
    ----------
    lesson : Lesson
    verdict : Verdict or None
        None if the submission could not be graded.
    message : str
        Why not.
    seconds : float
        Its cells took.
    adjustment : Adjustment, optional
    """
    points = verdict.points if verdict else 0.0
    about = [message] if message else []
    if adjustment is not None:
        penalty = adjustment.penalty(points)
        about += [f"Late penalty: {penalty:g} points."] if penalty else []
        about += [f"Extra points: {adjustment.extra:g}."] if adjustment.extra else []
        about += [adjustment.comment] if adjustment.comment else []
        points = adjustment.total(points)
    numbers: dict[str, int] = {}
    tests: list[dict[str, Any]] = []
    for result in verdict.results if verdict else []:
        task = lesson.task(result.check.task)
        numbers[task.id] = numbers.get(task.id, 0) + 1
        tests.append(_test(result, f"{task.number}.{numbers[task.id]}", task.title))
    document = {
        "score": points,
        "execution_time": round(seconds, 3),
        "output": "\n".join(about),
        "output_format": "text",
        "visibility": "visible",
        # What the grader prints is the instructor's.
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _test(result: CheckResult, number: str, task: str) -> dict[str, Any]:
    """Return one check."""
    output = "\n".join(text for text in (result.message, result.hint) if text)
    return {
        "name": f"{task}: {result.check.about}",
        "name_format": "text",
        "number": number,
        "score": result.points,
        "max_score": result.check.points,
        "status": "passed" if result.verdict == "passed" else "failed",
        "output": output,
        "output_format": "text",
        "visibility": "visible",
    }
