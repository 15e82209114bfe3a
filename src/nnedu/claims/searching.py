"""Problems that the experiments and figures of the chapter on search share."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from nnedu._typing import Array
from nnedu.data import load_table, standardize
from nnedu.search import (
    LogUniform,
    Setting,
)

BOWL_SPACE = {"lr": LogUniform(1e-3, 1.0)}
"""Learning rates for :func:`noisy_bowl`."""


def hit_chances(
    *, matter: int, knobs: int = 3, points: int = 3, share: float = 0.02
) -> tuple[float, float]:
    """The chance that a grid, and as many random settings, hit a good region.

    The region is a box: as wide as the whole space along the knobs that do not matter, of one width
    along those that do, and of the given share of the space. The grid's offset is uniform.

    Parameters
    ----------
    matter : int, from 1 to ``knobs``
    knobs, points : int
        ``points**knobs`` settings each.
    share : float in (0, 1)

    Returns
    -------
    grid, random : float
        ``min(1, points * share^(1/matter))^matter`` and ``1 - (1 - share)^(points^knobs)``.
    """
    side = share ** (1 / matter)
    return min(1.0, points * side) ** matter, 1 - (1 - share) ** (points**knobs)


def simulated_hits(
    rng: np.random.Generator,
    searches: int,
    *,
    matter: int,
    knobs: int = 3,
    points: int = 3,
    share: float = 0.02,
) -> tuple[float, float]:
    """The same two chances, counted over many searches.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws where the region lies (around the space like a clock's dial, so that no place is
        special), the grid's offsets and the random settings.
    searches : int
    matter, knobs, points, share
        As for :func:`hit_chances`.

    Returns
    -------
    grid, random : float
    """
    side = share ** (1 / matter)
    start = rng.random((searches, 1, matter))

    def hits(u: Array) -> float:
        return float(np.mean(np.any(np.all((u - start) % 1 < side, axis=2), axis=1)))

    lattice = np.stack(np.meshgrid(*[np.arange(points)] * knobs), axis=-1).reshape(-1, knobs)
    grid = (lattice / points + rng.random((searches, 1, knobs)) / points) % 1
    return hits(grid[..., :matter]), hits(rng.random((searches, points**knobs, matter)))


def noisy_bowl(noise: float = 1.0) -> Callable[..., float]:
    """Gradient descent on ``x^2 / 2`` with noisy gradients, from ``x = 10``: its expected loss.

    After ``t`` steps, with ``c = (1 - lr)^(2 t)``:
    ``E[x^2] / 2 = (c 10^2 + (lr noise)^2 (1 - c) / (1 - (1 - lr)^2)) / 2``

    Parameters
    ----------
    noise : float
        Standard deviation of the gradient's noise.

    Returns
    -------
    callable
        ``run(setting, seed, budget) -> loss`` after ten steps for each unit of the budget.
    """

    def run(setting: Setting, seed: int, budget: float = 27) -> float:
        lr = setting["lr"]
        c = (1 - lr) ** (20 * budget)
        return float(c * 100 + (lr * noise) ** 2 * (1 - c) / (1 - (1 - lr) ** 2)) / 2

    return run


@cache
def cells() -> tuple[Array, Array]:
    """The measurements of the breast tumours, (569, 30), and -1 or 1: malignant, benign."""
    table = load_table("breast_cancer")
    return table.x, 2.0 * table.y - 1


def four_features(seed: int, settings: int = 1000) -> tuple[Array, Array]:
    """Errors of many classifiers of breast tumours, each of four of the 30 features.

    A setting is a set of four features. Ridge regression on 100 cells, whose sign is the class;
    another 60 cells to choose by, the other 409 to report on.

    Parameters
    ----------
    seed : int
        Divides the cells and draws the settings.
    settings : int

    Returns
    -------
    validation, test : float arrays, shape (settings,)
        Shares of wrong answers.
    """
    rng = np.random.default_rng(seed)
    x, y = cells()
    train, val, test = np.split(rng.permutation(len(y)), [100, 160])
    four = np.argsort(rng.random((settings, x.shape[1])), axis=1)[:, :4]
    scale, mean = standardize(x[train]), y[train].mean()
    z = scale(x[train])
    gram = z.T @ z / len(z) + 0.01 * np.eye(z.shape[1])
    slopes = z.T @ (y[train] - mean) / len(z)
    some = np.linalg.solve(gram[four[:, :, None], four[:, None, :]], slopes[four][..., None])
    weights = np.zeros((z.shape[1], settings))
    weights[four, np.arange(settings)[:, None]] = some[..., 0]

    def wrong(part: Array) -> Array:
        found = scale(x[part]) @ weights + mean > 0
        return np.asarray(np.mean(found != (y[part] > 0)[:, None], axis=0))

    return wrong(val), wrong(test)


def best_of(counts: Sequence[int], errors: tuple[Array, Array]) -> Array:
    """Validation and test error of the setting that is best on validation among the first n.

    Of settings that are equally good on validation, the test errors are averaged.

    Parameters
    ----------
    counts : sequence of int
    errors : (validation, test), shape (settings,)

    Returns
    -------
    array, shape (counts, 2)
    """
    validation, test = errors
    rows = []
    for n in counts:
        best = validation[:n] == validation[:n].min()
        rows.append((validation[:n].min(), test[:n][best].mean()))
    return np.array(rows)
