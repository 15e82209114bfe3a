"""Activations, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.nn import gelu, gelu_tanh, leaky_relu, relu, sigmoid, silu, tanh


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


def test_leaky_relu_by_hand_and_its_slope_at_zero() -> None:
    y, backward = leaky_relu(np.array([-2.0, 0.0, 3.0]), slope=0.25)
    np.testing.assert_array_equal(y, [-0.5, 0.0, 3.0])
    np.testing.assert_array_equal(backward(np.array([8.0, 8.0, 8.0]))[0], [2.0, 2.0, 8.0])
    assert leaky_relu(np.array([-1.0]))[0][0] == -0.01


def test_leaky_relu_without_a_slope_is_relu() -> None:
    x = np.linspace(-3, 3, 13)
    np.testing.assert_array_equal(leaky_relu(x, slope=0.0)[0], relu(x)[0])


@pytest.mark.parametrize("slope", [-0.1, 1.5, float("nan")])
def test_leaky_relu_refuses_a_slope_outside(slope: float) -> None:
    with pytest.raises(ValueError, match=r"expected 0 to 1"):
        leaky_relu(np.ones(2), slope=slope)


def test_silu_by_hand() -> None:
    # At log 3 the sigmoid is 3/4: y = 3/4 log 3, slope 3/4 (1 + log(3) / 4).
    x = np.log([3.0, 1.0])
    y, backward = silu(x)
    np.testing.assert_allclose(y, [0.75 * x[0], 0.0], rtol=1e-15)
    slope = [0.75 * (1 + x[0] / 4), 0.5]
    np.testing.assert_allclose(backward(np.array([2.0, 1.0]))[0], [2 * slope[0], 0.5], rtol=1e-15)


def test_gelu_by_hand() -> None:
    # Half of a standard normal lies below 0; 0.841344746068543 of it below 1 (any table).
    y, backward = gelu(np.array([-1.0, 0.0, 1.0]))
    below, phi = 0.841344746068543, np.exp(-0.5) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(y, [below - 1, 0.0, below], rtol=1e-14)
    slopes = [1 - below - phi, 0.5, below + phi]
    np.testing.assert_allclose(backward(np.ones(3))[0], slopes, rtol=1e-13)


def test_gelu_keeps_its_digits_far_out() -> None:
    # Phi(-20) = 2.7536241186062337e-89 (Mills' ratio gives the first digits by hand); 1 + erf is 0.
    assert gelu(np.array([-20.0]))[0][0] == pytest.approx(-20 * 2.7536241186062337e-89, rel=1e-12)


def test_gelu_by_tanh_is_near_and_not_the_same() -> None:
    x = np.linspace(-6, 6, 2001)
    gap = np.abs(gelu(x)[0] - gelu_tanh(x)[0])
    assert 4e-4 < gap.max() < 5e-4
    # tanh(sqrt(2 / pi) * 1.044715) = 0.68238...: y(1) = 0.84119...
    assert gelu_tanh(np.ones(1))[0][0] == pytest.approx(0.8411919906082768, rel=1e-12)


@pytest.mark.parametrize("f", [silu, gelu, gelu_tanh])
def test_smooth_rectifiers_open_their_gate_and_dip_once(f) -> None:
    x = np.linspace(-12, 12, 4801)
    y, backward = f(x)
    np.testing.assert_allclose(y - f(-x)[0], x, atol=1e-12)  # gate(x) + gate(-x) = 1
    assert (np.diff(np.sign(backward(np.ones_like(x))[0])) != 0).sum() <= 2
    lowest = {silu: (-1.2785, -0.2785), gelu: (-0.7518, -0.1700), gelu_tanh: (-0.7524, -0.1700)}[f]
    assert (x[y.argmin()], y.min()) == pytest.approx(lowest, abs=5e-3)


@pytest.mark.parametrize("f", [silu, gelu, gelu_tanh, leaky_relu])
def test_extremes_are_finite_in_both_precisions(f) -> None:
    for dtype, huge in ((np.float32, 1e38), (np.float64, 1e300)):
        y, backward = f(np.array([-huge, huge], dtype))
        assert y[1] == np.asarray(huge, dtype)
        assert np.isfinite(y).all()
        assert np.isfinite(backward(np.ones(2, dtype))[0]).all()
