"""Late penalties and extra points: what an instructor's own table adds to the grades.

A CSV file with the columns ``student``, ``late_penalty``, ``extra`` and ``comment``; all but the
first may be missing or empty::

    student,late_penalty,extra,comment
    ada,10%,,one day late
    grace,2,1,found an error in the notes

``late_penalty`` is in points, or in percent of the points earned; ``extra`` is in points. The
total is ``max(0, points - late_penalty) + extra``: a penalty takes no more than was earned, and
extra points are never lost to it.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("student", "late_penalty", "extra", "comment")


class BadAdjustments(Exception):
    """A table that cannot be used; the message names every bad row."""


@dataclass(frozen=True)
class Adjustment:
    """One student's row.

    Parameters
    ----------
    student : str
    late_penalty : str
        ``"2"`` for points, ``"10%"`` for percent of the points earned; at least 0.
    extra : float
        Points, at least 0.
    comment : str
    """

    student: str
    late_penalty: str = "0"
    extra: float = 0.0
    comment: str = ""

    def penalty(self, points: float) -> float:
        """Return the points taken from somebody who earned `points`.

        Examples
        --------
        >>> Adjustment("ada", "10%").penalty(8), Adjustment("ada", "3").penalty(2)
        (0.8, 2)
        """
        if self.late_penalty.endswith("%"):
            return round(points * float(self.late_penalty[:-1]) / 100, 4)
        return min(points, float(self.late_penalty))

    def total(self, points: float) -> float:
        """Return the points after penalty and extra.

        Examples
        --------
        >>> Adjustment("ada", "10%", extra=1).total(8)
        8.2
        """
        return round(points - self.penalty(points) + self.extra, 4)


def read_adjustments(path: Path, students: Iterable[str]) -> dict[str, Adjustment]:
    """Read an instructor's table.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte order mark; separated by commas or semicolons.
    students : iterable of str
        Of the class, as grades.csv writes them.

    Returns
    -------
    dict
        Student to adjustment.

    Raises
    ------
    BadAdjustments
        Naming every row that is malformed, unknown or there twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadAdjustments(
            f"{path} cannot be read ({error}); expected a CSV in UTF-8."
        ) from error
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    header = [name.strip().lower() for name in next(rows, [])]
    unknown = [name for name in header if name not in COLUMNS]
    if unknown or "student" not in header or len(set(header)) < len(header):
        raise BadAdjustments(
            f"{path}: the first row is {first.strip()!r}; expected column names from "
            f"{', '.join(COLUMNS)}, each once, with student among them."
        )
    known = {_plain(student): student for student in students}
    found: dict[str, Adjustment] = {}
    line_of: dict[str, int] = {}
    errors: list[str] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        try:
            item = _adjustment(header, row, known)
            if item.student in found:
                raise ValueError(f"{item.student!r} is also in row {line_of[item.student]}")
        except ValueError as error:
            errors.append(f"  row {rows.line_num}: {error}.")
            continue
        found[item.student], line_of[item.student] = item, rows.line_num
    if errors:
        raise BadAdjustments(f"{path} cannot be used:\n" + "\n".join(errors))
    return found


def _plain(student: str) -> str:
    """Return a name as it is looked up: without the quote that grades.csv may put before it."""
    return student.strip().removeprefix("'")


def _adjustment(header: list[str], row: list[str], known: Mapping[str, str]) -> Adjustment:
    """Return one row's adjustment, or raise ValueError with what is wrong with it."""
    if len(row) != len(header):
        raise ValueError(f"it has {len(row)} cells; expected {len(header)}")
    cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
    student = known.get(_plain(cells["student"]))
    if student is None:
        raise ValueError(
            f"student {cells['student']!r} is not in this class; expected a name from the "
            "student column of grades.csv"
        )
    percent = cells.get("late_penalty", "").endswith("%")
    penalty = _number("late_penalty", cells.get("late_penalty", "").removesuffix("%"))
    if percent and penalty > 100:
        raise ValueError(f"late_penalty is {cells['late_penalty']!r}; expected at most 100%")
    extra = _number("extra", cells.get("extra", ""))
    text = f"{penalty:g}%" if percent else f"{penalty:g}"
    return Adjustment(student, text, extra, cells.get("comment", ""))


def _number(name: str, text: str) -> float:
    """Return a number of points from 0 on; an empty cell is 0."""
    if not text.strip():
        return 0.0
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        also = " or such with % behind it" if name == "late_penalty" else ""
        raise ValueError(
            f"{name} is {text!r}; expected a number from 0 on, with a decimal point{also}"
        )
    return value
