"""How a rule behaves on a parabola: the matrix of one update, its rate, its limits, its best.

On a quadratic every direction lives by itself, with its own curvature. There one update of a rule
with memory is a linear map of (theta, state), a small matrix, and the sizes of its eigenvalues say
whether the rule converges, and how fast.
"""

from typing import Any

import numpy as np

from nnedu._check import known
from nnedu._typing import Array, Rule
from nnedu.optim.optimizer import Optimizer

_FORMS = {
    "sgd": "sgd",
    "momentum": "heavy_ball",
    "heavy_ball": "heavy_ball",
    "nesterov": "nesterov",
    "nesterov_velocity": "nesterov",
}


def iteration_matrix(rule: str | Rule, curvature: Any, *, lr: Any, **hyper: Any) -> Array:
    """The matrix that one update applies to (theta, state) on the parabola of a curvature.

    Nothing is derived: the rule itself is run on the unit vectors, with ``g = curvature theta``,
    and what comes out are the columns.

    Parameters
    ----------
    rule : str or callable
        A name in ``nnedu.optim.RULES``, or a rule; linear in ``theta``, ``g`` and its state, and
        the same at every ``t``.
    curvature, lr : float or float array
        The second derivative of the parabola, and the learning rate.
    **hyper : float or float array
        The rule's hyper-parameters; all arrays broadcast together to one shape.

    Returns
    -------
    float array, shape (..., S + 1, S + 1)
        With the broadcast shape in front; S is the number of the rule's state arrays.

    Raises
    ------
    ValueError
        If the rule is not linear, or changes with ``t``: it has no such matrix.

    Notes
    -----
    **Conventions.** The state is the rule's own: the matrices of ``momentum`` and ``heavy_ball``
    differ, and their eigenvalues do not.

    Source: Polyak (1964), where the roots of this two-by-two map give the rate.

    Examples
    --------
    theta becomes ``theta - lr (curvature theta + momentum b)``, b ``curvature theta + momentum b``.

    >>> iteration_matrix("momentum", 4.0, lr=0.25, momentum=0.5)
    array([[ 0.   , -0.125],
           [ 4.   ,  0.5  ]])
    """
    opt = Optimizer(rule, lr=1.0)
    shape = np.broadcast_shapes(*map(np.shape, (curvature, lr, *hyper.values())))

    def update(start: Array, t: int) -> Array:
        theta, *state = (np.full(shape, number) for number in start)
        after = opt.rule(theta, curvature * theta, *state, t=t, lr=lr, **hyper)
        return np.stack(after, axis=-1)

    units = np.eye(1 + len(opt.state_names))
    matrix = np.stack([update(unit, t=1) for unit in units], axis=-1)
    probe = 1.0 + np.arange(len(units))
    if not np.allclose(update(probe, t=9), matrix @ probe, rtol=1e-9, atol=1e-9):
        raise ValueError(
            f"{opt.name} is not linear in (theta, state), or changes with t; expected a rule such "
            "as sgd, momentum or nesterov: only those multiply by one matrix."
        )
    return matrix


def rate(rule: str | Rule, curvature: Any, *, lr: Any, **hyper: Any) -> Array:
    """The factor by which the distance to the minimum shrinks in the long run, update by update.

    ``max |eigenvalue|`` of :func:`iteration_matrix`: below 1 the rule converges, above 1 it
    diverges.

    Parameters
    ----------
    rule, curvature, lr, **hyper
        As for :func:`iteration_matrix`.

    Returns
    -------
    float array, shape (...)
        Where two eigenvalues coincide, exact to about eight digits only, and the distance shrinks
        like ``t rate**t``.

    Raises
    ------
    ValueError
        As :func:`iteration_matrix`.

    Notes
    -----
    Source: Polyak (1964).

    Examples
    --------
    Complex eigenvalues have the size ``sqrt(momentum)``, whatever the curvature.

    >>> rate("momentum", np.array([0.5, 2.0]), lr=1.0, momentum=0.25).round(6)
    array([0.5, 0.5])
    >>> rate("sgd", 1.0, lr=0.25)
    array(0.75)
    """
    matrix = iteration_matrix(rule, curvature, lr=lr, **hyper)
    return np.asarray(np.abs(np.linalg.eigvals(matrix)).max(axis=-1))


def limit(rule: str, momentum: Any = 0.0) -> Any:
    """The stability limit: a rule converges on a parabola while ``lr curvature`` is below it.

    ``2`` for gradient descent, ``2 (1 + momentum)`` for momentum, and for Nesterov's
    ``2 (1 + momentum) / (1 + 2 momentum)``.

    Parameters
    ----------
    rule : {"sgd", "momentum", "heavy_ball", "nesterov", "nesterov_velocity"}
    momentum : float or float array in [0, 1)

    Returns
    -------
    float or float array

    Raises
    ------
    ValueError
        If the rule is none of these.

    Notes
    -----
    Where the matrix of one update has the eigenvalue -1.

    Examples
    --------
    Momentum 0.5 moves the limit out, Nesterov's look-ahead moves it in.

    >>> limit("sgd"), limit("momentum", 0.5), limit("nesterov", 0.5)
    (2.0, 3.0, 1.5)
    """
    known("rule", rule, list(_FORMS))
    form = _FORMS[rule]
    if form == "sgd":
        return 2.0
    return 2 * (1 + momentum) / (1 + 2 * momentum if form == "nesterov" else 1)


def best(rule: str, ell: float, L: float) -> dict[str, float]:
    """The constant hyper-parameters with the smallest rate on curvatures from ``ell`` to ``L``.

    With ``kappa = L / ell`` the rates are ``(kappa - 1) / (kappa + 1)`` for gradient descent,
    ``(sqrt(kappa) - 1) / (sqrt(kappa) + 1)`` for momentum and ``1 - 2 / sqrt(3 kappa + 1)`` for
    Nesterov's: the last two need a number of updates that grows with ``sqrt(kappa)``.

    Parameters
    ----------
    rule : {"sgd", "momentum", "heavy_ball", "nesterov", "nesterov_velocity"}
    ell, L : float, 0 < ell <= L
        The smallest and the largest curvature.

    Returns
    -------
    dict of str to float
        ``lr``, and ``momentum`` where the rule has it.

    Raises
    ------
    ValueError
        If the rule is none of these, or the curvatures are out of order.

    Notes
    -----
    Source: Polyak (1964) for momentum; Lessard, Recht & Packard (2016), "Analysis and design of
    optimization algorithms via integral quadratic constraints", for all three, and for the fact
    that the best for quadratics need not converge on other convex functions.

    Examples
    --------
    >>> best("sgd", 1.0, 9.0), best("momentum", 1.0, 9.0)
    ({'lr': 0.2}, {'lr': 0.25, 'momentum': 0.25})
    """
    known("rule", rule, list(_FORMS))
    if not 0 < ell <= L:
        raise ValueError(f"the curvatures are {ell} and {L}; expected 0 < ell <= L.")
    form = _FORMS[rule]
    if form == "sgd":
        return {"lr": 2 / (L + ell)}
    if form == "heavy_ball":
        low, high = float(np.sqrt(ell)), float(np.sqrt(L))
        return {"lr": 4 / (high + low) ** 2, "momentum": ((high - low) / (high + low)) ** 2}
    root = float(np.sqrt(3 * L / ell + 1))
    return {"lr": 4 / (3 * L + ell), "momentum": (root - 2) / (root + 2)}
