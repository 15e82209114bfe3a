"""Integer products are exact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.quantization import affine, dequantize, integer_matmul, quantize, symmetric

CODES = st.sampled_from([np.int8, np.uint8])


@given(CODES, CODES, st.integers(1, 40), st.integers(0, 999), st.booleans())
def test_equals_the_product_in_64_bits(kind_x, kind_W, inputs: int, seed: int, each: bool) -> None:
    rng = np.random.default_rng(seed)

    def codes(kind, shape):
        return rng.integers(np.iinfo(kind).min, np.iinfo(kind).max, shape, kind, endpoint=True)

    q_x, q_W = codes(kind_x, (3, inputs)), codes(kind_W, (inputs, 4))
    zero_x, zero_W = int(codes(kind_x, ())), codes(kind_W, 4 if each else ())
    found = integer_matmul(q_x, q_W, zero_x=zero_x, zero_W=zero_W)
    exact = (q_x.astype(np.int64) - zero_x) @ (q_W.astype(np.int64) - zero_W.astype(np.int64))
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, exact)


def test_the_worst_case_still_fits() -> None:
    most = (2**31 - 1) // 255**2
    q_x = np.full((1, most), 255, np.uint8)
    found = integer_matmul(q_x, q_x.T.copy())
    assert found[0, 0] == most * 255**2 <= 2**31 - 1
    far = integer_matmul(np.full((1, most), -128, np.int8), q_x.T.copy(), zero_x=127)
    assert far[0, 0] == -(most * 255**2)
    with pytest.raises(ValueError, match=f"{most + 1} products; expected at most {most}"):
        integer_matmul(np.ones((1, most + 1), np.int8), np.ones((most + 1, 1), np.int8))


def test_times_the_scales_it_is_the_product_of_the_numbers() -> None:
    rng = np.random.default_rng(0)
    x, W = rng.normal(size=(5, 30)) + 1, rng.normal(size=(30, 4)) * [0.1, 1, 10, 100]
    to_x, to_W = affine(x.min(), x.max()), symmetric(np.abs(W).max(axis=0), axis=1)
    q_x, q_W = quantize(x, to_x), quantize(W, to_W)
    sums = integer_matmul(q_x, q_W, zero_x=int(to_x.zero_point), zero_W=to_W.zero_point)
    numbers = dequantize(q_x, to_x) @ dequantize(q_W, to_W)
    np.testing.assert_allclose(sums * float(to_x.scale) * to_W.scale, numbers, rtol=1e-12)


def test_errors() -> None:
    q = np.ones((2, 2), np.int8)
    with pytest.raises(TypeError, match="q_x is float64; expected an array of int8 or uint8"):
        integer_matmul(np.ones((2, 2)), q)
    with pytest.raises(TypeError, match="q_W is int32"):
        integer_matmul(q, q.astype(np.int32))
    with pytest.raises(ValueError, match=r"expected \(N, I\), \(I, O\)"):
        integer_matmul(q, np.ones((3, 2), np.int8))
    with pytest.raises(ValueError, match=r"zero_W has shape \(3,\)"):
        integer_matmul(q, q, zero_W=np.zeros(3, int))
    with pytest.raises(ValueError, match="expected 8-bit codes"):
        integer_matmul(q, q, zero_x=256)
