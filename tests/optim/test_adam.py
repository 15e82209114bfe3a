"""Adam, by hand."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, adam

ZERO = np.zeros(1)


@pytest.mark.parametrize("g", [1e6, 1.0, -1e-3, -1e-6])
def test_first_step_has_length_lr_for_any_gradient_far_above_epsilon(g: float) -> None:
    theta, _, _ = adam(ZERO, np.array([g]), ZERO, ZERO, t=1, lr=0.5, eps=1e-16)
    assert theta[0] == pytest.approx(-0.5 * np.sign(g), rel=1e-9)


def test_first_step_is_half_of_lr_where_gradient_and_epsilon_are_equal() -> None:
    theta, _, _ = adam(ZERO, np.array([1e-8]), ZERO, ZERO, t=1, lr=0.5, eps=1e-8)
    assert theta[0] == pytest.approx(-0.25, rel=1e-9)


def test_a_constant_gradient_moves_lr_at_every_update() -> None:
    theta, m, v = ZERO, ZERO, ZERO
    for t in range(1, 30):
        before = theta
        theta, m, v = adam(theta, np.array([3.0]), m, v, t=t, lr=0.1, eps=0.0)
        assert before[0] - theta[0] == pytest.approx(0.1, rel=1e-12)


def test_two_updates_by_hand() -> None:
    # beta1 = beta2 = 1/2, g = 2 then 0: m = 1, 1/2 and v = 2, 1; corrected by 3/4 at t = 2:
    # m_hat = 2/3 and v_hat = 4/3.
    theta, m, v = adam(ZERO, np.array([2.0]), ZERO, ZERO, t=1, lr=1.0, beta1=0.5, beta2=0.5, eps=0)
    assert (theta[0], m[0], v[0]) == (-1.0, 1.0, 2.0)
    theta, m, v = adam(theta, ZERO, m, v, t=2, lr=1.0, beta1=0.5, beta2=0.5, eps=0.0)
    assert (m[0], v[0]) == (0.5, 1.0)
    assert theta[0] == pytest.approx(-1 - (2 / 3) / (4 / 3) ** 0.5, rel=1e-15)


def test_scale_of_the_gradient_does_not_matter() -> None:
    gs = np.random.default_rng(0).normal(size=(30, 4))

    def end(scale: float) -> np.ndarray:
        opt, theta = Optimizer("adam", lr=0.1, eps=0.0), np.ones(4)
        state = opt.init(theta)
        for g in gs:
            theta, state = opt.step(theta, scale * g, state)
        return theta

    np.testing.assert_allclose(end(1e4), end(1.0), rtol=1e-12)


def test_published_bound_of_the_step_under_sparse_gradients() -> None:
    # Kingma & Ba (2015), section 2.1: a gradient that is 0 until now moves
    # lr (1 - beta1) / sqrt(1 - beta2), up to the corrections.
    theta, m, v = ZERO, ZERO, ZERO
    for t in range(1, 5001):
        theta, m, v = adam(theta, ZERO if t < 5000 else ZERO + 1, m, v, t=t, lr=1.0)
    assert theta[0] == pytest.approx(-(1 - 0.9) / (1 - 0.999) ** 0.5, rel=5e-3)
