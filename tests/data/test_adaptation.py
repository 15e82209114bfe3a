"""CORAL and re-estimated statistics: by hand, and that they repair a shift made on purpose."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.data import coral, load_digits, reestimate
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import BatchNorm, Dense, Network, relu
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train


def domains() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    source = rng.normal(size=(400, 3)) @ rng.normal(size=(3, 3)) + 1
    target = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3)) - 2
    return source, target


def test_the_sources_moments_become_the_targets() -> None:
    source, target = domains()
    mapped = coral(source, target, eps=0.0)(source)
    np.testing.assert_allclose(mapped.mean(axis=0), target.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(np.cov(mapped.T, ddof=0), np.cov(target.T, ddof=0), rtol=1e-9)


def test_with_eps_it_is_the_papers_two_roots() -> None:
    source, target = domains()
    Cs, Ct = (np.cov(x.T, ddof=0) + np.eye(3) for x in (source, target))
    A = coral(source, target).A  # (Cs + I)**-1/2 (Ct + I)**1/2: then A^T Cs A = Ct
    np.testing.assert_allclose(A.T @ Cs @ A, Ct, rtol=1e-9)


def test_domains_that_are_alike_are_left_alone() -> None:
    source, _ = domains()
    np.testing.assert_allclose(coral(source, source)(source), source, rtol=1e-9)


def test_without_eps_a_flat_direction_is_refused() -> None:
    flat = np.column_stack([np.arange(5.0), np.zeros(5)])
    with pytest.raises(ValueError, match="expected all above 0"):
        coral(flat, flat, eps=0.0)


def test_statistics_are_those_of_the_new_inputs_layer_by_layer() -> None:
    rng = np.random.default_rng(0)
    network = Network([BatchNorm(momentum=0.7), Dense(4), relu, BatchNorm()], inputs=3)
    theta, x = network.init(rng), rng.normal(3.0, 2.0, size=(50, 3))
    before = network.statistics()
    found = reestimate(network, theta, x, before)
    np.testing.assert_allclose(found["mean1"], x.mean(axis=0))
    np.testing.assert_allclose(found["var1"], x.var(axis=0))
    hidden = network.forward_training(theta, x, before)[0]  # normalised by its own batch
    np.testing.assert_allclose(network.predict(theta, x, found), hidden, rtol=1e-9, atol=1e-9)
    assert (before["mean1"] == 0).all()


def test_on_inverted_digits_it_brings_accuracy_back() -> None:
    digits = load_digits()
    rng = np.random.default_rng(0)
    network = Network([BatchNorm(), Dense(32), BatchNorm(), relu, Dense(10)], inputs=64)
    theta, statistics = network.init(rng), network.statistics()
    objective = network.objective(softmax_cross_entropy, statistics=statistics)
    batches = minibatches(rng, 64, digits.x_train, digits.y_train)
    done = train(objective, theta, Optimizer("adam", lr=0.01), batches, steps=150)
    dim = 0.3 * digits.x_val + 0.5  # less contrast, and grey paper

    def accuracy(x: np.ndarray, statistics: dict[str, np.ndarray]) -> float:
        return np.mean(network.predict(done.theta, x, statistics).argmax(axis=1) == digits.y_val)

    assert accuracy(digits.x_val, statistics) > 0.93
    assert accuracy(dim, statistics) < 0.7
    assert accuracy(dim, reestimate(network, done.theta, dim, statistics)) > 0.9


def test_a_network_without_statistics_is_named() -> None:
    network = Network([Dense(1)], inputs=1)
    with pytest.raises(ValueError, match="statistics is empty"):
        reestimate(network, np.zeros(2), np.ones((1, 1)), {})
