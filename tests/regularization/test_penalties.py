"""Penalties: values by hand, strengths for each parameter, and Keras's regularisers."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from nnedu.nn import Dense, Network
from nnedu.optim import Optimizer
from nnedu.parity import TOLERANCE, framework
from nnedu.regularization import elastic_net, l1, l2, penalized
from tests.needs import require

THETA = np.array([3.0, 0.0, -4.0, 1e-3])


def test_by_hand() -> None:
    value, g = l2(THETA[:3], strength=0.2)
    assert value == pytest.approx(2.5)
    np.testing.assert_allclose(g, [0.6, 0, -0.8])
    value, g = l1(THETA[:3], strength=0.2)
    assert value == pytest.approx(1.4)
    np.testing.assert_allclose(g, [0.2, 0, -0.2])
    value, g = elastic_net(THETA[:3], l1=0.2, l2=0.2)
    assert value == pytest.approx(3.9)
    np.testing.assert_allclose(g, [0.8, 0, -1.0])


def test_a_strength_for_each_parameter_leaves_biases_alone() -> None:
    net = Network([Dense(2)], inputs=3)
    strength = np.zeros(net.size)
    net.views(strength)["W1"][:] = 0.5
    value, g = l2(np.ones(net.size), strength=strength)
    assert value == pytest.approx(0.5 * 6 / 2)
    np.testing.assert_array_equal(net.views(g)["b1"], 0)
    np.testing.assert_array_equal(net.views(g)["W1"], 0.5)


def test_a_penalized_objective_adds_value_and_gradient() -> None:
    objective = penalized(lambda theta, x: (float(x), x * theta), partial(l1, strength=2.0))
    value, g = objective(np.array([1.0, -1.0]), 3.0)
    assert value == 7.0
    np.testing.assert_array_equal(g, [5.0, -5.0])


def test_l2_under_sgd_is_decay_by_lr_times_strength() -> None:
    theta, g = np.array([2.0, -1.0]), np.array([0.5, 0.25])
    opt = Optimizer("sgd", lr=0.1)
    after, _ = opt.step(theta, g + l2(theta, strength=0.3)[1], opt.init(theta))
    np.testing.assert_allclose(after, (1 - 0.1 * 0.3) * theta - 0.1 * g, rtol=1e-15)


@pytest.mark.parametrize("off", [1.0, 1 + 1e-6])
def test_keras_has_the_same_penalties_without_the_half(off: float) -> None:
    require("tensorflow")
    keras = framework("keras")
    import tensorflow as tf

    pairs = [
        (keras.regularizers.L1(0.25), l1(THETA, strength=0.25 * off)),
        (keras.regularizers.L2(0.25), l2(THETA, strength=2 * 0.25 * off)),
        (keras.regularizers.L1L2(0.25, 0.5), elastic_net(THETA, l1=0.25 * off, l2=off)),
    ]
    for theirs, (value, g) in pairs:
        x = tf.constant(THETA)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = theirs(x)
        gradient = tape.gradient(y, x).numpy()
        errors = abs(value - float(y)) / float(y), np.abs(g - gradient).max() / np.abs(g).max()
        assert (max(errors) < TOLERANCE) is (off == 1.0)
