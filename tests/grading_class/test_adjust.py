"""Penalties and extra points by hand, and tables that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnedu.grading.adjust import Adjustment, BadAdjustments, read_adjustments

CLASS = ["ada", "grace", "=cmd()"]


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "adjust.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_totals_by_hand(tmp_path: Path) -> None:
    path = table(
        tmp_path, "student,late_penalty,extra,comment\r\nada,10%,,late\r\ngrace,3,1.5,\r\n"
    )
    found = read_adjustments(path, CLASS)
    assert found == {
        "ada": Adjustment("ada", "10%", 0.0, "late"),
        "grace": Adjustment("grace", "3", 1.5, ""),
    }
    assert found["ada"].total(9) == 8.1
    assert found["grace"].total(10) == 8.5
    # No more is taken than was earned, and extra points stay.
    assert found["grace"].total(1) == 1.5


def test_what_spreadsheets_write_is_read(tmp_path: Path) -> None:
    path = table(tmp_path, "Student;Extra\n'=cmd();2\n\n;\n", "utf-8-sig")
    assert read_adjustments(path, CLASS) == {"=cmd()": Adjustment("=cmd()", "0", 2.0, "")}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("bob,1,,", r"row 2: student 'bob' is not in this class"),
        ("ada,-1,,", r"row 2: late_penalty is '-1'; expected a number from 0"),
        ("ada,101%,,", "at most 100%"),
        ("ada,,nan,", "row 2: extra is 'nan'"),
        ("ada,,inf,", "row 2: extra is 'inf'"),
        ('ada,,"1,5",', "with a decimal point"),
        ("ada,,one,", "extra is 'one'"),
        ("ada,1", "row 2: it has 2 cells; expected 4"),
        ("ada,1,,\ngrace,,,\nada,2,,", "row 4: 'ada' is also in row 2"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, rows: str, said: str) -> None:
    path = table(tmp_path, f"student,late_penalty,extra,comment\n{rows}\n")
    with pytest.raises(BadAdjustments, match=said):
        read_adjustments(path, CLASS)


def test_every_bad_row_is_named_at_once(tmp_path: Path) -> None:
    path = table(tmp_path, "student,extra\nbob,1\nada,1\neve,x\n")
    with pytest.raises(BadAdjustments, match=r"(?s)row 2: .*'bob'.*row 4: .*'eve'"):
        read_adjustments(path, CLASS)


@pytest.mark.parametrize("header", ["name,extra", "student,bonus", "student,student", ""])
def test_bad_headers(tmp_path: Path, header: str) -> None:
    with pytest.raises(BadAdjustments, match="expected column names from student, late_penalty"):
        read_adjustments(table(tmp_path, f"{header}\nada,1\n"), CLASS)


def test_no_text(tmp_path: Path) -> None:
    with pytest.raises(BadAdjustments, match="UTF-8"):
        read_adjustments(table(tmp_path, "student\nZoë\n", "latin-1"), CLASS)
    with pytest.raises(BadAdjustments, match="cannot be read"):
        read_adjustments(tmp_path / "missing.csv", CLASS)
