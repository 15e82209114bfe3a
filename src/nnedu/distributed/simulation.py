"""A group of workers of unequal speed in simulated time: waiting for each other, or not."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nnedu._check import floating, positive, whole
from nnedu._typing import Array, Objective


@dataclass(frozen=True)
class Timeline:
    """What a group of workers did.

    Attributes
    ----------
    theta : array
        The parameters at the end.
    at : float array, shape (updates,)
        The simulated moment of each update.
    delays : int array, shape (updates,)
        Updates by others between the reading and the step.
    reached : float or None
        The simulated moment at which the target was met.
    """

    theta: Array
    at: Array
    delays: Array
    reached: float | None


def simulate(
    objective: Objective,
    theta: Array,
    batches: Iterator[tuple[Array, ...]],
    durations: Iterator[float],
    *,
    workers: int,
    lr: float,
    updates: int,
    wait: bool,
    target: Callable[[Array], bool] | None = None,
    every: int = 1,
) -> Timeline:
    """Workers of unequal speed on one set of parameters, in simulated time.

    ``wait=True``: all gradients are taken at one ``theta``, the slowest is waited for, the mean is
    applied. ``wait=False``: whoever is ready applies its own gradient, and reads again.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``.
    theta : float array, shape (P,)
        The start; not changed.
    batches : iterator of tuples of arrays
        One is taken for each gradient.
    durations : iterator of float, above 0
        How long each gradient takes.
    workers : int, at least 1
    lr : float, above 0
    updates : int, at least 1
        At most so many.
    wait : bool
        Synchronous or asynchronous.
    target : callable, optional
        ``target(theta) -> bool``, asked after every ``every`` updates; ends the run.
    every : int, at least 1

    Returns
    -------
    Timeline

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not a float array, or a number is out of its range.

    Notes
    -----
    **Conventions.** Sending takes no time. The parameters are read and changed whole, as with one
    server; Hogwild's workers read and write single entries.

    Source: Dean et al. (2012), "Large scale distributed deep networks", section 4.1 (Downpour SGD);
    Niu et al. (2011), "Hogwild".

    Examples
    --------
    >>> from itertools import repeat
    >>> def bowl(theta):
    ...     return float(theta @ theta / 2), theta
    >>> run = simulate(bowl, np.ones(1), repeat(()), repeat(1.0), workers=2, lr=0.5, updates=4,
    ...                wait=False)
    >>> run.at, run.delays, run.theta
    (array([1., 1., 2., 2.]), array([0, 1, 1, 1]), array([-0.25]))
    """
    floating("theta", theta)
    positive(lr=lr)
    whole("workers", workers, least=1)
    whole("updates", updates, least=1)
    whole("every", every, least=1)
    steps = _together if wait else _apart
    at, delays, reached = [], [], None
    for here, now, delay in steps(objective, theta, batches, durations, workers, lr):
        theta = here
        at.append(now)
        delays.append(delay)
        if target is not None and len(at) % every == 0 and target(theta):
            reached = now
            break
        if len(at) == updates:
            break
    return Timeline(theta, np.array(at), np.array(delays), reached)


Step = tuple[Array, float, int]


def _together(
    objective: Objective,
    theta: Array,
    batches: Iterator[tuple[Array, ...]],
    durations: Iterator[float],
    workers: int,
    lr: float,
) -> Iterator[Step]:
    now = 0.0
    while True:
        now += max(next(durations) for _ in range(workers))
        g = sum(objective(theta, *next(batches))[1] for _ in range(workers)) / workers
        theta = theta - lr * g
        yield theta, now, 0


def _apart(
    objective: Objective,
    theta: Array,
    batches: Iterator[tuple[Array, ...]],
    durations: Iterator[float],
    workers: int,
    lr: float,
) -> Iterator[Step]:
    # (moment it is ready, worker, what it read, how many updates had been made then)
    busy = [(next(durations), worker, theta, 0) for worker in range(workers)]
    heapq.heapify(busy)  # no two entries tie before the worker's number
    made = 0
    while True:
        now, worker, read, then = heapq.heappop(busy)
        theta = theta - lr * objective(read, *next(batches))[1]
        yield theta, now, made - then
        made += 1
        heapq.heappush(busy, (now + next(durations), worker, theta, made))
