"""Submissions for the sample lesson, and a class graded once."""

from __future__ import annotations

import copy
import csv
import json
from pathlib import Path
from typing import Any

from nnedu.grading.documents import read_notebook
from nnedu.grading.lessons import grade_id
from nnedu.grading.sandbox import sandbox_problem
from nnedu.grading.session import grade

LESSONS = Path(__file__).parent / "sample_lessons"
SAMPLE = LESSONS / "01_sample"
SEED = "00112233445566778899aabbccddeeff"

STEP = "def step(theta, g, *, lr):\n    return theta - lr * g"
MOMENTUM = "def momentum(theta, g, v, *, lr, mu):\n    v = mu * v + g\n    return theta - lr * v, v"
LINE = "def fit_line(x, y):\n    return tuple(np.polyfit(x, y, 1))"
PERFECT = {"step": STEP, "momentum": MOMENTUM, "fit_line": LINE}

CHECKS = [
    "check_step_values",
    "check_step_matrix",
    "check_momentum_first",
    "check_momentum_run",
    "check_line_exact",
    "check_line_score",
]


def exercise() -> dict[str, Any]:
    """The exercise as a learner gets it."""
    return read_notebook(SAMPLE / "exercise.ipynb")


def answered(answers: dict[str, str]) -> dict[str, Any]:
    """The exercise with some answer cells filled in."""
    notebook = copy.deepcopy(exercise())
    for cell in notebook["cells"]:
        if grade_id(cell) in answers:
            cell["source"] = answers[grade_id(cell) or ""]
    return notebook


def cell_of(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """The cell of that grade_id."""
    return next(cell for cell in notebook["cells"] if grade_id(cell) == name)


def save(folder: Path, name: str, notebook: dict[str, Any] | str | bytes) -> Path:
    """Write a submission."""
    path = folder / f"{name}.ipynb"
    if isinstance(notebook, dict):
        notebook = json.dumps(notebook)
    path.write_bytes(notebook if isinstance(notebook, bytes) else notebook.encode())
    return path


def sandboxed() -> bool:
    """Whether this machine can run kernels under bubblewrap."""
    return sandbox_problem() is None


class Graded:
    """The results of a grading run, as its files say."""

    def __init__(self, folder: Path, out: Path, sandbox: bool, seed: str = SEED) -> None:
        self.out = out
        self.results = grade(folder, SAMPLE, out, seed=seed, sandbox=sandbox, workers=2)
        with open(out / "grades.csv", newline="", encoding="utf-8") as file:
            self.rows = {row["student"]: row for row in csv.DictReader(file)}
        self.record = json.loads((out / "run.json").read_text(encoding="utf-8"))

    def points(self, student: str) -> list[float]:
        """Points by check, in order."""
        return [float(self.rows[student][check]) for check in CHECKS]

    def feedback(self, student: str) -> str:
        """The student's page."""
        return (self.out / self.rows[student]["feedback"]).read_text(encoding="utf-8")

    def messages(self, student: str) -> dict[str, str]:
        """Messages by check."""
        item = next(g for g in self.results if g.submission.student == student)
        assert item.verdict is not None
        return {result.check.id: result.message for result in item.verdict.results}
