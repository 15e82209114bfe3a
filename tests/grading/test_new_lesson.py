"""A lesson of one's own, from the template to a graded class, by the commands alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnedu.cli import main
from nnedu.grading.documents import read_notebook
from nnedu.grading.lessons import grade_id, load_lesson, load_mistakes
from nnedu.grading.sandbox import sandbox_problem
from nnedu.grading.session import grade

SLUG = "05_my_lesson"


def test_from_the_template_to_grades(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # outside the repository
    where = ["--lessons", "own"]
    assert main(["lesson", "new", SLUG, *where]) == 0
    assert main(["lesson", "build", SLUG, *where]) == 0
    assert main(["lesson", "build", SLUG, "--check", *where]) == 0
    capsys.readouterr()
    assert main(["lesson", "prove", SLUG, *where]) == 0
    assert "FAIL" not in capsys.readouterr().out
    assert main(["lesson", "list", *where]) == 0
    assert "My lesson (45 min, CPU, 3 points)" in capsys.readouterr().out

    assert main(["lesson", "start", SLUG, "mine.ipynb", *where]) == 0
    assert main(["lesson", "check", "mine.ipynb", *where]) == 1  # nothing done yet
    lesson = load_lesson(Path("own", SLUG, "solution.ipynb"))
    mistakes, alternatives = load_mistakes(lesson)
    Path("class").mkdir()
    for student, code in {
        "untouched": None,
        "right": alternatives[0].code,
        "scales": mistakes[0].code,
    }.items():
        notebook = read_notebook(Path("mine.ipynb"))
        for cell in notebook["cells"]:
            if grade_id(cell) == "clip_by_norm" and code is not None:
                cell["source"] = code
        Path("class", f"{student}.ipynb").write_text(json.dumps(notebook))
    graded = grade(
        Path("class"), lesson.folder, Path("out"), sandbox=sandbox_problem() is None, workers=1
    )
    points = {item.submission.student: item.points for item in graded}
    assert points == {"right": 3, "scales": 2, "untouched": 0}
    by_name = {item.submission.student: item.verdict for item in graded}
    assert by_name["scales"] is not None
    assert mistakes[0].hint in [result.hint for result in by_name["scales"].results]


def test_what_new_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--lessons", str(tmp_path)]
    assert main(["lesson", "new", "My Lesson", *where]) == 2
    assert "expected lower-case letters" in capsys.readouterr().err
    assert main(["lesson", "new", "../outside", *where]) == 2
    (tmp_path / SLUG).mkdir()
    (tmp_path / SLUG / "solution.ipynb").write_text("mine")
    assert main(["lesson", "new", SLUG, *where]) == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / SLUG / "solution.ipynb").read_text() == "mine"
