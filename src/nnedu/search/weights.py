"""The weights of an ensemble that minimise AdaNet's objective."""

from collections.abc import Callable

import numpy as np

from nnedu._check import same_shape, whole
from nnedu._typing import Array
from nnedu.search.objective import check_members, check_one
from nnedu.search.surrogates import EXPONENTIAL, Surrogate


def excess_edge(
    f: Array, h: Array, y: Array, penalty: float, *, surrogate: Surrogate = EXPONENTIAL
) -> float:
    """The weak-learner test: whether a newcomer is worth its price to an ensemble.

    ``abs(1/m sum_i y_i h(x_i) Phi'(1 - y_i f(x_i))) - Gamma``

    Parameters
    ----------
    f : float array, shape (N,)
        The ensemble's outputs, 0 where there is none yet.
    h : float array, shape (N,)
        The newcomer's outputs.
    y : array, shape (N,)
        -1 or 1.
    penalty : float, at least 0
        ``Gamma`` of the newcomer.
    surrogate : Surrogate
        ``EXPONENTIAL`` or ``LOGISTIC``.

    Returns
    -------
    float
        Above 0 if and only if some weight of the newcomer, the others unchanged, lowers the
        objective.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, ``y`` holds other values, or the penalty is negative.

    Notes
    -----
    **Conventions.** ``Phi'(1 - y f)``, once divided by its sum, is boosting's distribution over
    the examples, and the mean is the newcomer's edge under it: the test asks that the edge beat
    its price, not merely 0.

    Source: Cortes et al. (2017), "AdaNet", section 5; for the exponential and ``h`` of -1 and 1
    Cortes, Mohri & Syed (2014), "Deep boosting", the condition for a nonzero step.

    Examples
    --------
    Right on three of four: an edge of ``e (3 - 1) / 4``.

    >>> y, h = np.array([1, 1, -1, -1]), np.array([1.0, 1.0, -1.0, 1.0])
    >>> round(excess_edge(np.zeros(4), h, y, 0.1), 4)
    1.2591
    >>> excess_edge(np.zeros(4), h, y, 1.4) > 0
    False
    """
    check_one(f, h, y, penalty)
    return abs(float(np.mean(y * h * surrogate.slope(1 - y * f)))) - penalty


def coordinate_step(
    f: Array, h: Array, y: Array, penalty: float, *, surrogate: Surrogate = EXPONENTIAL
) -> float:
    """The best weight of one subnetwork, all others unchanged: exactly, in one dimension.

    ``argmin_w 1/m sum_i Phi(1 - y_i (f(x_i) + w h(x_i))) + Gamma abs(w)``

    Parameters
    ----------
    f : float array, shape (N,)
        The outputs of everything else.
    h : float array, shape (N,)
        The subnetwork's outputs.
    y : array, shape (N,)
        -1 or 1.
    penalty : float, at least 0
        ``Gamma``.
    surrogate : Surrogate
        ``EXPONENTIAL`` or ``LOGISTIC``.

    Returns
    -------
    float
        Exactly 0 where :func:`~nnedu.search.excess_edge` is not above 0.

    Raises
    ------
    TypeError
        If ``f`` or ``h`` is not a float array.
    ValueError
        If shapes do not fit, ``y`` holds other values, the penalty is negative, or there is no
        minimum: no penalty, and no example on the wrong side.

    Notes
    -----
    **Conventions.** The slope rises with ``w``; its zero is found by bisection down to the last
    bit of float64, whatever the dtype. For the exponential and ``h`` of -1 and 1 the solution is
    ``log((-Gamma + sqrt(Gamma^2 + 4 a b)) / (2 b))`` with ``a`` and ``b`` the mean ``Phi`` where
    ``h`` is right, and wrong; with ``Gamma = 0`` AdaBoost's ``log(a / b) / 2``.

    Source: Cortes et al. (2017), "AdaNet", section 5, for coordinate steps on the objective.

    Examples
    --------
    Right on three of four, no penalty: ``log(3) / 2``.

    >>> y, h = np.array([1, 1, -1, -1]), np.array([1.0, 1.0, -1.0, 1.0])
    >>> round(coordinate_step(np.zeros(4), h, y, 0.0), 6)
    0.549306
    """
    check_one(f, h, y, penalty)
    m, matters = len(h), h != 0
    # An example the subnetwork does not touch has no slope: without it no inf * 0 either.
    yf = (y * f)[matters].astype(np.float64)
    yh = (y * h)[matters].astype(np.float64)

    def smooth(w: float) -> float:
        with np.errstate(over="ignore"):
            return -float(np.sum(yh * surrogate.slope(1 - yf - w * yh))) / m

    at_zero = smooth(0.0)
    if abs(at_zero) <= penalty:
        return 0.0
    sign = -float(np.sign(at_zero))
    if penalty == 0 and not (sign * yh < 0).any():
        raise ValueError(
            "the best weight is infinite: no example is on the wrong side and the penalty is 0. "
            "Pass beta above 0, such as 1e-3."
        )
    return sign * _zero(lambda size: sign * smooth(sign * size) + penalty)


def _zero(rising: Callable[[float], float]) -> float:
    """Where a rising function that starts below 0 at 0 crosses it."""
    low, high = 0.0, 1.0
    while rising(high) < 0:
        low, high = high, 2 * high
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return middle
        if rising(middle) < 0:
            low = middle
        else:
            high = middle


def fit_weights(
    h: Array,
    y: Array,
    penalties: Array,
    *,
    weights: Array | None = None,
    surrogate: Surrogate = EXPONENTIAL,
    tolerance: float = 1e-9,
    sweeps: int = 10_000,
) -> Array:
    """The weights of an ensemble: the minimum of AdaNet's objective, coordinate after coordinate.

    Parameters
    ----------
    h : float array, shape (N, K)
        The outputs of ``K`` subnetworks.
    y : array, shape (N,)
        -1 or 1.
    penalties : float array, shape (K,), at least 0
        ``Gamma``.
    weights : float array, shape (K,), optional
        Where to start; 0 by default. Not changed.
    surrogate : Surrogate
        ``EXPONENTIAL`` or ``LOGISTIC``.
    tolerance : float, above 0
        How far the slope may be from that of a minimum, in every coordinate.
    sweeps : int, at least 1
        Rounds over all coordinates before giving up.

    Returns
    -------
    array, shape (K,), dtype of ``h``
        With exact zeros where a subnetwork is not worth its price.

    Raises
    ------
    ArithmeticError
        If the minimum is not reached within ``sweeps``.
    TypeError, ValueError
        If shapes do not fit, ``y`` holds other values, or there is no minimum.

    Notes
    -----
    **Conventions.** Convex, and separable where it is not smooth: a point that no coordinate step
    improves is the minimum, though nearly equal subnetworks take many steps to get there. It is
    checked as such: ``s_k = -Gamma_k sign(w_k)`` where ``w_k`` is
    not 0, ``abs(s_k) <= Gamma_k`` where it is, for the slopes ``s`` of the smooth part.

    Source: Tseng (2001), "Convergence of a block coordinate descent method for nondifferentiable
    minimization"; the objective is that of Cortes et al. (2017), "AdaNet", section 5.1.

    Examples
    --------
    The second subnetwork only repeats the first and costs more:

    >>> y = np.array([1, 1, -1, -1])
    >>> h = np.array([[1.0, 1.0], [1.0, 1.0], [-1.0, -1.0], [1.0, 1.0]])
    >>> fit_weights(h, y, np.array([0.0, 0.1])).round(4)
    array([0.5493, 0.    ])
    """
    check_members(h, y, penalties)
    whole("sweeps", sweeps, least=1)
    wide = h.astype(np.float64)
    gamma = penalties.astype(np.float64)
    w = np.zeros(len(gamma)) if weights is None else weights.astype(np.float64)
    same_shape("weights", w, "penalties", penalties)
    w, missed = sweep(w, wide, y, gamma, surrogate, tolerance=tolerance, sweeps=sweeps)
    if not missed <= tolerance:
        raise ArithmeticError(
            f"after {sweeps} sweeps a slope is {missed:.1e} from that of a minimum; expected at "
            f"most {tolerance:.1e}. Allow more sweeps or a larger tolerance; nearly equal "
            "subnetworks need many."
        )
    return np.asarray(w.astype(h.dtype))


def sweep(
    w: Array, h: Array, y: Array, gamma: Array, phi: Surrogate, *, tolerance: float, sweeps: int
) -> tuple[Array, float]:
    """Coordinate steps from ``w`` on, and how far their end is from a minimum: never uphill."""
    w, missed = w.copy(), np.inf
    for _ in range(sweeps):
        for k in range(len(w)):
            rest = h @ w - h[:, k] * w[k]
            w[k] = coordinate_step(rest, h[:, k], y, float(gamma[k]), surrogate=phi)
        missed = _miss(w, h, y, gamma, phi)
        if missed <= tolerance:
            break
    return w, missed


def _miss(w: Array, h: Array, y: Array, gamma: Array, surrogate: Surrogate) -> float:
    """How far the slopes are from those of a minimum."""
    s = -h.T @ (y * surrogate.slope(1 - y * (h @ w))) / len(y)
    off = np.where(w != 0, np.abs(s + gamma * np.sign(w)), np.maximum(np.abs(s) - gamma, 0))
    return float(off.max())
