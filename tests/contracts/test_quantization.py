"""Every row of ``nnedu.quantization.QUANTIZERS`` and every public function keeps these."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from nnedu import quantization
from nnedu.quantization import QUANTIZERS, Quantizer
from tests.contracts.docstrings import problems

FUNCTIONS = [
    name for name in quantization.__all__ if inspect.isfunction(getattr(quantization, name))
]
every = pytest.mark.parametrize("quantizer", QUANTIZERS, ids=lambda quantizer: quantizer.name)


def weights(dtype: Any = np.float64) -> Any:
    W = np.random.default_rng(0).normal(0.01, 0.1, size=(48, 10))
    W[7, 3] = 0
    W[:, 5] *= 30  # a channel apart
    return W.astype(dtype)


def error(quantizer: Quantizer, W: Any) -> float:
    return float(np.sqrt(np.mean((quantizer.round_trip(W) - W) ** 2)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    assert problems(getattr(quantization, name), conventions=True, source=True) == []


def test_names_are_their_own() -> None:
    assert len({quantizer.name for quantizer in QUANTIZERS}) == len(QUANTIZERS)
    assert len({quantizer.title for quantizer in QUANTIZERS}) == len(QUANTIZERS)


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_and_dtype_are_kept(quantizer: Quantizer, dtype: Any) -> None:
    W = weights(dtype)
    W.flags.writeable = False
    copy = W.copy()
    back = quantizer.round_trip(W)
    assert (back.shape, back.dtype) == (W.shape, dtype)
    assert not np.shares_memory(back, W)
    np.testing.assert_array_equal(W, copy)


@pytest.mark.parametrize("name", [q.name for q in QUANTIZERS if q.name != "clusters16"])
def test_again_changes_nothing(name: str) -> None:  # k-means starts anew: its own tests say how
    quantizer = next(quantizer for quantizer in QUANTIZERS if quantizer.name == name)
    once = quantizer.round_trip(weights())
    # The range is found anew, and may be a rounding or a stored scale's rounding away.
    twice = quantizer.round_trip(once)
    np.testing.assert_allclose(twice, once, rtol=1e-3, atol=1e-12)


@pytest.mark.parametrize("name", [q.name for q in QUANTIZERS if "groups" not in q.name])
def test_order_is_kept_within_a_channel(name: str) -> None:  # groups have different steps
    quantizer = next(quantizer for quantizer in QUANTIZERS if quantizer.name == name)
    W = np.sort(weights(), axis=0)
    assert (np.diff(quantizer.round_trip(W), axis=0) >= 0).all()


@every
def test_zero_and_sign_are_kept(quantizer: Quantizer) -> None:
    W = weights()
    if quantizer.name != "clusters16":  # its values are means
        assert quantizer.round_trip(W)[7, 3] == 0
    assert (quantizer.round_trip(W) * W >= -1e-9 * 0.04).mean() > 0.9


@every
def test_powers_of_two_only_scale_it(quantizer: Quantizer) -> None:
    W = weights()
    np.testing.assert_allclose(
        quantizer.round_trip(4 * W), 4 * quantizer.round_trip(W), rtol=1e-3, atol=1e-12
    )


@every
def test_bits_are_counted_and_more_of_them_are_better(quantizer: Quantizer) -> None:
    inputs, outputs = weights().shape
    bits = quantizer.bits(inputs, outputs)
    assert 4 <= bits <= 17
    assert quantizer.bits(2 * inputs, outputs) <= bits
    if bits <= 5:
        assert error(quantizer, weights()) > 5 * error(QUANTIZERS[0], weights())


def test_bits_of_groups_and_clusters_are_their_bytes() -> None:
    by_name, W = {q.name: q for q in QUANTIZERS}, weights(np.float32)
    stored = {
        "symmetric4_groups": quantization.quantize_groups(W),
        "clusters16": quantization.cluster(W, 16),
    }
    for name, found in stored.items():
        assert by_name[name].bits(*W.shape) == pytest.approx(8 * found.nbytes / W.size, rel=1e-14)


def test_channels_pay_where_channels_differ() -> None:
    by_name = {quantizer.name: quantizer for quantizer in QUANTIZERS}
    W = np.delete(weights(), 5, axis=1), weights()[:, [5]]
    for kind in ("affine8", "symmetric8"):
        whole = by_name[kind].round_trip(weights())
        each = by_name[f"{kind}_channel"].round_trip(weights())
        small = np.delete(np.arange(10), 5)
        errors = [np.abs(y - weights())[:, small].max() for y in (whole, each)]
        assert errors[0] > 10 * errors[1]
    assert W[0].std() < 0.1 * W[1].std()


@every
def test_integers_are_refused(quantizer: Quantizer) -> None:
    with pytest.raises(TypeError, match="int64; expected float32 or float64"):
        quantizer.round_trip(np.ones((4, 2), int))
