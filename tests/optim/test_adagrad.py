"""AdaGrad, by hand."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, adagrad


def test_steps_fall_with_the_root_of_the_number_of_updates() -> None:
    # A constant gradient: G = t g**2, so step t is lr / sqrt(t) whatever g is.
    theta, G = np.zeros(2), np.zeros(2)
    for t in range(1, 50):
        before = theta
        theta, G = adagrad(theta, np.array([100.0, -1e-3]), G, t=t, lr=0.5, eps=0.0)
        assert before - theta == pytest.approx([0.5 / t**0.5, -0.5 / t**0.5], rel=1e-12)


def test_the_new_gradient_is_counted_before_the_step() -> None:
    _, G = adagrad(np.zeros(1), np.array([3.0]), np.array([16.0]), t=2, lr=1.0, eps=0.0)
    theta, _ = adagrad(np.zeros(1), np.array([3.0]), np.array([16.0]), t=2, lr=1.0, eps=0.0)
    assert (G[0], theta[0]) == (25.0, -0.6)


def test_epsilon_stands_outside_the_root() -> None:
    theta, _ = adagrad(np.zeros(1), np.array([3.0]), np.zeros(1), t=1, lr=1.0, eps=3.0)
    assert theta[0] == -0.5


def test_a_start_of_the_sum_shortens_the_first_step() -> None:
    opt = Optimizer("adagrad", lr=1.0, eps=0.0)
    theta = np.zeros(1)
    theta, state = opt.step(theta, np.array([3.0]), opt.init(theta, G=16.0))
    assert theta[0] == -0.6
    assert state.arrays["G"][0] == 25.0
