"""Activations, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.nn import relu, sigmoid, tanh


def test_relu_passes_what_is_positive_and_has_slope_zero_at_zero() -> None:
    y, backward = relu(np.array([-2.0, 0.0, 3.0]))
    np.testing.assert_array_equal(y, [0.0, 0.0, 3.0])
    np.testing.assert_array_equal(backward(np.array([5.0, 6.0, 7.0]))[0], [0.0, 0.0, 7.0])


def test_sigmoid_by_hand() -> None:
    # log-odds log 3 is a probability of 3/4, with slope 3/4 * 1/4.
    y, backward = sigmoid(np.log([3.0, 1 / 3, 1.0]))
    np.testing.assert_allclose(y, [0.75, 0.25, 0.5], rtol=1e-15)
    np.testing.assert_allclose(backward(np.array([2.0, 1.0, 4.0]))[0], [0.375, 0.1875, 1.0])


def test_tanh_by_hand() -> None:
    # tanh(log 2) = (2 - 1/2) / (2 + 1/2) = 3/5, with slope 1 - 9/25.
    y, backward = tanh(np.log([2.0, 0.5]))
    np.testing.assert_allclose(y, [0.6, -0.6], rtol=1e-15)
    np.testing.assert_allclose(backward(np.array([1.0, 0.5]))[0], [0.64, 0.32], rtol=1e-14)


@given(st.floats(-1e4, 1e4))
def test_sigmoid_is_symmetric_and_half_a_tanh(x: float) -> None:
    at = np.array([x])
    assert sigmoid(at)[0][0] + sigmoid(-at)[0][0] == pytest.approx(1, rel=1e-15)
    assert sigmoid(at)[0][0] == pytest.approx((1 + tanh(at / 2)[0][0]) / 2, abs=1e-15)
