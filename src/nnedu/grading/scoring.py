"""Quality tasks: what was handed in is scored here, where the answers are."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nnedu.grading.documents import printable
from nnedu.grading.lessons import BadLesson, Check, Lesson, load_module
from nnedu.lesson import MAX_HANDED_IN

Scorer = Callable[..., tuple[float, str]]

_KINDS = {"f": "float64", "i": "int64", "u": "int64", "b": "bool"}
_READ: dict[str, Callable[[str], float]] = {
    "float64": float,
    "int64": int,
    "bool": {"True": True, "False": False}.__getitem__,
}


class ScorerFailed(Exception):
    """A scorer that raised or returned no score: for the instructor to repair."""


def load_scorers(lesson: Lesson) -> dict[str, Scorer]:
    """Return the scorer of each score check.

    Raises
    ------
    BadLesson
        If score.py lacks one of them.
    """
    wanted = {check.id: check.score["scorer"] for check in lesson.checks if check.score}
    if not wanted:
        return {}
    path: Path = lesson.folder / "score.py"
    if not path.exists():
        raise BadLesson(f"{path} is missing; expected the scorers {sorted(set(wanted.values()))}.")
    module = load_module(path, f"nnedu_score_{lesson.slug}")
    scorers: dict[str, Scorer] = {}
    for check_id, name in wanted.items():
        scorer = getattr(module, name, None)
        if not callable(scorer):
            raise BadLesson(f"{path} defines no function {name!r}, which {check_id} names.")
        scorers[check_id] = scorer
    return scorers


def arrays_from(handed_in: list[Any]) -> dict[str, np.ndarray]:
    """Return what was handed in as arrays; what is malformed is left out.

    Parameters
    ----------
    handed_in : list
        JSON that a student's kernel sent: anything.

    Returns
    -------
    dict
        Label to array of float64, int64 or bool.

    Examples
    --------
    >>> arrays_from([{"label": "w", "kind": "f", "shape": [2], "values": ["1.5", "nan"]}])
    {'w': array([1.5, nan])}
    >>> arrays_from([{"label": "w", "kind": "O", "shape": [9], "values": ["1"]}, 3])
    {}
    """
    arrays = {}
    for item in handed_in:
        try:
            values, shape, dtype = item["values"], item["shape"], _KINDS[item["kind"]]
            label = item["label"]
            if not isinstance(label, str) or len(label) > 100 or len(values) > MAX_HANDED_IN:
                continue
            if not all(type(size) is int and size >= 0 for size in shape):
                continue
            arrays[label] = np.array([_READ[dtype](v) for v in values], dtype).reshape(shape)
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
    return arrays


def score(check: Check, scorer: Scorer, seed: int, handed_in: list[Any]) -> tuple[float, str]:
    """Return the fraction of a check's points that was earned, and what to tell the student.

    Parameters
    ----------
    check : Check
    scorer : callable
    seed : int
        The check's seed, from which the scorer draws the same data as the notebook.
    handed_in : list
        As it came from the kernel.

    Raises
    ------
    ScorerFailed
        If the scorer raises or returns no fraction.
    """
    arguments = {name: value for name, value in (check.score or {}).items() if name != "scorer"}
    arrays = arrays_from(handed_in)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            fraction, message = scorer(seed, arrays, **arguments)
        fraction = float(fraction)
    except Exception as error:
        raise ScorerFailed(printable(f"{check.id}: {type(error).__name__}: {error}")) from error
    if math.isnan(fraction) or not 0 <= fraction <= 1:
        raise ScorerFailed(f"{check.id}: the scorer returned {fraction}; expected 0 to 1.")
    return fraction, printable(str(message))


def form_of(handed_in: list[Any]) -> dict[str, list[Any]]:
    """Return label to kind and shape of what was handed in, without the values."""
    return {
        label: [array.dtype.name, list(array.shape)]
        for label, array in arrays_from(handed_in).items()
    }
