"""Which row of a platform's worksheet is which student's.

In this order, the first that finds a row decides: the platform's own number of the student,
where the submission came from the same platform; a user name, student number or e-mail address
equal to the name of the submission; the part of an address before the @; the name. Two rows that
fit, or two students who fit one row, are nobody's match: they are listed, not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from nnedu.grading.layouts import Submission


@dataclass(frozen=True)
class Row:
    """What a row says about its student.

    Parameters
    ----------
    index : int
    number : str
        The platform's.
    ids : tuple of str
        User name, student number, e-mail address.
    name : str
        "First Last" or "Last, First".
    """

    index: int
    number: str
    ids: tuple[str, ...]
    name: str


@dataclass
class Matches:
    """Student to row index, and student to the reason why there is none."""

    rows: dict[str, int] = field(default_factory=dict)
    unmatched: dict[str, str] = field(default_factory=dict)


def match(system: str, rows: list[Row], submissions: Iterable[Submission]) -> Matches:
    """Match submissions with the rows of a worksheet.

    Parameters
    ----------
    system : {"canvas", "moodle"}
        Whose worksheet it is.
    rows : list of Row
    submissions : iterable of Submission
    """
    found = Matches()
    claims: dict[int, list[str]] = {}
    for item in submissions:
        fitting = _fitting(system, rows, item)
        if len(fitting) == 1:
            found.rows[item.student] = fitting[0].index
            claims.setdefault(fitting[0].index, []).append(item.student)
        elif fitting:
            lines = ", ".join(str(row.index + 1) for row in fitting)
            found.unmatched[item.student] = f"fits {len(fitting)} rows ({lines})"
        else:
            found.unmatched[item.student] = "fits no row"
    for index, students in claims.items():
        if len(students) > 1:
            for student in students:
                del found.rows[student]
                found.unmatched[student] = f"fits row {index + 1}, as others do: " + ", ".join(
                    repr(other) for other in students if other != student
                )
    return found


def _fitting(system: str, rows: list[Row], item: Submission) -> list[Row]:
    """Return the rows that fit at the first level at which any does."""
    if item.number and item.system == system:
        # The platform's own number: a name that fits elsewhere would be somebody else.
        return [row for row in rows if row.number == item.number]
    key = item.student.strip().casefold()
    levels = [
        [row for row in rows if key in {value.casefold() for value in row.ids if value}],
        [
            row
            for row in rows
            if key in {value.casefold().partition("@")[0] for value in row.ids if "@" in value}
        ],
        [row for row in rows if _spellings(item.name or item.student) & _spellings(row.name)],
    ]
    return next((level for level in levels if level), [])


def _spellings(name: str) -> set[str]:
    """Return a name as bare letters and digits, first name first and last name first.

    Examples
    --------
    >>> sorted(_spellings("Lovelace, Ada")), sorted(_spellings("Ada Lovelace"))
    (['adalovelace', 'lovelaceada'], ['adalovelace', 'lovelaceada'])
    """
    last, comma, first = name.partition(",")
    if not comma:
        words = re.split(r"[\s_.]+", name.strip())
        first, last = " ".join(words[:-1]), words[-1]
    both = {_bare(first + last), _bare(last + first)}
    return both - {""}


def _bare(text: str) -> str:
    """Return the letters and digits of a text, without accents and case."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum())
