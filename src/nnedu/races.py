"""Fair races: which optimizer gets there first, once each has been tuned as much as the others.

The rules, which a comparison must keep to be worth printing:

1. Every contestant tries equally many settings, on tuning seeds that do not count afterwards.
2. The race is run on fresh seeds, the same for everybody, so that differences are paired.
3. What counts is the number of updates to a target stated beforehand. A run that misses it is
   *censored* at the limit, not dropped; a run that explodes is one that missed it.
4. Two contestants are compared by the ratio of their times, with an interval over the seeds and
   a margin, stated beforehand, within which a ratio does not matter. Three verdicts: better,
   equivalent, inconclusive.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nnedu._check import same_shape
from nnedu._typing import Array
from nnedu.optim import Optimizer
from nnedu.train import Method


@dataclass(frozen=True)
class Contestant:
    """One optimizer and the settings it may try.

    Attributes
    ----------
    title : str
        The name in tables and figures.
    rule : str
        Its row in ``nnedu.optim.RULES``.
    settings : sequence of dict
        Hyper-parameters to choose from; every contestant of a race has equally many.
    make : callable, optional
        ``make(**setting) -> optimizer``, for what has no row in ``RULES``: a TensorOptimizer,
        L-BFGS. ``rule`` is then its name. ``Optimizer(rule, **setting)`` by default.
    """

    title: str
    rule: str
    settings: Sequence[Mapping[str, Any]]
    make: Callable[..., Method] | None = None


@dataclass(frozen=True)
class Result:
    """How one contestant did.

    Attributes
    ----------
    contestant : Contestant
    chosen : dict
        The setting that was fastest on the tuning seeds.
    times : float array, shape (S,)
        Updates to the target for each race seed; the limit for a run that missed it.
    missed : bool array, shape (S,)
        Whether the run missed the target.
    tuning : float array, shape (K, T)
        Times of all K settings on the T tuning seeds.
    """

    contestant: Contestant
    chosen: Mapping[str, Any]
    times: Array
    missed: Array
    tuning: Array


@dataclass(frozen=True)
class Comparison:
    """Two contestants side by side, over the same seeds.

    Attributes
    ----------
    first, second : str
        Titles.
    ratio : float
        Geometric mean of ``time of first / time of second``: below 1 means the first is faster.
    low, high : float
        The 95 per cent bootstrap interval of ``ratio`` over the seeds.
    censored : int
        Runs of either that missed the target: with any, ``ratio`` compares times cut at the limit.
    verdict : {"better", "worse", "equivalent", "inconclusive"}
        Of the first against the second, at the margin of the race.
    """

    first: str
    second: str
    ratio: float
    low: float
    high: float
    censored: int
    verdict: str


@dataclass(frozen=True)
class Race:
    """A finished race.

    Attributes
    ----------
    results : tuple of Result
        In the order in which the contestants were given.
    limit : int
        Updates after which a run has missed the target.
    margin : float
        Ratios between ``1 / margin`` and ``margin`` count as no difference.
    """

    results: tuple[Result, ...]
    limit: int
    margin: float

    @property
    def untuned(self) -> tuple[str, ...]:
        """Titles of those none of whose settings met the target while tuning.

        Their chosen setting means nothing, and so do their times: widen the settings or raise the
        limit, and race again.
        """
        return tuple(
            result.contestant.title
            for result in self.results
            if (result.tuning >= self.limit).all()
        )

    def compare(self, first: str, second: str) -> Comparison:
        """Compare two contestants by their titles.

        Raises
        ------
        ValueError
            If one was not in the race.
        """
        by_title = {result.contestant.title: result for result in self.results}
        for title in (first, second):
            if title not in by_title:
                raise ValueError(f"no contestant {title!r}; the race had {', '.join(by_title)}.")
        a, b = by_title[first], by_title[second]
        low, ratio, high = ratio_interval(a.times, b.times)
        censored = int(a.missed.sum() + b.missed.sum())
        verdict = judge(low, high, self.margin)
        return Comparison(first, second, ratio, low, high, censored, verdict)


def race(
    run: Callable[[Any, int], int | None],
    contestants: Sequence[Contestant],
    *,
    limit: int,
    tuning_seeds: Sequence[int],
    race_seeds: Sequence[int],
    margin: float = 1.1,
) -> Race:
    """Tune every contestant on some seeds, then race them all on others.

    Parameters
    ----------
    run : callable
        ``run(optimizer, seed) -> updates or None``: train from the start that belongs to ``seed``
        for at most ``limit`` updates and return how many it took to the target, None if it
        missed. A FloatingPointError (what ``train`` raises when a run explodes) is a miss.
    contestants : sequence of Contestant
        At least two, with equally many settings.
    limit : int, at least 1
        The number of updates after which a run has missed.
    tuning_seeds, race_seeds : sequences of int
        Disjoint. Each setting is run on every tuning seed and the one with the smallest geometric
        mean time is chosen (the first of equals).
    margin : float, above 1
        Ratios within it do not matter to you. Say so before you look.

    Returns
    -------
    Race

    Raises
    ------
    ValueError
        If a rule of the race is broken: unequal budgets, shared or repeated seeds, fewer than two
        race seeds, a margin of 1 or less.

    Examples
    --------
    >>> times = {0.1: 40, 0.2: 20, 0.4: 10}
    >>> found = race(
    ...     lambda optimizer, seed: times[optimizer.hyper["lr"]] + seed,
    ...     [
    ...         Contestant("slow", "sgd", [{"lr": 0.1}, {"lr": 0.2}]),
    ...         Contestant("fast", "sgd", [{"lr": 0.2}, {"lr": 0.4}]),
    ...     ],
    ...     limit=100, tuning_seeds=[0], race_seeds=[1, 2, 3],
    ... )
    >>> found.results[1].chosen, found.compare("fast", "slow").verdict
    ({'lr': 0.4}, 'better')
    """
    _check_rules(contestants, limit, tuning_seeds, race_seeds, margin)

    def time(contestant: Contestant, setting: Mapping[str, Any], seed: int) -> float:
        make = contestant.make or partial(Optimizer, contestant.rule)
        try:
            reached = run(make(**setting), seed)
        except FloatingPointError:
            reached = None
        if reached is None:
            return np.inf
        if not 0 <= reached <= limit:
            raise ValueError(f"run returned {reached} updates; expected 0 to {limit} or None.")
        return max(reached, 1)  # a start that is already there took at most one look

    results = []
    for contestant in contestants:
        settings = contestant.settings
        tuning = np.array([[time(contestant, s, seed) for seed in tuning_seeds] for s in settings])
        tuning = np.minimum(tuning, limit)
        chosen = settings[int(np.argmin(np.log(tuning).mean(axis=1)))]
        times = np.array([time(contestant, chosen, seed) for seed in race_seeds])
        missed = np.isinf(times)
        results.append(Result(contestant, chosen, np.minimum(times, limit), missed, tuning))
    return Race(tuple(results), limit, margin)


def ratio_interval(
    first: Array, second: Array, *, resamples: int = 4000, seed: int = 0
) -> tuple[float, float, float]:
    """Geometric mean of paired ratios, with its 95 per cent bootstrap interval over the pairs.

    Parameters
    ----------
    first, second : float arrays, shape (S,), above 0
        Times with the same seeds, in the same order.
    resamples : int
        Bootstrap samples.
    seed : int
        Of the resampling.

    Returns
    -------
    low, ratio, high : float

    Raises
    ------
    ValueError
        If the shapes differ, or a time is not above 0.

    Notes
    -----
    Source: Efron & Tibshirani (1993), "An introduction to the bootstrap", section 13.3 (the
    percentile interval). With few seeds it is somewhat too narrow.

    Examples
    --------
    >>> interval = ratio_interval(np.array([2.0, 4.0]), np.array([4.0, 8.0]))
    >>> [round(end, 12) for end in interval]
    [0.5, 0.5, 0.5]
    """
    same_shape("first", first, "second", second)
    if not (np.all(first > 0) and np.all(second > 0)):
        raise ValueError(f"the times start at {min(first.min(), second.min())}; expected above 0.")
    differences = np.log(first) - np.log(second)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(differences), size=(resamples, len(differences)))
    means = differences[chosen].mean(axis=1)
    low, high = np.exp(np.quantile(means, [0.025, 0.975]))
    return float(low), float(np.exp(differences.mean())), float(high)


def judge(low: float, high: float, margin: float) -> str:
    """The verdict of an interval of time ratios.

    Equivalent if all of it lies within the margin, better (worse) if all of it lies below
    (above) 1, else inconclusive.

    Parameters
    ----------
    low, high : float, above 0
        The interval's ends.
    margin : float, at least 1
        Ratios from ``1 / margin`` to ``margin`` count as equal.

    Returns
    -------
    {"equivalent", "better", "worse", "inconclusive"}

    Examples
    --------
    >>> judge(0.5, 0.7, 1.1), judge(0.95, 1.05, 1.1), judge(0.7, 1.3, 1.1)
    ('better', 'equivalent', 'inconclusive')
    """
    if 1 / margin <= low and high <= margin:
        return "equivalent"
    if high < 1:
        return "better"
    if low > 1:
        return "worse"
    return "inconclusive"


def _check_rules(
    contestants: Sequence[Contestant],
    limit: int,
    tuning_seeds: Sequence[int],
    race_seeds: Sequence[int],
    margin: float,
) -> None:
    budgets = {contestant.title: len(contestant.settings) for contestant in contestants}
    if len(budgets) < 2 or len(budgets) < len(contestants):
        titles = [contestant.title for contestant in contestants]
        raise ValueError(f"contestants are {titles}; expected at least two with unlike titles.")
    if len(set(budgets.values())) != 1 or 0 in budgets.values():
        raise ValueError(f"settings to try: {budgets}; expected equally many, at least one.")
    seeds = [*tuning_seeds, *race_seeds]
    if len(set(seeds)) != len(seeds) or not tuning_seeds or len(race_seeds) < 2:
        raise ValueError(
            f"tuning_seeds are {list(tuning_seeds)} and race_seeds {list(race_seeds)}; expected at "
            "least one and two, all different: a seed used for tuning flatters the race."
        )
    if limit < 1 or not margin > 1:
        raise ValueError(f"limit is {limit} and margin {margin}; expected at least 1 and above 1.")
