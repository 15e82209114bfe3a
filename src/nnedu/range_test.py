"""The learning-rate range test: one short run, the learning rate rising all the while."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._typing import Array, Objective
from nnedu.optim import Optimizer


@dataclass(frozen=True)
class RangeTest:
    """What a range test saw.

    Attributes
    ----------
    lrs : float array, shape (T,)
        The learning rate of each update, rising geometrically.
    losses : float array, shape (T,)
        The loss on each batch, before its update.
    smoothed : float array, shape (T,)
        The exponential average of the losses, corrected for its start.
    diverged : bool
        Whether the test ended because the loss exploded.
    """

    lrs: Array
    losses: Array
    smoothed: Array
    diverged: bool

    @property
    def steepest(self) -> float:
        """The learning rate at which the smoothed loss falls fastest per factor of lr.

        Raises
        ------
        ValueError
            If the smoothed loss never falls.
        """
        lowest = int(self.smoothed.argmin())
        if lowest < 2:
            raise ValueError(
                f"the loss did not fall: its lowest smoothed value is at update {lowest}. Start "
                "the test at a smaller learning rate, or check that the network can learn at all."
            )
        slope = np.gradient(self.smoothed[: lowest + 1], np.log(self.lrs[: lowest + 1]))
        return float(self.lrs[int(slope.argmin())])

    @property
    def lowest(self) -> float:
        """The learning rate at the lowest smoothed loss: already too large to train with."""
        return float(self.lrs[int(self.smoothed.argmin())])


@np.errstate(over="ignore", invalid="ignore")  # what explodes ends the test
def lr_range_test(
    objective: Objective,
    theta: Array,
    batches: Iterator[tuple[Array, ...]],
    *,
    rule: str = "sgd",
    low: float = 1e-5,
    high: float = 10.0,
    steps: int = 200,
    smoothing: float = 0.9,
    explodes: float = 4.0,
    **hyper: Any,
) -> RangeTest:
    """Learning-rate range test: train briefly while the learning rate rises from low to high.

    ``lr = low (high / low)**(k / (steps - 1))`` at update ``k`` from 0

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``.
    theta : float array, shape (P,)
        Where to start; not changed.
    batches : iterator of tuples of arrays
        Such as :func:`nnedu.train.minibatches`.
    rule : str
        The optimizer's name in ``nnedu.optim.RULES``.
    low, high : float, above 0
        The first and the last learning rate.
    steps : int, at least 2
        Updates to make.
    smoothing : float in [0, 1)
        What remains of the average of the losses after one update.
    explodes : float, above 1
        The test ends when the smoothed loss is this many times the lowest so far, or not finite.
    **hyper : float
        Other hyper-parameters of the rule.

    Returns
    -------
    RangeTest

    Raises
    ------
    ValueError
        If a number is out of its range, ``batches`` runs dry, or the first loss is not finite.

    Notes
    -----
    Source: Smith (2017), "Cyclical learning rates for training neural networks", section 3.3,
    where accuracy is plotted against a learning rate that rises on a straight line.

    Examples
    --------
    On the bowl of largest curvature 20 the loss falls until lr passes ``2/20``, and then explodes.

    >>> from itertools import repeat
    >>> from nnedu.data import bowl
    >>> test = lr_range_test(bowl(20), np.array([1.0, 1.0]), repeat(()), low=1e-3, high=1.0)
    >>> test.diverged, bool(test.steepest < 0.1 < test.lrs[-1])
    (True, True)
    """
    if not 0 < low < high < np.inf:
        raise ValueError(f"low is {low} and high {high}; expected 0 < low < high.")
    if steps < 2:
        raise ValueError(f"steps is {steps}; expected at least 2.")
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing is {smoothing}; expected a number in [0, 1).")
    if not explodes > 1:
        raise ValueError(f"explodes is {explodes}; expected a number above 1.")
    lrs = np.geomspace(low, high, steps)
    optimizer = Optimizer(rule, lr=lambda k: float(lrs[k]), **hyper)
    state, theta = optimizer.init(theta), theta.copy()
    losses: list[float] = []
    smoothed: list[float] = []
    average = 0.0
    diverged = False
    for k in range(steps):
        batch = next(batches, None)
        if batch is None:
            raise ValueError(f"batches ran dry after {k} updates; expected {steps}.")
        loss, g = objective(theta, *batch)
        average = smoothing * average + (1 - smoothing) * loss
        corrected = average / (1 - smoothing ** (k + 1))
        if not (np.isfinite(corrected) and np.isfinite(g).all()):
            diverged = True
            break
        losses.append(float(loss))
        smoothed.append(float(corrected))
        if corrected > explodes * min(smoothed):
            diverged = True
            break
        theta, state = optimizer.step(theta, g, state, inplace=True)
    if not losses:
        raise ValueError("the loss or gradient is not finite before the first update.")
    T = len(losses)
    return RangeTest(lrs[:T], np.array(losses), np.array(smoothed), diverged)
