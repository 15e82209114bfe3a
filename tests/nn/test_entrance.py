"""A network's first layer leaves out the gradient of the input, and nothing else changes."""

from __future__ import annotations

import numpy as np

from nnedu.losses import softmax_cross_entropy
from nnedu.nn import BatchNorm, Dense, Dropout, Network, relu

RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(7, 5)), RNG.integers(3, size=7)


def test_the_gradient_of_training_is_that_of_inference() -> None:
    net = Network([Dense(4), relu, Dense(3)], inputs=5)
    theta = net.init(np.random.default_rng(1))
    y, backward = net.forward(theta, X)
    y_training, backward_training, _ = net.forward_training(theta, X)
    np.testing.assert_array_equal(y, y_training)
    d_y = softmax_cross_entropy(y, LABELS)[1]
    np.testing.assert_array_equal(backward(d_y), backward_training(d_y))


def test_only_the_first_layer_leaves_its_input_out() -> None:
    first = Dense(4)
    y, backward = first.entrance(None, X, np.ones((5, 4)), np.zeros(4))
    d_x, d_W, d_b = backward(np.ones_like(y))
    assert d_x is None
    np.testing.assert_allclose(d_W, X.T @ np.ones_like(y))
    np.testing.assert_allclose(d_b, 7)


def test_one_layer_in_two_places_is_an_entrance_once() -> None:
    square = Dense(5)
    net = Network([square, square], inputs=5)
    theta = net.init(np.random.default_rng(2))
    _, backward, _ = net.forward_training(theta, X)
    _, backward_inference = net.forward(theta, X)
    d_y = np.ones((7, 5))
    np.testing.assert_array_equal(backward(d_y), backward_inference(d_y))


def test_layers_without_an_entrance_of_their_own_train_as_ever() -> None:
    net = Network([BatchNorm(), Dropout(0.5), Dense(3)], inputs=5)
    theta, statistics = net.init(np.random.default_rng(3)), net.statistics()
    objective = net.objective(
        softmax_cross_entropy, rng=np.random.default_rng(4), statistics=statistics
    )
    value, g = objective(theta, X, LABELS)
    assert np.isfinite(value)
    assert np.abs(net.views(g)["gamma1"]).max() > 0
    assert np.abs(statistics["mean1"]).max() > 0
