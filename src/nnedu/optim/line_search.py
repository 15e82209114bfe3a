"""Backtracking line search: let the loss itself say how long a step may be.

No rule of the table: a rule sees one gradient, and a line search has to ask for the loss again.
"""

import numpy as np

from nnedu._check import floating, same_shape
from nnedu._typing import Array, Objective


def backtracking(
    objective: Objective,
    theta: Array,
    g: Array,
    *,
    value: float | None = None,
    lr: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
) -> tuple[Array, float, int]:
    """One step of gradient descent whose length is found by trial: shrink until the loss drops.

    Accept the first lr among ``lr, lr shrink, lr shrink**2, ...`` with

    ``f(theta - lr g) <= f(theta) - c lr (g . g)``,

    which asks for at least the fraction ``c`` of the drop that the slope at ``theta`` promises.

    Parameters
    ----------
    objective : callable
        ``objective(theta) -> (value, g)``; only its value is used.
    theta : float array, any shape
        Where; not changed.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    value : float, optional
        The loss at ``theta``, if you have it; otherwise it is evaluated, once.
    lr : float, above 0
        The first trial; the longest step that can be accepted.
    shrink : float in (0, 1)
        What a rejected lr is multiplied by.
    c : float in (0, 1)
        The fraction of the promised drop.

    Returns
    -------
    theta : array
        The parameters after the step; ``theta`` itself where ``g`` is 0.
    lr : float
        The learning rate that was accepted.
    evaluations : int
        How often ``objective`` was called.

    Raises
    ------
    FloatingPointError
        If no trial is accepted before the step is lost in rounding, or the loss at ``theta``
        is not finite.
    TypeError
        If ``theta`` or ``g`` is not a float array.
    ValueError
        If the shapes differ, or a number is out of its range.

    Notes
    -----
    With a gradient that varies with constant ``L``, every lr up to ``2 (1 - c) / L`` passes, so
    the accepted one is at least the smaller of the first trial and ``shrink 2 (1 - c) / L``,
    without anyone knowing ``L``. A trial whose loss overflows counts as rejected.

    **Conventions.** The condition is tested on the loss of one fixed objective: on mini-batches
    pass the batch of this step, and expect the noise of the batch in the answer.

    Source: Armijo (1966), "Minimization of functions having Lipschitz continuous first partial
    derivatives"; Nocedal & Wright (2006), "Numerical optimization", Algorithm 3.1.

    Examples
    --------
    On ``f = 2 x**2`` from 1 the slope is 4. The steps 1 and 0.5 end at -3 and -1, no lower than
    the start; 0.25 ends at the minimum.

    >>> backtracking(lambda x: (float(2 * x @ x), 4 * x), np.array([1.0]), np.array([4.0]))
    (array([0.]), 0.25, 4)
    """
    floating("theta", theta)
    floating("g", g)
    same_shape("g", g, "theta", theta)
    for name, number, high in (("lr", lr, np.inf), ("shrink", shrink, 1), ("c", c, 1)):
        if not 0 < number < high:
            expected = "a finite number above 0" if name == "lr" else "a number in (0, 1)"
            raise ValueError(f"backtracking got {name}={number!r}; expected {expected}.")

    evaluations = 0
    if value is None:
        value, evaluations = objective(theta)[0], 1
    slope = float(np.vdot(g, g))
    if not (np.isfinite(value) and np.isfinite(slope)):
        raise FloatingPointError(
            f"the loss at theta is {value} and the squared norm of g {slope}; expected finite "
            "numbers. An earlier step was too long, or the inputs are not finite."
        )
    if slope == 0:
        return theta, lr, evaluations

    first = lr
    trial = theta - lr * g
    while not np.array_equal(trial, theta):  # shorter steps are lost in rounding
        with np.errstate(over="ignore", invalid="ignore"):  # too long a step may overflow
            at_trial = objective(trial)[0]
        evaluations += 1
        # Where c lr (g . g) is lost in rounding, equal losses would pass: ask for less than before.
        if at_trial < value and at_trial <= value - c * lr * slope:  # both false for nan
            return trial, lr, evaluations
        lr *= shrink
        trial = theta - lr * g
    raise FloatingPointError(
        f"no lr from {first:g} down to {lr:.3g} lowers the loss by c lr (g . g). Either g is not "
        "the gradient of this objective (its sign? another batch? see "
        "nnedu.gradcheck.check_gradient), or theta is a minimum up to rounding."
    )
