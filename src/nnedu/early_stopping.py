"""Early stopping: keep the best parameters, and stop when there has been no better for a while."""

from collections.abc import Callable, Mapping

import numpy as np

from nnedu._check import known, not_negative, whole
from nnedu._typing import Array


class EarlyStopping:
    """Watches a metric during training; remembers the best parameters.

    Give both of its methods to the training loop, and take ``theta`` from it afterwards::

        stopping = EarlyStopping(evaluate, watch="loss", patience=5)
        train(..., evaluate=stopping.evaluate, target=stopping.is_over)
        theta = stopping.theta

    Parameters
    ----------
    evaluate : callable
        ``evaluate(theta) -> {name: number}``, on data that is not trained on.
    watch : str
        The metric that should fall.
    patience : int, at least 1
        Looks in a row without improvement after which training stops.
    min_delta : float, at least 0
        By how much the metric must fall below the best so far to count as better.

    Attributes
    ----------
    theta : array or None
        The parameters at the best look; None before the first.
    best : float
        The metric there.
    look : int
        Its number, from 0: with ``every=n`` in the loop, ``n look`` updates had been made.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    **Conventions.** Stops as ``keras.callbacks.EarlyStopping(restore_best_weights=True)``, which
    needs ``min_delta`` to be exceeded as well. The run itself goes on to the last look: what it
    returns as ``theta`` are the last parameters, and the best are here.

    Source: Prechelt (1998), "Early stopping - but when?", section 2.

    Examples
    --------
    >>> losses = iter([3.0, 2.0, 1.0, 1.5, 1.2, 0.1])
    >>> stopping = EarlyStopping(lambda theta: {"loss": next(losses)}, watch="loss", patience=2)
    >>> for k in range(6):
    ...     if stopping.is_over(stopping.evaluate(np.array([float(k)]))):
    ...         break
    >>> k, stopping.theta, stopping.best
    (4, array([2.]), 1.0)
    """

    def __init__(
        self,
        evaluate: Callable[[Array], Mapping[str, float]],
        *,
        watch: str,
        patience: int,
        min_delta: float = 0.0,
    ) -> None:
        whole("patience", patience, least=1)
        not_negative(min_delta=min_delta)
        self._evaluate = evaluate
        self.watch, self.patience, self.min_delta = watch, patience, min_delta
        self.theta: Array | None = None
        self.best, self.look = np.inf, -1
        self._seen = 0

    def evaluate(self, theta: Array) -> Mapping[str, float]:
        """Evaluate, and keep a copy of the parameters if they are the best so far.

        Parameters
        ----------
        theta : float array, shape (P,)

        Returns
        -------
        dict of str to float
            What the evaluation returned.

        Raises
        ------
        ValueError
            If the watched metric is not among them, or is not a number.
        """
        metrics = self._evaluate(theta)
        known("metric", self.watch, list(metrics))
        value = float(metrics[self.watch])
        if np.isnan(value):
            raise ValueError(f"{self.watch} is nan at look {self._seen}; expected a number.")
        if self.theta is None or value < self.best - self.min_delta:
            self.theta, self.best, self.look = theta.copy(), value, self._seen
        self._seen += 1
        return metrics

    def is_over(self, metrics: Mapping[str, float]) -> bool:
        """Whether ``patience`` looks in a row have brought no improvement."""
        return self._seen - 1 - self.look >= self.patience
