"""Finite differences: the test that a gradient written by hand belongs to its function."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnedu._check import floating, same_shape
from nnedu._typing import Array, Objective


@dataclass(frozen=True)
class GradientCheck:
    """What a comparison of a gradient with finite differences found.

    Attributes
    ----------
    error : float
        The largest absolute difference, divided by the largest entry of either gradient.
    worst : tuple of int
        The index of the largest difference.
    analytic, numeric : arrays, shape of ``theta``
        Both gradients.
    """

    error: float
    worst: tuple[int, ...]
    analytic: Array
    numeric: Array


def numerical_gradient(f: Callable[[Array], float], theta: Array, *, h: float = 1e-5) -> Array:
    """The gradient of ``f`` by central differences, one coordinate at a time.

    ``g_i = (f(theta + h e_i) - f(theta - h e_i)) / (2 h)``, whose error is of the order of
    ``h**2`` from the cut-off series plus ``1e-16 / h`` from rounding.

    Parameters
    ----------
    f : callable
        From parameters to a number.
    theta : float64 array, any shape
        Where; not changed.
    h : float, above 0
        Half the width of the difference, for each coordinate multiplied by ``max(1, |theta_i|)``.

    Returns
    -------
    float64 array, shape of ``theta``

    Raises
    ------
    TypeError
        If ``theta`` is not float64: float32 rounding drowns the difference.
    ValueError
        If ``h`` is not above 0.

    Examples
    --------
    >>> numerical_gradient(lambda theta: float(theta[0] ** 2), np.array([3.0])).round(6)
    array([6.])
    """
    floating("theta", theta)
    if theta.dtype != np.float64:
        raise TypeError(
            f"theta has dtype {theta.dtype}; expected float64, since rounding in {theta.dtype} is "
            "larger than the differences. Pass theta.astype(np.float64)."
        )
    if not 0 < h < np.inf:
        raise ValueError(f"h is {h}; expected a number above 0, such as 1e-5.")
    g = np.empty_like(theta)
    for index in np.ndindex(theta.shape):
        step = h * max(1.0, abs(float(theta[index])))
        above, below = theta.copy(), theta.copy()
        above[index] += step
        below[index] -= step
        g[index] = (f(above) - f(below)) / (above[index] - below[index])
    return g


def check_gradient(
    objective: Objective, theta: Array, *batch: Array, h: float = 1e-5
) -> GradientCheck:
    """Compare an objective's own gradient with finite differences.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (value, g)``.
    theta : float64 array, any shape
        Where. Choose a point away from kinks, such as a ReLU's zero.
    *batch : arrays
        Handed on.
    h : float, above 0
        As for :func:`numerical_gradient`.

    Returns
    -------
    GradientCheck
        A right gradient in float64 gives an ``error`` of 1e-9 to 1e-7; a wrong one, 1e-2 and more.

    Examples
    --------
    >>> right = check_gradient(lambda x: (float(x @ x), 2 * x), np.array([1.0, 2.0]))
    >>> wrong = check_gradient(lambda x: (float(x @ x), x), np.array([1.0, 2.0]))
    >>> right.error < 1e-9, wrong.error, wrong.worst
    (True, 0.5, (1,))
    """
    _, analytic = objective(theta, *batch)
    same_shape("the gradient", analytic, "theta", theta)
    numeric = numerical_gradient(lambda at: objective(at, *batch)[0], theta, h=h)
    difference = np.abs(analytic - numeric)
    flat = int(np.argmax(difference))
    worst = tuple(int(i) for i in np.unravel_index(flat, theta.shape))
    scale = max(float(np.abs(analytic).max()), float(np.abs(numeric).max()), np.finfo(float).tiny)
    return GradientCheck(float(difference[worst]) / scale, worst, analytic, numeric)
