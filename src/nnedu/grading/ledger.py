"""The gradebook's tables, and what a row of them is in Python."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nnedu.grading.compare import Difference
from nnedu.grading.judge import CheckResult, Verdict
from nnedu.grading.layouts import Submission
from nnedu.grading.lessons import Check

VERSION = 1

SCHEMA = """
CREATE TABLE run (lesson TEXT NOT NULL, seed TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE session (
    id INTEGER PRIMARY KEY, started TEXT NOT NULL, sandbox INTEGER NOT NULL,
    lesson_sha256 TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE student (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    system TEXT NOT NULL, number TEXT NOT NULL);
CREATE TABLE submission (
    id INTEGER PRIMARY KEY, student INTEGER NOT NULL REFERENCES student,
    session INTEGER NOT NULL REFERENCES session, path TEXT, late INTEGER NOT NULL,
    sha256 TEXT NOT NULL, graded_at TEXT NOT NULL, status TEXT NOT NULL,
    message TEXT NOT NULL, seconds REAL NOT NULL, troubles TEXT NOT NULL);
CREATE INDEX submission_student ON submission (student);
CREATE TABLE result (
    submission INTEGER NOT NULL REFERENCES submission, check_id TEXT NOT NULL,
    task TEXT NOT NULL, points REAL NOT NULL, out_of REAL NOT NULL, verdict TEXT NOT NULL,
    message TEXT NOT NULL, hint TEXT NOT NULL, mistake TEXT NOT NULL, difference TEXT,
    PRIMARY KEY (submission, check_id)) WITHOUT ROWID;
CREATE TABLE adjustment (
    student TEXT PRIMARY KEY, late_penalty TEXT NOT NULL, extra REAL NOT NULL,
    comment TEXT NOT NULL);
"""

CURRENT = "SELECT max(id) FROM submission GROUP BY student"
"""Selects each student's newest row of `submission`."""


@dataclass(frozen=True)
class Entry:
    """A student's newest entry, with the fields of `nnedu.grading.classroom.Graded`.

    Parameters
    ----------
    lesson_sha256 : dict
        File of the lesson to its digest when this was graded.
    """

    submission: Submission
    status: str
    message: str
    verdict: Verdict | None
    sha256: str
    seconds: float
    lesson_sha256: dict[str, str]


def stored(result: CheckResult) -> tuple[Any, ...]:
    """Return a result's row."""
    check = result.check
    difference = json.dumps(asdict(result.difference)) if result.difference else None
    return (
        check.id, check.task, result.points, check.points, result.verdict, result.message,
        result.hint, result.mistake, difference,
    )  # fmt: skip


def restored(check: Check, row: list[Any]) -> CheckResult:
    """Return the result that a row holds."""
    difference = Difference(**json.loads(row[8])) if row[8] else None
    return CheckResult(check, row[2], row[4], row[5], row[6], row[7], difference)


def now() -> str:
    """Return the time, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def explain(path: Path, error: sqlite3.DatabaseError) -> str:
    """Say what a database's error means here."""
    if "locked" in str(error):
        return (
            f"{path} is in use: another `nnedu grade` writes it. Wait for it to end, or use "
            "another --out."
        )
    if isinstance(error, sqlite3.OperationalError):
        return f"{path} cannot be written: {error}. Is the disk full, or the folder read-only?"
    return (
        f"{path} is damaged or no gradebook ({error}). Restore it from a copy, or use another "
        "--out."
    )
