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
