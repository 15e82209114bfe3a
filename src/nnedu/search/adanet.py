"""AdaNet: an ensemble of subnetworks that deepens only where that lowers its objective."""

from collections.abc import Callable

import numpy as np

from nnedu._check import examples, whole
from nnedu._typing import Array
from nnedu.search.members import Ensemble, Proposal, Round, Subnetwork
from nnedu.search.objective import adanet_objective, adanet_penalties, check_signs
from nnedu.search.surrogates import EXPONENTIAL, Surrogate
from nnedu.search.weights import coordinate_step, excess_edge, sweep

SWEEPS = 100

Grow = Callable[[Array, int], Subnetwork]
"""The weak learner: ``grow(f, depth) -> Subnetwork``, for an ensemble with outputs ``f`` (N,)."""


def adanet(
    x: Array,
    y: Array,
    grow: Grow,
    *,
    rounds: int,
    strength: float,
    beta: float,
    surrogate: Surrogate = EXPONENTIAL,
    corrective: bool = False,
) -> Ensemble:
    """AdaNet: each round, a subnetwork as deep as the deepest or one deeper, if it pays.

    Each round asks ``grow`` for two candidates, one of the ensemble's depth and one a layer
    deeper, gives each the weight that minimises the objective, and takes the better; it stops
    where neither lowers the objective.

    Parameters
    ----------
    x : float array, shape (N, I)
    y : array, shape (N,)
        -1 or 1.
    grow : callable
        ``grow(f, depth) -> Subnetwork``, such as a :class:`~nnedu.search.WeakLearner`, for
        an ensemble whose outputs are ``f`` so far.
    rounds : int, at least 1
        ``T``, at most.
    strength, beta : float, at least 0
        ``lambda`` and ``beta`` of the penalty ``lambda r + beta``.
    surrogate : Surrogate
        ``EXPONENTIAL`` or ``LOGISTIC``.
    corrective : bool
        Whether all weights are improved after each round, by up to 100 sweeps of coordinate steps.

    Returns
    -------
    Ensemble
        Its rounds' objectives fall; a candidate that diverges is in the record, with its reason.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, ``y`` holds other values, a number is out of range, or a subnetwork
        is of another depth than was asked for; or if a subnetwork is right on every example and
        nothing has a price, so that its best weight is infinite.

    Notes
    -----
    **Conventions.** As in the paper a newcomer's weight is chosen with the others unchanged;
    ``corrective`` goes on towards the minimum over all, :func:`~nnedu.search.fit_weights`. Of equal
    candidates the shallower is taken. Here a subnetwork is one real function; the paper also lets
    the weights go to each unit of its last layer, and a new layer look at the layers of earlier
    subnetworks.

    Source: Cortes, Gonzalvo, Kuznetsov, Mohri & Yang (2017), "AdaNet: adaptive structural learning
    of artificial neural networks", section 5 and the pseudocode in it.

    Examples
    --------
    A linear candidate cannot solve XOR, one of depth 2 can:

    >>> x = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    >>> y = np.array([1, -1, -1, 1])
    >>> functions = {1: lambda x: x[:, 0], 2: lambda x: x[:, 0] * x[:, 1]}
    >>> def grow(f, depth):
    ...     return Subnetwork(depth, float(depth), functions[depth])
    >>> found = adanet(x, y, grow, rounds=1, strength=0.1, beta=0.1)
    >>> found.depth, np.sign(found.predict(x))
    (2, array([ 1., -1., -1.,  1.]))
    """
    examples("x", x)
    check_signs(y, len(x))
    whole("rounds", rounds, least=1)
    dtype = x.dtype
    members: list[Subnetwork] = []
    h = np.empty((len(x), 0), dtype)
    weights = np.empty(0, dtype)
    penalties = np.empty(0, dtype)
    depth = 1
    objective = float(np.mean(surrogate.value(np.ones(len(x), dtype))))
    history: list[Round] = []
    for _ in range(rounds):
        f = h @ weights
        spent = float(penalties @ np.abs(weights))
        candidates, proposals, columns = [], [], []
        for wanted in (depth, depth + 1):
            candidate, proposal, column = _weigh(
                x, y, grow, f, spent, wanted, strength, beta, surrogate
            )
            candidates.append(candidate)
            proposals.append(proposal)
            columns.append(column)
        taken = int(np.argmin([proposal.objective for proposal in proposals]))
        best, chosen = proposals[taken], candidates[taken]
        if chosen is None or best.weight == 0 or not best.objective < objective:
            history.append(Round(tuple(proposals), None, objective))
            break
        members.append(chosen)
        h = np.column_stack([h, columns[taken]])
        weights = np.append(weights, dtype.type(best.weight))
        prices = np.array([member.complexity for member in members], dtype)
        penalties = adanet_penalties(prices, strength=strength, beta=beta)
        if corrective:
            weights, _ = sweep(weights, h, y, penalties, surrogate, tolerance=1e-6, sweeps=SWEEPS)
            weights = weights.astype(dtype)
        objective = adanet_objective(weights, h, y, penalties, surrogate=surrogate)
        depth = max(depth, chosen.depth)
        history.append(Round(tuple(proposals), taken, objective))
    return Ensemble(tuple(members), weights, tuple(history))


def _weigh(
    x: Array,
    y: Array,
    grow: Grow,
    f: Array,
    spent: float,
    depth: int,
    strength: float,
    beta: float,
    surrogate: Surrogate,
) -> tuple[Subnetwork | None, Proposal, Array]:
    """A candidate of one depth, what it is worth, and its outputs."""
    nothing = np.zeros(len(x), x.dtype)
    try:
        candidate = grow(f.copy(), depth)
        with np.errstate(over="ignore", invalid="ignore"):
            column = np.asarray(candidate.predict(x), x.dtype)
        if not np.isfinite(column).all():
            raise FloatingPointError("its outputs are not finite")
    except (FloatingPointError, OverflowError) as error:
        reason = f"{type(error).__name__}: {error}"
        return None, Proposal(depth, np.nan, np.nan, 0.0, np.inf, reason), nothing
    if candidate.depth != depth or column.shape != (len(x),):
        raise ValueError(
            f"grow returned depth {candidate.depth} with outputs {column.shape}; expected depth "
            f"{depth} with ({len(x)},). Take the column: y[:, 0]?"
        )
    price = np.array([candidate.complexity], x.dtype)
    penalty = float(adanet_penalties(price, strength=strength, beta=beta)[0])
    excess = excess_edge(f, column, y, penalty, surrogate=surrogate)
    weight = coordinate_step(f, column, y, penalty, surrogate=surrogate)
    value = float(np.mean(surrogate.value(1 - y * (f + column.dtype.type(weight) * column))))
    objective = value + spent + penalty * abs(weight)
    return candidate, Proposal(depth, candidate.complexity, excess, weight, objective), column
