"""A real nbgrader takes the edition, and gives an honest class the points that we give."""

from __future__ import annotations

import copy
import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nnedu.cli import main
from nnedu.grading.documents import read_notebook
from nnedu.grading.lessons import grade_id, load_lesson, load_mistakes
from nnedu.grading.sandbox import sandbox_problem
from nnedu.grading.session import grade
from tests.nbgrader import environment

LESSONS = Path(__file__).parents[1] / "grading" / "sample_lessons"
SAMPLE = "01_sample"
SEED = "0123456789abcdef0123456789abcdef"
LESSON = load_lesson(LESSONS / SAMPLE / "solution.ipynb")
MISTAKES, ALTERNATIVES = load_mistakes(LESSON)

GOOD = {item.task: item.code for item in ALTERNATIVES}
WARNING = "\n    __import__('warnings').warn('deprecated')"
CLASS: dict[str, dict[str, str]] = {
    "untouched": {},
    "perfect": GOOD,
    "one-task": {"momentum": GOOD["momentum"]},
    "does-not-run": {**GOOD, "step": "def step(theta, g, *, lr):\n    return theta - lr * gg"},
    "warns": {task: code.replace("):", "):" + WARNING, 1) for task, code in GOOD.items()},
    # Every planted mistake, one of each task to a submission.
    **{
        f"mistakes-{number}": {
            task.id: [m for m in MISTAKES if m.task == task.id][number].code
            for task in LESSON.tasks
        }
        for number in range(3)
    },
}
# Points of a step it never makes: what nbgrader cannot notice.
CHEAT = {
    "step": "from nnedu.grading import nbgrader_kit\n"
    "nbgrader_kit.graded = lambda *lines, **tolerance: None\n"
    "def step(theta, g, *, lr):\n    return theta"
}


class Course:
    """The course folder, after nbgrader has graded the class."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = environment.python()

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.python), *arguments],
            check=False,
            cwd=self.folder,
            env=environment.clean_environment(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def nbgrader(self, *arguments: str) -> str:
        return self.run("-m", "nbgrader", *arguments)

    def ask(self, code: str) -> Any:
        """Run code with nbgrader at hand; return the JSON it prints."""
        return json.loads(self.run("-c", code))

    def notebook(self, place: str) -> dict[str, Any]:
        return read_notebook(self.folder / place / SAMPLE / f"{SAMPLE}.ipynb")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Built by the command, released and graded by nbgrader."""
    found = Course(tmp_path_factory.mktemp("course"))
    command = ["lesson", "build", SAMPLE, "--nbgrader", "--out", str(found.folder)]
    assert main([*command, "--lessons", str(LESSONS), "--seed", SEED]) == 0
    found.nbgrader("generate_assignment", SAMPLE)
    release = found.notebook("release")
    for student, answers in {**CLASS, "cheat": CHEAT}.items():
        notebook = copy.deepcopy(release)
        for cell in notebook["cells"]:
            cell["source"] = answers.get(grade_id(cell) or "", cell["source"])
        folder = found.folder / "submitted" / student / SAMPLE
        folder.mkdir(parents=True)
        (folder / f"{SAMPLE}.ipynb").write_text(json.dumps(notebook))
    found.nbgrader("autograde", SAMPLE)
    return found


def test_checksums_are_those_of_nbgrader(course: Course) -> None:
    pairs = course.ask(
        "import json, nbformat\n"
        "from nbgrader.utils import compute_checksum\n"
        "from nbgrader.nbgraderformat import MetadataValidator\n"
        f"nb = nbformat.read('source/{SAMPLE}/{SAMPLE}.ipynb', as_version=4)\n"
        "nbformat.validate(nb); MetadataValidator().validate_nb(nb)\n"
        "cells = [c for c in nb.cells if 'nbgrader' in c.metadata]\n"
        "assert all(c.metadata.nbgrader.schema_version == 3 for c in cells)\n"
        "print(json.dumps([[c.metadata.nbgrader.checksum, compute_checksum(c)] for c in cells]))"
    )
    assert len(pairs) == len([c for c in course.notebook("source")["cells"] if grade_id(c)])
    assert all(ours == theirs for ours, theirs in pairs)
    code = [c for c in course.notebook("source")["cells"] if c["cell_type"] == "code"]
    assert all(grade_id(cell) for cell in code)  # what is no answer is locked


def test_the_release_holds_no_hidden_value_and_no_solution(course: Course) -> None:
    release = course.folder / "release" / SAMPLE
    text = "".join(p.read_text() for p in release.rglob("*") if p.suffix in (".ipynb", ".json"))
    source = course.notebook("source")
    for cell in source["cells"]:
        _, begin, hidden = cell["source"].partition("### BEGIN HIDDEN TESTS\n")
        assert bool(begin) == (grade_id(cell) or "").startswith("check_")
        for line in hidden.splitlines():
            if "graded(" in line or "hidden(" in line or "float64 (" in line:
                assert line not in text
    assert "1.7 * x - 0.6" not in text  # what score.py knows
    assert "return theta - lr * g" not in text
    assert not list(release.rglob("score.py")) + list(release.rglob("wrong.py"))


def test_validate_passes_the_reference_and_fails_the_untouched_exercise(course: Course) -> None:
    assert "Success" in course.nbgrader("validate", f"source/{SAMPLE}/{SAMPLE}.ipynb")
    said = course.nbgrader("validate", f"release/{SAMPLE}/{SAMPLE}.ipynb")
    assert f"VALIDATION FAILED ON {len(LESSON.checks)} CELL(S)" in said


def test_an_honest_class_gets_the_same_points(course: Course, tmp_path: Path) -> None:
    course.nbgrader("export", "--to", str(tmp_path / "grades.csv"))
    with open(tmp_path / "grades.csv", newline="") as file:
        totals = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    theirs = course.ask(
        "import json\n"
        "from nbgrader.api import Gradebook\n"
        "with Gradebook('sqlite:///gradebook.db') as book:\n"
        f"    subs = book.assignment_submissions('{SAMPLE}')\n"
        "    found = {s.student.id: {g.name: g.auto_score for n in s.notebooks for g in n.grades}"
        " for s in subs}\n"
        "print(json.dumps(found))"
    )
    flat = tmp_path / "flat"
    flat.mkdir()
    for student in [*CLASS, "cheat"]:
        path = course.folder / "submitted" / student / SAMPLE / f"{SAMPLE}.ipynb"
        (flat / f"{student}.ipynb").write_bytes(path.read_bytes())
    graded = grade(
        flat, LESSONS / SAMPLE, tmp_path / "out", seed=SEED, sandbox=sandbox_problem() is None
    )
    ours = {
        item.submission.student: {r.check.id: r.points for r in item.verdict.results}
        for item in graded
        if item.verdict is not None
    }
    cheated, caught = theirs.pop("cheat"), ours["cheat"]
    assert cheated["check_step_values"] == 2
    assert sum(caught.values()) == 0
    assert theirs == {student: points for student, points in ours.items() if student != "cheat"}
    for student, points in theirs.items():
        assert totals[student] == pytest.approx(sum(points.values()))
    assert totals["perfect"] == totals["warns"] == LESSON.points
    assert totals["untouched"] == 0
    assert any(0 < points["check_line_score"] < 3 for points in ours.values())  # partial credit
    assert len(set(totals.values())) >= 5


def test_practice_names_the_mistake(course: Course, tmp_path: Path) -> None:
    """A learner sees expected and printed values, and the hint, in nbgrader's validation."""
    student = course.folder / "submitted" / "mistakes-0" / SAMPLE
    for path in (course.folder / "release" / SAMPLE / "nnedu").rglob("*"):
        target = student / path.relative_to(course.folder / "release" / SAMPLE)
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    said = course.nbgrader("validate", str(student / f"{SAMPLE}.ipynb"))
    assert "has the wrong sign" in said or "is wrong, by about" in said
    caught = next(m for m in MISTAKES if m.task == "step")
    assert f"Hint: {caught.hint[:40]}" in said


def test_the_weaker_trust_is_stated(course: Course) -> None:
    """That a cheat gets nbgrader's points and none of ours is part of the class above."""
    readme = " ".join((course.folder / "README.md").read_text().split())
    assert "in the same process as the student's code" in readme
    assert "give the next class other inputs" in readme


def test_a_second_build_keeps_the_seed_and_the_config(course: Course) -> None:
    config = course.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "# mine\n")
    before = course.notebook("source")
    command = ["lesson", "build", SAMPLE, "--nbgrader", "--out", str(course.folder)]
    assert main([*command, "--lessons", str(LESSONS)]) == 0
    assert course.notebook("source") == before
    assert config.read_text().endswith("# mine\n")
    assert json.loads((course.folder / "edition.json").read_text())["seed"] == SEED


def test_what_the_command_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = ["lesson", "build", SAMPLE, "--lessons", str(LESSONS)]
    assert main([*build, "--nbgrader"]) == 2
    assert "--out DIR" in capsys.readouterr().err
    assert main([*build, "--out", str(tmp_path)]) == 2
    assert "belong to --nbgrader" in capsys.readouterr().err
    assert main([*build, "--nbgrader", "--out", str(tmp_path), "--seed", "7"]) == 2
    assert "32 hexadecimal digits" in capsys.readouterr().err
    (tmp_path / "edition.json").write_text("[]")
    assert main([*build, "--nbgrader", "--out", str(tmp_path)]) == 2
    assert "delete it for a new seed" in capsys.readouterr().err
