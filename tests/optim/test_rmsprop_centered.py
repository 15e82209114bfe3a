"""Centred RMSProp, by hand."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, rmsprop, rmsprop_centered

ZERO = np.zeros(1)


def test_two_updates_by_hand() -> None:
    # rho = 1/2, g = 4 then 0: v = 8, 4 and m = 2, 1; the variances are 4 and 3.
    theta, v, m = rmsprop_centered(ZERO, ZERO + 4, ZERO, ZERO, t=1, lr=1.0, rho=0.5, eps=0.0)
    assert (theta[0], v[0], m[0]) == (-2.0, 8.0, 2.0)
    theta, v, m = rmsprop_centered(theta, ZERO, v, m, t=2, lr=1.0, rho=0.5, eps=0.0)
    assert (theta[0], v[0], m[0]) == (-2.0, 4.0, 1.0)
    theta, _, _ = rmsprop_centered(theta, ZERO + 1, v, m, t=3, lr=1.0, rho=0.5, eps=0.0)
    # v = 5/2, m = 1: variance 3/2.
    assert theta[0] == pytest.approx(-2 - 1.5**-0.5, rel=1e-15)


def test_first_step_is_longer_than_uncentred_by_one_over_the_root_of_rho() -> None:
    # v - m**2 = (1 - rho) g**2 - (1 - rho)**2 g**2 = rho (1 - rho) g**2.
    plain, _ = rmsprop(ZERO, ZERO + 3, ZERO, t=1, lr=1.0, rho=0.64, eps=0.0)
    centred, _, _ = rmsprop_centered(ZERO, ZERO + 3, ZERO, ZERO, t=1, lr=1.0, rho=0.64, eps=0.0)
    assert centred[0] == pytest.approx(plain[0] / 0.8, rel=1e-14)


def test_gradients_that_only_change_sign_are_not_affected() -> None:
    v, m = ZERO + 25.0, ZERO
    centred, _, _ = rmsprop_centered(ZERO, ZERO, v, m, t=9, lr=1.0)
    plain, _ = rmsprop(ZERO, ZERO, v, t=9, lr=1.0)
    assert centred[0] == plain[0]


def test_steady_gradients_make_steps_that_epsilon_bounds() -> None:
    opt, theta = Optimizer("rmsprop_centered", lr=1.0, rho=0.5, eps=0.25), ZERO
    state = opt.init(theta)
    for _ in range(80):
        before = theta
        theta, state = opt.step(theta, ZERO + 3.0, state)
    assert before[0] - theta[0] == pytest.approx(3.0 / 0.25, rel=1e-6)


def test_a_variance_that_rounds_below_0_counts_as_0() -> None:
    v = ZERO + 1.0
    m = ZERO + np.nextafter(1.0, 2.0)  # its square is above v
    theta, _, _ = rmsprop_centered(ZERO, ZERO + 1, v, m, t=1, lr=1.0, rho=0.999, eps=0.5)
    assert theta[0] == -2.0


def test_eps_stands_outside_the_root_and_eps_root_inside() -> None:
    # With rho = 1/2 and these starts the variance after the update is 20 - 2**2 = 16.
    g, v, m = ZERO + 4.0, ZERO + 24.0, ZERO
    outside, _, _ = rmsprop_centered(ZERO, g, v, m, t=1, lr=1.0, rho=0.5, eps=4.0)
    inside, _, _ = rmsprop_centered(ZERO, g, v, m, t=1, lr=1.0, rho=0.5, eps=0.0, eps_root=9.0)
    assert outside[0] == pytest.approx(-0.5, rel=1e-15)
    assert inside[0] == pytest.approx(-0.8, rel=1e-15)
