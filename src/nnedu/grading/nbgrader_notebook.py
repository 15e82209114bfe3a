"""The notebook of an edition for nbgrader; ``nbgrader_edition`` writes the course around it."""

from __future__ import annotations

import ast
from typing import Any

from nnedu.grading.build import checksum, normal_form
from nnedu.grading.compare import Tolerance
from nnedu.grading.documents import Cell, Notebook
from nnedu.grading.lessons import Check, Lesson, grade_id, is_check
from nnedu.grading.reference import Expected, agrees
from nnedu.grading.scoring import form_of

BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

NOTE = """\
**How this notebook is graded.** Each check below runs your functions, shows what they return and
compares it with the expected values on practice inputs: a check that is right raises nothing
(`nbgrader validate` runs them all). Points come from the same checks on other inputs. Change
only the cells with `YOUR CODE HERE`, and keep the folder `nnedu` beside this notebook."""

IMPORT = """\
try:
    from nnedu.grading import nbgrader_kit
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "The folder nnedu that came with this notebook is not beside it; put it there."
    ) from error"""


def edition_of(
    lesson: Lesson, practice: Expected, hidden: Expected, seeds: dict[str, int]
) -> Notebook:
    """Return a lesson's notebook for nbgrader.

    Parameters
    ----------
    lesson : Lesson
    practice, hidden : Expected
        The reference's outputs on the practice inputs and under `seeds`.
    seeds : dict
        Check to seed of its hidden inputs.

    Returns
    -------
    dict
        Answer cells as they are, check cells with a hidden region, all other code locked;
        metadata of nbgrader's schema 3 with checksums.
    """
    checks = {check.id: check for check in lesson.checks}
    cells: list[Cell] = []
    for number, cell in enumerate(lesson.cells):
        cell = {"cell_type": cell["cell_type"], "source": cell["source"], "metadata": _kept(cell)}
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            if is_check(cell):
                check = checks[grade_id(cell) or ""]
                cell["source"] = _check_source(
                    lesson, cell["source"], check, practice, hidden, seeds
                )
            elif grade_id(cell) is None:
                # No task's id has a hyphen.
                cell["metadata"]["nbgrader"] = _locked(f"locked-{number}")
        cells.append(cell)
    note: Cell = {"cell_type": "markdown", "source": NOTE, "metadata": {}}
    kit: Cell = {"cell_type": "code", "source": IMPORT, "metadata": {}, "outputs": []}
    kit["metadata"]["nbgrader"] = _locked("locked-kit")
    first = int(bool(cells) and cells[0]["cell_type"] == "markdown")
    cells[first:first] = [note, kit]
    notebook = normal_form({**lesson.notebook, "cells": cells})
    for cell in notebook["cells"]:
        if grade_id(cell):
            cell["metadata"]["nbgrader"]["checksum"] = checksum(cell)
    return notebook


def _kept(cell: Cell) -> dict[str, Any]:
    """Return the metadata that an edition keeps."""
    return {"nbgrader": dict(cell["metadata"]["nbgrader"])} if grade_id(cell) else {}


def _locked(name: str) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell that grading restores and that earns nothing."""
    flags = {"grade": False, "solution": False, "locked": True, "task": False}
    return {"schema_version": 3, **flags, "grade_id": name}


def _check_source(
    lesson: Lesson,
    source: str,
    check: Check,
    practice: Expected,
    hidden: Expected,
    seeds: dict[str, int],
) -> str:
    """Return a check cell: on the practice inputs, then the hidden region."""
    source, seed = source.strip("\n"), seeds[check.id]
    if check.score:
        named = {key: value for key, value in check.score.items() if key != "scorer"}
        seen = _call("practice", check.id, handed_in=form_of(practice.printed[check.id].handed_in))
        text = (lesson.folder / "score.py").read_text(encoding="utf-8")
        arguments = [check.id, seed, check.points, _Text(text), check.score["scorer"]]
        end = _call("scored", *arguments, **named)
    else:
        named = {"rtol": check.rtol, "atol": check.atol}
        named = {key: value for key, value in named.items() if value != getattr(Tolerance, key)}
        seen = _call("practice", check.id, *practice.printed[check.id].lines, **named)
        end = _call("graded", *hidden.printed[check.id].lines, **named)
    return "\n".join([source, seen, BEGIN, _call("hidden", check.id, seed), source, end, END])


class _Text(str):
    """A text of several lines, to be written so that it can be read."""


def _call(function: str, *arguments: object, **named: object) -> str:
    """Return the source of a call of the kit."""
    parts = [_literal(value) for value in arguments]
    parts += [f"{name}={_literal(value)}" for name, value in named.items()]
    line = f"nbgrader_kit.{function}({', '.join(parts)})"
    if len(line) <= 100 and "\n" not in line:
        return line
    return f"nbgrader_kit.{function}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def _literal(value: object) -> str:
    """Return the source of a constant."""
    for quotes in ("'''", '"""') if isinstance(value, _Text) else ():
        text = f"r{quotes}{value}{quotes}"
        try:
            if ast.literal_eval(text) == value:
                return text
        except SyntaxError:
            continue
    return repr(str(value) if isinstance(value, _Text) else value)


def hints_of(lesson: Lesson, practice: Expected) -> dict[str, list[dict[str, Any]]]:
    """Return what the planted mistakes show on the practice inputs, with their hints."""
    return {
        check.id: [
            {"hint": mistake.hint, "lines": wrong.lines}
            for mistake, wrong in practice.mistakes(check.id)
            if not agrees(
                wrong, practice.printed[check.id].lines, Tolerance(check.rtol, check.atol)
            )
        ]
        for check in lesson.checks
        if not check.score
    }
