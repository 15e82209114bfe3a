"""From ``solution.ipynb``, the one edited form of a lesson, to ``exercise.ipynb``."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from nnedu.grading.compare import Tolerance
from nnedu.grading.documents import (
    BadNotebook,
    Cell,
    Notebook,
    dump_notebook,
    read_notebook,
    write_atomically,
)
from nnedu.grading.lessons import (
    BadLesson,
    Lesson,
    grade_id,
    is_answer,
    is_check,
    lesson_from,
    load_mistakes,
)
from nnedu.grading.reference import Expected, Run, agrees, execute
from nnedu.grading.scoring import form_of
from nnedu.grading.session import kernels

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_MARKER = re.compile(r"\s*#+\s*(BEGIN|END)\s+SOLUTION\s*", re.IGNORECASE)


def build_lesson(folder: Path, *, check: bool = False, run: Run | None = None) -> list[str]:
    """Generate a lesson's exercise, and bring its solution into normal form.

    Both get the reference's practice outputs, by running it; check cells get what a learner's
    own check needs: the expected lines, and the planted mistakes' lines with their hints.

    Parameters
    ----------
    folder : Path
        With solution.ipynb and wrong.py.
    check : bool
        Say what would change and write nothing.
    run : callable, optional
        Runs steps; otherwise kernels are started for this.

    Returns
    -------
    list of str
        Names of the files that changed, or would.

    Raises
    ------
    BadLesson
        If the solution breaks the format or does not run; the message names the cell.
    """
    path = folder / "solution.ipynb"
    try:
        document = read_notebook(path)
    except BadNotebook as error:
        raise BadLesson(f"{path}: {error}") from error
    lesson = lesson_from(document, folder)
    if lesson.slug != folder.name:
        raise BadLesson(f"{path}: the slug is {lesson.slug!r}; expected the folder's name.")
    for number, cell in enumerate(document["cells"], 1):
        split_regions(cell, number)
    mistakes, _ = load_mistakes(lesson)
    with contextlib.ExitStack() as stack:
        if run is None:
            run, _ = stack.enter_context(kernels(lesson, sandbox=False, trusted=True))
        expected = execute(lesson, run, None, mistakes)
    solution = normal_form(_with_outputs(lesson, expected))
    texts = {
        "solution.ipynb": dump_notebook(solution),
        "exercise.ipynb": dump_notebook(exercise_from(solution, folder)),
    }
    changed = []
    for name, text in texts.items():
        target = folder / name
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            changed.append(name)
            if not check:
                write_atomically(target, text)
    return changed


def split_regions(cell: Cell, number: int) -> list[tuple[bool, str]]:
    """Return a cell's lines, each with whether it is inside a solution region.

    Parameters
    ----------
    cell : dict
    number : int
        Of the cell, from 1, for messages.

    Raises
    ------
    BadLesson
        If a region is not closed, nested, empty or not in an answer cell, or if an answer cell
        has none.
    """
    where = f"Cell {number} ({grade_id(cell) or cell['cell_type']})"
    inside, regions = False, 0
    lines: list[tuple[bool, str]] = []
    for line in cell["source"].split("\n"):
        marker = _MARKER.fullmatch(line)
        if marker is None:
            lines.append((inside, line))
            continue
        if line.strip() not in (BEGIN, END):
            raise BadLesson(f"{where}: {line.strip()!r} is no marker; expected {BEGIN} or {END}.")
        if not is_answer(cell):
            raise BadLesson(f"{where}: {line.strip()} stands in a cell that is no answer cell.")
        begins = line.strip() == BEGIN
        if begins and inside:
            raise BadLesson(f"{where}: {BEGIN} inside a region; close the first one before.")
        if not begins and not inside:
            raise BadLesson(f"{where}: {END} without {BEGIN} before it.")
        inside, regions = begins, regions + begins
        lines.append((True, line))
    if inside:
        raise BadLesson(f"{where}: a solution region is not closed; expected {END}.")
    if is_answer(cell) and not regions:
        raise BadLesson(f"{where}: no solution region; expected {BEGIN} and {END}.")
    return lines


def strip_solution(cell: Cell, number: int, stub: str) -> str:
    """Return an answer cell's source with each region replaced by one line."""
    kept: list[str] = []
    for inside, line in split_regions(cell, number):
        if not inside:
            kept.append(line)
        elif line.strip() == BEGIN:
            kept.append(line[: len(line) - len(line.lstrip())] + stub)
    return "\n".join(kept)


def exercise_from(solution: Notebook, folder: Path) -> Notebook:
    """Return the exercise that a solution in normal form gives."""
    exercise = copy.deepcopy(solution)
    number = 0
    for position, cell in enumerate(exercise["cells"], 1):
        if is_answer(cell):
            number += 1
            stub = f'raise NotImplementedError("Task {number}: {grade_id(cell)}")'
            cell["source"] = strip_solution(cell, position, stub)
            cell["metadata"]["nbgrader"]["checksum"] = checksum(cell)
    return exercise


def checksum(cell: Cell) -> str:
    """Return the checksum of a cell that nbgrader's metadata schema 3 defines.

    Notes
    -----
    MD5 of source, cell type, the flags grade, solution and locked, ``grade_id``, and the points
    of a graded cell (nbgrader, ``utils.compute_checksum``).
    """
    about = cell["metadata"]["nbgrader"]
    grade, solution = bool(about.get("grade")), bool(about.get("solution"))
    locked = False if solution else True if grade else bool(about.get("locked"))
    parts = [cell["source"], cell["cell_type"], str(grade), str(solution), str(locked)]
    parts.append(about["grade_id"])
    if grade:
        parts.append(str(float(about["points"])))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def _with_outputs(lesson: Lesson, expected: Expected) -> Notebook:
    """Return the solution with the practice outputs in its check cells."""
    notebook = copy.deepcopy(lesson.notebook)
    checks = {check.id: check for check in lesson.checks}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        cell["outputs"] = []
        if not is_check(cell):
            continue
        check = checks[grade_id(cell) or ""]
        printed = expected.printed[check.id]
        extra = cell["metadata"].setdefault("nnedu", {})
        tags = [tag for tag in cell["metadata"].get("tags", []) if tag != "nbval-check-output"]
        cell["metadata"]["tags"] = tags
        if check.score:
            extra["expected"] = form_of(printed.handed_in)
            continue
        tags.append("nbval-check-output")
        extra["expected"] = printed.lines
        text = "\n".join(printed.lines) + "\n"
        cell["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}
        ]
        tolerance = Tolerance(check.rtol, check.atol)
        extra["mistakes"] = [
            {"name": mistake.name, "hint": mistake.hint, "lines": wrong.lines}
            for mistake, wrong in expected.mistakes(check.id)
            if not agrees(wrong, printed.lines, tolerance)
        ]
    return notebook


def normal_form(notebook: Notebook) -> Notebook:
    """Return a lesson's notebook with ids by position and nothing that differs by accident.

    The form is that of ``tools/notebooks.py``, which checks every notebook of the project; this
    module must produce it where only the package is installed.
    """
    cells = []
    code = 0
    for number, cell in enumerate(notebook["cells"], 1):
        metadata = {
            key: value
            for key, value in cell["metadata"].items()
            if key in ("nbgrader", "nnedu", "tags", "mystnb", "slideshow") and value not in ({}, [])
        }
        clean: Cell = {
            "cell_type": cell["cell_type"],
            "id": f"c{number:03d}",
            "metadata": metadata,
            "source": cell["source"].strip("\n"),
        }
        if cell["cell_type"] == "code":
            code += 1
            lines = clean["source"].split("\n")
            clean["source"] = "\n".join(line.rstrip() for line in lines)
            clean["outputs"] = cell["outputs"]
            # nbval takes a cell with outputs and no count for one that was never run.
            clean["execution_count"] = code if cell["outputs"] else None
        if grade_id(cell):
            metadata["nbgrader"] = {**metadata["nbgrader"], "checksum": checksum(clean)}
        cells.append(clean)
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "nnedu": notebook["metadata"]["nnedu"],
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


def solution_lines(cells: Sequence[Cell]) -> set[str]:
    """Return the lines of all solution regions that say something of their own.

    A short line, a comment, or one that also belongs to what an answer cell gives, says nothing.
    """
    inside: set[str] = set()
    given: set[str] = set()
    for number, cell in enumerate(cells, 1):
        if is_answer(cell):
            for is_inside, line in split_regions(cell, number):
                (inside if is_inside else given).add(line.strip())
    return {
        line
        for line in inside - given - {BEGIN, END}
        if len(line) >= 12 and not line.startswith("#")
    }
