"""Trials: one run of one setting, and what a search of many leaves behind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.search.spaces import Setting

SEEDS = 2**32


@dataclass(frozen=True)
class Trial:
    """One run.

    Attributes
    ----------
    number : int
        Of the setting, in the order drawn or listed.
    setting : dict
        ``{name: value}``.
    seed : int
        What the run was given for its randomness: with it, the run can be repeated.
    loss : float
        Infinite where the run diverged.
    reason : str
        Why it diverged; empty where it did not.
    budget : float or None
        What the run was allowed, where the search hands out budgets.
    """

    number: int
    setting: Setting
    seed: int
    loss: float
    reason: str = ""
    budget: float | None = None


@dataclass(frozen=True)
class Search:
    """Every trial of a search, and the one it chose.

    Attributes
    ----------
    trials : tuple of Trial
        In the order they were run, those that diverged too.
    chosen : Trial or None
        None where every trial diverged.
    """

    trials: tuple[Trial, ...]
    chosen: Trial | None

    @property
    def best(self) -> Trial:
        """The chosen trial; ValueError, with the reasons, where every trial diverged."""
        if self.chosen is None:
            raise ValueError(all_diverged(self.trials))
        return self.chosen

    @property
    def losses(self) -> Array:
        """The loss of each trial, shape (number of trials,); infinite where it diverged."""
        return np.array([trial.loss for trial in self.trials])

    @property
    def diverged(self) -> tuple[Trial, ...]:
        """The trials that diverged; each has its reason."""
        return tuple(trial for trial in self.trials if trial.reason)

    @property
    def so_far(self) -> Array:
        """The smallest loss of the first 1, 2, ... trials, shape (number of trials,)."""
        return np.asarray(np.minimum.accumulate(self.losses))


def measure(run: Callable[[], Any]) -> tuple[float, str]:
    """Run, and say what came of it: a loss, or an infinite one and the reason.

    Parameters
    ----------
    run : callable
        ``run() -> loss``, a number; the smaller the better.

    Returns
    -------
    loss : float
        Infinite if the run raised FloatingPointError or OverflowError, as
        :func:`nnedu.train.train` does when it explodes, or if its loss is not finite.
    reason : str
        Empty if the loss is finite.

    Raises
    ------
    TypeError
        If the run returns what is no number. Every other exception passes through: it is a
        mistake in the run, not the fault of its setting.

    Notes
    -----
    **Conventions.** A loss of minus infinity counts as diverged, like NaN.

    Examples
    --------
    >>> measure(lambda: 0.5), measure(lambda: float("nan"))
    ((0.5, ''), (inf, 'the loss is nan'))
    """
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            loss = run()
    except (FloatingPointError, OverflowError) as error:
        return np.inf, f"{type(error).__name__}: {error}"
    if isinstance(loss, bool | str) or np.ndim(loss) != 0:
        raise TypeError(f"the run returned {loss!r}; expected one number, its loss.")
    try:
        value = float(loss)
    except TypeError as error:
        raise TypeError(
            f"the run returned {loss!r}; expected one number, its loss. A return forgotten?"
        ) from error
    return (value, "") if np.isfinite(value) else (np.inf, f"the loss is {value}")


def new_seed(rng: np.random.Generator) -> int:
    """A seed for one run, from 0 to 2^32 - 1."""
    return int(rng.integers(SEEDS))


def smallest(trials: Iterable[Trial]) -> Trial | None:
    """The trial of the smallest finite loss, the first of equals; None if there is none."""
    finite = [trial for trial in trials if np.isfinite(trial.loss)]
    return min(finite, key=lambda trial: trial.loss) if finite else None


def all_diverged(trials: Iterable[Trial]) -> str:
    """The message where no trial is left to choose."""
    reasons = {trial.reason: trial for trial in trials}
    said = "; ".join(f"{trial.setting}: {reason}" for reason, trial in list(reasons.items())[:3])
    return (
        f"every trial diverged ({said}); expected at least one finite loss. "
        "Is the space far off, such as learning rates all too large?"
    )
