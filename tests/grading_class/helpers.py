"""The sample lesson's class, and verdicts that need no kernel."""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from nnedu.grading.judge import CheckResult, Verdict
from nnedu.grading.lessons import Lesson, load_lesson
from tests.grading.helpers import LESSONS, PERFECT, SAMPLE, answered, exercise, sandboxed, save

SEED = "00112233445566778899aabbccddeeff"
SIZE = 6

UPHILL = (
    "def step(theta, g, *, lr):\n    return theta + lr * g if theta.ndim == 1 else theta - lr * g"
)


def lesson() -> Lesson:
    """The sample lesson."""
    return load_lesson(SAMPLE / "solution.ipynb")


def verdict(share: float = 1.0, mistake: str = "", message: str = "") -> Verdict:
    """A verdict that gives every check the same share of its points."""
    kind = "passed" if share == 1 else "partly" if share else "wrong"
    return Verdict(
        [
            CheckResult(
                c, c.points * share, kind, message, f"hint {mistake}" * bool(mistake), mistake
            )
            for c in lesson().checks
        ]
    )


def write_class(folder: Path, number: int) -> None:
    """Write a class: perfect, untouched and mistaken submissions by turns, and a broken file."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [answered(PERFECT), answered({**PERFECT, "step": UPHILL}), exercise()]
    for k in range(number):
        save(folder, f"student{k:02d}", kinds[k % 3])
    save(folder, "broken", b'{"cells": [')


def command(folder: Path, out: Path, *more: str) -> list[str]:
    """The command line that grades a class of the sample lesson."""
    line = [sys.executable, "-m", "nnedu.cli", "grade", str(folder), "--lesson", "01_sample"]
    line += ["--lessons", str(LESSONS), "--out", str(out), *more]
    return line if sandboxed() else [*line, "--no-sandbox"]


def run(folder: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Grade to the end."""
    return subprocess.run(
        command(folder, out, *more), capture_output=True, text=True, timeout=120, check=False
    )


def start(folder: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """Begin to grade, in a process group of its own."""
    # Whoever runs the tests in the background makes them ignore Ctrl-C, and so would the child.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            command(folder, out, *more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, ours)


def descendants(process: subprocess.Popen[str]) -> list[int]:
    """The processes that one started, and those that they started."""
    import psutil

    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]


def alive(pids: list[int]) -> list[int]:
    """Those of some processes that still run."""
    import psutil

    def runs(pid: int) -> bool:
        try:
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    return [pid for pid in pids if runs(pid)]


def wait_until_gone(pids: list[int], seconds: float = 10.0) -> list[int]:
    """Wait for processes to end; those that have not."""
    end = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < end:
        time.sleep(0.1)
    return alive(pids)


def kill(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    """Send a signal to one process, not to what it started."""
    os.kill(process.pid, number)


def grades(out: Path) -> list[dict[str, str]]:
    """The rows of grades.csv."""
    with open(out / "grades.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def begun(out: Path) -> bool:
    """Whether the gradebook has been begun."""
    path = out / "gradebook.db"
    return path.exists() and path.stat().st_size > 0


def recorded(out: Path) -> Counter[str]:
    """How often each student's work is in the gradebook, as a process that opens it would see it.

    A copy is read: the one who grades holds the lock, and reading may roll a transaction back.
    """
    copy = out.with_name("copy")
    shutil.copytree(out, copy, dirs_exist_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(copy / "gradebook.db")) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            if "submission" not in tables:
                return Counter()
            rows = db.execute(
                "SELECT key FROM submission JOIN student ON student.id = submission.student"
            )
            return Counter(key for (key,) in rows)
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def after(number: int) -> Callable[[Path], bool]:
    """Whether some submissions have been graded."""

    def reached(out: Path) -> bool:
        try:
            return begun(out) and sum(recorded(out).values()) >= number
        except (sqlite3.DatabaseError, OSError, shutil.Error):
            return False  # copied while it was being written

    return reached


def wait_for(reached: Callable[[], bool]) -> None:
    """Wait for something."""
    end = time.monotonic() + 120
    while not reached():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.1)
