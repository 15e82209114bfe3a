"""Mean 0 and variance 1, by hand and whatever the axes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnedu.nn import normalize

X = np.random.default_rng(0).normal(2, 5, size=(3, 4, 5))


def test_by_hand() -> None:
    # 1, 3, 5, 7: mean 4, variance (9 + 1 + 1 + 9) / 4 = 5; with eps 4 the root is 3.
    x_hat, backward, mean, var = normalize(np.array([1.0, 3.0, 5.0, 7.0]), (0,), eps=4.0)
    np.testing.assert_allclose(x_hat, [-1, -1 / 3, 1 / 3, 1], rtol=1e-15)
    assert (mean.item(), var.item()) == (4, 5)
    # d = (4, 0, 0, 0): mean 1, mean of d x_hat -1; (d - 1 + x_hat) / 3.
    (d_x,) = backward(np.array([4.0, 0.0, 0.0, 0.0]))
    np.testing.assert_allclose(d_x, [2 / 3, -4 / 9, -2 / 9, 0], rtol=1e-14, atol=1e-16)


@given(axes=st.sampled_from([(0,), (2,), (0, 1), (1, 2), (0, 1, 2)]))
def test_has_mean_zero_and_variance_one_over_the_axes(axes: tuple[int, ...]) -> None:
    x_hat, backward, mean, _ = normalize(X, axes, eps=0.0)
    np.testing.assert_allclose(x_hat.mean(axis=axes), 0, atol=1e-14)
    np.testing.assert_allclose(x_hat.var(axis=axes), 1, rtol=1e-13)
    assert mean.shape == tuple(1 if i in axes else n for i, n in enumerate(X.shape))
    # A gradient along what normalising removes has nowhere to go.
    np.testing.assert_allclose(backward(np.ones_like(X))[0], 0, atol=1e-14)
    np.testing.assert_allclose(backward(x_hat)[0], 0, atol=1e-14)


def test_numbers_that_are_all_the_same_stay_finite() -> None:
    x_hat, backward, _, var = normalize(np.full((2, 3), 1e4), (1,))
    assert not x_hat.any()
    assert not var.any()
    assert np.isfinite(backward(np.ones((2, 3)))[0]).all()


def test_a_large_mean_does_not_swallow_the_variance() -> None:
    # mean(x**2) - mean(x)**2 in float32 would give 0 or less here.
    x = (1e4 + np.arange(8.0)).astype(np.float32)
    assert abs(normalize(x, (0,))[3].item() - 5.25) < 1e-3
