"""Hyperband: successive halving several times over, from reckless to patient."""

from math import ceil, floor

import numpy as np

from nnedu._check import known
from nnedu.search.halving import BudgetedRun, Rung, climb
from nnedu.search.spaces import Space, draw
from nnedu.search.trials import Search, Trial, smallest

COUNTS = ("algorithm", "table")


def brackets(R: float, *, eta: float = 3, counts: str = "algorithm") -> list[list[Rung]]:
    """The brackets of Hyperband: how many settings run how far, round by round.

    ``s_max = floor(log_eta R)``, ``B = (s_max + 1) R``; for ``s = s_max, ..., 0``:
    ``n = ceil(B / R eta^s / (s + 1))``, ``r = R eta^-s``; for ``i = 0, ..., s``:
    ``n_i = floor(n eta^-i)``, ``r_i = r eta^i``

    Parameters
    ----------
    R : float, at least 1
        The largest budget of a single setting, in units of the smallest sensible one.
    eta : float, above 1
        Of the settings of a round about one in ``eta`` goes on, for ``eta`` times as long.
    counts : {"algorithm", "table"}
        How ``n`` is rounded: see the conventions.

    Returns
    -------
    list of list of Rung
        ``s_max + 1`` brackets, the one with most settings first. Budgets are ints where whole;
        where ``R`` is no power of ``eta`` they are not, and the run must round them.

    Raises
    ------
    ValueError
        If a number is out of range, or ``counts`` is unknown.

    Notes
    -----
    **Conventions.** The paper disagrees with itself. The formula of its Algorithm 1, above, gives
    81, 34, 15, 8 and 5 settings for ``R = 81``, ``eta = 3``; its table for those values says 81,
    27, 9, 6 and 5, which is ``n = ceil(floor(B / R / (s + 1)) eta^s)``: ``counts="table"``.
    Implementations follow the one or the other. Counted as if every round started again, a bracket
    spends about ``B``.

    Source: Li, Jamieson, DeSalvo, Rostamizadeh & Talwalkar (2018), "Hyperband: a novel
    bandit-based approach to hyperparameter optimization", Algorithm 1, and the
    table of brackets that goes with it.

    Examples
    --------
    >>> for bracket in brackets(9, eta=3):
    ...     print([(rung.settings, rung.budget) for rung in bracket])
    [(9, 1), (3, 3), (1, 9)]
    [(5, 3), (1, 9)]
    [(3, 9)]
    """
    if not 1 <= R < np.inf:
        raise ValueError(f"R is {R}; expected a finite number of at least 1, such as 81.")
    if not 1 < eta < np.inf:
        raise ValueError(f"eta is {eta}; expected a finite number above 1, such as 3.")
    known("counts", counts, COUNTS)
    s_max = 0  # not by a logarithm: log(243) / log(3) is 4.999...
    while eta ** (s_max + 1) <= R * (1 + 1e-12):
        s_max += 1
    every = []
    for s in range(s_max, -1, -1):
        share = (s_max + 1) / (s + 1) if counts == "algorithm" else (s_max + 1) // (s + 1)
        n = ceil(share * eta**s - 1e-9)
        every.append(
            [Rung(floor(n / eta**i + 1e-9), _whole(R / eta ** (s - i))) for i in range(s + 1)]
        )
    return every


def hyperband(
    run: BudgetedRun,
    space: Space,
    *,
    R: float,
    eta: float = 3,
    counts: str = "algorithm",
    rng: np.random.Generator,
) -> Search:
    """Hyperband: successive halving in every bracket from many short runs to few long ones.

    Parameters
    ----------
    run : callable
        ``run(setting, seed, budget) -> loss``, as for
        :func:`~nnedu.search.successive_halving`.
    space : dict of str to Uniform, LogUniform, Integer or Choice
    R : float, at least 1
        The largest budget of a single setting.
    eta : float, above 1
        See :func:`~nnedu.search.brackets`.
    counts : {"algorithm", "table"}
        See :func:`~nnedu.search.brackets`.
    rng : numpy.random.Generator
        Draws every bracket's settings and seeds, in their order.

    Returns
    -------
    Search
        Trials bracket after bracket; settings are numbered throughout. The chosen trial has the
        smallest loss of all, at whatever budget. One that diverges has an infinite loss and its
        reason.

    Raises
    ------
    TypeError, ValueError
        If the space is empty or holds what is no dimension, or a number is out of range.

    Notes
    -----
    **Conventions.** Algorithm 1 returns the smallest loss seen, also of a run that was stopped
    early, and so does this; to train on, use the setting, not the unfinished run. The last bracket
    is random search at full length.

    Source: Li, Jamieson, DeSalvo, Rostamizadeh & Talwalkar (2018), "Hyperband: a novel
    bandit-based approach to hyperparameter optimization", Algorithm 1.

    Examples
    --------
    >>> from nnedu.search import Uniform
    >>> found = hyperband(
    ...     lambda setting, seed, budget: setting["a"] + 1 / budget,
    ...     {"a": Uniform(0, 1)}, R=9, rng=np.random.default_rng(0))
    >>> len(found.trials), found.best.budget
    (22, 9)
    """
    trials: list[Trial] = []
    first = 0
    for rungs in brackets(R, eta=eta, counts=counts):
        settings = draw(space, rungs[0].settings, rng)
        trials += climb(run, settings, rungs, rng, first=first)
        first += len(settings)
    return Search(tuple(trials), smallest(trials))


def _whole(budget: float) -> float:
    """An int where the number is whole, but for rounding."""
    return round(budget) if abs(budget - round(budget)) <= 1e-9 * budget else budget
