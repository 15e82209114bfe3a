"""What the contest of the chapter on pruning found, read from its record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from nnedu._typing import Array


@dataclass(frozen=True)
class Entry:
    """One method at one sparsity.

    Attributes
    ----------
    sparsity : float
        The share of the weights that is 0, the mean over the seeds.
    lr : float
        The learning rate that had the smallest validation loss while tuning.
    tuning : float array, shape (learning rates, tuning seeds)
        Validation losses.
    accuracies : float array, shape (S,)
        Shares of the test digits that are right, a seed each.
    """

    sparsity: float
    lr: float
    tuning: Array
    accuracies: Array


@cache
def _stored() -> dict[str, Any]:
    path = files("nnedu.contests").joinpath("data", "pruning.json")
    stored: dict[str, Any] = json.loads(path.read_text())
    return stored


def recorded(part: str) -> dict[str, Any]:
    """One part of the record: "race", "trials", "tickets" or "speed"."""
    found: dict[str, Any] = _stored()[part]["found"]
    return found


def provenance(part: str) -> Mapping[str, Any]:
    """Command, date, seconds, machine and versions of a part."""
    said: Mapping[str, Any] = _stored()[part]["provenance"]
    return said


def recorded_race() -> dict[str, list[Entry]]:
    """The race: for every method its entries, from the lowest sparsity up."""
    return {
        method: [
            Entry(row["sparsity"], row["lr"], np.array(row["tuning"]), np.array(row["accuracies"]))
            for row in rows
        ]
        for method, rows in recorded("race").items()
    }


def difference(first: Array, second: Array) -> tuple[float, float, float]:
    """The mean of paired differences with its 95 per cent interval over the seeds.

    Student's interval for ten pairs: 2.26 standard errors to either side.

    Parameters
    ----------
    first, second : float arrays, shape (10,)
        Accuracies with the same seeds in the same order.

    Returns
    -------
    low, mean, high : float

    Raises
    ------
    ValueError
        If there are not ten pairs.
    """
    if np.shape(first) != (10,) or np.shape(second) != (10,):
        raise ValueError(f"shapes are {np.shape(first)}, {np.shape(second)}; expected (10,) twice.")
    apart = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    half = 2.26 * apart.std(ddof=1) / np.sqrt(10)
    return float(apart.mean() - half), float(apart.mean()), float(apart.mean() + half)
