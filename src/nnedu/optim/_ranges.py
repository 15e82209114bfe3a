"""What values a hyper-parameter may have, by its word."""

import math
from typing import Any

import numpy as np

WHOLE = frozenset(("ns_steps", "every", "memory", "tries"))
"""Words that count something: their values stay whole numbers."""
_RANGES: dict[str, tuple[str, float, float, bool, bool]] = {
    # word: (range in words, low, high, low allowed, high allowed). One word means one thing
    # everywhere, so the ranges stand here once and not in every rule.
    "lr": ("a number above 0", 0, math.inf, False, False),
    **dict.fromkeys(
        ("eps", "eps_root", "eps_max", "weight_decay", "momentum_decay", "weight"),
        ("a number of at least 0", 0, math.inf, True, False),
    ),
    **dict.fromkeys(
        ("momentum", "rho", "beta", "beta1", "beta2"), ("a number in [0, 1)", 0, 1, True, False)
    ),
    **dict.fromkeys(("dampening", "dip"), ("a number in [0, 1]", 0, 1, True, True)),
    # Of rules that see whole tensors, and of methods that ask for the loss.
    **dict.fromkeys(("eps1", "eps2"), ("a number of at least 0", 0, math.inf, True, False)),
    **dict.fromkeys(
        ("trust", "decay", "clip", "rms", "radius"), ("a number above 0", 0, math.inf, False, False)
    ),
    "look_ahead": ("a number in [0, 1]", 0, 1, True, True),
    **dict.fromkeys(("c1", "c2"), ("a number in (0, 1)", 0, 1, False, False)),
    **dict.fromkeys(WHOLE, ("a whole number of at least 1", 1, math.inf, True, False)),
}
_ANY = ("a finite number", -math.inf, math.inf, False, False)


def check_range(rule: str, name: str, value: Any, schedule_at: int | None = None) -> None:
    """Raise ValueError unless a hyper-parameter's value lies in the range of its word.

    Parameters
    ----------
    rule, name : str
        Whose it is and what it is called, for the error; the name decides the range.
    value : number, or array of floats
        Of an array every entry is looked at.
    schedule_at : int, optional
        The updates made when a schedule returned the value. A schedule may return a learning rate
        of exactly 0, where it ends; so may an array, for parameters that are not to be trained.

    Raises
    ------
    ValueError
        If it does not.
    """
    words, low, high, low_allowed, high_allowed = _RANGES.get(name, _ANY)
    an_array = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    origin = "" if schedule_at is None else f" from its schedule after {schedule_at} updates"
    if name == "lr" and (an_array or schedule_at is not None):
        words, low_allowed = "a number of at least 0", True
    try:  # float() alone would take "0.1" and True for numbers
        if an_array:
            extremes = [float(value.min()), float(value.max())] if value.size else []
        else:
            plain = not isinstance(value, str | bytes | bool | np.bool | np.ndarray)
            extremes = [float(value) if plain else math.nan]
    except (TypeError, ValueError):
        extremes = [math.nan]
    for number in extremes:
        inside = low < number < high or (number == low and low_allowed)
        inside = inside or (number == high and high_allowed)
        if not inside or (name in WHOLE and not number.is_integer()):
            got = f"with an entry of {number}" if an_array else repr(value)
            raise ValueError(f"{rule} got {name}={got}{origin}; expected {words}.")
