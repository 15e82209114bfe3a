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
from pathlib import Path
from typing import Any

from nnedu.grading.classroom import Graded
from nnedu.grading.documents import write_atomically
from nnedu.grading.feedback import feedback_page
from nnedu.grading.lessons import Lesson

WITHOUT_SANDBOX = [
    "files: submissions could read what the grading user can read",
    "network: submissions could reach it",
    "memory and number of processes: not limited",
    "processes: a submission could signal the grader",
]


def write(out: Path, lesson: Lesson, graded: list[Graded], record: dict[str, Any]) -> None:
    """Write all results of a run, replacing what an earlier one left.

    Everything is written beside its place first and then moved there, grades.csv last: a run
    that is interrupted leaves the old results or the new ones, never half of either.
    """
    staging = Path(tempfile.mkdtemp(dir=out, prefix=".part-"))
    try:
        pages = staging / "feedback"
        pages.mkdir()
        for item in graded:
            page = feedback_page(lesson, item)
            (pages / feedback_name(item)).write_text(page, encoding="utf-8")
        if (out / "feedback").exists():
            (out / "feedback").rename(staging / "old")
        pages.rename(out / "feedback")
        write_atomically(out / "run.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")
        write_atomically(out / "grades.csv", grades_csv(lesson, graded))
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def feedback_name(item: Graded) -> str:
    """Return a file name for a student's page: readable, safe everywhere, and unique."""
    student = item.submission.student
    readable = "".join(c if c.isalnum() or c in "-_" else "_" for c in student)[:40]
    return f"{readable}-{hashlib.sha256(student.encode()).hexdigest()[:10]}.html"


def grades_csv(lesson: Lesson, graded: list[Graded]) -> str:
    """Return the table of points: one line per student, one column per check."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    checks = [check.id for check in lesson.checks]
    table.writerow(["student", "status", "points", "out_of", *checks, "note", "feedback"])
    for item in graded:
        if item.verdict:
            points = [_number(result.points) for result in item.verdict.results]
        else:
            points = ["0"] * len(checks)
        total = [_number(item.points), _number(lesson.points)]
        name = f"feedback/{feedback_name(item)}"
        row = [item.submission.student, item.status, *total, *points, item.message, name]
        table.writerow([_harmless(field) for field in row])
    return text.getvalue()


def _number(value: float) -> str:
    """Write points without a needless fraction."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _harmless(field: str) -> str:
    """Return a field that no spreadsheet takes for a formula."""
    return "'" + field if field[:1] in ("=", "+", "-", "@", "\t", "\r") else field


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


def versions() -> dict[str, str]:
    """Return the versions that results may depend on."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in ("nnedu", "numpy", "nbval", "ipykernel", "jupyter_client", "tensorflow", "keras"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
