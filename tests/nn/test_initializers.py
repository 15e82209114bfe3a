"""Initialisers: the variance they promise, and that signals keep their size."""

import numpy as np
import pytest

from nnedu.nn import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    orthogonal,
    relu,
)
from tests.contracts.docstrings import problems

VARIANCES = {  # of a weight, for 300 inputs and 500 outputs
    lecun_normal: 1 / 300,
    glorot_uniform: 2 / 800,
    glorot_normal: 2 / 800,
    he_normal: 2 / 300,
    he_uniform: 2 / 300,
    orthogonal: 1 / 500,  # 300 rows of length 1
}
ALL = list(VARIANCES)


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


@pytest.mark.parametrize("initializer", ALL)
def test_docstring_is_complete_and_its_example_runs(initializer) -> None:
    assert problems(initializer, conventions=True, source=True) == []


@pytest.mark.parametrize("initializer", ALL)
def test_variance_and_mean_are_those_promised(initializer) -> None:
    W = draw(initializer)
    # 150,000 draws: the variance of a normal is known to 0.4 per cent, so 1.5 is four of these.
    assert W.var() == pytest.approx(VARIANCES[initializer], rel=0.015)
    assert abs(W.mean()) < 5 * (VARIANCES[initializer] / W.size) ** 0.5


@pytest.mark.parametrize("initializer", ALL)
def test_shape_is_distribution_s_own(initializer) -> None:
    W = draw(initializer)
    kurtosis = np.mean((W / W.std()) ** 4)
    flat = initializer in (glorot_uniform, he_uniform)
    assert kurtosis == pytest.approx(1.8 if flat else 3, abs=0.1)


@pytest.mark.parametrize(("inputs", "outputs"), [(5, 5), (7, 3), (3, 7), (1, 4), (4, 1)])
def test_orthogonal_is(inputs, outputs) -> None:
    W = orthogonal(np.random.default_rng(3), inputs, outputs, gain=1.5)
    assert W.shape == (inputs, outputs)
    product = W.T @ W if inputs >= outputs else W @ W.T
    np.testing.assert_allclose(product, 2.25 * np.eye(len(product)), atol=1e-14)


def test_orthogonal_keeps_lengths_and_points_anywhere() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(3, 6))
    lengths = np.linalg.norm(x @ orthogonal(rng, 6, 6), axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(x, axis=1), rtol=1e-14)
    # Over many draws no entry has a favourite sign; without the signs of R, LAPACK's Q has.
    corners = np.array([orthogonal(rng, 2, 2)[0, 0] for _ in range(2000)])
    assert abs(np.mean(corners > 0) - 0.5) < 0.06


@pytest.mark.parametrize("gain", [0.0, -1.0, float("inf")])
def test_orthogonal_refuses_a_gain(gain) -> None:
    with pytest.raises(ValueError, match="expected a number above 0"):
        orthogonal(np.random.default_rng(0), 2, 2, gain=gain)


def test_he_uniform_stays_within_its_limit() -> None:
    W, limit = draw(he_uniform), (6 / 300) ** 0.5
    assert 0.999 * limit < np.abs(W).max() <= limit


@pytest.mark.parametrize("initializer", ALL)
def test_same_seed_gives_same_weights(initializer) -> None:
    np.testing.assert_array_equal(draw(initializer, 3, 4, 5), draw(initializer, 3, 4, 5))
    assert not np.array_equal(draw(initializer, 3, 4, 5), draw(initializer, 3, 4, 6))
