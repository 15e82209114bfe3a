"""Lottery tickets: train, prune, go back to the early weights, train again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array, Objective
from nnedu.compression.masked import Masked
from nnedu.pruning import cut, magnitude
from nnedu.train import Steps, train

Batches = Callable[[], Iterator[tuple[Array, ...]]]
"""Starts the stream of batches anew; the same order every time, for a fair comparison."""


@dataclass(frozen=True)
class Ticket:
    """One round: a mask, where training started under it, and where it ended.

    Attributes
    ----------
    mask : boolean array, shape (P,)
    start : array, shape (P,)
        The early weights, 0 where pruned.
    theta : array, shape (P,)
        The weights after training.
    sparsity : float
        The share of the prunable weights that is gone.
    """

    mask: Array
    start: Array
    theta: Array
    sparsity: float


def lottery_tickets(
    objective: Objective,
    theta: Array,
    optimizer: Steps,
    batches: Batches,
    *,
    steps: int,
    rounds: int,
    share: float = 0.2,
    rewind: int = 0,
    prunable: Array | None = None,
) -> list[Ticket]:
    """Iterative magnitude pruning with rewinding.

    Train to the end; cut the ``share`` of the weights left that are smallest; put those that stay
    back to their values after ``rewind`` updates; again.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``.
    theta : float array, shape (P,)
        The first weights; not changed.
    optimizer : Optimizer, or another with the same ``init`` and ``step``
        Starts afresh, its schedules at 0, from the rewinding point in every round.
    batches : callable
        ``batches() -> iterator`` of batches.
    steps : int, above ``rewind``
        Updates of a whole training run.
    rounds : int, at least 0
        Prunings; one more training run than that.
    share : float in [0, 1)
        Of the weights left, what each round cuts.
    rewind : int, at least 0
        0: back to the first weights, as the first paper; later, as the second, for large networks.
    prunable : boolean array, shape (P,), optional
        What may be cut; everything by default. See ``compression.prunable``.

    Returns
    -------
    list of Ticket
        The dense network first, then one a round.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    **Conventions.** Global pruning, ``sparsity = 1 - (1 - share)**round``. A control is the same
    mask with other first weights.

    Source: Frankle & Carbin (2019), "The lottery ticket hypothesis: finding sparse, trainable
    neural networks", section 1, for ``rewind=0``; Frankle et al. (2020), "Linear mode connectivity
    and the lottery ticket hypothesis", section 4, for later rewinding.

    Examples
    --------
    >>> from itertools import repeat
    >>> from nnedu.optim import Optimizer
    >>> bowl = lambda w: (float(np.sum((w - [1.0, 0.1]) ** 2)), 2 * (w - [1.0, 0.1]))
    >>> dense, ticket = lottery_tickets(
    ...     bowl, np.array([0.5, 0.5]), Optimizer("sgd", lr=0.5), lambda: repeat(()),
    ...     steps=3, rounds=1, share=0.5)
    >>> ticket.start, ticket.theta
    (array([0.5, 0. ]), array([1., 0.]))
    """
    whole("rounds", rounds, least=0)
    whole("rewind", rewind, least=0)
    whole("steps", steps, least=rewind + 1)
    if not 0 <= share < 1:
        raise ValueError(f"share is {share}; expected a share in [0, 1), such as 0.2.")
    may = np.ones(theta.shape, bool) if prunable is None else prunable
    mask = np.ones(theta.shape, bool)
    early = theta
    tickets: list[Ticket] = []
    if rewind:
        early = train(objective, theta, Masked(optimizer, mask), batches(), steps=rewind).theta
    for number in range(rounds + 1):
        if number:
            kept = cut(
                magnitude(tickets[-1].theta[may]),
                sparsity=1 - (1 - share) ** number,
                mask=mask[may],
            )
            mask = mask.copy()
            mask[may] = kept
        start = np.where(mask, early, np.zeros((), early.dtype))
        stream = islice(batches(), rewind, None)
        run = train(objective, start, Masked(optimizer, mask), stream, steps=steps - rewind)
        tickets.append(Ticket(mask, start, run.theta, 1 - float(mask[may].mean())))
    return tickets
