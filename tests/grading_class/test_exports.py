"""Worksheets as Canvas and Moodle write them: the grade goes in, nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest

from nnedu.grading.adjust import Adjustment
from nnedu.grading.exports.filling import Filled, Grade, Platform, fill
from nnedu.grading.exports.gradescope import results_json
from nnedu.grading.exports.junit import Suite, junit_xml
from nnedu.grading.exports.worksheet import BadWorksheet
from nnedu.grading.layouts import Submission
from tests.grading_class.helpers import lesson, verdict

# The columns of lib/gradebook_exporter.rb, with a posting row, totals, and quirks of real files.
CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,"01 A sample lesson (900)",Quiz (901),'
    "Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,10.00,5.00,(read only),(read only)\r\n"
    '"Lovelace, Ada",12345,s-1,ada@uni.example,"Sec ""A"", and B",,4.50,90.0,45.0\r\n'
    '"Turing, Alan",12346,s-2,alan,Sec A,7.00,,,\r\n'
    '"Smith, Jo",12347,s-3,jo1,Sec A,,,,\r\n'
    '"Smith, Jo",12348,s-4,jo2,Sec A,,,,\r\n'
    '"O\'Neil, Zoë",12349,s-5,zoe,Sec A,,EX,,\r\n'
    '"Student, Test",99999,,fffff,Sec A,,,,\r\n'
)

# The columns of mod/assign/gradingtable.php, for download.
MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 101","Ada Lovelace",ada@uni.example,"Submitted for grading",,10.00,Yes,'
    '"Friday, 20 November 2026, 10:00 AM",-,\n'
    '"Participant 102","Alan Turing",alan@uni.example,"Submitted for grading",3.00,10.00,No,'
    '"Friday, 20 November 2026, 11:00 AM","Friday, 20 November 2026, 12:00 PM","<p>Well,\n'
    'nearly ""there""</p>"\n'
    '"Participant 103","Zoë O\'Neil",zoe@uni.example,"No submission",,10.00,Yes,-,-,\n'
)


def grades(*items: tuple[Submission, float]) -> list[Grade]:
    return [Grade(submission, points, True) for submission, points in items]


def filled(
    folder: Path, system: str, text: str | bytes, given: list[Grade], **options: object
) -> Filled:
    path = folder / f"{system}-export.csv"
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(data)
    platform = Platform(system, path, **options)  # type: ignore[arg-type]
    result = fill(platform, given, title="01 A sample lesson", slug="01_sample", out_of=10.0)
    assert path.read_bytes() == data  # the instructor's own file is never written
    return result


def test_canvas_by_each_key(tmp_path: Path) -> None:
    given = grades(
        (Submission("lovelaceada_12345", None, "", "lovelaceada", "canvas", "12345"), 9.5),
        (Submission("alan", None), 10.0),
        (Submission("Zoe O'Neil", None), 0.0),
        (Submission("s-4", None), 3.25),
    )
    result = filled(tmp_path, "canvas", CANVAS, given)
    expected = (
        CANVAS.replace('and B",,4.50', 'and B",9.5,4.50')
        .replace("alan,Sec A,7.00", "alan,Sec A,10")
        .replace("zoe,Sec A,,EX", "zoe,Sec A,0,EX")
        .replace("jo2,Sec A,,", "jo2,Sec A,3.25,")
    )
    assert result.data.decode() == expected
    assert not result.left


def test_the_part_of_an_address_before_the_at(tmp_path: Path) -> None:
    assert (
        b'B",1,4.50'
        in filled(tmp_path, "canvas", CANVAS, grades((Submission("ADA", None), 1))).data
    )


def test_nobody_is_invented_or_guessed(tmp_path: Path) -> None:
    given = grades(
        (Submission("eve", None), 1.0),
        (Submission("Jo Smith", None), 2.0),
        (Submission("alan", None), 3.0),
        (Submission("Turing Alan", None), 4.0),
        # A number Canvas gave that is not in the sheet: no other row, whatever the name.
        (Submission("lovelaceada_777", None, "", "lovelaceada", "canvas", "777"), 5.0),
        # Moodle's number 12348 is another world's.
        (Submission("Joan Clarke_12348", None, "", "Joan Clarke", "moodle", "12348"), 6.0),
    )
    result = filled(tmp_path, "canvas", CANVAS, given)
    assert result.data.decode() == CANVAS
    assert result.left == {
        "eve": "fits no row",
        "Jo Smith": "fits 2 rows (6, 7)",
        "alan": "fits row 5, as others do: 'Turing Alan'",
        "Turing Alan": "fits row 5, as others do: 'alan'",
        "lovelaceada_777": "fits no row",
        "Joan Clarke_12348": "fits no row",
    }


def test_what_could_not_be_graded_is_no_zero(tmp_path: Path) -> None:
    result = filled(tmp_path, "canvas", CANVAS, [Grade(Submission("alan", None), 0.0, False)])
    assert result.data.decode() == CANVAS
    assert "could not be graded" in result.left["alan"]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_encodings_and_marks_stay(tmp_path: Path, mark: str) -> None:
    data = CANVAS.encode(mark)
    result = filled(tmp_path, "canvas", data, grades((Submission("alan", None), 8)))
    assert result.data == CANVAS.replace("alan,Sec A,7.00", "alan,Sec A,8").encode(mark)


def test_windows_encoding_stays(tmp_path: Path) -> None:
    result = filled(
        tmp_path, "canvas", CANVAS.encode("cp1252"), grades((Submission("zoe", None), 8))
    )
    assert "zoe,Sec A,8,EX" in result.data.decode("cp1252")


def test_semicolons_and_decimal_commas_stay(tmp_path: Path) -> None:
    text = (
        "Student;ID;SIS Login ID;Section;Lab (7)\n    Points Possible;;;;10,00\n"
        "Lovelace, Ada;1;ada;A;\n"
    )
    result = filled(tmp_path, "canvas", text, grades((Submission("ada", None), 7.5)))
    assert result.data.decode() == text.replace("ada;A;", "ada;A;7,5")


def test_last_and_first_name_in_two_columns(tmp_path: Path) -> None:
    text = "LastName,FirstName,ID,SIS Login ID,Section,Lab (7)\nLovelace,Ada,1,x1,A,\n"
    result = filled(tmp_path, "canvas", text, grades((Submission("Ada_Lovelace", None), 7)))
    assert result.data.decode() == text.replace("x1,A,", "x1,A,7")


def test_a_canvas_column_is_named_not_guessed(tmp_path: Path) -> None:
    text = CANVAS.replace("01 A sample lesson", "Homework")
    given = grades((Submission("alan", None), 4))
    with pytest.raises(BadWorksheet, match=r"'Homework \(900\)', 'Quiz \(901\)'.*--canvas-column"):
        filled(tmp_path, "canvas", text, given)
    for name in ("Homework", "Homework (900)", "900"):
        assert b"alan,Sec A,4," in filled(tmp_path, "canvas", text, given, column=name).data
    with pytest.raises(BadWorksheet, match="0 assignment columns fit 'Final Score'"):
        filled(tmp_path, "canvas", text, given, column="Final Score")


def test_another_maximum_is_converted_only_if_asked(tmp_path: Path) -> None:
    given = grades((Submission("alan", None), 4))
    with pytest.raises(BadWorksheet, match=r"maximum of column 'Quiz \(901\)' is 5; .* 10 points"):
        filled(tmp_path, "canvas", CANVAS, given, column="Quiz")
    result = filled(tmp_path, "canvas", CANVAS, given, column="Quiz", scale=True)
    assert b"alan,Sec A,7.00,2,," in result.data


def test_moodle(tmp_path: Path) -> None:
    ada = Submission("Ada Lovelace_101", None, "", "Ada Lovelace", "moodle", "101")
    alan = Submission("alan", None)
    result = filled(
        tmp_path, "moodle", MOODLE, grades((ada, 8.25), (alan, 9), (Submission("x", None), 1))
    )
    assert result.data.decode() == MOODLE.replace('grading",,10.00', 'grading",8.25,10.00')
    assert result.students == ["Ada Lovelace_101"]
    assert result.left == {
        "alan": "row 3 left as it was: Moodle says it cannot be changed",
        "x": "fits no row",
    }


def test_moodle_in_german_and_blind(tmp_path: Path) -> None:
    text = (
        "ID,Status,Bewertung,Bestwertung,Zuletzt geändert (Bewertung)\n"
        'Teilnehmer/in101,"Zur Bewertung abgegeben",,"10,00",-\n'
    )
    given = grades((Submission("Teilnehmer_101", None, "", "Teilnehmer", "moodle", "101"), 7.5))
    with pytest.raises(BadWorksheet, match="--moodle-column"):
        filled(tmp_path, "moodle", text, given)
    result = filled(tmp_path, "moodle", text, given, column="Bewertung")
    assert result.data.decode() == text.replace('abgegeben",,', 'abgegeben","7,5",')


@pytest.mark.parametrize(
    ("system", "data", "said"),
    [
        ("canvas", b"a,b\n1,2\n", "expected Student and ID"),
        ("canvas", b"PK\x03\x04rest", "spreadsheet program's file"),
        ("canvas", b'Student,ID\n"open,1\n', "never closed"),
        ("canvas", b"", "expected a header and a row per student"),
        ("moodle", b"Name,Grade,Max\nAda,,10\n", "row 2 begins with 'Ada'; expected an identifier"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, system: str, data: bytes, said: str) -> None:
    with pytest.raises(BadWorksheet, match=said):
        filled(tmp_path, system, data, [])
    with pytest.raises(BadWorksheet, match="cannot be read"):
        fill(Platform(system, tmp_path / "no.csv"), [], title="", slug="", out_of=1)


def test_gradescope() -> None:
    partly = verdict(0.5, mistake="uphill", message="x is wrong")
    found = json.loads(
        results_json(lesson(), partly, "", 1.23456, Adjustment("a", "1", 0.5, "late"))
    )
    assert found["score"] == lesson().points / 2 - 0.5
    assert found["execution_time"] == 1.235
    assert found["output"] == "Late penalty: 1 points.\nExtra points: 0.5.\nlate"
    assert found["stdout_visibility"] == "hidden"
    assert len(found["tests"]) == len(lesson().checks)
    assert found["tests"][0] == {
        "name": f"{lesson().tasks[0].title}: {lesson().checks[0].about}",
        "name_format": "text",
        "number": "1.1",
        "score": lesson().checks[0].points / 2,
        "max_score": lesson().checks[0].points,
        "status": "failed",
        "output": "x is wrong\nhint uphill",
        "output_format": "text",
        "visibility": "visible",
    }
    assert sum(test["max_score"] for test in found["tests"]) == lesson().points
    broken = json.loads(results_json(lesson(), None, "No notebook.", 0.0))
    assert (broken["score"], broken["output"], broken["tests"]) == (0.0, "No notebook.", [])


def test_junit() -> None:
    suites = [
        Suite("ada", verdict(1.0), "", 2.0),
        Suite("<bob> & \x00", verdict(0.0, message='x < "y" \x1b'), "", 0.5),
        Suite("eve", None, "No notebook.", 0.0),
    ]
    root = xml.fromstring(junit_xml(lesson(), suites).encode())
    checks = len(lesson().checks)
    assert [root.get(k) for k in ("tests", "failures", "errors")] == [
        str(2 * checks + 1), str(checks), "1",
    ]  # fmt: skip
    names = [suite.get("name") for suite in root]
    assert names == ["ada", "<bob> & \ufffd", "eve"]
    cases = root[1].findall("testcase")
    assert [case.get("name", "").split()[0] for case in cases] == [c.id for c in lesson().checks]
    assert {case[0].get("message") for case in cases} == {'x < "y" \ufffd'}
    assert root[2][0][0].tag == "error"
