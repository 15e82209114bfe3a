"""LAMB, by hand."""

import numpy as np
import pytest

from nnedu.optim import adam, lamb

THETA, ZERO = np.array([3.0, 4.0]), np.zeros(2)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize("weight_decay", [0.0, 0.5])
def test_every_step_is_lr_times_the_norm_of_the_tensor(scale: float, weight_decay: float) -> None:
    theta, m, v = THETA, ZERO, ZERO
    for t, g in enumerate(scale * np.random.default_rng(0).normal(size=(9, 2)), start=1):
        before = theta
        theta, m, v = lamb(theta, g, m, v, t=t, lr=0.01, weight_decay=weight_decay)
        step = np.linalg.norm(theta - before)
        assert step == pytest.approx(0.01 * np.linalg.norm(before), rel=1e-12)


def test_direction_is_adams_plus_the_decay() -> None:
    # Adam's first direction is (1, -1); with 0.5 theta it is (2.5, 1), of norm sqrt(7.25).
    theta, _, _ = lamb(
        THETA, np.array([7.0, -2.0]), ZERO, ZERO, t=1, lr=0.1, weight_decay=0.5, eps=0.0
    )
    expected = THETA - 0.1 * 5 / 7.25**0.5 * np.array([2.5, 1.0])
    np.testing.assert_allclose(theta, expected, rtol=1e-14)


def test_means_and_their_correction_are_adams() -> None:
    theta, state = THETA, (ZERO, ZERO)
    for t, g in enumerate(np.random.default_rng(1).normal(size=(5, 2)), start=1):
        stepped, *expected = adam(theta, g, *state, t=t, lr=1.0, eps=1e-2)
        after, *state = lamb(theta, g, *state, t=t, lr=0.1, eps=1e-2)
        np.testing.assert_array_equal(state, expected)
        r = theta - stepped
        ratio = np.linalg.norm(theta) / np.linalg.norm(r)
        np.testing.assert_allclose(after, theta - 0.1 * ratio * r, rtol=1e-13)
        theta = after


def test_a_tensor_at_zero_takes_adams_step() -> None:
    theta, _, _ = lamb(ZERO, np.array([7.0, -2.0]), ZERO, ZERO, t=1, lr=0.1, eps=0.0)
    np.testing.assert_allclose(theta, [-0.1, 0.1], rtol=1e-14)
