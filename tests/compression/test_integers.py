"""Networks in integers, and training that knows of it."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import pytest

from nnedu.compression import (
    aware_objective,
    distillation_objective,
    fake_weights,
    observe,
    quantize_network,
    weight_grid,
    with_fake_inputs,
)
from nnedu.data import load_digits
from nnedu.gradcheck import check_gradient
from nnedu.losses import mse, softmax_cross_entropy
from nnedu.nn import Dense, Network, relu, tanh
from nnedu.optim import Optimizer
from nnedu.quantization import fake_quantize, least_error, min_max, percentile
from nnedu.train import minibatches, train

NET = Network([Dense(16), relu, Dense(12), tanh, Dense(3)], inputs=5)
THETA = NET.init(np.random.default_rng(0)) + 0.02
X = np.random.default_rng(1).normal(size=(200, 5)) * [1, 2, 0.5, 1, 3]


@pytest.mark.parametrize("calibrate", [min_max, percentile, least_error])
def test_integers_compute_what_fake_quantization_promises(calibrate) -> None:
    grids = observe(NET, THETA, X, calibrate=calibrate)
    small = quantize_network(NET, THETA, grids)
    promised = with_fake_inputs(NET, grids).predict(fake_weights(NET, THETA), X)
    # What is left is the rounding of biases, and the rare code that it tips over.
    apart = np.abs(small.predict(X) - promised)
    assert np.median(apart) < 2e-4
    assert apart.max() < 0.03


def test_a_bias_is_off_by_at_most_half_a_unit() -> None:
    small = quantize_network(NET, THETA, observe(NET, THETA, X))
    for number, layer in zip((1, 2, 3), small.layers[::2], strict=True):
        unit = layer.inputs.scale * layer.weights.scale
        b = NET.views(THETA)[f"b{number}"]
        assert (np.abs(layer.q_b * unit - b) <= unit / 2 * (1 + 1e-9)).all()
        assert (layer.q_W.dtype, layer.q_b.dtype) == (np.int8, np.int32)


def test_outputs_stay_near_and_bytes_shrink_nearly_fourfold() -> None:
    wide = Network([Dense(64), relu, Dense(10)], inputs=40)
    theta = wide.init(np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(300, 40))
    small = quantize_network(wide, theta, observe(wide, theta, x))
    exact = wide.predict(theta, x)
    assert np.abs(small.predict(x) - exact).max() < 0.05 * np.abs(exact).max()
    assert small.nbytes == (40 * 64 + 64 * 10) + 4 * (64 + 10) + 4 * (2 + 64 + 10)
    assert 3 < 4 * wide.size / small.nbytes < 4
    assert small.predict(x.astype(np.float32)).dtype == np.float32


def test_what_does_not_fit_is_refused() -> None:
    grids = observe(NET, THETA, X)
    with pytest.raises(ValueError, match="there are 2 grids; expected 3"):
        quantize_network(NET, THETA, grids[:2])
    with pytest.raises(ValueError, match="there are 6 grids; expected one a dense layer"):
        with_fake_inputs(NET, grids * 2)
    with pytest.raises(ValueError, match="there are 2 grids"):
        with_fake_inputs(NET, grids[:2])


def test_fake_weights_are_each_columns_own_grid_and_biases_stay() -> None:
    rounded, views = NET.views(fake_weights(NET, THETA, bits=4)), NET.views(THETA)
    for name, W in views.items():
        if W.ndim == 1:
            np.testing.assert_array_equal(rounded[name], W)
        else:
            np.testing.assert_array_equal(
                rounded[name], fake_quantize(W, weight_grid(W, bits=4))[0]
            )
            assert all(len(np.unique(column)) <= 15 for column in rounded[name].T)


def test_aware_objective_is_the_loss_and_gradient_of_the_rounded_weights() -> None:
    targets = np.random.default_rng(2).normal(size=(200, 3))
    objective = NET.objective(mse)
    value, g = aware_objective(NET, objective, bits=3)(THETA, X, targets)
    expected = objective(fake_weights(NET, THETA, bits=3), X, targets)
    assert value == expected[0]
    np.testing.assert_array_equal(g, expected[1])
    doubled = aware_objective(NET, objective, project=lambda theta: 2 * theta)
    assert doubled(THETA, X, targets)[0] == objective(2 * THETA, X, targets)[0]


def test_two_bits_learn_only_if_training_knows_of_them() -> None:
    digits = load_digits()
    net = Network([Dense(24), relu, Dense(10)], inputs=64)
    objective = net.objective(softmax_cross_entropy)
    theta = net.init(np.random.default_rng(0))

    def trained(f, start, steps):
        batches = minibatches(np.random.default_rng(1), 64, digits.x_train, digits.y_train)
        return train(f, start, Optimizer("adam", lr=3e-3), batches, steps=steps).theta

    def accuracy(at: np.ndarray) -> float:
        guesses = net.predict(at, digits.x_test).argmax(axis=1)
        return float(np.mean(guesses == digits.y_test))

    plain = trained(objective, theta, 300)
    aware = trained(aware_objective(net, objective, bits=2), plain, 150)
    after, during = (accuracy(fake_weights(net, part, bits=2)) for part in (plain, aware))
    assert accuracy(plain) > 0.93
    assert during > after + 0.05
    assert during > 0.88


def test_distillation_gradient_and_its_ends() -> None:
    net = Network([Dense(4), tanh, Dense(3)], inputs=5)
    theta, rng = net.init(np.random.default_rng(0)), np.random.default_rng(1)
    x, labels, teacher = rng.normal(size=(6, 5)), rng.integers(3, size=6), rng.normal(size=(6, 3))
    for share in (0.0, 0.3, 1.0):
        objective = distillation_objective(net, temperature=3.0, share=share)
        assert check_gradient(objective, theta, x, labels, teacher).error < 1e-8
    hard = distillation_objective(net, share=0.0)(theta, x, labels, teacher)
    expected = net.objective(softmax_cross_entropy)(theta, x, labels)
    assert hard[0] == expected[0]
    np.testing.assert_allclose(hard[1], expected[1], rtol=1e-15)
    with pytest.raises(ValueError, match="share is 2"):
        distillation_objective(net, share=2)


def test_a_student_can_learn_without_any_label() -> None:
    net = Network([Dense(3)], inputs=5)
    rng = np.random.default_rng(0)
    teacher, theta = rng.normal(size=net.size), np.zeros(net.size)
    x = rng.normal(size=(300, 5))
    logits, wrong = net.predict(teacher, x), np.zeros(300, int)
    objective = distillation_objective(net, temperature=2.0, share=1.0)
    run = train(objective, theta, Optimizer("adam", lr=0.05), repeat((x, wrong, logits)), steps=150)
    agree = net.predict(run.theta, x).argmax(axis=1) == logits.argmax(axis=1)
    assert agree.mean() > 0.97
