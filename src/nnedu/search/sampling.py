"""Random search and grid search: settings chosen before any result is known."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from nnedu._check import whole
from nnedu.search.spaces import Setting, Space, draw, grid
from nnedu.search.trials import Search, Trial, measure, new_seed, smallest

Run = Callable[[Setting, int], float]
"""``run(setting, seed) -> loss``: a training run, judged on examples it did not train on."""


def random_search(run: Run, space: Space, *, trials: int, rng: np.random.Generator) -> Search:
    """Random search: try settings drawn independently, keep the best.

    Parameters
    ----------
    run : callable
        ``run(setting, seed) -> loss``. It may raise FloatingPointError: see below.
    space : dict of str to Uniform, LogUniform, Integer or Choice
    trials : int, at least 1
        ``n``.
    rng : numpy.random.Generator
        Draws the settings, then one seed a trial.

    Returns
    -------
    Search
        Trials in the order drawn. One that diverges has an infinite loss and its reason.

    Raises
    ------
    TypeError, ValueError
        If the space is empty or holds what is no dimension, or ``trials`` is below 1.

    Notes
    -----
    **Conventions.** The chosen loss is the smallest of ``n``: an optimistic estimate. Report the
    loss of the chosen setting on examples that took no part in the choice.

    Source: Bergstra & Bengio (2012), "Random search for hyper-parameter optimization".

    Examples
    --------
    >>> from nnedu.search import LogUniform
    >>> found = random_search(
    ...     lambda setting, seed: abs(np.log10(setting["lr"]) + 2),
    ...     {"lr": LogUniform(1e-4, 1.0)}, trials=50, rng=np.random.default_rng(0))
    >>> round(found.best.setting["lr"], 2)
    0.01
    """
    return _try_all(run, draw(space, trials, rng), rng)


def grid_search(
    run: Run, space: Space, *, points: int | Mapping[str, int], rng: np.random.Generator
) -> Search:
    """Grid search: try every combination of evenly spread values, keep the best.

    Parameters
    ----------
    run : callable
        ``run(setting, seed) -> loss``.
    space : dict of str to Uniform, LogUniform, Integer or Choice
    points : int, at least 2, or dict of str to int
        Values on each dimension: see :func:`~nnedu.search.grid`.
    rng : numpy.random.Generator
        Draws one seed a trial.

    Returns
    -------
    Search
        Trials in the grid's order. One that diverges has an infinite loss and its reason.

    Raises
    ------
    TypeError, ValueError
        If the space is empty or holds what is no dimension, or the points do not fit it.

    Notes
    -----
    **Conventions.** Of ``points**d`` trials only ``points`` tell anything new about a single
    hyper-parameter; the same number of random ones would each have a value of its own.

    Source: Bergstra & Bengio (2012), "Random search for hyper-parameter optimization", figure 1.

    Examples
    --------
    >>> from nnedu.search import Uniform
    >>> found = grid_search(
    ...     lambda setting, seed: (setting["a"] - 0.4) ** 2 + setting["b"],
    ...     {"a": Uniform(0, 1), "b": Uniform(0, 1)}, points=3, rng=np.random.default_rng(0))
    >>> len(found.trials), found.best.setting
    (9, {'a': 0.5, 'b': 0.0})
    """
    return _try_all(run, grid(space, points), rng)


def chance_of_a_hit(trials: int, *, share: float) -> float:
    """The chance that random trials find one of the best settings.

    ``1 - (1 - share)^trials``

    Parameters
    ----------
    trials : int, at least 1
        ``n``, drawn independently.
    share : float in (0, 1)
        How much of the space, by the measure that is drawn from, counts as the best.

    Returns
    -------
    float in (0, 1)

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    **Conventions.** It holds for any number of hyper-parameters, but says nothing of how good the
    best share of a space is.

    Source: elementary; in the spirit of Bergstra & Bengio (2012), "Random search for
    hyper-parameter optimization".

    Examples
    --------
    Sixty trials, and the best twentieth of the space:

    >>> round(chance_of_a_hit(60, share=0.05), 3)
    0.954
    """
    whole("trials", trials, least=1)
    _inside("share", share)
    return float(-np.expm1(trials * np.log1p(-share)))


def trials_for(*, share: float, chance: float) -> int:
    """How many random trials hit the best share of a space with a given chance.

    The least whole number of at least ``log(1 - chance) / log(1 - share)``

    Parameters
    ----------
    share : float in (0, 1)
        How much of the space counts as the best.
    chance : float in (0, 1)
        That at least one trial falls there.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    **Conventions.** The inverse of :func:`~nnedu.search.chance_of_a_hit`.

    Source: elementary; in the spirit of Bergstra & Bengio (2012), "Random search for
    hyper-parameter optimization".

    Examples
    --------
    >>> trials_for(share=0.05, chance=0.95)
    59
    """
    _inside("share", share)
    _inside("chance", chance)
    return max(1, int(np.ceil(np.log1p(-chance) / np.log1p(-share) - 1e-12)))


def _try_all(run: Run, settings: Sequence[Setting], rng: np.random.Generator) -> Search:
    trials = []
    for number, setting in enumerate(settings):
        seed = new_seed(rng)
        # The run gets a copy: one that writes to its setting does not change the record.
        loss, reason = measure(partial(run, dict(setting), seed))
        trials.append(Trial(number, setting, seed, loss, reason))
    return Search(tuple(trials), smallest(trials))


def _inside(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}; expected a number above 0 and below 1, such as 0.05.")
