"""A CSV file of somebody else's, in which single cells are filled in and nothing else changes.

Python's ``csv`` reads and writes values; quotes that were not needed, blanks, and line ends are
lost on the way. Here a file is cut into cells whose text is kept, so that what is not filled in
stays as it was, byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class BadWorksheet(Exception):
    """A worksheet that cannot be filled in; the message says why."""


@dataclass
class Worksheet:
    """A worksheet: rows of cells, each the text between two separators.

    Parameters
    ----------
    path : Path
        Where it was read.
    raw : list of list of str
        The cells as they stand in the file, quotes included; the first row is the header.
    ends : list of str
        What ends each row.
    """

    path: Path
    mark: bytes
    encoding: str
    separator: str
    raw: list[list[str]]
    ends: list[str]
    columns: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = [_value(cell).strip() for cell in self.raw[0]]

    def get(self, row: int, column: int) -> str:
        """Return a cell's value; empty where a row is short."""
        cells = self.raw[row]
        return _value(cells[column]) if column < len(cells) else ""

    def set(self, row: int, column: int, value: str) -> None:
        """Fill in a cell, which keeps its quotes if it had any."""
        cells = self.raw[row]
        cells += [""] * (column + 1 - len(cells))
        quoted = cells[column].startswith('"') or re.search(f'["\r\n{self.separator}]', value)
        cells[column] = '"' + value.replace('"', '""') + '"' if quoted else value

    def find(self, name: str) -> int | None:
        """Return the column of that name, whatever its case."""
        names = [column.casefold() for column in self.columns]
        return names.index(name.casefold()) if name.casefold() in names else None

    def number(self, value: float, like: str) -> str:
        """Write a number, with a decimal comma if another number of the sheet has one."""
        text = f"{value:.4f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if re.fullmatch(r"[\d.]*,\d+", like.strip()) else text

    def to_bytes(self) -> bytes:
        """Return the file."""
        rows = zip(self.raw, self.ends, strict=True)
        text = "".join(self.separator.join(cells) + end for cells, end in rows)
        return self.mark + text.encode(self.encoding)


def read_worksheet(path: Path) -> Worksheet:
    """Read a worksheet: UTF-8 or UTF-16 with their marks, plain UTF-8, or Windows-1252.

    Raises
    ------
    BadWorksheet
        If it cannot be read or has no rows.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadWorksheet(f"{path} cannot be read: {error.strerror or error}.") from error
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise BadWorksheet(f"{path} is a spreadsheet program's file; expected the CSV as exported.")
    mark, encoding = next(
        ((mark, name) for mark, name in _ENCODINGS if data.startswith(mark)), (b"", "utf-8")
    )
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        try:
            text = data[len(mark) :].decode(encoding)
        except UnicodeDecodeError as error:
            raise BadWorksheet(f"{path} is not a text file ({error}); expected a CSV.") from error
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    raw, ends = _cut(text, separator)
    if len(raw) < 2 or len(raw[0]) < 2:
        raise BadWorksheet(
            f"{path} has {len(raw)} rows and {len(raw[0]) if raw else 0} columns; expected a "
            "header and a row per student, as the learning platform exports it."
        )
    return Worksheet(path, mark, encoding, separator, raw, ends)


def _cut(text: str, separator: str) -> tuple[list[list[str]], list[str]]:
    """Cut a text into rows of cells, quotes kept, and what ends each row."""
    sep = re.escape(separator)
    cell = re.compile(rf'("(?:[^"]|"")*"|(?!")[^{sep}\r\n]*)({sep}|\r\n|\n|\r|\Z)')
    rows: list[list[str]] = []
    ends: list[str] = []
    cells: list[str] = []
    place = 0
    while place < len(text) or cells:
        match = cell.match(text, place)
        if match is None:
            raise BadWorksheet(
                f"Row {len(rows) + 1} has a quote that is never closed, or text after one; "
                "expected the CSV as the learning platform exports it."
            )
        cells.append(match[1])
        place = match.end()
        if match[2] != separator:
            rows.append(cells)
            ends.append(match[2])
            cells = []
    return rows, ends


def _value(cell: str) -> str:
    """Return what a cell's text means."""
    if len(cell) > 1 and cell.startswith('"') and cell.endswith('"'):
        return cell[1:-1].replace('""', '"')
    return cell
