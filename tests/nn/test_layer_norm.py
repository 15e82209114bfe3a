"""Layer, RMS and group normalisation, by hand, and what each leaves as it is."""

import numpy as np
import pytest

from nnedu.nn import GroupNorm, LayerNorm, group_norm, layer_norm, rms_norm

RNG = np.random.default_rng(0)


def test_layer_norm_by_hand() -> None:
    # (1, 3): mean 2, variance 1, eps 3: (-1/2, 1/2), then scaled and shifted.
    gamma, beta = np.array([2.0, 4.0]), np.array([10.0, 20.0])
    y, backward = layer_norm(np.array([[1.0, 3.0]]), gamma, beta, eps=3.0)
    np.testing.assert_array_equal(y, [[9.0, 22.0]])
    d_x, d_gamma, d_beta = backward(np.array([[1.0, 0.0]]))
    # d = (2, 0): mean 1, mean of d x_hat -1/2: ((2, 0) - 1 + x_hat / 2) / 2.
    np.testing.assert_array_equal(d_x, [[0.375, -0.375]])
    np.testing.assert_array_equal(d_gamma, [-0.5, 0.0])
    np.testing.assert_array_equal(d_beta, [1.0, 0.0])


def test_rms_norm_by_hand() -> None:
    # (1, 7): mean square 25, eps 11: the root is 6.
    y, backward = rms_norm(np.array([[1.0, 7.0]]), np.array([6.0, 12.0]), eps=11.0)
    np.testing.assert_allclose(y, [[1.0, 14.0]], rtol=1e-15)
    d_x, d_gamma = backward(np.array([[1.0, 0.0]]))
    # d = (6, 0), mean of d x_hat 1/2: ((6, 0) - (1/6, 7/6) / 2) / 6.
    np.testing.assert_allclose(d_x, [[71 / 72, -7 / 72]], rtol=1e-14)
    np.testing.assert_allclose(d_gamma, [1 / 6, 0.0], rtol=1e-15)


def test_layer_norm_does_not_see_shift_and_scale_of_an_example_and_rms_norm_sees_the_shift() -> (
    None
):
    x, one, zero = RNG.normal(size=(3, 5)), np.ones(5), np.zeros(5)
    same = layer_norm(7 * x + 2, one, zero, eps=0.0)[0]
    np.testing.assert_allclose(same, layer_norm(x, one, zero, eps=0.0)[0], rtol=1e-12)
    np.testing.assert_allclose(rms_norm(7 * x, one, eps=0.0)[0], rms_norm(x, one, eps=0.0)[0])
    assert np.abs(rms_norm(x + 2, one)[0] - rms_norm(x, one)[0]).max() > 0.1


def test_groups_are_channels_that_lie_together_over_all_places() -> None:
    x = RNG.normal(size=(2, 3, 4, 6))
    y, _ = group_norm(x, np.ones(6), np.zeros(6), groups=3, eps=0.0)
    for channels in (slice(0, 2), slice(2, 4), slice(4, 6)):
        np.testing.assert_allclose(y[..., channels].mean(axis=(1, 2, 3)), 0, atol=1e-14)
        np.testing.assert_allclose(y[..., channels].var(axis=(1, 2, 3)), 1, rtol=1e-12)
    assert np.abs(y[..., 1:3].mean(axis=(1, 2, 3))).max() > 1e-3


def test_one_group_of_a_row_is_layer_norm() -> None:
    x, gamma, beta = RNG.normal(size=(4, 6)), RNG.normal(size=6), RNG.normal(size=6)
    np.testing.assert_allclose(
        group_norm(x, gamma, beta, groups=1)[0], layer_norm(x, gamma, beta)[0], rtol=1e-13
    )


def test_wrong_arguments_are_refused() -> None:
    x, one = np.ones((2, 4)), np.ones(4)
    with pytest.raises(ValueError, match=r"gamma has shape \(3,\) and x \(2, 4\); expected \(4,\)"):
        layer_norm(x, np.ones(3), one)
    with pytest.raises(ValueError, match=r"beta has shape \(1,\)"):
        layer_norm(x, one, np.ones(1))
    with pytest.raises(ValueError, match=r"x has shape \(4,\); expected \(N, ..., F\)"):
        rms_norm(one, one)
    with pytest.raises(ValueError, match="groups is 3; expected a divisor of 4"):
        group_norm(x, one, one, groups=3)
    with pytest.raises(ValueError, match="groups is 3; expected a divisor of 4"):
        GroupNorm(3).shapes((2, 2, 4))
    with pytest.raises(ValueError, match="groups is 0; expected a whole number of at least 1"):
        GroupNorm(0)
    for eps in (-1e-9, np.nan, np.inf, "1", True):
        with pytest.raises(ValueError, match=r"eps is .*; expected 0 <= eps < inf"):
            LayerNorm(eps=eps)
