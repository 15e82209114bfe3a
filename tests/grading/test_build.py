"""From solution to exercise; and proofs that must fail."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnedu.grading.build import (
    build_lesson,
    checksum,
    exercise_from,
    solution_lines,
    strip_solution,
)
from nnedu.grading.documents import Notebook, read_notebook
from nnedu.grading.lessons import BadLesson, lesson_from, load_lesson, load_mistakes
from nnedu.grading.prove import prove_lesson, table
from nnedu.grading.reference import Run
from nnedu.grading.session import kernels, limits_for
from tests.grading.helpers import SAMPLE, cell_of


def solution() -> Notebook:
    return copy.deepcopy(read_notebook(SAMPLE / "solution.ipynb"))


def answer(source: str, grade_id: str | None = "step") -> dict:
    about = {"grade_id": grade_id, "solution": True, "grade": False}
    return {"cell_type": "code", "source": source, "metadata": {"nbgrader": about}}


def test_regions_are_stripped() -> None:
    source = (
        "def f(x):\n    if x:\n"
        "        ### BEGIN SOLUTION\n        return 1\n        ### END SOLUTION\n"
        "    y = 2\n    ### BEGIN SOLUTION\n    return y\n    ### END SOLUTION\n"
    )
    assert strip_solution(answer(source), 1, "raise X") == (
        "def f(x):\n    if x:\n        raise X\n    y = 2\n    raise X\n"
    )


@pytest.mark.parametrize(
    ("source", "grade_id", "says"),
    [
        ("### BEGIN SOLUTION\n1", "step", "Cell 7 .step.: a solution region is not closed"),
        ("1\n### END SOLUTION", "step", "without ### BEGIN SOLUTION"),
        (
            "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
            "step",
            "inside a region",
        ),
        ("### BEGIN SOLUTION\n1\n### END SOLUTION", None, "stands in a cell that is no answer"),
        ("# begin solution\n1", "step", "is no marker"),
        ("x = 1", "step", "no solution region"),
    ],
)
def test_broken_regions_name_their_cell(source: str, grade_id: str | None, says: str) -> None:
    with pytest.raises(BadLesson, match=says):
        strip_solution(answer(source, grade_id), 7, "stub")


def test_the_exercise_is_what_the_solution_gives() -> None:
    exercise = read_notebook(SAMPLE / "exercise.ipynb")
    assert exercise_from(solution(), SAMPLE) == exercise
    assert cell_of(exercise, "step")["source"].endswith(
        '    raise NotImplementedError("Task 1: step")'
    )
    text = "\n".join(cell["source"] for cell in exercise["cells"])
    assert solution_lines(solution()["cells"])
    assert not [line for line in solution_lines(solution()["cells"]) if line in text]


def test_nbval_itself_passes_the_solution(tmp_path: Path) -> None:
    shutil.copy(SAMPLE / "solution.ipynb", tmp_path / "solution.ipynb")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "nbval.plugin", "-p", "no:cacheprovider"]
    command += ["--nbval-lax", "--nbval-current-env", "solution.ipynb"]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, check=False, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
    )
    assert "11 passed" in done.stdout


def test_checksums_are_nbgraders() -> None:
    cell = cell_of(solution(), "check_step_values")
    whole = cell["source"] + "codeTrueFalseTrue" + "check_step_values" + "2.0"
    assert checksum(cell) == hashlib.md5(whole.encode()).hexdigest()
    assert cell["metadata"]["nbgrader"]["checksum"] == checksum(cell)


def write(folder: Path, notebook: Notebook, **files: str) -> Path:
    """A copy of the sample lesson with changes."""
    target = folder / "01_sample"
    shutil.copytree(SAMPLE, target)
    (target / "solution.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    for name, text in files.items():
        (target / f"{name}.py").write_text(text, encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Runs steps of the sample lesson, without starting a worker for each test."""
    with kernels(load_lesson(SAMPLE / "solution.ipynb"), sandbox=False, trusted=True) as (run, _):
        yield run


def test_building_is_repeatable_and_says_what_is_stale(tmp_path: Path, run: Run) -> None:
    notebook = solution()
    cell_of(notebook, "step")["source"] += "\n# a remark"
    folder = write(tmp_path, notebook)
    before = (folder / "exercise.ipynb").read_bytes()
    assert build_lesson(folder, check=True, run=run) == ["solution.ipynb", "exercise.ipynb"]
    assert (folder / "exercise.ipynb").read_bytes() == before
    assert build_lesson(folder, run=run) == ["solution.ipynb", "exercise.ipynb"]
    assert build_lesson(folder, run=run) == []


def test_a_reference_that_fails_stops_the_build(tmp_path: Path, run: Run) -> None:
    notebook = solution()
    cell_of(notebook, "check_step_values")["source"] += "\n1 / 0"
    with pytest.raises(BadLesson, match=r"check_step_values ended as error: ZeroDivisionError"):
        build_lesson(write(tmp_path, notebook), run=run)


def lesson_with(change: dict, where: str = "check_step_values") -> Notebook:
    notebook = solution()
    metadata = cell_of(notebook, where)["metadata"]
    metadata["nbgrader"] |= change.get("nbgrader", {})
    metadata["nnedu"] = metadata.get("nnedu", {}) | change.get("nnedu", {})
    return notebook


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nbgrader": {"points": -1}}, "points is -1"),
        ({"nbgrader": {"points": "2"}}, "points is '2'"),
        ({"nbgrader": {"points": float("nan")}}, "points is nan"),
        ({"nbgrader": {"grade_id": "check_step_matrix"}}, "grade_id of its own"),
        ({"nnedu": {"task": "nothing"}}, "one of ..step"),
        ({"nnedu": {"task": "momentum"}}, "an answer cell above it"),
        ({"nnedu": {"rtol": 1e-9}}, "six digits are printed"),
        ({"nnedu": {"atol": -1}}, "atol is -1"),
        ({"nnedu": {"score": "line"}}, "expected a dict with a scorer"),
    ],
)
def test_format_errors_name_the_cell(change: dict, says: str) -> None:
    with pytest.raises(BadLesson, match=says):
        lesson_from(lesson_with(change), SAMPLE)


def test_a_lesson_sets_its_limits() -> None:
    notebook = solution()
    about = notebook["metadata"]["nnedu"]["lesson"]
    before = limits_for(lesson_from(notebook, SAMPLE), sandbox=True)
    assert (before.cell, before.total, before.memory, before.cpu) == (5, 27.5, 4096, 0)
    assert before.rlimits(own_user=True)["RLIMIT_CPU"] == 120
    wanted = {"total": 9.5, "cpu": 3.5, "output": 9, "processes": 8, "file": 7, "inodes": 6}
    about |= {"timeout": 2, "memory": 512, "limits": {**wanted, "open_files": 99}}
    limits = limits_for(lesson_from(notebook, SAMPLE), sandbox=True)
    assert vars(limits) == {"cell": 2, "memory": 512, "open_files": 99, **wanted}
    assert limits.rlimits(own_user=True) == {
        "RLIMIT_FSIZE": 7 * 2**20,
        "RLIMIT_CPU": 4,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 99,
        "RLIMIT_AS": 512 * 2**20,
        "RLIMIT_NPROC": 8,
    }


@pytest.mark.parametrize("limits", [{"disk": 3}, {"file": 0}, {"processes": "8"}, [3], None])
def test_limits_that_are_none_are_refused(limits: object) -> None:
    notebook = solution()
    notebook["metadata"]["nnedu"]["lesson"]["limits"] = limits
    with pytest.raises(BadLesson, match=r"01_sample(: limits is|, limits: (file|processes) is)"):
        lesson_from(notebook, SAMPLE)


def test_unknown_lesson_settings_are_refused() -> None:
    notebook = solution()
    notebook["metadata"]["nnedu"]["lesson"]["time_out"] = 3
    with pytest.raises(BadLesson, match=r"unknown lesson metadata \['time_out'\]"):
        lesson_from(notebook, SAMPLE)


WRONG = (SAMPLE / "wrong.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WRONG.replace('task="step"', 'task="stepp"', 1), "names task 'stepp'"),
        (WRONG.replace('name="fixed_rate"', 'name="sign_flipped"'), "called sign_flipped"),
        (
            WRONG.replace('caught_by="check_line_exact"', 'caught_by="check_x"'),
            "caught by 'check_x'",
        ),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_mistakes_that_fit_no_task(tmp_path: Path, text: str, says: str) -> None:
    folder = write(tmp_path, solution(), wrong=text)
    with pytest.raises(BadLesson, match=says):
        load_mistakes(load_lesson(folder / "solution.ipynb"))


def test_a_proof_finds_every_kind_of_defect(tmp_path: Path, run: Run) -> None:
    """One lesson with many defects: a proof per defect would start as many kernels."""
    notebook = solution()
    # Prints a constant, no mistake fails it, and a right answer may.
    cell_of(notebook, "check_step_matrix")["source"] = (
        "# A constant.\nshow('same', bool(np.all(step(np.ones(9), 0.0, lr=1.0) == 1)))"
    )
    # Leaves the solution in plain sight.
    notebook["cells"][2]["source"] += "\n\nv = mu * v + g"
    elsewhere = 'name="averaged",\n        caught_by="check_momentum_{}"'
    wrong = (
        WRONG.replace("return theta - lr * g, g", "1 / 0")
        .replace("/ (np.sum((x - x.mean()) ** 2) + 0.01)", "/ np.sum((x - x.mean()) ** 2)")
        .replace(elsewhere.format("run"), elsewhere.format("first"))
        .replace("return theta - lr * g - lr * mu * v, g + v * mu", "return theta - lr * g, g")
    )  # fmt: skip
    folder = write(tmp_path, notebook, wrong=wrong)
    build_lesson(folder, run=run)
    (folder / "exercise.ipynb").write_text(
        (folder / "exercise.ipynb").read_text().replace("10 minutes", "11 minutes")
    )
    findings = prove_lesson(folder)
    failed: dict[str, str] = {}
    for finding in findings:
        if not finding.ok:
            failed[finding.subject] = failed.get(finding.subject, "") + finding.detail
    assert "stale: exercise.ipynb" in failed["exercise.ipynb"]
    assert "constant passes" in failed["check check_step_matrix"]
    assert "depends on rounding" in failed["check check_step_matrix"]
    assert "found 'v = mu * v + g'" in failed["no solution text in the exercise"]
    assert "a crash tests no check" in failed["mistake momentum/forgets_velocity"]
    assert "not caught by check_momentum_first" in failed["mistake momentum/averaged"]
    assert "not caught by check_line_exact" in failed["mistake fit_line/ridge"]
    assert "not caught by check_step_matrix" in failed["mistake step/fixed_rate"]
    assert "check_momentum_run" in failed["alternative momentum/summed_in_another_order"]
    assert "reference" not in failed
    assert "FAIL  exercise.ipynb" in table(findings)
    assert "passes on every planted mistake" in failed["check check_step_matrix"]
