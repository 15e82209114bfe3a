"""Checks of arguments whose errors say what came, what was expected and the likely fix."""

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from nnedu._typing import Array


def same_shape(name: str, got: Array, other_name: str, other: Array) -> None:
    """Raise ValueError unless both arrays have one shape."""
    if np.shape(got) != np.shape(other):
        raise ValueError(
            f"{name} has shape {np.shape(got)} and {other_name} {np.shape(other)}; "
            f"expected the same shape. Reshape one: NumPy would broadcast them silently."
        )


def class_labels(labels: Array, logits: Array) -> None:
    """Raise ValueError unless ``labels`` (N,) holds one class of ``logits`` (N, C) each."""
    if logits.ndim != 2:
        raise ValueError(f"logits has shape {logits.shape}; expected (N, C): one row an example.")
    N, C = logits.shape
    if np.shape(labels) != (N,):
        hint = " One-hot? Pass labels.argmax(axis=1)." if np.shape(labels) == (N, C) else ""
        raise ValueError(f"labels has shape {np.shape(labels)}; expected ({N},) classes.{hint}")
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu":
        got = labels.dtype if isinstance(labels, np.ndarray) else type(labels).__name__
        raise ValueError(
            f"labels has dtype {got}; expected an array of integers. "
            "Pass np.asarray(labels).astype(int)."
        )
    if labels.min() < 0 or labels.max() >= C:
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}; expected 0 to {C - 1} for logits "
            f"of shape {logits.shape}. Do your classes start at 1?"
        )


def known(kind: str, name: str, names: Sequence[str]) -> None:
    """Raise ValueError unless ``name`` is one of ``names``; suggest the nearest."""
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"unknown {kind} {name!r}; expected one of {', '.join(names)}.{hint}")


def floating(name: str, array: Array) -> None:
    """Raise TypeError unless ``array`` is a NumPy array of floats."""
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"{name} is a {type(array).__name__}; expected a NumPy array of floats. "
            f"Pass np.asarray({name}, dtype=float)."
        )
    if array.dtype.kind != "f":  # np.issubdtype would take nine times as long, at every layer
        raise TypeError(
            f"{name} has dtype {array.dtype}; expected float32 or float64, since a step adds "
            f"fractions. Pass {name}.astype(float)."
        )


def same_dtype(name: str, got: Array, other_name: str, other: Array) -> None:
    """Raise TypeError unless both arrays have one dtype."""
    if got.dtype != other.dtype:
        raise TypeError(
            f"{name} has dtype {got.dtype} and {other_name} {other.dtype}; expected one dtype, "
            f"since mixing them would promote silently. Pass {name}.astype({other_name}.dtype)."
        )


def examples(name: str, array: Array) -> None:
    """Raise unless ``array`` is a float array of at least one example."""
    floating(name, array)
    if array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}; expected at least one example. An empty batch?"
        )


def whole(name: str, number: object, *, least: int) -> None:
    """Raise ValueError unless ``number`` is a whole number of at least ``least``."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise ValueError(f"{name} is {number!r}; expected a whole number of at least {least}.")


def positive(**numbers: float) -> None:
    """Raise ValueError unless each number is finite and above 0; the first that is not is named."""
    for name, value in numbers.items():
        if not 0 < value < np.inf:
            raise ValueError(f"{name} is {value}; expected a finite number above 0.")


def not_negative(**numbers: float) -> None:
    """Raise ValueError unless each number is finite and at least 0; the first is named."""
    for name, value in numbers.items():
        if not 0 <= value < np.inf:
            raise ValueError(f"{name} is {value}; expected a finite number of at least 0.")


def batchable(size: int, arrays: Sequence[Array]) -> int:
    """The number of examples ``N``; raise ValueError unless all have it and ``size`` is 1 .. N."""
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) != 1:
        raise ValueError(f"the arrays have lengths {lengths}; expected one length.")
    if not 1 <= size <= lengths[0]:
        raise ValueError(f"size is {size}; expected 1 to {lengths[0]}, the number of examples.")
    return lengths[0]
