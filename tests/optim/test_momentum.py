"""Momentum and the heavy ball, by hand."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, heavy_ball, momentum

ONE, ZERO = np.array([1.0]), np.array([0.0])


def test_buffer_is_the_geometric_sum_of_gradients() -> None:
    # With g = 1 and momentum 1/2: b = 1, 3/2, 7/4, ... and theta = -(1 + 3/2 + 7/4).
    theta, b = ZERO, ZERO
    for t, expected in enumerate([1.0, 1.5, 1.75], start=1):
        theta, b = momentum(theta, ONE, b, t=t, lr=1.0, momentum=0.5)
        assert b[0] == expected
    assert theta[0] == -4.25


def test_steps_grow_to_lr_over_one_minus_momentum() -> None:
    theta, b = ZERO, ZERO
    for t in range(1, 200):
        before = theta
        theta, b = momentum(theta, ONE, b, t=t, lr=0.1, momentum=0.8)
    assert before[0] - theta[0] == pytest.approx(0.5, rel=1e-12)


def test_dampening_withholds_part_of_each_gradient() -> None:
    theta, b = momentum(ZERO, ONE, np.array([4.0]), t=2, lr=1.0, momentum=0.5, dampening=0.25)
    assert (theta[0], b[0]) == (-2.75, 2.75)


def test_dampening_equal_to_momentum_is_a_moving_average() -> None:
    b = ZERO
    for t in range(1, 400):
        _, b = momentum(ZERO, 3 * ONE, b, t=t, lr=1.0, momentum=0.9, dampening=0.9)
    assert b[0] == pytest.approx(3.0, rel=1e-12)


def test_without_momentum_both_are_gradient_descent() -> None:
    theta, g = np.array([1.0, -2.0]), np.array([0.5, 4.0])
    for rule in (momentum, heavy_ball):
        new, _ = rule(theta, g, np.array([7.0, 7.0]), t=1, lr=0.25, momentum=0.0)
        np.testing.assert_array_equal(new, [0.875, -3.0])


def test_heavy_ball_repeats_part_of_the_last_step() -> None:
    # theta - lr g + momentum (theta - theta_before), written without a velocity.
    thetas, v = [np.array([2.0]), np.array([2.0])], ZERO
    for t, g in enumerate([4.0, -2.0, 1.0, 8.0], start=1):
        lr = 0.5 / t
        theta, v = heavy_ball(thetas[-1], g * ONE, v, t=t, lr=lr, momentum=0.75)
        expected = thetas[-1] - lr * g + 0.75 * (thetas[-1] - thetas[-2])
        assert theta[0] == pytest.approx(expected[0], rel=1e-14)
        thetas.append(theta)


def test_forms_agree_at_constant_lr_and_part_when_it_changes() -> None:
    rng = np.random.default_rng(0)
    gs = rng.normal(size=(20, 3))

    def end(rule: str, lr: object) -> np.ndarray:
        opt, theta = Optimizer(rule, lr=lr), np.zeros(3)
        state = opt.init(theta)
        for g in gs:
            theta, state = opt.step(theta, g, state)
        return theta

    np.testing.assert_allclose(end("momentum", 0.1), end("heavy_ball", 0.1), rtol=1e-13)
    falling = [0.1 / (1 + k) for k in range(20)]
    apart = np.abs(end("momentum", falling.__getitem__) - end("heavy_ball", falling.__getitem__))
    assert apart.min() > 1e-2
