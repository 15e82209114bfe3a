"""A line search for the strong Wolfe conditions: low enough, and flat enough.

:func:`backtracking` asks only that the loss drop. A method that learns the curvature from the two
ends of its step needs the slope to have fallen as well.
"""

import math
from typing import NamedTuple

import numpy as np

from nnedu._check import floating, same_shape
from nnedu._typing import Array, Objective
from nnedu.optim._ranges import check_range


class Point(NamedTuple):
    """A point on the line.

    Attributes
    ----------
    lr : float
        How far along the direction.
    theta : array
        Where that is.
    value : float
        The loss there.
    g : array
        The gradient there.
    slope : float
        The derivative of the loss along the direction.
    """

    lr: float
    theta: Array
    value: float
    g: Array
    slope: float


def wolfe(
    objective: Objective,
    theta: Array,
    direction: Array,
    *,
    value: float | None = None,
    g: Array | None = None,
    lr: float = 1.0,
    c1: float = 1e-4,
    c2: float = 0.9,
    tries: int = 25,
) -> tuple[Point, int]:
    """A step along a direction that meets the strong Wolfe conditions.

    With ``phi(lr) = f(theta + lr direction)``, accept the first lr that is tried with
    ``phi(lr) <= phi(0) + c1 lr phi'(0)`` and ``abs(phi'(lr)) <= c2 abs(phi'(0))``.

    The trials grow until an interval must hold such a step, and then shrink that interval, each
    to the minimum of the cubic through the values and slopes of the interval's ends.

    Parameters
    ----------
    objective : callable
        ``objective(theta) -> (value, g)``.
    theta : float array, any shape
        Where; not changed.
    direction : float array, shape of ``theta``
        Downhill: its product with the gradient is below 0.
    value : float, optional
        The loss at ``theta``, if you have it together with ``g``.
    g : float array, shape of ``theta``, optional
        The gradient at ``theta``; without it, or without ``value``, both are evaluated, once.
    lr : float, above 0
        The first trial: 1 for a direction of Newton's method.
    c1 : float in (0, 1)
        The fraction of the promised drop that is asked for.
    c2 : float in (c1, 1)
        The fraction of the slope that may be left: near 0 the step ends at a minimum of the line.
    tries : int, at least 1
        Trials before giving up.

    Returns
    -------
    point : Point
        The accepted step: ``lr``, and ``theta``, ``value``, ``g`` and ``slope`` there.
    evaluations : int
        How often ``objective`` was called.

    Raises
    ------
    FloatingPointError
        If no trial meets the conditions, or the loss at ``theta`` is not finite.
    TypeError
        If ``theta`` or ``direction`` is not a float array.
    ValueError
        If the shapes differ, a number is out of its range, or the direction is not downhill.

    Notes
    -----
    **Conventions.** A trial whose loss or slope is not finite counts as too long. A trial inside
    an interval stays a tenth of it away from both ends; one that extends it goes at most ten times
    as far. PyTorch's and Optax's searches choose other trials, and accept their best point where
    they find none that meets the conditions; this one says so.

    Source: Nocedal & Wright (2006), "Numerical optimization", Algorithms 3.5 and 3.6, the cubic by
    equation 3.59.

    Examples
    --------
    On ``f = 2 x**2`` from 1 along -4, the whole step is too long; the cubic through both ends is
    the parabola itself, and its minimum 0 lies at a quarter of the step.

    >>> point, evaluations = wolfe(
    ...     lambda x: (float(2 * x @ x), 4 * x), np.array([1.0]), np.array([-4.0])
    ... )
    >>> point.lr, point.theta, evaluations
    (0.25, array([0.]), 3)
    """
    floating("theta", theta)
    floating("direction", direction)
    same_shape("direction", direction, "theta", theta)
    for name, number in (("lr", lr), ("c1", c1), ("c2", c2), ("tries", tries)):
        check_range("wolfe", name, number)
    if c1 >= c2:
        raise ValueError(f"wolfe got c1={c1} and c2={c2}; expected c1 below c2.")
    evaluations = 0
    if value is None or g is None:
        value, g = objective(theta)
        evaluations = 1
    same_shape("g", g, "theta", theta)
    start = Point(0.0, theta, value, g, float(np.vdot(g, direction)))
    if not (math.isfinite(value) and math.isfinite(start.slope)):
        raise FloatingPointError(
            f"the loss at theta is {value} and its slope along the direction {start.slope}; "
            "expected finite numbers. An earlier step was too long, or the inputs are not finite."
        )
    if start.slope >= 0:
        raise ValueError(
            f"the slope along the direction is {start.slope:g}; expected one below 0, downhill. "
            "Pass -g, or the negative of what multiplies g."
        )

    def low(point: Point) -> bool:
        return point.value <= value + c1 * point.lr * start.slope

    # ``behind`` and ``ahead`` enclose a step that will do, once ``enclosed``; ``behind`` is low.
    behind, ahead, enclosed = start, start, False
    for number in range(tries):
        trial = _trial(objective, start, direction, lr)
        evaluations += 1
        finite = math.isfinite(trial.value) and math.isfinite(trial.slope)
        too_high = not (finite and low(trial)) or (
            trial.value >= behind.value and (number > 0 or enclosed)
        )
        if not too_high and abs(trial.slope) <= -c2 * start.slope:
            return trial, evaluations
        if too_high:
            ahead, enclosed = trial, True
        else:
            if trial.slope * (ahead.lr - behind.lr if enclosed else 1.0) >= 0:
                ahead, enclosed = behind, True
            before, behind = behind, trial
        lr = _between(behind, ahead) if enclosed else _beyond(before, behind)
        if np.array_equal(start.theta + lr * direction, behind.theta):
            break  # the interval is lost in rounding
    raise FloatingPointError(
        f"no step meets the Wolfe conditions after {number + 1} trials, the last at lr={lr:.3g}. "
        "Either g is not the gradient of this objective (see nnedu.gradcheck.check_gradient), the "
        "loss has no lower bound along the direction, or theta is a minimum up to rounding."
    )


def _trial(objective: Objective, start: Point, direction: Array, lr: float) -> Point:
    theta = start.theta + lr * direction
    with np.errstate(over="ignore", invalid="ignore"):  # too long a step may overflow
        value, g = objective(theta)
        return Point(lr, theta, float(value), g, float(np.vdot(g, direction)))


def _cubic(a: Point, b: Point) -> float:
    """The minimum of the cubic with the values and slopes of two points; nan where it has none."""
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.lr - b.lr)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return math.nan
    d2 = math.copysign(math.sqrt(square), b.lr - a.lr)
    below = b.slope - a.slope + 2 * d2
    return b.lr - (b.lr - a.lr) * (b.slope + d2 - d1) / below if below else math.nan


def _between(a: Point, b: Point) -> float:
    """The next trial in an interval, not too close to its ends."""
    lr, margin = _cubic(a, b), 0.1 * abs(b.lr - a.lr)
    least, most = min(a.lr, b.lr) + margin, max(a.lr, b.lr) - margin
    return min(max(lr, least), most) if math.isfinite(lr) else (a.lr + b.lr) / 2


def _beyond(before: Point, last: Point) -> float:
    """The next trial past the last one."""
    lr = _cubic(before, last)
    least, most = last.lr + 0.1 * (last.lr - before.lr), 10 * last.lr
    return min(max(lr, least), most) if math.isfinite(lr) and lr > last.lr else most
