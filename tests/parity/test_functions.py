"""Losses, activations, layers and schedules beside the frameworks', values and gradients."""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np
import pytest

from nnedu import losses, nn, schedules
from nnedu.parity import TOLERANCE, framework, load
from nnedu.parity.functions import (
    ACTIVATIONS,
    FUNCTIONS,
    LAYERS,
    LOSSES,
    run_jax,
    run_keras,
    run_torch,
)
from nnedu.parity.schedules import SCHEDULES, schedule_values
from tests.needs import require

FAMILIES = {"activations": ACTIVATIONS, "layers": LAYERS, "losses": LOSSES}


@cache
def recorded(family: str) -> dict[str, np.ndarray]:
    return load(family).arrays


def live_keras(function) -> dict[str, np.ndarray]:
    require("tensorflow")
    return run_keras(function)


def recorded_torch(function) -> dict[str, np.ndarray]:
    family, name = next(
        (family, name)
        for family, table in FAMILIES.items()
        for name, value in table.items()
        if value is function
    )
    arrays = recorded(family).items()
    found = {key.removeprefix(f"{name}/"): a for key, a in arrays if key.startswith(f"{name}/")}
    assert found, "record it anew: python -m nnedu.parity.record_torch"
    return found


def live_torch(function) -> dict[str, np.ndarray]:
    require("torch", optional=True)
    return run_torch(function)


def live_jax(function) -> dict[str, np.ndarray]:
    require("optax")
    return run_jax(function)


def part(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference relative to the largest entry."""
    assert ours.shape == theirs.shape
    assert theirs.dtype == np.float64
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


RUNS = {
    "keras": [live_keras],
    "optax": [live_jax],
    "torch": [recorded_torch, live_torch],
}
FUNCTION_RUNS = [
    pytest.param(name, run, id=f"{name}-{run.__name__}")
    for name, function in FUNCTIONS.items()
    for theirs in function.theirs
    for run in RUNS[theirs]
]


@pytest.mark.parametrize(("name", "run"), FUNCTION_RUNS)
def test_function_agrees_in_value_and_gradients(name: str, run) -> None:
    ours, theirs = FUNCTIONS[name].run(), run(FUNCTIONS[name])
    assert set(ours) == set(theirs) == {"y", *(f"d{i}" for i in range(len(ours) - 1))}
    assert len(ours) == 1 + len(FUNCTIONS[name].inputs)
    for key, value in ours.items():
        assert part(value, theirs[key]) < TOLERANCE, key
    for number in FUNCTIONS[name].numbers:
        off = FUNCTIONS[name].run(**{number: 1 + 1e-6})
        assert max(part(value, theirs[key]) for key, value in off.items()) > 50 * TOLERANCE


@pytest.mark.parametrize("name", [n for n, f in FUNCTIONS.items() if "torch" in f.theirs])
def test_one_part_in_a_million_of_a_gradient_is_seen(name: str) -> None:
    for key, theirs in recorded_torch(FUNCTIONS[name]).items():
        assert part((1 + 1e-6) * FUNCTIONS[name].run()[key], theirs) > 50 * TOLERANCE


def test_every_loss_activation_layer_and_schedule_is_compared() -> None:
    # A helper, a table, an index, and layers computed a second time (tests/nn/test_recompute.py).
    nobody_has = {"normalize", "per_parameter", "last_step", "in_segments"}
    by_chance = {"dropout"}  # tests/parity/test_dropout.py
    first_values = ("glorot_", "he_", "lecun_", "orthogonal")
    functions = {*losses.__all__} - {"softmax", "log_softmax"} | {
        name
        for name, f in inspect.getmembers(nn, inspect.isfunction)
        if name not in nobody_has | by_chance and not name.startswith(first_values)
    }
    assert functions == {name.split(",")[0] for name in FUNCTIONS}
    compared = {case.name for case in SCHEDULES.values()}
    nobody_has = {"inverse_sqrt", "warmup_stable_decay"}  # tests/schedules: their papers' formulas
    assert compared == set(schedules.__all__) - nobody_has - {"ReduceOnPlateau"}


SCHEDULE_CASES = [(name, theirs) for name, case in SCHEDULES.items() for theirs in case.theirs]


@pytest.mark.parametrize(("name", "theirs"), SCHEDULE_CASES, ids=lambda value: value)
def test_schedule_agrees(name: str, theirs: str) -> None:
    case = SCHEDULES[name]
    if theirs == "torch":
        values = recorded("schedules")[name]
    else:
        require({"keras": "tensorflow"}.get(theirs, theirs))
        values = schedule_values(case, theirs)
    assert part(case.run(), values) < TOLERANCE
    for number in case.numbers:
        assert part(case.run(**{number: 1 + 1e-6}), values) > 50 * TOLERANCE, number


@pytest.mark.parametrize("name", [name for name, theirs in SCHEDULE_CASES if theirs == "torch"])
def test_torch_of_today_has_the_recorded_schedule(name: str) -> None:
    require("torch", optional=True)
    assert part(schedule_values(SCHEDULES[name], "torch"), recorded("schedules")[name]) < 1e-12


def test_jax_precision_is_put_back() -> None:
    require("optax")
    run_jax(FUNCTIONS["tanh"])
    assert framework("jax").numpy.ones(1).dtype == "float32"
