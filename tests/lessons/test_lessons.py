"""Every lesson in lessons/ proves itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnedu.grading.lessons import load_lesson
from nnedu.grading.prove import prove_lesson, table
from tests.needs import require

ROOT = Path(__file__).resolve().parents[2] / "lessons"
LESSONS = sorted(path.parent for path in ROOT.glob("*/solution.ipynb"))


def test_there_are_lessons() -> None:
    assert LESSONS


@pytest.mark.parametrize("folder", LESSONS, ids=lambda path: path.name)
def test_a_lesson_is_proven(folder: Path) -> None:
    if {"tensorflow", "keras"} & set(load_lesson(folder / "solution.ipynb").imports):
        require("tensorflow")
    findings = prove_lesson(folder)
    assert all(finding.ok for finding in findings), "\n" + table(findings)


@pytest.mark.parametrize("folder", LESSONS, ids=lambda path: path.name)
def test_a_lesson_has_four_to_eight_tasks(folder: Path) -> None:
    assert 4 <= len(load_lesson(folder / "solution.ipynb").tasks) <= 8
