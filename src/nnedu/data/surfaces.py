"""Surfaces: functions of two variables to descend, in order of increasing difficulty.

Each is a :class:`Surface` with its gradient, its minima and a window worth looking at. The
gradients are tested by finite differences.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array

Numbers = Any
"""A number, or an array of them."""


@dataclass(frozen=True)
class Surface:
    """A function of two variables, its gradient, and where to look at it.

    Attributes
    ----------
    name : str
    f : callable
        ``f(x, y) -> value``, for numbers or arrays of one shape.
    df : callable
        ``df(x, y) -> (df/dx, df/dy)``.
    minima : tuple of (x, y)
        Every global minimum; empty where there is none.
    start : (x, y)
        A customary starting point.
    window : ((x0, x1), (y0, y1))
        The part to draw.

    Examples
    --------
    >>> surface = bowl(10)
    >>> value, g = surface(np.array([1.0, 1.0]))
    >>> value, g
    (5.5, array([ 1., 10.]))
    """

    name: str
    f: Callable[[Numbers, Numbers], Numbers]
    df: Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]
    minima: tuple[tuple[float, float], ...]
    start: tuple[float, float]
    window: tuple[tuple[float, float], tuple[float, float]]

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Value and gradient at ``theta``, shape (2,): an objective for a training loop.

        Raises
        ------
        TypeError
            If ``theta`` is not a float array.
        ValueError
            If ``theta`` does not have shape (2,).
        """
        floating("theta", theta)
        if theta.shape != (2,):
            raise ValueError(f"theta has shape {theta.shape}; expected (2,): a point (x, y).")
        x, y = theta
        return float(self.f(x, y)), np.array(self.df(x, y), dtype=theta.dtype)


def bowl(condition: float, *, tilt: float = 0.0) -> Surface:
    """A quadratic bowl whose curvatures are 1 and ``condition``.

    ``f = (u**2 + condition v**2) / 2``, where (u, v) is (x, y) turned by ``tilt``

    Parameters
    ----------
    condition : float, at least 1
        The condition number: the larger curvature ``L`` over the smaller, which is 1.
    tilt : float
        The angle of the valley to the x axis, in radians. Without a tilt the two coordinates do
        not interact, which flatters every method that scales coordinates one by one.

    Returns
    -------
    Surface
        Its minimum is 0 at the origin.

    Raises
    ------
    ValueError
        If ``condition`` is below 1.

    Examples
    --------
    >>> float(bowl(10).f(1.0, 1.0))
    5.5
    """
    if not condition >= 1:
        raise ValueError(
            f"condition is {condition}; expected at least 1: the larger curvature over the smaller."
        )
    c, s = float(np.cos(tilt)), float(np.sin(tilt))

    def f(x: Numbers, y: Numbers) -> Numbers:
        u, v = c * x + s * y, c * y - s * x
        return (u**2 + condition * v**2) / 2

    def df(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        u, v = c * x + s * y, c * y - s * x
        return c * u - s * condition * v, s * u + c * condition * v

    reach = ((-1.2, 1.2), (-1.2, 1.2))
    return Surface(f"bowl, condition {condition:g}", f, df, ((0.0, 0.0),), (1.0, 1.0), reach)


def _saddle(x: Numbers, y: Numbers) -> Numbers:
    return (x**2 - y**2) / 2 + y**4 / 4


def _saddle_gradient(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    return x, y**3 - y


def _rosenbrock(x: Numbers, y: Numbers) -> Numbers:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _rosenbrock_gradient(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    return -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)


def _beale(x: Numbers, y: Numbers) -> Numbers:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _beale_gradient(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    return (
        2 * (a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1)),
        2 * x * (a + 2 * b * y + 3 * c * y**2),
    )


def _himmelblau(x: Numbers, y: Numbers) -> Numbers:
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _himmelblau_gradient(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    a, b = x**2 + y - 11, x + y**2 - 7
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


def _rastrigin(x: Numbers, y: Numbers) -> Numbers:
    return 20 + x**2 + y**2 - 10 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y))


def _rastrigin_gradient(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    slope = 20 * np.pi
    return 2 * x + slope * np.sin(2 * np.pi * x), 2 * y + slope * np.sin(2 * np.pi * y)


SADDLE = Surface(
    "saddle",
    _saddle,
    _saddle_gradient,
    ((0.0, 1.0), (0.0, -1.0)),
    (1.5, 1e-3),
    ((-2.0, 2.0), (-2.0, 2.0)),
)
"""A strict saddle at the origin between two minima of -1/4."""

ROSENBROCK = Surface(
    "Rosenbrock",
    _rosenbrock,
    _rosenbrock_gradient,
    ((1.0, 1.0),),
    (-1.2, 1.0),
    ((-2.0, 2.0), (-1.0, 3.0)),
)
"""A curved valley with a nearly flat floor (Rosenbrock 1960)."""

BEALE = Surface(
    "Beale", _beale, _beale_gradient, ((3.0, 0.5),), (1.0, 1.5), ((-4.5, 4.5), (-4.5, 4.5))
)
"""A plateau, steep walls and one minimum (Beale 1958)."""

HIMMELBLAU = Surface(
    "Himmelblau",
    _himmelblau,
    _himmelblau_gradient,
    (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ),
    (0.0, 0.0),
    ((-5.0, 5.0), (-5.0, 5.0)),
)
"""Four minima, all of them 0 (Himmelblau 1972)."""

RASTRIGIN = Surface(
    "Rastrigin",
    _rastrigin,
    _rastrigin_gradient,
    ((0.0, 0.0),),
    (2.2, 1.3),
    ((-3.0, 3.0), (-3.0, 3.0)),
)
"""A bowl under a grid of local minima (Rastrigin 1974)."""

SURFACES = (bowl(10), SADDLE, ROSENBROCK, BEALE, HIMMELBLAU, RASTRIGIN)
"""Every surface, for tests and menus."""
