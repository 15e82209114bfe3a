"""Clipping and accumulation beside the frameworks'."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nnedu.optim import accumulated
from nnedu.parity import TOLERANCE, double_precision, framework, load
from nnedu.parity.clipping import CLIPPING, SIZES, gradient, views
from tests.needs import require

CASES = [(name, theirs) for name, case in CLIPPING.items() for theirs in case.theirs]
cases = pytest.mark.parametrize(("name", "theirs"), CASES)


def of_record(name: str) -> dict[str, np.ndarray]:
    arrays = load("clipping").arrays
    return {part: arrays[f"{name}/{part}"] for part in SIZES}


@cache
def wanted(name: str, theirs: str) -> dict[str, np.ndarray]:
    if theirs == "torch":
        return of_record(name)
    require({"keras": "tensorflow"}.get(theirs, theirs))
    return CLIPPING[name].run_theirs(theirs)


def apart(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> float:
    """The largest difference of any array, relative to its largest entry."""
    assert ours.keys() == theirs.keys()
    return max(
        float(np.abs(ours[part] - array).max() / (np.abs(array).max() or 1))
        for part, array in theirs.items()
    )


@cases
def test_agrees(name: str, theirs: str) -> None:
    assert apart(CLIPPING[name].run(), wanted(name, theirs)) < TOLERANCE


@cases
def test_one_part_in_a_million_of_the_limit_is_seen(name: str, theirs: str) -> None:
    for factor in (1 + 1e-6, 1 - 1e-6):
        off = apart(CLIPPING[name].run(limit=factor), wanted(name, theirs))
        assert (off > 50 * TOLERANCE) == (name != "global_unclipped")


@pytest.mark.parametrize("kind", ["norm", "global"])
def test_epsilon_of_pytorch_is_seen(kind: str) -> None:
    assert apart(CLIPPING[kind].run(), of_record(f"{kind}_plus")) > 1e-10


@pytest.mark.parametrize("name", [name for name, theirs in CASES if theirs == "torch"])
def test_torch_of_today_agrees_with_its_record(name: str) -> None:
    require("torch", optional=True)
    assert apart(CLIPPING[name].run_theirs("torch"), of_record(name)) < TOLERANCE


def test_the_gradient_is_made_of_unlike_arrays() -> None:
    norms = {name: float(np.linalg.norm(part)) for name, part in views(gradient()).items()}
    assert norms["large"] > 1e2
    assert 0 < norms["small"] < 0.1
    assert norms["zero"] == 0


def test_keras_and_optax_average_micro_batches_as_they_are() -> None:
    require("tensorflow")
    require("optax")
    optax, jax, keras = (framework(name) for name in ("optax", "jax", "keras"))
    rng = np.random.default_rng(0)
    theta, x = rng.normal(size=3), rng.normal(size=(6, 3))

    def objective(theta: np.ndarray, x: np.ndarray) -> tuple[float, np.ndarray]:
        residuals = x @ theta - 1
        return float(np.mean(residuals**2)), 2 * x.T @ residuals / len(x)

    def optaxs(*parts: np.ndarray) -> np.ndarray:
        with double_precision("optax"):
            steps = optax.MultiSteps(optax.sgd(0.125), every_k_schedule=len(parts))
            new = jax.numpy.asarray(theta)
            state = steps.init(new)
            for part in parts:
                g = jax.numpy.asarray(objective(theta, part)[1])
                updates, state = steps.update(g, state, new)
                new = optax.apply_updates(new, updates)
            return np.array(new)

    def kerass(*parts: np.ndarray) -> np.ndarray:
        with double_precision("keras"):
            variable = keras.Variable(theta, dtype="float64")
            optimizer = keras.optimizers.SGD(0.125, gradient_accumulation_steps=len(parts))
            for part in parts:
                g = keras.ops.convert_to_tensor(objective(theta, part)[1])
                optimizer.apply([g], [variable])
            return np.array(variable.numpy())

    for theirs in (optaxs, kerass):  # one divides by a number of steps in float32
        _, g = accumulated(objective, 3)(theta, x)
        np.testing.assert_allclose(theirs(x[:3], x[3:]), theta - 0.125 * g, rtol=1e-6)
        # Of unequal parts the examples of the smaller count for more than ours, and as said.
        _, g = accumulated(objective, 4)(theta, x)
        uneven = theirs(x[:4], x[4:])
        assert np.abs(uneven - (theta - 0.125 * g)).max() > 1e-6
        as_they_are = (objective(theta, x[:4])[1] + objective(theta, x[4:])[1]) / 2
        np.testing.assert_allclose(uneven, theta - 0.125 * as_they_are, rtol=1e-6)
