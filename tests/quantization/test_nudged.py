"""The nudged range, by hand from its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.quantization import affine, fake_quantize, nudged

ONES = np.ones(1)


def test_by_hand() -> None:
    # Two bits over -0.6 .. 2.4: step 1; 0 would have code 0.6, it gets 1; so -1 .. 2.
    x = np.array([-5.0, -1.0, -0.5, -0.49, 0.5, 1.5, 2.0, 2.01])
    y, backward = nudged(x, -0.6, 2.4, bits=2)
    np.testing.assert_array_equal(y, [-1, -1, 0, 0, 1, 2, 2, 2])  # halves go up
    np.testing.assert_array_equal(backward(np.full(8, 2.0))[0], [0, 2, 2, 2, 2, 2, 2, 0])


def test_a_range_beside_zero_keeps_its_width() -> None:
    y, _ = nudged(np.array([-9.0, 9.0]), 1.0, 4.0, bits=4)
    np.testing.assert_allclose(y, [0, 3], rtol=1e-15)
    y, _ = nudged(np.array([-9.0, 9.0]), -4.0, -1.0, bits=4)
    np.testing.assert_allclose(y, [-3, 0], rtol=1e-15, atol=1e-15)


def test_narrow_leaves_out_the_lowest_code() -> None:
    y, _ = nudged(np.linspace(-9, 9, 999), -3.0, 3.0, bits=3, narrow=True)
    np.testing.assert_allclose(np.unique(y), np.arange(-3, 4), atol=1e-14)
    wide, _ = nudged(np.linspace(-9, 9, 999), -3.0, 4.0, bits=3)
    np.testing.assert_allclose(np.unique(wide), np.arange(-3, 5), atol=1e-14)


@given(st.floats(-5, 4.9), st.floats(0.1, 9), st.integers(2, 8), st.integers(0, 99))
def test_error_order_and_again(low: float, width: float, bits: int, seed: int) -> None:
    x = np.sort(np.random.default_rng(seed).uniform(-12, 12, 50))
    y, backward = nudged(x, low, low + width, bits=bits)
    step = width / (2**bits - 1)
    inside = backward(np.ones(50))[0] == 1
    assert (np.abs(y - x)[inside] <= step / 2 * (1 + 1e-9)).all()
    assert (np.diff(y) >= 0).all()
    np.testing.assert_allclose(nudged(y, low, low + width, bits=bits)[0], y, atol=1e-12)
    assert abs(nudged(np.zeros(1), low, low + width, bits=bits)[0][0]) < 1e-12


def test_where_it_differs_from_the_other_convention() -> None:
    grid = affine(-1.0, 2.0, bits=2, signed=False)  # the same grid: -1, 0, 1, 2
    x = np.array([-0.5, 0.5, 2.3])
    theirs, ours = nudged(x, -1.0, 2.0, bits=2), fake_quantize(x, grid)
    np.testing.assert_array_equal(theirs[0], [0, 1, 2])
    np.testing.assert_array_equal(ours[0], [0, 0, 2])
    assert (theirs[1](np.ones(3))[0][2], ours[1](np.ones(3))[0][2]) == (0, 1)


def test_channels() -> None:
    x = np.random.default_rng(0).normal(size=(4, 3))
    low, high = np.array([-1.0, -2.0, 0.5]), np.array([1.5, 0.25, 3.0])
    y, backward = nudged(x, low, high, bits=4, axis=1)
    d_x = backward(x)[0]
    for c in range(3):
        alone, alone_back = nudged(x[:, c], low[c], high[c], bits=4)
        np.testing.assert_array_equal(y[:, c], alone)
        np.testing.assert_array_equal(d_x[:, c], alone_back(x[:, c])[0])
    np.testing.assert_array_equal(nudged(x.T.copy(), low, high, bits=4, axis=0)[0], y.T)


def test_errors() -> None:
    with pytest.raises(ValueError, match="expected the lower below the higher"):
        nudged(ONES, 1.0, 1.0)
    with pytest.raises(ValueError, match="expected 2 channels along axis 0"):
        nudged(ONES, np.zeros(2), np.ones(2), axis=0)
