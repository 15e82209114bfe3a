"""Lion, by hand."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, lion

ZERO = np.zeros(1)


def test_every_step_has_length_lr() -> None:
    opt, theta = Optimizer("lion", lr=0.25), np.zeros(3)
    state = opt.init(theta)
    for g in np.array([[1e3, -1e-6, 2.0], [-1e-3, 1e6, -1.0], [5.0, -4.0, 0.5]]):
        before = theta
        theta, state = opt.step(theta, g, state)
        np.testing.assert_array_equal(np.abs(theta - before), 0.25)


def test_step_and_memory_weigh_the_gradient_differently() -> None:
    # beta1 = 0.9: 0.9 * 1 + 0.1 * (-8) > 0 and 0.9 * 1 + 0.1 * (-10) < 0; the memory keeps 0.99.
    theta, m = lion(ZERO, ZERO - 8, ZERO + 1, t=1, lr=1.0)
    assert (theta[0], m[0]) == (-1.0, pytest.approx(0.99 - 0.08))
    theta, m = lion(ZERO, ZERO - 10, ZERO + 1, t=1, lr=1.0)
    assert (theta[0], m[0]) == (1.0, pytest.approx(0.99 - 0.10))


def test_step_looks_at_the_memory_before_this_gradient() -> None:
    # With the new memory, 0.5 * 1 + 0.5 * (-3) = -1, the sign would be the other.
    theta, m = lion(ZERO, ZERO - 3, ZERO + 1, t=1, lr=1.0, beta1=0.8, beta2=0.5)
    assert (theta[0], m[0]) == (-1.0, -1.0)


def test_where_nothing_speaks_nothing_moves_but_the_decay() -> None:
    theta, m = lion(ZERO + 2, ZERO, ZERO, t=1, lr=0.5, weight_decay=0.25)
    assert (theta[0], m[0]) == (1.75, 0.0)


def test_decay_is_decoupled() -> None:
    # In the gradient it would change the sign here.
    theta, m = lion(ZERO + 4, ZERO - 1, ZERO, t=1, lr=0.5, weight_decay=0.25, beta2=0.5)
    assert (theta[0], m[0]) == (4 + 0.5 - 0.5, -0.5)
