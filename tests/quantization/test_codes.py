"""Grids: by hand, and what holds for every grid and every value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnedu.quantization import affine, dequantize, fake_quantize, quantize, symmetric

VALUES = arrays(np.float64, st.integers(1, 40), elements=st.floats(-100, 100))
BITS = st.integers(2, 16)
ENDS = st.tuples(st.floats(-50, 50), st.floats(-50, 50)).map(sorted)


@st.composite
def grids(draw):
    low, high = draw(ENDS)
    if draw(st.booleans()):
        return affine(low, high, bits=draw(BITS), signed=draw(st.booleans()))
    return symmetric(abs(high), bits=draw(BITS))


def ends(grid) -> tuple[float, float]:
    """The numbers that the least and the greatest code stand for."""
    low, high = dequantize(np.array([grid.low, grid.high]), grid)
    return float(low), float(high)


def test_affine_by_hand() -> None:
    # Three bits, unsigned: 0 .. 7 over -1 .. 2.5 in steps of 1/2; 0 has code 2.
    grid = affine(-1.0, 2.5, bits=3, signed=False)
    assert (float(grid.scale), int(grid.zero_point), grid.low, grid.high) == (0.5, 2, 0, 7)
    x = np.array([-9.0, -1.0, -0.75, -0.25, 0.0, 0.26, 2.4, 9.0])
    # -0.75 / 0.5 = -1.5 and -0.25 / 0.5 = -0.5 are halves: to the even neighbours -2 and 0.
    assert quantize(x, grid).tolist() == [0, 0, 0, 2, 2, 3, 7, 7]
    assert quantize(x, grid).dtype == np.int8
    signed = affine(-1.0, 2.5, bits=3)
    assert (int(signed.zero_point), signed.low, signed.high) == (-2, -4, 3)
    np.testing.assert_array_equal(quantize(x, signed), quantize(x, grid) - 4)


def test_symmetric_by_hand() -> None:
    grid = symmetric(3.5, bits=4)
    assert (float(grid.scale), int(grid.zero_point), grid.low, grid.high) == (0.5, 0, -7, 7)
    assert quantize(np.array([-4.0, -0.25, 0.75, 1.25, 3.5]), grid).tolist() == [-7, 0, 2, 2, 7]


def test_channels_are_grids_of_their_own() -> None:
    W = np.random.default_rng(0).normal(size=(5, 3)) * [0.01, 1, 100]
    for axis, x in ((1, W), (-1, W), (0, W.T.copy())):
        grid = symmetric(np.abs(W).max(axis=0), axis=axis)
        y = fake_quantize(x, grid)[0]
        for c in range(3):
            alone = fake_quantize(W[:, c], symmetric(np.abs(W[:, c]).max()))[0]
            np.testing.assert_array_equal(y[:, c] if axis else y[c], alone)


def test_a_range_beside_zero_is_widened() -> None:
    assert ends(affine(2.0, 6.0, bits=8, signed=False)) == (0, 6)
    assert ends(affine(-5.1, -1.0)) == (-5.1, 0)


def test_a_channel_of_zeros_has_the_scale_one() -> None:
    for grid in (affine(0.0, 0.0), symmetric(0.0)):
        assert float(grid.scale) == 1
        np.testing.assert_array_equal(fake_quantize(np.zeros(3), grid)[0], np.zeros(3))


@given(VALUES, grids())
def test_error_is_at_most_half_a_step_inside_the_range(x: np.ndarray, grid) -> None:
    low, high = ends(grid)
    y = fake_quantize(x, grid)[0]
    inside = (x >= low) & (x <= high)
    assert (np.abs(y - x)[inside] <= float(grid.scale) / 2 * (1 + 1e-9)).all()
    np.testing.assert_array_equal(y[x > high], high)
    np.testing.assert_array_equal(y[x < low], low)


@given(VALUES, grids())
def test_again_changes_nothing(x: np.ndarray, grid) -> None:
    y = fake_quantize(x, grid)[0]
    np.testing.assert_array_equal(fake_quantize(y, grid)[0], y)
    np.testing.assert_array_equal(quantize(y, grid), quantize(x, grid))


@given(VALUES, grids())
def test_order_is_kept(x: np.ndarray, grid) -> None:
    assert (np.diff(fake_quantize(np.sort(x), grid)[0]) >= 0).all()


@given(grids(), st.sampled_from([np.float32, np.float64]))
def test_zero_is_exact(grid, dtype) -> None:
    assert fake_quantize(np.zeros(2, dtype), grid)[0].tolist() == [0, 0]


@given(VALUES, grids())
def test_fake_is_there_and_back(x: np.ndarray, grid) -> None:
    y, backward = fake_quantize(x, grid)
    q = quantize(x, grid)
    np.testing.assert_array_equal(y, dequantize(q, grid))
    assert q.min() >= grid.low
    assert q.max() <= grid.high
    assert q.dtype == grid.dtype
    d_x = backward(np.full(x.shape, 3.0))[0]
    low, high = ends(grid)
    half = float(grid.scale) / 2
    np.testing.assert_array_equal(d_x[(x > low) & (x < high)], 3)
    np.testing.assert_array_equal(d_x[(x < low - 1.001 * half) | (x > high + 1.001 * half)], 0)


def test_every_code_of_eight_bits_comes_back() -> None:
    for grid in (affine(-0.3, 0.7), affine(-0.3, 0.7, signed=False), symmetric(0.9)):
        codes = np.arange(grid.low, grid.high + 1)
        np.testing.assert_array_equal(quantize(dequantize(codes, grid), grid), codes)
        narrow = dequantize(codes, grid, dtype=np.float32)
        np.testing.assert_array_equal(quantize(narrow, grid), codes)


def test_code_types() -> None:
    kinds = [(affine(0, 1), "int8"), (affine(0, 1, signed=False), "uint8")]
    kinds += [(affine(0, 1, bits=9), "int16"), (affine(0, 1, bits=16, signed=False), "uint16")]
    assert [grid.dtype for grid, _ in kinds] == [name for _, name in kinds]


def test_errors() -> None:
    with pytest.raises(ValueError, match="x holds NaN"):
        quantize(np.array([np.nan]), symmetric(1.0))
    with pytest.raises(ValueError, match="expected 3 channels along axis 1"):
        quantize(np.ones((3, 2)), symmetric(np.ones(3), axis=1))
    with pytest.raises(ValueError, match="one number a channel with it"):
        symmetric(np.ones(3))
    with pytest.raises(ValueError, match="expected finite numbers, the lower first"):
        affine(1.0, -1.0)
    with pytest.raises(ValueError, match="expected finite numbers"):
        symmetric(-1.0)
    with pytest.raises(ValueError, match="bits is 17"):
        affine(0, 1, bits=17)
    with pytest.raises(ValueError, match="bits is 1;"):
        symmetric(1.0, bits=1)
    with pytest.raises(TypeError, match="q is float64; expected integer codes"):
        dequantize(np.ones(2), symmetric(1.0))
