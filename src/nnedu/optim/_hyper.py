"""The hyper-parameters of a rule: what its signature declares, and what was given for them."""

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnedu._typing import Array, Rule, Schedule
from nnedu.optim._ranges import WHOLE, check_range

Hyper = float | Array | Schedule
"""A number, one for each parameter, or a schedule of either."""


def signature(rule: Rule) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Names of the state arrays, and the hyper-parameters with their defaults (None: none).

    Parameters
    ----------
    rule : callable
        ``rule(theta, g, *state, *, t, lr, **hyper) -> (theta, *state)``.

    Returns
    -------
    names : tuple of str
    defaults : dict

    Raises
    ------
    TypeError
        If the signature is another.
    """
    parameters = inspect.signature(rule).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    keyword = {
        p.name: None if p.default is p.empty else p.default
        for p in parameters
        if p.kind is p.KEYWORD_ONLY
    }
    if positional[:2] != ["theta", "g"] or "t" not in keyword:
        raise TypeError(
            f"{rule.__name__} has the signature {inspect.signature(rule)}; expected "
            "rule(theta, g, *state, *, t, lr, ...): state by position, the rest by keyword."
        )
    del keyword["t"]
    return tuple(positional[2:]), keyword


def settled(name: str, defaults: Mapping[str, Any], given: Mapping[str, Hyper]) -> dict[str, Hyper]:
    """The defaults with what was given in their place, every constant in its range.

    Parameters
    ----------
    name : str
        Whose they are, for errors.
    defaults : mapping
        From :func:`signature`; None where there is no default.
    given : mapping

    Returns
    -------
    dict

    Raises
    ------
    TypeError
        If something is given that has no default's name, or one without a default is missing.
    ValueError
        If a constant is out of its range.
    """
    for word in given:
        if word not in defaults:
            expected = ", ".join(defaults)
            raise TypeError(f"{name} has no hyper-parameter {word!r}; it has {expected}.")
    hyper: dict[str, Hyper] = {**defaults, **given}
    for word, value in hyper.items():
        if value is None:
            raise TypeError(f"{name} needs {word}; pass {word}=... (it has no default).")
        if not callable(value):
            check_range(name, word, value)
    return hyper


def numbers(name: str, hyper: Mapping[str, Hyper], k: int) -> dict[str, float | Array]:
    """Every hyper-parameter after ``k`` updates: a number, or an array as it was given.

    Plain Python numbers: a float64 NumPy scalar would promote float32 parameters.

    Parameters
    ----------
    name : str
        Whose they are, for errors.
    hyper : mapping
        From :func:`settled`.
    k : int
        Updates already made.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If a schedule returns a value out of range.
    """
    found: dict[str, float | Array] = {}
    for word, value in hyper.items():
        if type(value) is float and word not in WHOLE:  # nearly all, at every step
            found[word] = value
            continue
        if callable(value):
            value = value(k)
            check_range(name, word, value, schedule_at=k)
        if isinstance(value, np.ndarray):
            found[word] = value
        else:
            found[word] = int(value) if word in WHOLE else float(value)
    return found


def words(hyper: Mapping[str, Hyper]) -> list[str]:
    """The hyper-parameters as the keyword arguments of a call."""
    return [
        f"{word}=<array of shape {value.shape}>"
        if isinstance(value, np.ndarray)
        else f"{word}={value}"
        for word, value in hyper.items()
    ]
