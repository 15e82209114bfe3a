"""The sample lesson's class, and verdicts that need no kernel."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from nnedu.grading.judge import CheckResult, Verdict
from nnedu.grading.lessons import Lesson, load_lesson
from tests.grading.helpers import LESSONS, PERFECT, SAMPLE, answered, exercise, sandboxed, save

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
    return subprocess.Popen(
        command(folder, out, *more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


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
