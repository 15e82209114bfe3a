"""K-fold selection: settings compared on the same folds, each fold with the same seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array
from nnedu.data import k_fold
from nnedu.search.spaces import Setting
from nnedu.search.trials import Trial, all_diverged, measure, new_seed

FoldRun = Callable[[Setting, Array, Array, int], float]
"""``run(setting, train, held_out, seed) -> loss`` on the held-out examples."""


@dataclass(frozen=True)
class Folds:
    """What a k-fold selection left behind.

    Attributes
    ----------
    settings : tuple of dict
    trials : tuple of tuple of Trial
        ``trials[i][j]``: setting ``i``, fold ``j``.
    losses : float array, shape (settings, folds)
        Infinite where a run diverged.
    """

    settings: tuple[Setting, ...]
    trials: tuple[tuple[Trial, ...], ...]
    losses: Array

    @property
    def means(self) -> Array:
        """The mean loss of each setting, shape (settings,); infinite if any fold diverged."""
        return np.asarray(self.losses.mean(axis=1))

    @property
    def best(self) -> int:
        """The number of the setting of the smallest mean; ValueError where all diverged."""
        if not np.isfinite(self.means).any():
            raise ValueError(
                all_diverged(trial for row in self.trials for trial in row if trial.reason)
            )
        return int(np.argmin(self.means))

    def differences(self, first: int, second: int) -> Array:
        """Loss of one setting less that of another, fold by fold.

        What the folds do to both cancels, which is why they are compared in pairs. The folds
        share training data: the spread of the differences is too small for a standard error.

        Parameters
        ----------
        first, second : int
            Numbers of settings.

        Returns
        -------
        float array, shape (folds,)
            NaN where both diverged.
        """
        a, b = self.losses[first], self.losses[second]
        with np.errstate(invalid="ignore"):
            return np.asarray(a - b)


def select_by_folds(
    run: FoldRun,
    settings: Sequence[Setting],
    *,
    N: int,
    folds: int,
    rng: np.random.Generator,
    labels: Array | None = None,
) -> Folds:
    """K-fold selection: each setting is judged on every fold, all of them on the same ones.

    Parameters
    ----------
    run : callable
        ``run(setting, train, held_out, seed) -> loss``: train on the examples ``train``, return
        the loss on ``held_out``; both int arrays of indices. What is learned from data, scaling
        included, is learned from ``train`` alone.
    settings : sequence of dict
        At least one; such as :func:`~nnedu.search.grid` or :func:`~nnedu.search.draw` give.
    N : int
        The number of examples.
    folds : int, from 2 to N
        ``k``.
    rng : numpy.random.Generator
        Orders the examples, then draws one seed a fold.
    labels : int array, shape (N,), optional
        Every fold gets its share of each class.

    Returns
    -------
    Folds
        A run that diverges has an infinite loss and its reason.

    Raises
    ------
    ValueError
        If there are no settings, ``folds`` is not in 2 .. N, or the labels are not one a example.

    Notes
    -----
    **Conventions.** Paired: in fold ``j`` every setting has the same examples and the same seed.
    The mean of the chosen setting is the smallest of several, hence optimistic.

    Source: Stone (1974), "Cross-validatory choice and assessment of statistical predictions".

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 4.0])
    >>> def shrunk(setting, train, held_out, seed):
    ...     return float(np.mean((y[held_out] - setting["by"] * y[train].mean()) ** 2))
    >>> found = select_by_folds(
    ...     shrunk, [{"by": 0.0}, {"by": 1.0}], N=4, folds=4, rng=np.random.default_rng(0))
    >>> found.means.round(3), found.settings[found.best]
    (array([7.5  , 2.222]), {'by': 1.0})
    """
    if not settings:
        raise ValueError("settings is empty; expected at least one, such as grid(space, 3).")
    whole("N", N, least=2)
    parts = list(k_fold(N, folds=folds, rng=rng, labels=labels))
    seeds = [new_seed(rng) for _ in parts]
    rows = []
    for number, setting in enumerate(settings):
        row = []
        for (train, held_out), seed in zip(parts, seeds, strict=True):
            # Copies: a run that shuffles its indices in place would unpair the next setting.
            loss, reason = measure(partial(run, dict(setting), train.copy(), held_out.copy(), seed))
            row.append(Trial(number, dict(setting), seed, loss, reason))
        rows.append(tuple(row))
    losses = np.array([[trial.loss for trial in row] for row in rows])
    return Folds(tuple(dict(setting) for setting in settings), tuple(rows), losses)
