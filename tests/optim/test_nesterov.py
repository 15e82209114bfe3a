"""Nesterov's method, against the textbook form that asks for the gradient one step ahead."""

import numpy as np
import pytest

from nnedu.optim import nesterov, nesterov_velocity


def test_first_step_is_one_plus_momentum_times_sgd() -> None:
    zero = np.zeros(2)
    for rule, memory in ((nesterov, 4.0), (nesterov_velocity, -2.0)):
        theta, state = rule(zero, np.array([4.0, 0.0]), zero, t=1, lr=0.5, momentum=0.75)
        np.testing.assert_array_equal(theta, [-3.5, 0.0])
        np.testing.assert_array_equal(state, [memory, 0.0])


@pytest.mark.parametrize("lrs", [[0.05] * 30, [0.05 / (1 + k) for k in range(30)]])
def test_velocity_form_is_the_textbook_seen_from_the_look_ahead_point(lrs: list[float]) -> None:
    # Textbook: v = mu v - lr grad(phi + mu v), phi = phi + v. The rule holds phi + mu v.
    curvature, mu = np.array([1.0, 10.0]), 0.9
    phi, v = np.array([1.0, 1.0]), np.zeros(2)
    theta, w = phi.copy(), np.zeros(2)
    for t, lr in enumerate(lrs, start=1):
        v = mu * v - lr * curvature * (phi + mu * v)
        phi = phi + v
        theta, w = nesterov_velocity(theta, curvature * theta, w, t=t, lr=lr, momentum=mu)
        np.testing.assert_allclose(theta, phi + mu * v, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(w, v, rtol=1e-11, atol=1e-13)


def test_forms_agree_at_constant_lr_and_part_when_it_changes() -> None:
    gs = np.random.default_rng(1).normal(size=(20, 3))
    for lrs, agree in (([0.1] * 20, True), ([0.1 / (1 + k) for k in range(20)], False)):
        one = two = np.zeros(3)
        b, v = np.zeros(3), np.zeros(3)
        for t, (g, lr) in enumerate(zip(gs, lrs, strict=True), start=1):
            one, b = nesterov(one, g, b, t=t, lr=lr)
            two, v = nesterov_velocity(two, g, v, t=t, lr=lr)
        assert np.allclose(one, two, rtol=1e-12) is agree
