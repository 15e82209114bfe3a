"""`nnedu grade` on a class that is graded already: handing grades on, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest

from nnedu import cli
from nnedu.grading.adjust import Adjustment
from nnedu.grading.classroom import Graded
from nnedu.grading.layouts import Submission
from nnedu.grading.report import grades_csv
from tests.grading_class.helpers import SEED, SIZE, command, lesson, verdict

CANVAS = (
    "Student,ID,SIS Login ID,Section,A sample lesson (9)\n    Points Possible,,,,10\n"
    '"One, Student",1,student00,A,\n"Nobody, Here",2,nobody,A,3\n"Broken, File",3,broken,A,\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed\n"
    "Participant 1,Student One,student01@uni.example,Submitted,,100.00,Yes\n"
)


@pytest.fixture
def graded(tmp_path: Path, uninterrupted: tuple[Path, Path]) -> tuple[Path, Path]:
    shutil.copytree(uninterrupted[1], tmp_path / "out")
    return uninterrupted[0], tmp_path / "out"


def main(folder: Path, out: Path, *more: str) -> int:
    return cli.main(command(folder, out, *more)[3:])


def test_handing_grades_on(
    tmp_path: Path, graded: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = graded
    (tmp_path / "canvas.csv").write_text(CANVAS)
    (tmp_path / "moodle.csv").write_text(MOODLE)
    options = ["--canvas", str(tmp_path / "canvas.csv"), "--moodle", str(tmp_path / "moodle.csv")]
    assert main(folder, out, *options, "--scale", "--junit", "--gradescope") == 0
    said = capsys.readouterr()
    assert f"{SIZE + 1} submissions, {SIZE + 1} of them graded already; run seed {SEED}" in said.err
    assert (out / "canvas.csv").read_text() == CANVAS.replace("student00,A,", "student00,A,10")
    assert (out / "moodle.csv").read_text() == MOODLE.replace("Submitted,,", "Submitted,80,")
    assert f"canvas.csv: 1 grades filled in, {SIZE} not" in said.out
    assert "'broken': row 5 left as it was" in said.out
    assert "'student01': fits no row" in said.out
    results = {path.parent.name: path for path in out.glob("gradescope/*/results.json")}
    assert len(results) == SIZE + 1
    first = next(path for name, path in results.items() if name.startswith("student00"))
    assert json.loads(first.read_text())["score"] == 10
    root = xml.parse(out / "junit.xml").getroot()
    assert len(root) == SIZE + 1
    assert not list(out.glob(".part-*"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--canvas", "missing.csv"], "missing.csv cannot be read"),
        (["--adjust", "missing.csv"], "missing.csv cannot be read"),
        (["--task", "stepp"], "expected a task of 01_sample"),
        (["--seed", "f" * 32], "was begun with another seed"),
        (["--workers", "0"], "expected at least 1"),
    ],
)
def test_refusals_change_nothing(
    graded: tuple[Path, Path],
    options: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, out = graded
    monkeypatch.chdir(out.parent)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert main(folder, out, *options) == 2
    assert says in capsys.readouterr().err
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_refused_before_a_gradebook_is_begun(
    tmp_path: Path, uninterrupted: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "late.csv"
    table.write_text("student,extra\nnobody,1\n")
    assert main(uninterrupted[0], tmp_path / "new", "--adjust", str(table)) == 2
    assert "row 2: student 'nobody'" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_no_cell_of_grades_csv_is_a_formula() -> None:
    names = [
        "=cmd()",
        "+1",
        "-1",
        "@SUM(A1)",
        " =x",
        "\t=x",
        "\r=x",
        "\n=x",
        "＝x",
        "Zoë",
        'a,b\n"c',
    ]
    graded = [Graded(Submission(name, None), "graded", "", verdict()) for name in names]
    text = grades_csv(lesson(), graded, {"Zoë": Adjustment("Zoë", "10%", 1.0, "=late()")})
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for row in rows[1:]:
        for cell in row:
            assert not cell.lstrip(" ")[:1].startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert [row[0] for row in rows[1:]] == ["'" + name for name in names[:9]] + names[9:]
    zoe = dict(zip(rows[0], rows[10], strict=True))
    assert (zoe["points"], zoe["late_penalty"], zoe["extra"], zoe["total"]) == (
        "10",
        "1",
        "1",
        "10",
    )
    assert zoe["comment"] == "'=late()"
