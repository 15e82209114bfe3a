"""Notebooks as plain JSON: reading what may be anything, writing the normal form."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

MAX_BYTES = 8 * 2**20
"""Largest notebook that is read; an honest one without pictures has a hundredth of this."""

MAX_DEPTH = 60
"""Deepest nesting that is parsed; nbformat needs about ten levels."""

Cell = dict[str, Any]
Notebook = dict[str, Any]


class BadNotebook(Exception):
    """A file that is not a readable notebook; the message says what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


def printable(text: str) -> str:
    r"""Return a stranger's text as any file, table or screen can take it.

    JSON can carry half a surrogate pair, which no file can be written with, and a text can turn
    the direction of what stands around it.

    Examples
    --------
    >>> printable("half \ud800 a pair").isprintable()
    True
    """
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def read_notebook(path: Path) -> Notebook:
    """Read a notebook of format 4, or say why it cannot be read.

    Every defect that a file can have ends as `BadNotebook`: it is never followed (a symbolic
    link), never read whole when huge, never parsed when too deep.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        With a list of cells; each cell is a dict with string ``cell_type`` and ``source`` and
        dict ``metadata``.

    Raises
    ------
    BadNotebook
    """
    return parse_notebook(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Read a regular file of acceptable size without following a link, or raise `BadNotebook`."""
    try:
        # O_NONBLOCK: opening a FIFO must not wait for a writer.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        flags |= getattr(os, "O_BINARY", 0)
        if path.is_symlink():
            raise BadNotebook("The file is a symbolic link; expected the notebook itself.")
        with open(os.open(path, flags), "rb") as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise BadNotebook("This is not a regular file; expected a notebook.")
            if info.st_size > MAX_BYTES:
                raise BadNotebook(
                    f"The file has {info.st_size / 2**20:.0f} MB; expected at most "
                    f"{MAX_BYTES // 2**20} MB. Clear the outputs before handing in."
                )
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadNotebook(f"The file cannot be read: {error.strerror or error}.") from error


def parse_notebook(data: bytes) -> Notebook:
    """Parse the bytes of a notebook; see `read_notebook`."""
    if not data.strip():
        raise BadNotebook("The file is empty; expected a notebook. Save it in Jupyter first.")
    if len(data) > MAX_BYTES:
        raise BadNotebook(f"The file has more than {MAX_BYTES // 2**20} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadNotebook(
            f"The file is not UTF-8 text (byte {error.start}). Save it in Jupyter again."
        ) from error
    if _depth(text) > MAX_DEPTH:
        raise BadNotebook(f"The file is nested more than {MAX_DEPTH} levels deep.")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadNotebook(
            f"The file is not valid JSON ({str(error)[:120]}). Save it in Jupyter again."
        ) from error
    return _checked(document)


def _depth(text: str) -> int:
    """Return how deep brackets nest, strings left out, without recursion."""
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _checked(document: Any) -> Notebook:
    """Return the document with uniform cells, or say what makes it no notebook."""
    if not isinstance(document, dict):
        raise BadNotebook(f"The file holds a JSON {type(document).__name__}, not a notebook.")
    if document.get("nbformat") != 4 or "worksheets" in document:
        raise BadNotebook(
            f"The notebook has format {str(document.get('nbformat'))[:20]}; expected 4. "
            "Open it in Jupyter and save it."
        )
    if not isinstance(document.get("cells"), list):
        raise BadNotebook("The notebook has no list of cells.")
    cells = [_checked_cell(cell, number) for number, cell in enumerate(document["cells"], 1)]
    metadata = document.get("metadata")
    return {**document, "cells": cells, "metadata": metadata if isinstance(metadata, dict) else {}}


def _checked_cell(cell: Any, number: int) -> Cell:
    """Return one cell with a string source and dict metadata."""
    if not isinstance(cell, dict):
        raise BadNotebook(f"Cell {number} is no notebook cell.")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or not isinstance(cell.get("cell_type"), str):
        raise BadNotebook(f"Cell {number} is no notebook cell.")
    metadata = cell.get("metadata")
    return {**cell, "source": source, "metadata": metadata if isinstance(metadata, dict) else {}}


def dump_notebook(notebook: Notebook) -> str:
    """Return a notebook's text in normal form: as Jupyter writes it, sources split in lines."""
    cells = []
    for cell in notebook["cells"]:
        cell = {**cell, "source": cell["source"].splitlines(keepends=True)}
        cells.append(cell)
    return (
        json.dumps({**notebook, "cells": cells}, indent=1, sort_keys=True, ensure_ascii=False)
        + "\n"
    )


def write_atomically(path: Path, text: str) -> None:
    """Write a text file whole or not at all: readers never see half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Return the process's file-creation mask."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
