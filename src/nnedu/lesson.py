"""What a lesson's notebook imports: fresh inputs, one-line outputs, and handing in an array.

This module knows nothing of grading and needs NumPy only, so that it can be the one part of
nnedu that a student's graded notebook sees. It holds no expected value and no secret: in a
learner's own notebook the inputs follow from the check's name; while grading, a seed chosen
for that run arrives just before the check (see ``nnedu.grading``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

MAX_SHOWN = 64
"""Entries of the largest array that `show` prints."""

MAX_HANDED_IN = 20_000
"""Entries of the largest array that `hand_in` accepts."""

HAND_IN_MIME = "application/vnd.nnedu.hand-in+json"
"""MIME type of what `hand_in` displays."""

_seeds: dict[str, int] = {}


def generator(seed: int) -> np.random.Generator:
    """Return the generator that `fresh` returns for a check whose seed is `seed`.

    Parameters
    ----------
    seed : int
        Not negative. A scorer receives it as its first argument.

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> generator(3).integers(10, size=3)
    array([8, 0, 1])
    """
    return np.random.default_rng(seed)


def practice_seed(check_id: str, practice: int = 0) -> int:
    """Return the seed of a check outside grading: it follows from the check's name alone.

    Parameters
    ----------
    check_id : str
        The check's ``grade_id``.
    practice : int
        Another number, another draw.

    Returns
    -------
    int
        Below 2**64, the same on every machine.

    Examples
    --------
    >>> practice_seed("check_step") == practice_seed("check_step", practice=1)
    False
    """
    text = f"practice {practice} {check_id}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def set_seed(check_id: str, seed: int) -> None:
    """Make `fresh` draw the inputs of one check from `seed`, as a graded run does.

    Parameters
    ----------
    check_id : str
        The check's ``grade_id``.
    seed : int
        Not negative.

    Examples
    --------
    >>> set_seed("check_demo", 3)
    >>> fresh("check_demo").integers(10, size=3)
    array([8, 0, 1])
    """
    _seeds[check_id] = seed


def fresh(check_id: str, practice: int = 0) -> np.random.Generator:
    """Return the random generator from which a check draws its inputs.

    Parameters
    ----------
    check_id : str
        The ``grade_id`` of the check cell that calls this.
    practice : int
        Chooses another draw for practice; it changes nothing in a graded run.

    Returns
    -------
    numpy.random.Generator
        At its beginning on every call, so a check can be run twice.

    Examples
    --------
    >>> a, b = fresh("check_step"), fresh("check_step")
    >>> bool(a.normal() == b.normal())
    True
    """
    seed = _seeds.get(check_id)
    return generator(practice_seed(check_id, practice) if seed is None else seed)


def show(label: str, value: object) -> None:
    """Print one line that says what `value` is: what a check compares.

    Parameters
    ----------
    label : str
        What the value is, without colon or line break.
    value : bool, int, float, str, or array-like of these with at most 64 entries
        Anything `numpy.asarray` understands, tensors of a framework included. Floats are
        rounded to 6 significant digits; arrays show dtype and shape and are read row by row.

    Raises
    ------
    TypeError
        If the value holds neither numbers nor text.
    ValueError
        If the value is None or too large, or a text or label has more than one line.

    Examples
    --------
    >>> show("theta", [0.1234567, -0.5, 1e-5])
    theta: float64 (3,) [0.123457 -0.5 1e-05]
    >>> show("loss", 3.0)
    loss: 3.0
    >>> show("steps", 12)
    steps: 12
    """
    if not label or ":" in label or len(label.splitlines()) != 1:
        raise ValueError(f"label is {label!r}; expected one line of text without a colon.")
    print(f"{label}: {_line(label, value)}")


def _line(label: str, value: object) -> str:
    """Describe a value in one line."""
    if value is None:
        raise ValueError(f"{label} is None; expected a value. Is a return statement missing?")
    if isinstance(value, str):
        if len(value) > 200 or len(value.splitlines()) > 1:
            raise ValueError(f"{label} is a text of {len(value)} characters; expected one line.")
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "biufU":
        raise TypeError(
            f"{label} has type {type(value).__name__}, dtype {array.dtype}; expected real numbers, "
            "booleans or text."
        )
    if array.size > MAX_SHOWN:
        raise ValueError(
            f"{label} has shape {array.shape}, {array.size} entries; expected at most {MAX_SHOWN}. "
            "Show a part of it, a sum or a norm."
        )
    entries = " ".join(_entry(entry) for entry in array.ravel())
    if array.ndim == 0 and (array.dtype.kind in "bU" or array.dtype in (np.float64, np.int64)):
        return entries
    return f"{array.dtype} {array.shape} " + (entries if array.ndim == 0 else f"[{entries}]")


def _entry(entry: Any) -> str:
    """Write one number; a float always looks like one, and minus zero is zero."""
    if entry.dtype.kind != "f":
        return str(entry)
    text = f"{float(entry) + 0.0:.6g}"
    return text if any(mark in text for mark in ".en") else text + ".0"


def hand_in(label: str, array: ArrayLike) -> None:
    """Hand in an array at full precision, to be scored outside this notebook.

    Parameters
    ----------
    label : str
        The name under which the scorer expects it.
    array : array-like of numbers or booleans
        At most 20,000 entries.

    Raises
    ------
    TypeError
        If the entries are not real numbers or booleans.
    ValueError
        If there are too many entries.

    Examples
    --------
    >>> hand_in("predictions", [0.5, 1.0])
    handed in predictions: float64 (2,)
    """
    values = np.asarray(array)
    if values.dtype.kind not in "biuf":
        raise TypeError(
            f"{label} has type {type(array).__name__}, dtype {values.dtype}; expected numbers."
        )
    if values.size > MAX_HANDED_IN:
        raise ValueError(
            f"{label} has shape {values.shape}, {values.size} entries; "
            f"expected at most {MAX_HANDED_IN}."
        )
    _display(
        {
            "label": label,
            "kind": values.dtype.kind,
            "shape": list(values.shape),
            # repr keeps every bit of a float64 and can say nan and inf, which JSON cannot.
            "values": [repr(v) for v in values.ravel().tolist()],
        },
        f"handed in {label}: {values.dtype} {values.shape}",
    )


def _display(data: dict[str, object], text: str) -> None:
    """Show data to the notebook's front end, or the text where there is none."""
    try:
        from IPython.core.getipython import get_ipython
        from IPython.display import publish_display_data
    except ModuleNotFoundError:
        print(text)
        return
    if get_ipython() is None:
        print(text)
        return
    publish: Any = publish_display_data  # IPython declares no types for it
    publish({HAND_IN_MIME: data, "text/plain": text})


@dataclass(frozen=True)
class Mistake:
    """A wrong solution that people really write, and the hint its author deserves.

    Parameters
    ----------
    task : str
        ``grade_id`` of the answer cell.
    name : str
        What is wrong, as an identifier, such as ``sign_flipped``.
    caught_by : str or tuple of str
        ``grade_id`` of the check, or of every check, that it must fail.
    hint : str
        What to tell the student. Plain text.
    code : str
        The whole source of the answer cell.
    """

    task: str
    name: str
    caught_by: str | tuple[str, ...]
    hint: str
    code: str

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that must catch this mistake."""
        return (self.caught_by,) if isinstance(self.caught_by, str) else tuple(self.caught_by)


@dataclass(frozen=True)
class Alternative:
    """Another correct solution of a task, which must earn every point.

    Parameters
    ----------
    task : str
        ``grade_id`` of the answer cell.
    name : str
        In what it differs, as an identifier.
    code : str
        The whole source of the answer cell.
    """

    task: str
    name: str
    code: str
