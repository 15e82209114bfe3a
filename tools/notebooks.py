"""The normal form of the project's notebooks: two people who edit one see only their own changes.

In normal form a notebook is nbformat 4.5, written with an indent of one space and a final newline;
cell ids are c001, c002, ... in order; the metadata is the kernel's name, the language and the
``nnedu`` section; a cell keeps tags and the metadata sections listed below, nothing an editor left.
Code cells hold no outputs, but for those tagged ``nbval-check-output``: their outputs are what
nbval compares with, and they are numbered, because nbval compares no cell that has no number.

    python -m tools.notebooks          check every notebook; say which are not in normal form
    python -m tools.notebooks --fix    put them into it
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
CHECKED = "nbval-check-output"
_NOTEBOOK_METADATA = {"nnedu"}
_CELL_METADATA = {"tags", "nbgrader", "nnedu", "mystnb", "slideshow"}


def is_for_nbval(tag: str) -> bool:
    """Whether a cell's tag changes what nbval does with the cell."""
    return tag.startswith("nbval-") or tag == "raises-exception"


def find(root: Path = ROOT) -> list[Path]:
    """Every notebook of the book and the lessons."""
    found = [*root.glob("book/**/*.ipynb"), *root.glob("lessons/**/*.ipynb")]
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def normal(notebook: NotebookNode) -> NotebookNode:
    """A copy of the notebook in normal form."""
    kept = {k: v for k, v in notebook.metadata.items() if k in _NOTEBOOK_METADATA}
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        **kept,
    }
    cells = []
    number = 0
    for position, cell in enumerate(notebook.cells, start=1):
        number += cell.cell_type == "code"
        cells.append(_normal_cell(cell, f"c{position:03d}", number))
    return nbformat.from_dict(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


def _normal_cell(cell: NotebookNode, name: str, number: int) -> dict[str, Any]:
    metadata = {k: cell.metadata[k] for k in sorted(cell.metadata) if k in _CELL_METADATA}
    if not metadata.get("tags", True):
        del metadata["tags"]
    source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
    if cell.cell_type != "code":
        # two spaces at the end of a line mean something in Markdown
        source = cell.source.strip("\n")
    normal: dict[str, Any] = {"cell_type": cell.cell_type, "id": name, "metadata": metadata}
    if cell.cell_type == "code":
        checked = CHECKED in metadata.get("tags", [])
        normal["execution_count"] = number if checked else None
        normal["outputs"] = [_normal_output(o, number) for o in cell.outputs] if checked else []
    elif "attachments" in cell:
        normal["attachments"] = cell.attachments
    normal["source"] = source
    return normal


def _normal_output(output: NotebookNode, number: int) -> NotebookNode:
    output = nbformat.from_dict(output)
    if output.output_type == "execute_result":
        output.execution_count = number
    return output


def text_of(notebook: NotebookNode) -> str:
    """The notebook as it is written to disk."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def problem(path: Path) -> str | None:
    """Why the file is not in normal form; None if it is."""
    text = path.read_text(encoding="utf-8")
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        return f"is not a notebook: {error}"
    if text == text_of(normal(notebook)):
        return None
    return "is not in normal form; run: make notebooks"


def fix(path: Path) -> bool:
    """Rewrite the file in normal form; whether that changed it."""
    text = path.read_text(encoding="utf-8")
    renewed = text_of(normal(nbformat.reads(text, as_version=4)))
    if renewed == text:
        return False
    path.write_text(renewed, encoding="utf-8", newline="\n")
    return True


def store_outputs(path: Path, outputs: Sequence[list[dict[str, Any]]]) -> bool:
    """Store each checked cell's outputs, given for all code cells; whether the file changed."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, put_out in zip(code, outputs, strict=True):
        if CHECKED in cell.metadata.get("tags", []):
            cell.outputs = [nbformat.from_dict(output) for output in put_out]
    renewed = text_of(normal(notebook))
    if renewed == text:
        return False
    path.write_text(renewed, encoding="utf-8", newline="\n")
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="*", type=Path, help="notebooks; all where none is given")
    parser.add_argument("--fix", action="store_true", help="rewrite what is not in normal form")
    options = parser.parse_args(arguments)
    files = options.files or find()
    if options.fix:
        for path in files:
            if fix(path):
                print(f"{path}: put into normal form")
        return 0
    problems = {path: why for path in files if (why := problem(path))}
    for path, why in problems.items():
        print(f"{path} {why}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
