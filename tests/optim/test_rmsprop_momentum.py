"""RMSProp with momentum in its two forms, by hand."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, rmsprop_momentum, rmsprop_velocity

ZERO = np.zeros(1)


def test_buffer_adds_scaled_gradients() -> None:
    # rho = 3/4: v = 16 and 13, so the scaled gradients are 8/4 and 2/sqrt(13).
    how = {"lr": 0.5, "rho": 0.75, "momentum": 0.5, "eps": 0.0}
    theta, v, b = rmsprop_momentum(ZERO, ZERO + 8, ZERO, ZERO, t=1, **how)
    assert (theta[0], v[0], b[0]) == (-1.0, 16.0, 2.0)
    theta, v, b = rmsprop_momentum(theta, ZERO + 2, v, b, t=2, **how)
    assert v[0] == 13.0
    assert b[0] == pytest.approx(1 + 2 / 13**0.5, rel=1e-15)
    assert theta[0] == pytest.approx(-1 - 0.5 * b[0], rel=1e-15)


def test_forms_agree_while_the_learning_rate_stays() -> None:
    def path(rule: str, lr: object) -> np.ndarray:
        opt, theta = Optimizer(rule, lr=lr), np.ones(3)
        state = opt.init(theta)
        for g in np.random.default_rng(0).normal(size=(20, 3)):
            theta, state = opt.step(theta, g, state)
        return theta

    np.testing.assert_allclose(
        path("rmsprop_velocity", 0.1), path("rmsprop_momentum", 0.1), rtol=1e-13
    )
    part = path("rmsprop_velocity", lambda k: 0.1 / (k + 1)) - path(
        "rmsprop_momentum", lambda k: 0.1 / (k + 1)
    )
    assert np.abs(part).min() > 1e-3


def test_velocity_rolls_on_at_a_learning_rate_of_0() -> None:
    theta, _, u = rmsprop_velocity(ZERO, ZERO + 1, ZERO, ZERO - 2, t=1, lr=0.0, momentum=0.75)
    assert (theta[0], u[0]) == (-1.5, -1.5)
    theta, _, b = rmsprop_momentum(ZERO, ZERO, ZERO, ZERO + 2, t=1, lr=0.0, momentum=0.75)
    assert (theta[0], b[0]) == (0.0, 1.5)


@pytest.mark.parametrize("rule", [rmsprop_momentum, rmsprop_velocity])
def test_eps_stands_outside_the_root_and_eps_root_inside(rule: object) -> None:
    g, v = ZERO + 4.0, ZERO + 16.0
    outside = rule(ZERO, g, v, ZERO, t=1, lr=1.0, eps=4.0)[0]
    inside = rule(ZERO, g, v, ZERO, t=1, lr=1.0, eps=0.0, eps_root=9.0)[0]
    assert outside[0] == pytest.approx(-0.5, rel=1e-15)
    assert inside[0] == pytest.approx(-0.8, rel=1e-15)
