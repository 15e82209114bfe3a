"""Where the frameworks disagree: every example is run, and an entry no longer true fails."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nnedu.parity import load
from nnedu.parity.disagreements import DISAGREEMENTS
from tests.needs import require

NEEDS = {"keras": "tensorflow", "jax": "optax", "optax": "optax"}
SIDES = [
    pytest.param(entry, side, id=f"{entry.id}-{side.theirs}")
    for entry in DISAGREEMENTS
    for side in entry.sides
]
TORCH = [each for each in SIDES if each.values[1].framework == "torch"]


@cache
def recorded() -> dict[str, np.ndarray]:
    return load("disagreements").arrays


@pytest.mark.parametrize(("entry", "side"), SIDES)
def test_each_number_is_what_the_framework_computes(entry, side) -> None:
    if side.framework == "torch":
        found = float(recorded()[entry.key(side)])
    else:
        require(NEEDS[side.framework])
        found = side.run()
    assert found == pytest.approx(side.value, rel=entry.within, abs=1e-12)


@pytest.mark.parametrize(("entry", "side"), TORCH)
def test_torch_of_today_computes_what_was_recorded(entry, side) -> None:
    require("torch", optional=True)
    assert side.run() == pytest.approx(float(recorded()[entry.key(side)]), rel=1e-6)


@pytest.mark.parametrize("entry", DISAGREEMENTS, ids=lambda entry: entry.id)
def test_the_sides_do_disagree_by_more_than_their_tolerance(entry) -> None:
    values = sorted(side.value for side in entry.sides)
    assert values[-1] - values[0] > 3 * entry.within * max(map(abs, values))
    for text in (entry.what, entry.example, entry.advice):
        assert text.endswith(".")


def test_every_entry_has_its_own_name() -> None:
    names = [entry.id for entry in DISAGREEMENTS]
    assert len(names) == len(set(names))
    assert len({entry.key(side) for entry in DISAGREEMENTS for side in entry.sides}) == len(SIDES)
