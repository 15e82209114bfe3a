"""Initialisers: the variance they promise, and that signals keep their size."""

import numpy as np
import pytest

from nnedu.nn import glorot_uniform, he_normal, relu


def draw(initializer, inputs=300, outputs=500, seed=0):
    return initializer(np.random.default_rng(seed), inputs, outputs)


def test_glorot_is_uniform_within_its_limit() -> None:
    W, limit = draw(glorot_uniform), (6 / 800) ** 0.5
    assert W.shape == (300, 500)
    assert 0.999 * limit < np.abs(W).max() <= limit
    # 150,000 draws: the variance is known to 0.3 per cent, the mean to 1.3e-4.
    assert W.var() == pytest.approx(2 / 800, rel=0.015)
    assert abs(W.mean()) < 6e-4
    assert np.abs(np.quantile(W, [0.25, 0.75]) / limit - [-0.5, 0.5]).max() < 0.01


def test_he_is_normal_with_variance_two_over_inputs() -> None:
    W = draw(he_normal)
    assert W.shape == (300, 500)
    assert W.var() == pytest.approx(2 / 300, rel=0.015)
    kurtosis = np.mean((W / W.std()) ** 4)
    assert kurtosis == pytest.approx(3, abs=0.1), "a uniform would have 1.8"


def test_he_keeps_the_size_of_a_signal_through_relu_layers() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 400))
    size = np.mean(x**2)
    for _ in range(10):
        x = relu(x @ he_normal(rng, 400, 400))[0]
    # Chance moves it by a third over ten layers; without the factor 2 it would be 2**-10.
    assert 0.4 < np.mean(x**2) / size < 2.5


@pytest.mark.parametrize("initializer", [glorot_uniform, he_normal])
def test_same_seed_gives_same_weights(initializer) -> None:
    np.testing.assert_array_equal(draw(initializer, 3, 4, 5), draw(initializer, 3, 4, 5))
    assert not np.array_equal(draw(initializer, 3, 4, 5), draw(initializer, 3, 4, 6))
