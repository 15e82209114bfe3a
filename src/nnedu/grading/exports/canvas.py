"""Grades filled into the gradebook that Canvas exported (Grades, Export).

Canvas writes, and reads back, a CSV with the columns ``Student`` ("Last, First"; or ``LastName``
and ``FirstName``), ``ID``, ``SIS User ID``, ``SIS Login ID``, ``Section``, then one per
assignment, called "Title (123)", then totals that are read only. Below the header comes, where a
grade is posted by hand, a row "Manual Posting", then the row "Points Possible", then the students:
Canvas's ``lib/gradebook_exporter.rb``. An upload changes the cells that differ and nothing else
(Canvas instructor guide, "How do I import grades in the Gradebook?").
"""

from __future__ import annotations

import re

from nnedu.grading.exports.matching import Row
from nnedu.grading.exports.worksheet import BadWorksheet, Worksheet

_ASSIGNMENT = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)")


def student_rows(sheet: Worksheet) -> list[Row]:
    """Return the rows that are students'."""
    number = sheet.find("ID")
    if number is None or (sheet.find("Student") is None and sheet.find("LastName") is None):
        raise BadWorksheet(
            f"{sheet.path} has the columns {sheet.columns[:6]}; expected Student and ID among "
            "them. Export it in Canvas with Grades, Export (in English)."
        )
    whole, last, first = (sheet.find(name) for name in ("Student", "LastName", "FirstName"))
    others = [sheet.find(name) for name in ("SIS User ID", "SIS Login ID", "Integration ID")]
    rows = []
    for index in range(1, len(sheet.raw)):
        # The rows "Points Possible" and "Manual Posting" have no ID.
        if not sheet.get(index, number).strip():
            continue
        if whole is not None:
            name = sheet.get(index, whole)
        else:
            parts = [sheet.get(index, part) for part in (last, first) if part is not None]
            name = ", ".join(parts)
        ids = tuple(sheet.get(index, other).strip() for other in others if other is not None)
        rows.append(Row(index, sheet.get(index, number).strip(), ids, name))
    return rows


def grade_column(sheet: Worksheet, wanted: str | None, title: str, slug: str) -> int:
    """Return the column of the assignment.

    Parameters
    ----------
    sheet : Worksheet
    wanted : str or None
        What the instructor named: the column's whole name, its title, or its number.
    title, slug : str
        Of the lesson: looked for where nothing is named and there are several assignments.
    """
    columns = {
        index: found
        for index, name in enumerate(sheet.columns)
        if (found := _ASSIGNMENT.fullmatch(name))
    }
    names = {wanted} if wanted is not None else {title, slug}
    folded = {name.casefold() for name in names}
    chosen = [
        index
        for index, found in columns.items()
        if folded & {found[0].casefold(), found["title"].casefold(), found["id"]}
    ]
    if wanted is None and not chosen:
        chosen = list(columns)
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(repr(found[0]) for found in columns.values()) or "none"
    raise BadWorksheet(
        f"{sheet.path}: {len(chosen)} assignment columns fit {wanted or title!r}; expected one of: "
        f"{listed}. Name it with --canvas-column."
    )


def maximum(sheet: Worksheet, column: int) -> tuple[float | None, str]:
    """Return the assignment's points possible, and how they are written."""
    for index in range(1, min(4, len(sheet.raw))):
        if sheet.get(index, 0).strip().casefold() == "points possible":
            text = sheet.get(index, column)
            try:
                return float(text.strip().replace(",", ".")), text
            except ValueError:
                break
    return None, ""
