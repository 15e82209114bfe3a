"""Masks and quantized values beside the frameworks'."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nnedu.parity import TOLERANCE, load
from nnedu.parity.pruning import PRUNING
from nnedu.parity.quantization import QUANTIZATION
from nnedu.parity.values import ValueCase
from nnedu.quantization import affine, fake_quantize, nudged
from tests.needs import require

TABLES = {"pruning": PRUNING, "quantization": QUANTIZATION}
FLOAT32 = 2e-7  # of the largest entry: what is computed in float32 on one side
PAIRS = [
    pytest.param(family, name, theirs, id=f"{name}-{theirs}")
    for family, table in TABLES.items()
    for name, case in table.items()
    for theirs in case.theirs
]
TORCH = [pair for pair in PAIRS if pair.values[2] == "torch"]
every_pair = pytest.mark.parametrize(("family", "name", "theirs"), PAIRS)
every_torch = pytest.mark.parametrize(("family", "name", "theirs"), TORCH)


@cache
def recorded(family: str) -> dict[str, np.ndarray]:
    return load(family).arrays


@cache
def wanted(family: str, name: str, theirs: str) -> dict[str, np.ndarray]:
    if theirs != "torch":
        require({"keras": "tensorflow"}[theirs])
        return TABLES[family][name].run_theirs(theirs)
    found = {
        key.removeprefix(f"{name}/"): array
        for key, array in recorded(family).items()
        if key.startswith(f"{name}/")
    }
    assert found, f"record it anew: python -m nnedu.parity.record_torch {family}"
    return found


def apart(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> float:
    """The largest difference relative to the largest entry; of masks, the entries that differ."""
    assert ours.keys() == theirs.keys()
    worst = 0.0
    for name, array in theirs.items():
        assert array.shape == ours[name].shape
        a, b = ours[name].astype(float), array.astype(float)
        with np.errstate(invalid="ignore"):  # infinite on both sides
            difference = np.where(a == b, 0, np.abs(a - b))
        scale = np.abs(b[np.isfinite(b)]).max() or 1.0  # zero points may all be 0
        worst = max(worst, float(difference.max() / scale))
    return worst


def tolerance(case: ValueCase, theirs: str) -> float:
    # PyTorch's observers and all of Keras compute in float32.
    in_float32 = theirs == "keras" or "width" in case.numbers
    return FLOAT32 if in_float32 else TOLERANCE


@every_pair
def test_agrees(family: str, name: str, theirs: str) -> None:
    case = TABLES[family][name]
    assert apart(case.run(), wanted(family, name, theirs)) < tolerance(case, theirs)


@every_pair
def test_one_part_in_a_million_is_seen(family: str, name: str, theirs: str) -> None:
    case = TABLES[family][name]
    for number in case.numbers:
        seen = [
            apart(case.run(**{number: 1 + s * 1e-6}), wanted(family, name, theirs)) for s in (1, -1)
        ]
        assert max(seen) > 1.5 * tolerance(case, theirs), number


@every_torch
def test_torch_of_today_agrees_with_its_record(family: str, name: str, theirs: str) -> None:
    require("torch", optional=True)
    live = TABLES[family][name].run_theirs(theirs)
    assert apart(live, recorded_parts := wanted(family, name, theirs)) < 1e-12
    assert {part: array.dtype for part, array in live.items()} == {
        part: array.dtype for part, array in recorded_parts.items()
    }


def test_masks_keep_neither_all_nor_nothing() -> None:
    for name, case in PRUNING.items():
        for mask in case.run().values():
            assert mask.dtype == bool, name
            assert 0.05 < mask.mean() < 0.95, name


@pytest.mark.parametrize(
    ("low", "high", "bits", "narrow"),
    [(-1.25, 1.3, 8, False), (-1.25, 1.3, 4, True), (0.5, 2.0, 4, False), (-3.0, -0.7, 5, False)],
)
def test_tensorflows_own_names_forward_and_backward(low, high, bits, narrow) -> None:
    require("tensorflow")
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x, d_y = rng.normal(0, 2, size=(2, 200)).astype(np.float32)
    at = tf.constant(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(at)
        names = {"num_bits": bits, "narrow_range": narrow}
        args = tf.quantization.fake_quant_with_min_max_args(at, low, high, **names)
        variables = tf.quantization.fake_quant_with_min_max_vars(at, low, high, **names)
        channels = tf.quantization.fake_quant_with_min_max_vars_per_channel(
            tf.reshape(at, (40, 5)), [low] * 5, [high] * 5, **names
        )
    y, backward = nudged(x, low, high, bits=bits, narrow=narrow)
    for theirs in (args, variables, channels):
        found = theirs.numpy().reshape(-1)
        np.testing.assert_allclose(y, found, rtol=0, atol=FLOAT32 * np.abs(y).max())
        upstream = tf.reshape(tf.constant(d_y), theirs.shape)
        d_x = tape.gradient(theirs, at, output_gradients=upstream).numpy()
        np.testing.assert_array_equal(backward(d_y)[0], d_x)


def test_the_two_conventions_of_fake_quantization_do_differ() -> None:
    # If this ever fails, a framework has come round, or one of the two functions has been bent.
    grid = affine(-1.0, 2.0, bits=2, signed=False)
    x = np.array([0.5, 2.4])
    ours, theirs = fake_quantize(x, grid), nudged(x, -1.0, 2.0, bits=2)
    assert ours[0][0] != theirs[0][0]
    assert ours[1](np.ones(2))[0][1] != theirs[1](np.ones(2))[0][1]
