"""Stale gradients: a step with the gradient of where the parameters were a while ago."""

from collections.abc import Callable

import numpy as np

from nnedu._check import floating, positive, whole
from nnedu._typing import Array


def delayed_descent(
    gradient: Callable[[Array], Array], theta: Array, *, lr: float, delay: int, steps: int
) -> Array:
    """Gradient descent with gradients that are ``delay`` updates old.

    ``theta_{t+1} = theta_t - lr g(theta_{t - delay})``, with ``theta_0`` before the start

    Parameters
    ----------
    gradient : callable
        ``gradient(theta) -> g``.
    theta : float array, shape (P,)
        The start.
    lr : float, above 0
    delay : int, at least 0
        Updates that others make between the reading of the parameters and the step.
    steps : int, at least 1

    Returns
    -------
    array, shape (steps + 1, P)
        Every iterate, the start first.

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not a float array, or a number is out of its range.

    Notes
    -----
    **Conventions.** The same delay at every step; real workers' delays vary around the number of
    the others.

    Source: Dean et al. (2012), "Large scale distributed deep networks", section 4.1 (asynchronous
    SGD); Niu et al. (2011), "Hogwild", who bound the delay.

    Examples
    --------
    >>> delayed_descent(lambda x: x, np.array([1.0]), lr=0.5, delay=1, steps=3).ravel()
    array([ 1.  ,  0.5 ,  0.  , -0.25])
    """
    floating("theta", theta)
    positive(lr=lr)
    whole("delay", delay, least=0)
    whole("steps", steps, least=1)
    path = [theta]
    for t in range(steps):
        path.append(path[t] - lr * gradient(path[max(t - delay, 0)]))
    return np.stack(path)


def largest_stable_lr(L: float, delay: int) -> float:
    """The learning rate from which delayed descent on a curvature ``L`` no longer converges.

    ``lr < (2 / L) sin(pi / (2 (2 delay + 1)))``

    Parameters
    ----------
    L : float, above 0
        The largest curvature.
    delay : int, at least 0

    Returns
    -------
    float
        ``2 / L`` without delay; about ``pi / (2 delay + 1)`` over ``L`` for long delays.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    **Conventions.** For a quadratic, and gradient descent without momentum.

    Source: Levin & May (1976), "A note on difference-delay equations", who write it as
    ``2 cos(pi delay / (2 delay + 1))``.

    Examples
    --------
    >>> largest_stable_lr(1.0, 0), round(largest_stable_lr(1.0, 1), 12)
    (2.0, 1.0)
    """
    positive(L=L)
    whole("delay", delay, least=0)
    return float(2 / L * np.sin(np.pi / (2 * (2 * delay + 1))))


def delayed_rate(a: float, delay: int) -> float:
    """How much of the distance delayed descent keeps in one update, in the long run.

    the largest ``|z|`` with ``z^(delay + 1) - z^delay + a = 0``

    Parameters
    ----------
    a : float, above 0
        Learning rate times curvature.
    delay : int, at least 0

    Returns
    -------
    float
        Below 1 it converges.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    **Conventions.** ``|1 - a|`` without delay.

    Source: Levin & May (1976), "A note on difference-delay equations".

    Examples
    --------
    >>> delayed_rate(0.25, 0), round(delayed_rate(0.25, 1), 6)
    (0.75, 0.5)
    """
    positive(a=a)
    whole("delay", delay, least=0)
    coefficients = np.zeros(delay + 2)
    coefficients[0], coefficients[1] = 1.0, -1.0
    coefficients[-1] += a
    return float(np.abs(np.roots(coefficients)).max())
