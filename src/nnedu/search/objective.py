"""AdaNet's objective: how much error is worth how much complexity."""

import numpy as np

from nnedu._check import examples, same_dtype, same_shape
from nnedu._typing import Array
from nnedu.search.surrogates import EXPONENTIAL, Surrogate


def adanet_penalties(complexities: Array, *, strength: float, beta: float) -> Array:
    """What a unit of weight costs for each subnetwork: a share of its complexity, and a constant.

    ``Gamma_k = lambda r_k + beta``

    Parameters
    ----------
    complexities : float array, shape (K,), at least 0
        ``r_k``, such as :func:`~nnedu.search.rademacher_bound` of each subnetwork's family.
    strength : float, at least 0
        ``lambda``: the price of complexity.
    beta : float, at least 0
        The price of any weight at all.

    Returns
    -------
    array, shape and dtype of ``complexities``

    Raises
    ------
    TypeError, ValueError
        If the complexities are not floats, or a number is negative.

    Notes
    -----
    **Conventions.** With ``lambda = 0`` every weight costs the same: L1-regularised boosting.

    Source: Cortes et al. (2017), "AdaNet", section 5.1.

    Examples
    --------
    >>> adanet_penalties(np.array([0.5, 2.0]), strength=0.1, beta=0.01)
    array([0.06, 0.21])
    """
    examples("complexities", complexities)
    for name, number in (("strength", strength), ("beta", beta)):
        if not 0 <= number < np.inf:
            raise ValueError(f"{name} is {number}; expected a finite number of at least 0.")
    not_negative("complexities", complexities)
    dtype = complexities.dtype.type
    return np.asarray(dtype(strength) * complexities + dtype(beta))


def adanet_objective(
    weights: Array, h: Array, y: Array, penalties: Array, *, surrogate: Surrogate = EXPONENTIAL
) -> float:
    """AdaNet's objective: the surrogate of the ensemble's mistakes and the price of its weights.

    ``F(w) = 1/m sum_i Phi(1 - y_i sum_k w_k h_k(x_i)) + sum_k Gamma_k abs(w_k)``

    Parameters
    ----------
    weights : float array, shape (K,)
        ``w``, of either sign.
    h : float array, shape (N, K)
        The outputs of ``K`` subnetworks for ``m = N`` examples.
    y : array, shape (N,)
        -1 or 1.
    penalties : float array, shape (K,), at least 0
        ``Gamma``.
    surrogate : Surrogate
        ``EXPONENTIAL`` or ``LOGISTIC``.

    Returns
    -------
    float
        Convex in ``weights``.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, or ``y`` holds other values.

    Notes
    -----
    **Conventions.** The mean over examples, no factor on the penalty. With one exponential, no
    penalty and ``h`` of -1 and 1 it is ``e`` times AdaBoost's.

    Source: Cortes et al. (2017), "AdaNet", section 5.1.

    Examples
    --------
    Two examples, one right and one wrong by ``w = 1``: ``(e^0 + e^2) / 2 + 0.1``.

    >>> h, y = np.array([[1.0], [1.0]]), np.array([1, -1])
    >>> round(adanet_objective(np.array([1.0]), h, y, np.array([0.1])), 4)
    4.2945
    """
    check_members(h, y, penalties)
    same_shape("weights", weights, "penalties", penalties)
    u = 1 - y * (h @ weights)
    with np.errstate(over="ignore"):
        loss = float(np.mean(surrogate.value(u)))
    return loss + float(penalties @ np.abs(weights))


def check_signs(y: Array, N: int) -> None:
    """Raise ValueError unless ``y`` (N,) holds -1 and 1 alone."""
    if np.shape(y) != (N,):
        raise ValueError(f"y has shape {np.shape(y)}; expected ({N},), one an example.")
    if not np.isin(y, (-1, 1)).all():
        values = np.unique(y)[:5].tolist()
        raise ValueError(
            f"y holds {values}; expected -1 and 1. Classes 0 and 1? Pass 2 * labels - 1."
        )


def check_members(h: Array, y: Array, penalties: Array) -> None:
    """Raise unless outputs (N, K), signs (N,) and penalties (K,) fit together."""
    examples("h", h)
    if h.ndim != 2 or np.shape(penalties) != h.shape[1:]:
        raise ValueError(
            f"h has shape {h.shape} and penalties {np.shape(penalties)}; expected (N, K) and (K,)."
        )
    same_dtype("penalties", penalties, "h", h)
    check_signs(y, len(h))
    not_negative("penalties", penalties)


def check_one(f: Array, h: Array, y: Array, penalty: float) -> None:
    """Raise unless the outputs of an ensemble and of one subnetwork (N,) fit the signs."""
    examples("h", h)
    same_shape("f", f, "h", h)
    same_dtype("f", f, "h", h)
    check_signs(y, len(h))
    if not 0 <= penalty < np.inf:
        raise ValueError(f"penalty is {penalty}; expected a finite number of at least 0.")


def not_negative(name: str, values: Array) -> None:
    """Raise ValueError unless every value is finite and at least 0."""
    if not (np.isfinite(values).all() and values.min() >= 0):
        raise ValueError(
            f"{name} go from {values.min()} to {values.max()}; expected finite, at least 0."
        )
