"""RMSProp, by hand."""

import numpy as np
import pytest

from nnedu.optim import rmsprop

ZERO = np.zeros(1)


def test_first_step_is_lr_over_the_root_of_one_minus_rho() -> None:
    for g in (1e3, -1e-3):
        theta, v = rmsprop(ZERO, np.array([g]), ZERO, t=1, lr=0.5, rho=0.75, eps=0.0)
        assert theta[0] == pytest.approx(-np.sign(g), rel=1e-15)
        assert v[0] == pytest.approx(0.25 * g**2, rel=1e-15)


def test_mean_forgets_by_rho() -> None:
    _, v = rmsprop(ZERO, np.array([2.0]), np.array([16.0]), t=2, lr=1.0, rho=0.75)
    assert v[0] == 13.0
    _, v = rmsprop(ZERO, ZERO, v, t=3, lr=1.0, rho=0.75)
    assert v[0] == 9.75


def test_steps_of_a_constant_gradient_come_to_lr() -> None:
    theta, v = ZERO, ZERO
    for t in range(1, 300):
        before = theta
        theta, v = rmsprop(theta, np.array([7.0]), v, t=t, lr=0.1, rho=0.9)
    assert before[0] - theta[0] == pytest.approx(0.1, rel=1e-7)


def test_eps_stands_outside_the_root_and_eps_root_inside() -> None:
    # v = 16 after the update: sqrt(16) + 4 = 8, and sqrt(16 + 9) = 5.
    g, v = np.array([4.0]), np.array([16.0])
    outside, _ = rmsprop(ZERO, g, v, t=1, lr=1.0, eps=4.0)
    inside, _ = rmsprop(ZERO, g, v, t=1, lr=1.0, eps=0.0, eps_root=9.0)
    assert outside[0] == pytest.approx(-0.5, rel=1e-15)
    assert inside[0] == pytest.approx(-0.8, rel=1e-15)
