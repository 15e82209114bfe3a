"""Losses, activations, layers and schedules beside the frameworks', values and gradients."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nnedu import losses, nn, schedules
from nnedu.parity import TOLERANCE, framework, load
from nnedu.parity.functions import ACTIVATIONS, FUNCTIONS, LAYERS, LOSSES, run_jax, run_torch
from nnedu.parity.schedules import SCHEDULES, schedule_values
from tests.needs import require

FAMILIES = {"activations": ACTIVATIONS, "layers": LAYERS, "losses": LOSSES}


@cache
def recorded(family: str) -> dict[str, np.ndarray]:
    return load(family).arrays


def run_keras(function) -> dict[str, np.ndarray]:
    """Output and gradients by Keras on TensorFlow."""
    require("tensorflow")
    import tensorflow as tf

    keras = framework("keras")
    inputs = [tf.constant(x) for x in function.inputs]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = function.theirs["keras"](keras, *inputs, *map(tf.constant, function.constants))
    gradients = tape.gradient(y, inputs, output_gradients=tf.constant(function.d_y))
    named = {f"d{i}": gradient.numpy() for i, gradient in enumerate(gradients)}
    return {"y": y.numpy(), **named}


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


@pytest.mark.parametrize("run", [run_keras, live_jax, recorded_torch, live_torch])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_agrees_in_value_and_gradients(name: str, run) -> None:
    ours, theirs = FUNCTIONS[name].run(), run(FUNCTIONS[name])
    assert set(ours) == set(theirs) == {"y", *(f"d{i}" for i in range(len(ours) - 1))}
    assert len(ours) == 1 + len(FUNCTIONS[name].inputs)
    for key, value in ours.items():
        assert part(value, theirs[key]) < TOLERANCE, key


@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_part_in_a_million_of_a_gradient_is_seen(name: str) -> None:
    for key, theirs in recorded_torch(FUNCTIONS[name]).items():
        assert part((1 + 1e-6) * FUNCTIONS[name].run()[key], theirs) > 50 * TOLERANCE


def test_every_loss_activation_and_schedule_is_compared() -> None:
    functions = {*losses.__all__} - {"softmax", "log_softmax"} | {
        "relu",
        "sigmoid",
        "tanh",
        "dense",
    }
    assert functions == set(FUNCTIONS)
    assert functions - {*losses.__all__} <= set(nn.__all__)
    assert {case.schedule.__name__ for case in SCHEDULES.values()} == set(schedules.__all__)


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
