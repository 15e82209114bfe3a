"""What the checks of an edition for nbgrader call; copied into the folder beside its notebook.

nbgrader gives a check cell's points when the cell raises no error, writes nothing to stderr and
ends in no number (a number at its end is the points). So here a difference raises, warnings go
to stdout, and a scored task ends in its points. All this runs in the student's kernel, where
student code can reach it: ``nbgrader_edition`` says so to whoever builds an edition.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nnedu import lesson
from nnedu.grading.compare import Tolerance, difference, lines_of
from nnedu.grading.scoring import arrays_from, form_of

HINTS = Path(__file__).with_name("hints.json")
"""Check to a list of ``{"hint": ..., "lines": [...]}``: what planted mistakes print in practice."""

_printed: list[str] = []
_handed_in: list[dict[str, object]] = []
_quiet: list[str] = []  # the check whose hidden part is running


class NotRight(AssertionError):
    """A check's output is not the expected one."""


def practice(
    check_id: str,
    *expected: str,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    handed_in: dict[str, list[Any]] | None = None,
) -> None:
    """Compare what the cell showed on the practice inputs, and name the mistake if it is known.

    While nbgrader grades this does nothing, because points come from the hidden inputs alone.

    Parameters
    ----------
    check_id : str
        The check's ``grade_id``.
    *expected : str
        The reference's lines.
    rtol, atol : float
        As in the check.
    handed_in : dict, optional
        For a scored check: label to dtype and shape of what has to be handed in.

    Raises
    ------
    NotRight
        With the expected and the printed line.
    """
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return
    if handed_in is not None and form_of(_handed_in) != handed_in:
        raise NotRight(
            f"Handed in: {form_of(_handed_in)}; expected label, dtype, shape: {handed_in}."
        )
    tolerance = Tolerance(rtol, atol)
    found = difference(list(expected), _shown(), tolerance)
    if found is None:
        return
    lines = [found.summary, f"expected  {found.expected}", f"got       {found.got}"]
    lines += [f"Hint: {hint}" for hint in _hints(check_id, tolerance)]
    raise NotRight("\n".join(lines))


def _hints(check_id: str, tolerance: Tolerance) -> Iterator[str]:
    """Yield the hint of the first planted mistake that shows the same, if there is one."""
    if not HINTS.exists():
        return
    for mistake in json.loads(HINTS.read_text(encoding="utf-8")).get(check_id, []):
        if mistake["lines"] and difference(mistake["lines"], _shown(), tolerance) is None:
            yield mistake["hint"]
            return


def hidden(check_id: str, seed: int) -> None:
    """Begin the hidden part of a check: `fresh` draws from another seed, `show` prints nothing.

    Parameters
    ----------
    check_id : str
    seed : int
    """
    _printed.clear()
    _handed_in.clear()
    _quiet[:] = [check_id]
    lesson.set_seed(check_id, seed)


def graded(*expected: str, rtol: float = 1e-5, atol: float = 1e-8) -> None:
    """End the hidden part of a check: compare what it showed with the reference's lines.

    Raises
    ------
    NotRight
        Without any expected value.
    """
    found = difference(list(expected), _shown(), Tolerance(rtol, atol))
    _end_hidden()
    if found is not None:
        raise NotRight(f"On inputs you have not seen: {found.summary}.")


def scored(
    check_id: str, seed: int, points: float, source: str, scorer: str, **arguments: Any
) -> float:
    """End the hidden part of a scored check: have what was handed in scored.

    Parameters
    ----------
    check_id : str
    seed : int
        As given to `hidden`.
    points : float
        Of the check.
    source : str
        The text of score.py.
    scorer : str
        The name of its function.
    **arguments
        For the scorer.

    Returns
    -------
    float
        Points earned: the cell's result, which nbgrader reads.
    """
    arrays = arrays_from(_handed_in)
    _end_hidden()
    if not arrays:
        raise NotRight("Nothing was handed in.")
    module: dict[str, Any] = {"__name__": "score"}
    exec(compile(source, "score.py", "exec"), module)
    fraction, message = module[scorer](seed, arrays, **arguments)
    fraction = float(fraction)
    if not 0 <= fraction <= 1:
        raise ValueError(f"{check_id}: the scorer returned {fraction}; expected 0 to 1.")
    print(message)
    return round(points * fraction, 4)


def begin_cell(info: object = None) -> None:
    """Forget what earlier cells showed; called before each cell."""
    _printed.clear()
    _handed_in.clear()
    _end_hidden()
    _keep_warnings_out_of_stderr(getattr(info, "raw_cell", None) or "")


def _end_hidden() -> None:
    """Return to the practice inputs."""
    for check_id in _quiet:
        lesson._seeds.pop(check_id, None)
    _quiet.clear()


def _shown() -> list[str]:
    """Return the lines that the cell showed."""
    return lines_of("\n".join(_printed))


def _show(text: str) -> None:
    """Take in a line of `nnedu.lesson.show`."""
    _printed.append(text)
    if not _quiet:
        print(text)


def _hand_in(data: dict[str, object], text: str) -> None:
    """Take in an array of `nnedu.lesson.hand_in`."""
    _handed_in.append(data)
    if not _quiet:
        print(text)


_check_cell = contextlib.ExitStack()


def _keep_warnings_out_of_stderr(source: str) -> None:
    """Send stderr to stdout during a check cell: nbgrader takes a warning there for a failure."""
    if "nbgrader_kit." in source:
        _check_cell.enter_context(contextlib.redirect_stderr(sys.stdout))


def _end_cell(result: object = None) -> None:
    """Give stderr back."""
    _check_cell.close()


def _install() -> None:
    """Have `nnedu.lesson` report here, and every cell begin afresh."""
    vars(lesson).update(print=_show, _display=_hand_in)
    try:
        from IPython.core.getipython import get_ipython
    except ModuleNotFoundError:
        return
    shell = get_ipython()
    if shell is not None:
        shell.events.register("pre_run_cell", begin_cell)
        shell.events.register("post_run_cell", _end_cell)


_install()
