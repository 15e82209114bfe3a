"""Four-bit groups: packing, bytes, and each group alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.quantization import dequantize_groups, pack_nibbles, quantize_groups, unpack_nibbles


@given(st.lists(st.integers(-8, 7), max_size=40))
def test_packing_loses_nothing(codes: list[int]) -> None:
    q = np.array(codes, np.int8)
    packed = pack_nibbles(q)
    assert packed.nbytes == (q.size + 1) // 2
    np.testing.assert_array_equal(unpack_nibbles(packed, q.size), q)


def test_packing_by_hand() -> None:
    assert pack_nibbles(np.array([1, 2, -1, -8, 7])).tolist() == [0x21, 0x8F, 0x07]


@given(st.integers(1, 50), st.integers(1, 20), st.integers(0, 99))
def test_each_group_is_quantized_alone(inputs: int, group: int, seed: int) -> None:
    W = np.random.default_rng(seed).normal(size=(inputs, 3)) * [1, 100, 0.01]
    found = quantize_groups(W, group=group, scales=np.float64)
    back = dequantize_groups(found)
    for start in range(0, inputs, group):
        part = W[start : start + group]
        step = np.abs(part).max(axis=0) / 7
        np.testing.assert_allclose(
            back[start : start + group], np.rint(part / step) * step, rtol=1e-13, atol=0
        )


def test_error_is_at_most_half_a_step_of_the_stored_scale() -> None:
    W = np.random.default_rng(0).normal(size=(64, 10))
    for kind in (np.float16, np.float32):
        found = quantize_groups(W, group=16, scales=kind)
        assert found.scales.dtype == kind
        steps = np.repeat(found.scales.T.astype(float), 16, axis=0)
        clipped = np.abs(W) > 7 * steps  # by the rounding of the scale
        bound = np.where(clipped, np.abs(W) - 7 * steps, steps / 2)
        assert (np.abs(dequantize_groups(found) - W) <= bound * (1 + 1e-12)).all()


def test_bytes() -> None:
    found = quantize_groups(np.ones((64, 10)), group=32)
    assert found.nbytes == 64 * 10 // 2 + 2 * 10 * 2
    assert found.bits_per_weight == 4.5
    odd = quantize_groups(np.ones((5, 3)), group=4, scales=np.float32)
    assert odd.nbytes == 8 + 3 * 2 * 4


def test_dtype_of_what_comes_back() -> None:
    W = np.random.default_rng(0).normal(size=(8, 2)).astype(np.float32)
    assert dequantize_groups(quantize_groups(W), dtype=np.float32).dtype == np.float32
    np.testing.assert_array_equal(dequantize_groups(quantize_groups(0 * W)), 0)


def test_errors() -> None:
    with pytest.raises(ValueError, match="codes run from 0 to 8; expected -8 to 7"):
        pack_nibbles(np.array([0, 8]))
    with pytest.raises(TypeError, match="q is float64"):
        pack_nibbles(np.ones(2))
    with pytest.raises(ValueError, match=r"expected uint8 of shape \(2,\) for 3 codes"):
        unpack_nibbles(np.zeros(1, np.uint8), 3)
    with pytest.raises(ValueError, match=r"a scale does not fit float16"):
        quantize_groups(np.array([[1e6]]))
    with pytest.raises(ValueError, match=r"expected \(I, O\)"):
        quantize_groups(np.ones(3))
