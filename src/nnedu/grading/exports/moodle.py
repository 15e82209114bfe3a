"""Grades filled into the grading worksheet that Moodle exported.

In the assignment: Submissions, Download grading worksheet (the feedback type "Offline grading
worksheet" must be on). The CSV has the columns ``Identifier`` ("Participant 1234567"; the number
is also in the names of downloaded submissions), ``Full name``, ``Email address``, ``Status``,
``Grade``, ``Maximum Grade``, ``Grade can be changed``, ``Last modified (submission)``, ``Last
modified (grade)``, ``Feedback comments``: Moodle's ``mod/assign/gradingtable.php``. The import
finds identifier, grade and date of the grade by the names of their columns, in the language of the
page, and refuses grades that were changed since ("Last modified (grade)" is the proof, so it
stays): ``mod/assign/feedback/offline/importgradeslib.php``.
"""

from __future__ import annotations

import re

from nnedu.grading.exports.matching import Row
from nnedu.grading.exports.worksheet import BadWorksheet, Worksheet

_NUMBER = re.compile(r".*?(\d+)\s*")


def student_rows(sheet: Worksheet) -> list[Row]:
    """Return the students' rows.

    The identifier is the first column, in every language; names and addresses are found by their
    English headers, or an address by its @.
    """
    rows = []
    name = sheet.find("Full name")
    for index in range(1, len(sheet.raw)):
        found = _NUMBER.fullmatch(sheet.get(index, 0))
        if not any(cell.strip() for cell in sheet.raw[index]):
            continue
        if found is None:
            raise BadWorksheet(
                f"{sheet.path}, row {index + 1} begins with {sheet.get(index, 0)!r}; expected an "
                "identifier such as 'Participant 1234567'. Is this the assignment's grading "
                "worksheet, as downloaded?"
            )
        width = len(sheet.raw[index])
        mails = [sheet.get(index, k).strip() for k in range(1, width) if "@" in sheet.get(index, k)]
        # Blind marking leaves the name out.
        full = sheet.get(index, name if name is not None else 1)
        extra = [sheet.find(title) for title in ("Username", "ID number")]
        ids = [sheet.get(index, k).strip() for k in extra if k is not None]
        rows.append(Row(index, found[1], (*ids, *mails), full))
    return rows


def grade_column(sheet: Worksheet, wanted: str | None) -> int:
    """Return the column of the grade."""
    column = sheet.find(wanted if wanted is not None else "Grade")
    if column is None:
        raise BadWorksheet(
            f"{sheet.path} has the columns {sheet.columns}; expected {wanted or 'Grade'!r} among "
            "them. In another language than English: name it with --moodle-column."
        )
    return column


def maximum(sheet: Worksheet, column: int) -> tuple[float | None, str]:
    """Return the assignment's maximum grade, which is in the column after the grade."""
    for index in range(1, len(sheet.raw)):
        text = sheet.get(index, column + 1)
        try:
            return float(text.strip().replace(",", ".")), text
        except ValueError:
            continue
    return None, ""


def locked(sheet: Worksheet, row: int) -> bool:
    """Say whether Moodle would refuse a change of this grade."""
    column = sheet.find("Grade can be changed")
    return column is not None and sheet.get(row, column).strip().casefold() == "no"
