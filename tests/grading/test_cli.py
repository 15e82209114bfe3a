"""The commands as a learner and an instructor type them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nnedu import cli
from nnedu.grading import sandbox
from tests.grading.helpers import LESSONS, PERFECT, SAMPLE, answered, save

HERE = ["--lessons", str(LESSONS)]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lesson", "list", *HERE]) == 0
    assert capsys.readouterr().out.split("\n")[0] == (
        "01_sample                A sample lesson (10 min, CPU, 10 points)"
    )


def test_start_copies_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["lesson", "start", "sample", *HERE]) == 0
    mine = tmp_path / "01_sample.ipynb"
    assert mine.read_bytes() == (SAMPLE / "exercise.ipynb").read_bytes()
    mine.write_text("my work")
    assert cli.main(["lesson", "start", "01_sample", *HERE]) == 2
    assert "may hold your work" in capsys.readouterr().err
    assert mine.read_text() == "my work"
    assert cli.main(["lesson", "start", "01_sample", "new/", *HERE]) == 0
    assert (tmp_path / "new" / "01_sample.ipynb").exists()
    assert cli.main(["lesson", "start", "01_sample", "b.ipynb", *HERE]) == 0
    assert (tmp_path / "b.ipynb").exists()


def test_an_unknown_lesson(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lesson", "start", "99", *HERE]) == 2
    assert "No lesson is called '99'; expected one of: 01_sample" in capsys.readouterr().err


def test_check_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save(tmp_path, "mine", answered(PERFECT))
    assert cli.main(["lesson", "check", str(path), *HERE]) == 0
    out = capsys.readouterr().out
    assert "Task 1: One step of gradient descent: passed" in out
    assert "6 of 6 checks passed" in out


def test_check_shows_values_and_names_the_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = {
        "step": "def step(theta, g, *, lr):\n    return theta - 0.1 * g",
        "fit_line": "def fit_line(x, y):\n    return (np.ones(3) if len(x) < 9 else 0.0), 0.0",
    }
    notebook = answered(mine)
    # A learner who ran the notebook has saved outputs of their own over the stored ones.
    for cell in notebook["cells"]:
        cell["outputs"] = []
    lesson = tmp_path / "alone"
    lesson.mkdir()
    path = save(tmp_path, "mine", notebook)
    # No lesson is found: everything needed is in the file itself.
    assert cli.main(["lesson", "check", str(path), "--lessons", str(lesson)]) == 1
    out = capsys.readouterr().out
    assert "Task 1: One step of gradient descent: not yet" in out
    assert "Hint: Your step does not use the learning rate it is given." in out
    assert "expected  matrix: float64 (2, 3) [0.854274" in out
    assert "got       matrix: float64 (2, 3) [0.789591" in out
    assert "Not attempted yet" in out
    assert "Slope is an array of shape (3,); expected a single value" in out


def test_check_looks_at_the_form_of_what_is_handed_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "def fit_line(x, y):\n    return (0.0, 0.0) if len(x) < 9 else (np.ones((2, 1)), 0.0)"
    path = save(tmp_path, "mine", answered({"fit_line": bad}))
    assert cli.main(["lesson", "check", str(path), *HERE]) == 1
    assert "has dtype float64 and shape (2, 50); expected float64 and (50,)" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"{}", "format"), (b'{"nbformat": 4, "cells": []}', "no nnedu.lesson.slug")],
)
def test_check_of_no_lesson(
    content: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save(tmp_path, "mine", content)
    assert cli.main(["lesson", "check", str(path), *HERE]) == 2
    assert says in capsys.readouterr().err


def test_build_and_prove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(LESSONS, tmp_path / "mine")
    here = ["--lessons", str(tmp_path / "mine")]
    assert cli.main(["lesson", "build", "--check", *here]) == 0
    (tmp_path / "mine" / "01_sample" / "exercise.ipynb").unlink()
    assert cli.main(["lesson", "build", "--check", "01_sample", *here]) == 1
    assert cli.main(["lesson", "build", *here]) == 0
    assert cli.main(["lesson", "prove", *here]) == 0
    out = capsys.readouterr().out
    assert "01_sample: stale: exercise.ipynb" in out
    assert "01_sample: written: exercise.ipynb" in out
    proof = [line for line in out.split("\n") if line[:4] in ("ok  ", "FAIL")]
    assert len([line for line in proof if line.startswith("ok    mistake ")]) == 9
    assert not [line for line in proof if line.startswith("FAIL")]


def test_grade_without_a_sandbox_says_what_was_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "hand ins"
    folder.mkdir()
    save(folder, "one", answered(PERFECT))
    save(folder, "two", b"")
    command = ["grade", str(folder), "--lesson", "01_sample", "--out", "results", *HERE]
    assert cli.main([*command, "--no-sandbox", "--workers", "1"]) == 0
    said = capsys.readouterr()
    assert "1 graded, 1 could not be" in said.out
    assert "'two': The file is empty" in said.out
    assert "defences were off" in said.out
    assert "2/2 graded" in said.err
    record = json.loads(Path("results/run.json").read_text(encoding="utf-8"))
    assert record["sandbox"] == "none"
    assert record["defences_off"]
    assert record["seed"] in said.err
    # The same seed gives the same results, a new run without one another seed.
    first = Path("results/grades.csv").read_bytes()
    again = [*command, "--no-sandbox", "--workers", "1", "--seed", record["seed"]]
    assert cli.main(again) == 0
    assert Path("results/grades.csv").read_bytes() == first


def test_grade_refuses_without_bubblewrap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.sandbox_problem.cache_clear()
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    command = ["grade", str(tmp_path), "--lesson", "01_sample", "--out", "results", *HERE]
    assert cli.main(command) == 2
    message = capsys.readouterr().err
    assert "apt install bubblewrap" in message or "needs Linux" in message
    assert "--no-sandbox" in message
    assert not Path("results").exists()
    sandbox.sandbox_problem.cache_clear()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere", "--lesson", "01_sample"], "per student"),
        ([".", "--lesson", "02"], "No lesson is called '02'"),
        ([".", "--lesson", "01_sample", "--seed", "7"], "32 hexadecimal digits"),
        ([".", "--lesson", "01_sample", "--workers", "0"], "at least 1"),
    ],
)
def test_grade_refuses_nonsense(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["grade", *arguments, "--out", "results", *HERE]) == 2
    assert says in capsys.readouterr().err
    assert not Path("results").exists()


def test_a_missing_dependency_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(options: object) -> int:
        raise ModuleNotFoundError("No module named 'nbval'", name="nbval")

    monkeypatch.setattr(cli, "_list", missing)
    assert cli.main(["lesson", "list"]) == 2
    assert "pip install 'nnedu[grading]'" in capsys.readouterr().err
