"""Surrogates: convex functions that lie above the count of mistakes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnedu._typing import Array


@dataclass(frozen=True)
class Surrogate:
    """A loss of ``u = 1 - y f(x)``: convex, rising, at least 1 wherever ``y f(x) <= 0``.

    Attributes
    ----------
    name : str
    value : callable
        ``Phi(u)``, elementwise.
    slope : callable
        ``Phi'(u)``, elementwise, above 0.

    Examples
    --------
    >>> EXPONENTIAL.value(np.array([0.0, 1.0])).round(3)
    array([1.   , 2.718])
    >>> LOGISTIC.value(np.array([1.0])).round(3), LOGISTIC.slope(np.array([0.0]))
    (array([1.313]), array([0.5]))
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def _log_1p_exp(u: Array) -> Array:
    return np.asarray(np.logaddexp(np.zeros((), np.asarray(u).dtype), u))


def _sigmoid(u: Array) -> Array:
    decay = np.exp(-np.abs(u))  # never overflows
    return np.asarray(np.where(u >= 0, 1, decay) / (1 + decay))


EXPONENTIAL = Surrogate("exponential", np.exp, np.exp)
"""``exp(u)``: AdaBoost's."""

LOGISTIC = Surrogate("logistic", _log_1p_exp, _sigmoid)
"""``log(1 + exp(u))``: logistic regression's."""

SURROGATES = (EXPONENTIAL, LOGISTIC)
"""Both, for tests and menus."""
