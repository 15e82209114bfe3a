"""Filling a class's grades into a learning platform's worksheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nnedu.grading.exports import canvas, moodle
from nnedu.grading.exports.matching import match
from nnedu.grading.exports.worksheet import BadWorksheet, read_worksheet
from nnedu.grading.layouts import Submission


@dataclass(frozen=True)
class Grade:
    """A student's grade, ready to be handed on.

    Parameters
    ----------
    submission : Submission
    points : float
        With penalty and extra points.
    graded : bool
        Whether the submission could be graded; if not, no platform is told a 0.
    """

    submission: Submission
    points: float
    graded: bool


@dataclass(frozen=True)
class Platform:
    """Which worksheet to fill in.

    Parameters
    ----------
    system : {"canvas", "moodle"}
    path : Path
        As exported; it is read, never written.
    column : str or None
        Of the grade, where it cannot be found by itself.
    scale : bool
        Whether to convert points to the worksheet's maximum where that is another.
    """

    system: str
    path: Path
    column: str | None = None
    scale: bool = False


@dataclass
class Filled:
    """A filled-in worksheet.

    Parameters
    ----------
    data : bytes
    students : list of str
        Whose grade was filled in.
    left : dict
        Student to the reason why not.
    """

    data: bytes
    students: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def fill(
    platform: Platform, grades: Sequence[Grade], *, title: str, slug: str, out_of: float
) -> Filled:
    """Fill grades into a worksheet.

    Parameters
    ----------
    platform : Platform
    grades : sequence of Grade
    title, slug : str
        Of the lesson.
    out_of : float
        Its points.

    Raises
    ------
    BadWorksheet
        If it is not that platform's, or its maximum is not the lesson's and nothing was said
        about converting.
    """
    sheet = read_worksheet(platform.path)
    if platform.system == "canvas":
        rows = canvas.student_rows(sheet)
        column = canvas.grade_column(sheet, platform.column, title, slug)
        highest, written = canvas.maximum(sheet, column)
    else:
        rows = moodle.student_rows(sheet)
        column = moodle.grade_column(sheet, platform.column)
        highest, written = moodle.maximum(sheet, column)
    factor = 1.0
    if highest is not None and highest != out_of:
        if not platform.scale:
            raise BadWorksheet(
                f"{platform.path}: the maximum of column {sheet.columns[column]!r} is {highest:g}; "
                f"the lesson has {out_of:g} points. Change the assignment there, or pass --scale "
                "to convert."
            )
        factor = highest / out_of if out_of else 0.0
    found = match(platform.system, rows, [grade.submission for grade in grades])
    students: list[str] = []
    left: dict[str, str] = {}
    for grade in grades:
        student = grade.submission.student
        row = found.rows.get(student)
        if row is None:
            left[student] = found.unmatched[student]
        elif not grade.graded:
            left[student] = f"row {row + 1} left as it was: the submission could not be graded"
        elif platform.system == "moodle" and moodle.locked(sheet, row):
            left[student] = f"row {row + 1} left as it was: Moodle says it cannot be changed"
        else:
            sheet.set(row, column, sheet.number(round(grade.points * factor, 2), written))
            students.append(student)
    return Filled(sheet.to_bytes(), students, left)
