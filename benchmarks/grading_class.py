"""A class to grade: the same submissions for every grader, of any size."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np

from nnedu.grading.documents import read_notebook
from nnedu.grading.lessons import Lesson, grade_id, load_lesson, load_mistakes

LESSONS = Path(__file__).parents[1] / "lessons"


def lesson_of(slug: str) -> Lesson:
    """Return a lesson of this repository."""
    return load_lesson(LESSONS / slug / "solution.ipynb")


def answers_of(lesson: Lesson, students: int) -> dict[str, dict[str, str]]:
    """Return student to task to answer.

    Each task of each student is one of: right (by the reference or another way), a known mistake,
    or not attempted. Everything is drawn with a fixed seed, so a class of 10 begins a class of 20.
    """
    mistakes, alternatives = load_mistakes(lesson)
    right = {grade_id(cell) or "": cell["source"] for cell in lesson.cells}
    rng = np.random.default_rng(0)
    found: dict[str, dict[str, str]] = {}
    for number in range(students):
        answers: dict[str, str] = {}
        for task in lesson.tasks:
            good = [right[task.id], *(a.code for a in alternatives if a.task == task.id)]
            bad = [m.code for m in mistakes if m.task == task.id]
            luck, which = rng.random(), int(rng.integers(1000))
            if luck < 0.7:
                answers[task.id] = good[which % len(good)]
            elif luck < 0.9:
                answers[task.id] = bad[which % len(bad)]
        found[f"student{number:04}"] = answers
    return found


def filled(exercise: dict[str, Any], answers: dict[str, str]) -> dict[str, Any]:
    """Return an exercise with answers in it."""
    notebook = copy.deepcopy(exercise)
    for cell in notebook["cells"]:
        cell["source"] = answers.get(grade_id(cell) or "", cell["source"])
    return notebook


def write_class(lesson: Lesson, students: int, folder: Path) -> None:
    """Write a class's notebooks, one file each."""
    exercise = read_notebook(lesson.folder / "exercise.ipynb")
    folder.mkdir(parents=True)
    for student, answers in answers_of(lesson, students).items():
        text = json.dumps(filled(exercise, answers))
        (folder / f"{student}.ipynb").write_text(text, encoding="utf-8")
