"""Small data that figures carry with them, drawn once from a seed."""

from functools import cache
from typing import Any

import numpy as np

from nnedu._typing import Array


@cache
def line_fit() -> dict[str, Any]:
    """Sixty-four examples of a linear fit with two weights, and the weights that fit best.

    Returns
    -------
    dict
        ``x`` (64, 2) and ``y`` (64,), rounded to three decimals, and ``best``, the least-squares
        weights of the rounded numbers.
    """
    rng = np.random.default_rng(5)
    x = (rng.normal(size=(64, 2)) @ np.array([[1.0, 0.3], [0.0, 0.5]])).round(3)
    y = (x @ np.array([1.0, 0.5]) + 0.7 * rng.normal(size=64)).round(3)
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    return {"x": x, "y": y, "best": best.round(9)}


def line_fit_gradients(theta: Array) -> Array:
    """The gradient of every example's loss, half its squared error.

    Parameters
    ----------
    theta : float array, shape (2,)

    Returns
    -------
    float array, shape (64, 2)
    """
    data = line_fit()
    found: Array = (data["x"] @ theta - data["y"])[:, None] * data["x"]
    return found
