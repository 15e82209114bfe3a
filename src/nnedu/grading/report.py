"""What a grading run leaves: grades.csv, a feedback page per student, run.json."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import io
import json
import platform
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nnedu.grading.adjust import Adjustment
from nnedu.grading.classroom import Graded
from nnedu.grading.documents import write_atomically
from nnedu.grading.feedback import feedback_page
from nnedu.grading.lessons import Lesson
from nnedu.grading.sandbox import filtered

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell that a spreadsheet would compute begins with (OWASP, "CSV Injection")."""

WITHOUT_SANDBOX = [
    "files: submissions could read what the grading user can read",
    "network: submissions could reach it",
    "memory and number of processes: not limited",
    "processes: a submission could signal the grader",
]
UNFILTERED = (
    "system calls: not filtered on this kind of processor; memory without a name is unlimited"
)


def defences_off(sandbox: bool) -> list[str]:
    """Return what protected nothing in a run."""
    if not sandbox:
        return WITHOUT_SANDBOX
    return [] if filtered() else [UNFILTERED]


def write(
    out: Path,
    lesson: Lesson,
    graded: Sequence[Graded],
    record: dict[str, Any],
    adjustments: Mapping[str, Adjustment] | None = None,
) -> None:
    """Write all results of a run, replacing what an earlier one left.

    Everything is written beside its place first and then moved there, grades.csv last: a run
    that is interrupted leaves the old results or the new ones, never half of either.
    """
    staging = Path(tempfile.mkdtemp(dir=out, prefix=".part-"))
    try:
        pages = staging / "feedback"
        pages.mkdir()
        for item in graded:
            adjustment = (adjustments or {}).get(item.submission.student)
            page = feedback_page(lesson, item, adjustment)
            (pages / feedback_name(item)).write_text(page, encoding="utf-8")
        if (out / "feedback").exists():
            (out / "feedback").rename(staging / "old")
        pages.rename(out / "feedback")
        write_atomically(out / "run.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")
        write_atomically(out / "grades.csv", grades_csv(lesson, graded, adjustments or {}))
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def feedback_name(item: Graded) -> str:
    """Return a file name for a student's page: readable, safe everywhere, and unique."""
    student = item.submission.student
    readable = "".join(c if c.isalnum() or c in "-_" else "_" for c in student)[:40]
    return f"{readable}-{hashlib.sha256(student.encode()).hexdigest()[:10]}.html"


def grades_csv(
    lesson: Lesson, graded: Sequence[Graded], adjustments: Mapping[str, Adjustment]
) -> str:
    """Return the table of points: one line per student, one column per check.

    Where an instructor's table gave penalties or extra points, their columns and the total
    follow the points earned.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    checks = [check.id for check in lesson.checks]
    extra = ["late_penalty", "extra", "total", "comment"] if adjustments else []
    head = ["student", "status", "points", "out_of", *extra]
    table.writerow([*head, *checks, "note", "feedback"])
    for item in graded:
        student, earned = item.submission.student, dict.fromkeys(checks, "0")
        if item.verdict:
            # A check that the lesson got after this was graded has no points yet.
            earned = dict.fromkeys(checks, "")
            earned |= {result.check.id: _number(result.points) for result in item.verdict.results}
        row = [student, item.status, _number(item.points), _number(lesson.points)]
        if adjustments:
            change = adjustments.get(student, Adjustment(student))
            row += [_number(change.penalty(item.points)), _number(change.extra)]
            row += [_number(change.total(item.points)), change.comment]
        row += [*earned.values(), item.message, f"feedback/{feedback_name(item)}"]
        table.writerow([_harmless(field) for field in row])
    return text.getvalue()


def _number(value: float) -> str:
    """Write points without a needless fraction."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _harmless(field: str) -> str:
    """Return a field that no spreadsheet takes for a formula."""
    return "'" + field if field.lstrip(" ")[:1] in FORMULA else field


def submission_record(item: Graded) -> dict[str, Any]:
    """Return one submission's line in run.json, for the instructor."""
    results = item.verdict.results if item.verdict else []
    return {
        "student": item.submission.student,
        "file": str(item.submission.path) if item.submission.path else None,
        "sha256": item.sha256,
        "status": item.status,
        "message": item.message,
        "points": item.points,
        "seconds": item.seconds,
        "checks": {
            result.check.id: {
                "points": result.points,
                "verdict": result.verdict,
                **({"mistake": result.mistake} if result.mistake else {}),
            }
            for result in results
        },
        "troubles": item.verdict.troubles if item.verdict else [],
    }


def run_record(
    lesson: Lesson,
    graded: Sequence[Graded],
    run_seed: str,
    begin: datetime,
    settings: dict[str, Any],
    sessions: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return what is needed to repeat a run and to know what it was.

    A gradebook may have grown in several sessions: a defence was off if it was in any of them.
    """
    off = {defence: None for session in sessions for defence in session["defences_off"]}
    return {
        "lesson": lesson.slug,
        "seed": run_seed,
        "started": begin.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        **settings,
        "sandbox": "none" if off else settings["sandbox"],
        "defences_off": list(off) or settings["defences_off"],
        "kernels": _kernels(sessions),
        "sessions": sessions,
        "submissions": [submission_record(item) for item in graded],
    }


def _kernels(sessions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how many kernels were forked, how many started from nothing, and why those."""
    found = [session.get("kernels", {}) for session in sessions]
    return {
        "warm": sum(kernels.get("warm", 0) for kernels in found),
        "cold": sum(kernels.get("cold", 0) for kernels in found),
        "why_cold": sorted({reason for kernels in found for reason in kernels.get("why_cold", [])}),
    }


def versions() -> dict[str, str]:
    """Return the versions that results may depend on."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in ("nnedu", "numpy", "nbval", "ipykernel", "jupyter_client", "tensorflow", "keras"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
