"""AdaDelta, by hand."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, adadelta

ZERO = np.zeros(1)


def test_two_updates_by_hand() -> None:
    # rho = 1/2, eps = 1, g = 4: v = 8, d = 1/3 * 4; then v = 12, u = 8/9, d**2 = (17/9)/13 * 16.
    theta, v, u = adadelta(ZERO, ZERO + 4, ZERO, ZERO, t=1, rho=0.5, eps=1.0)
    assert (v[0], u[0]) == pytest.approx((8.0, 8 / 9), rel=1e-15)
    theta, v, u = adadelta(theta, ZERO + 4, v, u, t=2, rho=0.5, eps=1.0)
    assert v[0] == 12.0
    assert theta[0] == pytest.approx(-4 / 3 - (17 / 9 / 13 * 16) ** 0.5, rel=1e-15)
    assert u[0] == pytest.approx(4 / 9 + 17 / 9 / 13 * 8, rel=1e-15)


def test_first_step_is_as_long_for_any_gradient_far_above_epsilon() -> None:
    for g in (1e6, -1.0, 1e-1):
        theta, _, _ = adadelta(ZERO, ZERO + g, ZERO, ZERO, t=1, rho=0.75, eps=1e-8)
        # sqrt(eps) / sqrt((1 - rho) g**2) * g
        assert theta[0] == pytest.approx(-np.sign(g) * 2e-4, rel=1e-5)


def test_steps_have_the_units_of_the_parameters() -> None:
    # The same valley measured in metres and in millimetres: the path is the same path, if eps
    # is measured in the same units too.
    def end(unit: float) -> float:
        opt = Optimizer("adadelta", rho=0.9, eps=1e-6 * unit**2)
        theta, state = ZERO + unit, opt.init(ZERO)
        for _ in range(50):
            theta, state = opt.step(theta, theta, state)
        return float(theta[0] / unit)

    assert end(1000.0) == pytest.approx(end(1.0), rel=1e-12)


def test_lr_scales_the_step_and_not_the_memory() -> None:
    one = adadelta(ZERO, ZERO + 2, ZERO + 1, ZERO + 1, t=3, lr=1.0)
    half = adadelta(ZERO, ZERO + 2, ZERO + 1, ZERO + 1, t=3, lr=0.5)
    assert half[0][0] == one[0][0] / 2
    assert (half[1][0], half[2][0]) == (one[1][0], one[2][0])


def test_without_epsilon_nothing_moves() -> None:
    theta, _, u = adadelta(ZERO, ZERO + 2, ZERO, ZERO, t=1, eps=0.0)
    assert (theta[0], u[0]) == (0.0, 0.0)
