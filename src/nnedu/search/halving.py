"""Successive halving: many settings for a short while, the better ones for longer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil, log2

import numpy as np

from nnedu._check import whole
from nnedu.search.spaces import Setting, Space, draw
from nnedu.search.trials import Search, Trial, measure, new_seed, smallest

BudgetedRun = Callable[[Setting, int, float], float]
"""``run(setting, seed, budget) -> loss`` after ``budget`` units (epochs, updates, examples)."""


@dataclass(frozen=True)
class Rung:
    """One round of successive halving.

    Attributes
    ----------
    settings : int
        How many settings are still there (``n_i``).
    budget : float
        How far each has been run by the end of the round, counted from its start (``r_i``).
    """

    settings: int
    budget: float


def halving_rungs(settings: int, *, budget: int) -> list[Rung]:
    """The rounds of successive halving for a total budget: half of the settings go each time.

    ``R_k = R_{k-1} + floor(B / (|S_k| ceil(log2 n)))``, ``|S_{k+1}| = floor(|S_k| / 2)``

    Parameters
    ----------
    settings : int, at least 2
        ``n``.
    budget : int
        ``B``, what all rounds together may spend; enough for one unit a setting in the first.

    Returns
    -------
    list of Rung
        ``ceil(log2 n)`` rounds, fewer where rounding down leaves one setting earlier; their
        budgets are whole and count from the start of a run.

    Raises
    ------
    ValueError
        If a number is out of range, or the first round would get nothing.

    Notes
    -----
    **Conventions.** Every round gets the same share of ``B``. A run is continued, not restarted:
    ``cost(rungs, resumed=True) <= B``.

    Source: Jamieson & Talwalkar (2016), "Non-stochastic best arm identification and hyperparameter
    optimization", the successive halving algorithm.

    Examples
    --------
    Three rounds of 32 units each:

    >>> [(rung.settings, rung.budget) for rung in halving_rungs(8, budget=96)]
    [(8, 4), (4, 12), (2, 28)]
    """
    whole("settings", settings, least=2)
    rounds = ceil(log2(settings))
    whole("budget", budget, least=1)
    if budget < settings * rounds:
        raise ValueError(
            f"budget is {budget}; expected at least {settings * rounds}: {rounds} rounds, and one "
            f"unit for each of {settings} settings in the first. Fewer settings, or more budget."
        )
    rungs: list[Rung] = []
    left, reached = settings, 0
    while left > 1 and len(rungs) < rounds:
        reached += budget // (left * rounds)
        rungs.append(Rung(left, reached))
        left //= 2
    return rungs


def cost(rungs: Sequence[Rung], *, resumed: bool) -> float:
    """What some rounds spend.

    ``sum_i n_i r_i``, or, where runs are continued, ``sum_i n_i (r_i - r_{i-1})``

    Parameters
    ----------
    rungs : sequence of Rung
        Of one bracket, in their order.
    resumed : bool
        Whether a run goes on from where the last round left it, or starts again.

    Returns
    -------
    float
        In units of budget.

    Notes
    -----
    **Conventions.** Li et al. count as if every round started again; Jamieson & Talwalkar as if it
    went on.

    Source: Jamieson & Talwalkar (2016), "Non-stochastic best arm identification and hyperparameter
    optimization"; Li et al. (2018), "Hyperband".

    Examples
    --------
    >>> rungs = [Rung(4, 1), Rung(2, 3)]
    >>> cost(rungs, resumed=False), cost(rungs, resumed=True)
    (10, 8)
    """
    before = [0, *(rung.budget for rung in rungs[:-1])] if resumed else [0] * len(rungs)
    return sum(
        rung.settings * (rung.budget - start) for rung, start in zip(rungs, before, strict=True)
    )


def successive_halving(
    run: BudgetedRun, space: Space, *, rungs: Sequence[Rung], rng: np.random.Generator
) -> Search:
    """Successive halving: run all settings briefly, keep the better ones, run those for longer.

    Parameters
    ----------
    run : callable
        ``run(setting, seed, budget) -> loss``: the loss of a run that started with ``seed`` and
        has used ``budget`` units in all. It may continue what it kept of an earlier call with the
        same setting and seed, or start again.
    space : dict of str to Uniform, LogUniform, Integer or Choice
    rungs : sequence of Rung
        Such as :func:`~nnedu.search.halving_rungs`, or one bracket of
        :func:`~nnedu.search.brackets`.
    rng : numpy.random.Generator
        Draws the settings of the first round, then one seed a setting.

    Returns
    -------
    Search
        Trials round after round; each keeps its number and seed throughout. The chosen one has
        the smallest loss of the last round in which any loss was finite. A trial that diverges has
        an infinite loss and its reason; it goes before any other, and is run again only where too
        few others are left.

    Raises
    ------
    TypeError, ValueError
        If the space is empty or holds what is no dimension, or the rounds do not shrink in number
        and grow in budget.

    Notes
    -----
    **Conventions.** Of equal losses the setting drawn earlier stays. A setting that learns slowly
    at first is lost: that is the price, and what the brackets of Hyperband hedge against.

    Source: Jamieson & Talwalkar (2016), "Non-stochastic best arm identification and hyperparameter
    optimization".

    Examples
    --------
    >>> from nnedu.search import Uniform
    >>> found = successive_halving(
    ...     lambda setting, seed, budget: setting["a"] + 1 / budget,
    ...     {"a": Uniform(0, 1)}, rungs=[Rung(4, 1), Rung(2, 2), Rung(1, 4)],
    ...     rng=np.random.default_rng(0))
    >>> [trial.number for trial in found.trials], found.best.budget
    ([0, 1, 2, 3, 3, 2, 3], 4)
    """
    _check_rungs(rungs)
    trials = climb(run, draw(space, rungs[0].settings, rng), rungs, rng, first=0)
    budgets = sorted({rung.budget for rung in rungs}, reverse=True)
    chosen = (smallest(trial for trial in trials if trial.budget == b) for b in budgets)
    return Search(tuple(trials), next((trial for trial in chosen if trial is not None), None))


def climb(
    run: BudgetedRun,
    settings: Sequence[Setting],
    rungs: Sequence[Rung],
    rng: np.random.Generator,
    *,
    first: int,
) -> list[Trial]:
    """The trials of one bracket: its settings, numbered from ``first``, through its rungs."""
    seeds = [new_seed(rng) for _ in settings]
    left = list(range(len(settings)))
    trials: list[Trial] = []
    for rung in rungs:
        left = left[: rung.settings]
        losses = {}
        for i in left:
            loss, reason = measure(partial(run, dict(settings[i]), seeds[i], rung.budget))
            losses[i] = loss
            trials.append(Trial(first + i, settings[i], seeds[i], loss, reason, rung.budget))
        left = sorted(left, key=lambda i: (losses[i], i))
    return trials


def _check_rungs(rungs: Sequence[Rung]) -> None:
    said = [(rung.settings, rung.budget) for rung in rungs]
    counts = [rung.settings for rung in rungs]
    budgets = [0, *(rung.budget for rung in rungs)]
    shrink = all(a >= b >= 1 for a, b in zip(counts, [*counts[1:], 1], strict=False))
    grow = all(a < b for a, b in pairwise(budgets))
    if not (rungs and shrink and grow):
        raise ValueError(
            f"rungs are {said} as (settings, budget); expected at least one, the settings not "
            "growing and the budgets growing. Budgets count from the start of a run."
        )
