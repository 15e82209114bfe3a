"""What a lesson's notebook imports: fresh inputs, one-line outputs, and handing in an array.

This module knows nothing of grading and needs NumPy only, so that it can be the one part of
nnedu that a student's graded notebook sees. It holds no expected value and no secret: in a
learner's own notebook the inputs follow from the check's name; while grading, a seed chosen
for that run, or data made from one elsewhere, arrives just before the check (see
``nnedu.grading``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

MAX_SHOWN = 64
"""Entries of the largest array that `show` prints."""

MAX_HANDED_IN = 20_000
"""Entries of the largest array that `hand_in` accepts."""

MAX_GIVEN = 4_000
"""Entries, of all arrays together, that `given` accepts for one check."""

HAND_IN_MIME = "application/vnd.nnedu.hand-in+json"
"""MIME type of what `hand_in` displays."""

_seeds: dict[str, int] = {}
_given: dict[str, str] = {}  # check -> data that were made elsewhere, as JSON
_drawn: dict[str, str] = {}  # check -> data that were made here

_READ: dict[str, Callable[[str], object]] = {"b": "True".__eq__, "i": int, "u": int, "f": float}
_DTYPE = {"b": np.bool_, "i": np.int64, "u": np.uint64, "f": np.float64}


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


def given(
    check_id: str, make: Callable[[np.random.Generator], Mapping[str, ArrayLike]]
) -> dict[str, Any]:
    """Return data whose origin is the question, such as runs that a student has to diagnose.

    While grading, `make` runs beside the reference only, and a student's notebook gets what it
    returned, without the seed: what else `make` drew is nowhere in that kernel.

    Parameters
    ----------
    check_id : str
        The ``grade_id`` of the check cell that calls this.
    make : callable
        Gets what ``fresh(check_id)`` returns; returns name to array, and only what the student
        may see: numbers or booleans, at most 4,000 entries in all.

    Returns
    -------
    dict
        Name to array of float64, int64, uint64 or bool (a NumPy scalar for one number), new
        on every call.

    Raises
    ------
    TypeError, ValueError
        If the data are not such numbers, or too many.

    Examples
    --------
    >>> given("check_demo_wave", lambda rng: {"wave": np.sin([0.0, rng.integers(1)])})
    {'wave': array([0., 0.])}
    """
    text = _given.get(check_id)
    if text is None:
        packed = [_packed(name, value) for name, value in make(fresh(check_id)).items()]
        total = sum(len(item["values"]) for item in packed)
        if total > MAX_GIVEN:
            raise ValueError(f"{check_id} gives {total} entries; expected at most {MAX_GIVEN}.")
        text = _drawn[check_id] = json.dumps(packed)
    found: dict[str, Any] = {}
    for item in json.loads(text):
        kind, values = item["kind"], item["values"]
        array: np.ndarray[Any, Any] = np.array(
            [_READ[kind](value) for value in values], _DTYPE[kind]
        )
        found[item["label"]] = array.reshape(item["shape"])[()]
    return found


def set_given(check_id: str, text: str) -> None:
    """Make `given` return data that were made elsewhere, as a graded run does.

    Parameters
    ----------
    check_id : str
        The check's ``grade_id``.
    text : str
        What `drawn` returned there.

    Examples
    --------
    >>> set_given("check_demo_runs", '[{"label":"lr","kind":"f","shape":[],"values":["0.5"]}]')
    >>> float(given("check_demo_runs", lambda rng: {"lr": rng.uniform()})["lr"])
    0.5
    """
    _given[check_id] = text


def drawn(check_id: str) -> str:
    """Return as JSON what `given` made here for a check; empty if it made nothing.

    Parameters
    ----------
    check_id : str
        The check's ``grade_id``.

    Examples
    --------
    >>> drawn("check_never_run")
    ''
    """
    return _drawn.get(check_id, "")


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
    if values.size > MAX_HANDED_IN:
        raise ValueError(
            f"{label} has shape {values.shape}, {values.size} entries; "
            f"expected at most {MAX_HANDED_IN}."
        )
    _display(_packed(label, values), f"handed in {label}: {values.dtype} {values.shape}")


def _packed(label: str, array: ArrayLike) -> dict[str, Any]:
    """Write an array as plain data, at full precision."""
    values = np.asarray(array)
    if values.dtype.kind not in "biuf":
        raise TypeError(
            f"{label} has type {type(array).__name__}, dtype {values.dtype}; expected numbers."
        )
    return {
        "label": label,
        "kind": values.dtype.kind,
        "shape": list(values.shape),
        # repr keeps every bit of a float64 and can say nan and inf, which JSON cannot.
        "values": [repr(v) for v in values.ravel().tolist()],
    }


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
