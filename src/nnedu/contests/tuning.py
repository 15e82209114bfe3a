"""The contest of the chapter on search: one budget of updates, five ways to spend it.

Three hyper-parameters of a small network on 400 digits: the learning rate, the strength of an L2
penalty and the scale of the first weights, over wide ranges and over absurdly wide ones. A full
run takes 27 units of 15 updates. Every method may spend 729 units, which is 27 full runs.
``python -m nnedu.contests.tuning`` writes ``data/tuning.json``.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.contests.tuning_runs import FULL, SPACES, Runs
from nnedu.data import load_digits
from nnedu.races import ratio_interval
from nnedu.search import (
    Choice,
    Rung,
    Search,
    Space,
    grid_search,
    hyperband,
    random_search,
    successive_halving,
)

BUDGET = 27 * FULL
"""Units of a whole search: 27 full runs."""

RUNGS = [Rung(243, 1), Rung(81, 3), Rung(27, 9), Rung(9, 27)]
"""Successive halving of 243 settings: 729 units in all if runs are continued."""


def shifted_grid(space: Space, points: int, rng: np.random.Generator) -> Space:
    """Evenly spread values at a random offset: nobody knows beforehand where the best one lies.

    Parameters
    ----------
    space : dict of str to dimension
    points : int
        Values of each dimension.
    rng : numpy.random.Generator
        Draws one offset a dimension, from 0 to the distance of two values.

    Returns
    -------
    dict of str to Choice
    """
    shifts = rng.random(len(space))
    return {
        name: Choice([of.at((k + shift) / points) for k in range(points)])
        for (name, of), shift in zip(space.items(), shifts, strict=True)
    }


def _grid(run: Runs, space: Space, rng: np.random.Generator) -> Search:
    return grid_search(run, shifted_grid(space, 3, rng), points=3, rng=rng)


def _random(run: Runs, space: Space, rng: np.random.Generator) -> Search:
    return random_search(run, space, trials=BUDGET // FULL, rng=rng)


def _twice(run: Runs, space: Space, rng: np.random.Generator) -> Search:
    return random_search(run, space, trials=2 * BUDGET // FULL, rng=rng)


def _halving(run: Runs, space: Space, rng: np.random.Generator) -> Search:
    return successive_halving(run, space, rungs=RUNGS, rng=rng)


def _hyperband(run: Runs, space: Space, rng: np.random.Generator) -> Search:
    first, second = (hyperband(run, space, R=FULL, rng=rng) for _ in range(2))
    better = min((first.best, second.best), key=lambda trial: trial.loss)
    return Search(first.trials + second.trials, better)


METHODS: dict[str, tuple[str, Callable[[Runs, Space, np.random.Generator], Search]]] = {
    "grid": ("grid, 27 runs", _grid),
    "random": ("random, 27 runs", _random),
    "halving": ("halving, 243 settings", _halving),
    "hyperband": ("Hyperband, twice", _hyperband),
    "twice": ("random, 54 runs", _twice),
}
"""The contestants by name: title and search. The last one spends twice the budget."""

SEEDS = range(40)
"""Of the record: each divides the digits anew and draws settings, first weights and batches."""


def compete(name: str, seed: int, *, space: str = "wide") -> dict[str, float]:
    """One search, from the split of the digits to the test loss of what it chose.

    Parameters
    ----------
    name : str
        One of ``METHODS``.
    seed : int
    space : str
        One of ``SPACES``.

    Returns
    -------
    dict of str to float
        ``validation`` and ``test`` losses, ``wrong`` (the share of test digits), ``updates``
        spent, ``settings`` tried, and the setting that was chosen.
    """
    runs = Runs(load_digits(seed=seed))
    search = METHODS[name][1](runs, SPACES[space], np.random.default_rng(seed))
    best = search.best
    # Whoever was chosen at less than a full run is run to its end, at the search's expense.
    validation = runs(best.setting, best.seed)
    test, wrong = runs.report(best.setting, best.seed)
    tried = len({trial.seed for trial in search.trials})
    found = {"validation": validation, "test": test, "wrong": wrong}
    return {**found, "updates": runs.updates, "settings": tried, **best.setting}


@dataclass(frozen=True)
class Tuning:
    """What was recorded in one space.

    Attributes
    ----------
    results : dict of str to dict of str to array, shape (S,)
        By method, then by what :func:`compete` returns.
    provenance : dict
        Command, date, seconds, machine and versions.
    """

    results: Mapping[str, Mapping[str, Array]]
    provenance: Mapping[str, Any]

    def ratios(self, name: str, of: str = "test") -> Array:
        """Losses of a method over those of random search with the same seeds, shape (S,)."""
        return np.asarray(self.results[name][of] / self.results["random"][of])

    def interval(self, name: str, of: str = "test") -> tuple[float, float, float]:
        """The geometric mean of these ratios between the ends of its 95 per cent interval."""
        return ratio_interval(self.results[name][of], self.results["random"][of])


def recorded_tuning(space: str = "wide") -> Tuning:
    """Read the record of a space.

    Parameters
    ----------
    space : str
        One of ``SPACES``.

    Returns
    -------
    Tuning
    """
    stored = json.loads(files("nnedu.contests").joinpath("data", "tuning.json").read_text())[space]
    results = {
        name: {key: np.array(values) for key, values in columns.items()}
        for name, columns in stored["results"].items()
    }
    return Tuning(results, stored["provenance"])


def record(path: Path, spaces: Sequence[str]) -> None:
    """Run every method with every seed in some spaces, and write what came of it.

    Parameters
    ----------
    path : Path
        Of the file; other spaces in it are kept.
    spaces : sequence of str
    """
    for space in spaces:
        begin, results = time.process_time(), {}
        for name in METHODS:
            rows = [compete(name, seed, space=space) for seed in SEEDS]
            results[name] = {key: [float(f"{row[key]:.6g}") for row in rows] for key in rows[0]}
        provenance = {
            "command": f"python -m nnedu.contests.tuning {space}",
            "date": datetime.now(UTC).date().isoformat(),
            "seconds": round(time.process_time() - begin),
            "machine": f"{platform.system()} {platform.machine()}, one core",
            "versions": {"python": platform.python_version(), "numpy": version("numpy")},
        }
        stored = json.loads(path.read_text()) if path.exists() else {}
        stored[space] = {"provenance": provenance, "results": results}
        path.write_text(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spaces", nargs="*", default=list(SPACES))
    record(Path(__file__).parent / "data" / "tuning.json", parser.parse_args().spaces)
