"""The one schedule that looks at the loss."""

import math
from typing import Any

from nnedu._check import not_negative, positive


class ReduceOnPlateau:
    """Lower the learning rate each time a metric has stopped falling.

    Unlike every other schedule this one is no function of ``t``: it remembers. Hand it to an
    optimizer as ``lr`` and tell it the metric with :meth:`look`, usually in ``evaluate`` of the
    training loop; it returns the value of now, whatever update is asked for.

    Parameters
    ----------
    base : float, above 0
        The first value.
    factor : float in (0, 1)
        What it is multiplied by.
    patience : int, at least 1
        Looks in a row without improvement after which it is.
    min_delta : float, at least 0
        By how much the metric must fall below the best so far to count as better.
    cooldown : int, at least 0
        Looks after a reduction during which none is counted as bad.
    lowest : float, at least 0
        Where reductions end.

    Attributes
    ----------
    value : float
        The learning rate of now.
    best : float
        The lowest metric so far.
    bad : int
        Looks in a row without improvement.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    **Conventions.** Reduces after ``patience`` bad looks, as ``keras.callbacks.ReduceLROnPlateau``;
    ``torch.optim.lr_scheduler.ReduceLROnPlateau`` waits for one more (give it
    ``patience - 1``) and compares by a share of the best unless ``threshold_mode="abs"``.

    Examples
    --------
    >>> lr = ReduceOnPlateau(0.1, factor=0.5, patience=2)
    >>> [lr.look(loss) for loss in (3.0, 2.0, 2.0, 2.0, 1.0)]
    [0.1, 0.1, 0.1, 0.05, 0.05]
    >>> lr(1_000_000)  # as an optimizer calls it
    0.05
    """

    def __init__(
        self,
        base: float,
        *,
        factor: float = 0.1,
        patience: int = 10,
        min_delta: float = 1e-4,
        cooldown: int = 0,
        lowest: float = 0.0,
    ) -> None:
        positive(base=base, patience=patience)
        not_negative(min_delta=min_delta, cooldown=cooldown, lowest=lowest)
        if not 0 < factor < 1:
            raise ValueError(f"factor is {factor}; expected a number between 0 and 1.")
        self.value = float(base)
        self.factor, self.patience, self.min_delta = factor, patience, min_delta
        self.cooldown, self.lowest = cooldown, lowest
        self.best, self.bad, self._resting = math.inf, 0, 0

    def __call__(self, t: Any) -> float:
        """The learning rate of now; ``t`` is not looked at."""
        return self.value

    def look(self, metric: float) -> float:
        """Take note of a metric, and reduce the learning rate if it is time.

        Parameters
        ----------
        metric : float
            What should fall, such as the loss on held-out data.

        Returns
        -------
        float
            The learning rate from now on.

        Raises
        ------
        ValueError
            If the metric is not a number (NaN).
        """
        if math.isnan(metric):
            raise ValueError("metric is nan; expected a number. Has the training diverged?")
        if self._resting:
            self._resting -= 1
            self.bad = 0
        if metric < self.best - self.min_delta:
            self.best, self.bad = float(metric), 0
        elif not self._resting:
            self.bad += 1
            if self.bad >= self.patience:
                self.value = max(self.value * self.factor, self.lowest)
                self.bad, self._resting = 0, self.cooldown
        return self.value
