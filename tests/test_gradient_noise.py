"""Gradient noise: both variance formulas against all batches there are, and the critical size."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from nnedu.gradient_noise import (
    batch_variance,
    example_gradients,
    fit_critical,
    gradient_variance,
    measured_variance,
    noise_scale,
)
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, tanh

G = np.random.default_rng(0).normal(size=(5, 3))


@pytest.mark.parametrize("B", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("replacement", [True, False])
def test_the_formula_is_the_mean_over_every_batch_there_is(B: int, replacement: bool) -> None:
    every = product(range(5), repeat=B) if replacement else combinations(range(5), B)
    distances = [np.sum((G[list(batch)].mean(axis=0) - G.mean(axis=0)) ** 2) for batch in every]
    formula = batch_variance(gradient_variance(G), B, N=5, replacement=replacement)
    assert formula == pytest.approx(np.mean(distances), rel=1e-12, abs=1e-15)


def test_the_variance_is_the_trace_of_the_covariance() -> None:
    assert gradient_variance(G) == pytest.approx(np.trace(np.cov(G.T, bias=True)), rel=1e-12)


@pytest.mark.parametrize("replacement", [True, False])
def test_batches_that_are_drawn_agree_with_the_formula(replacement: bool) -> None:
    gradients = np.random.default_rng(1).normal(size=(40, 6))
    measured = measured_variance(
        np.random.default_rng(2), gradients, 30, replacement=replacement, draws=4000
    )
    formula = batch_variance(gradient_variance(gradients), 30, N=40, replacement=replacement)
    assert measured == pytest.approx(formula, rel=0.05)  # the two formulas differ by a factor of 4


def test_one_example_has_no_noise() -> None:
    assert batch_variance(0.0, 1, N=1, replacement=False) == 0.0
    assert gradient_variance(G[:1]) == 0.0


def test_the_mean_of_the_examples_gradients_is_the_gradient() -> None:
    rng = np.random.default_rng(0)
    net = Network([Dense(4), tanh, Dense(3)], inputs=2)
    theta, x, labels = net.init(rng), rng.normal(size=(7, 2)), rng.integers(3, size=7)
    objective = net.objective(softmax_cross_entropy)
    gradients = example_gradients(objective, theta, x, labels)
    assert gradients.shape == (7, net.size)
    np.testing.assert_allclose(gradients.mean(axis=0), objective(theta, x, labels)[1], atol=1e-15)


def test_at_the_noise_scale_noise_and_signal_are_equal() -> None:
    scale, g = noise_scale(G), G.mean(axis=0)
    assert gradient_variance(G) / scale == pytest.approx(float(g @ g), rel=1e-12)
    assert noise_scale(np.array([[1.0], [-1.0]])) == np.inf


def test_the_critical_batch_size_is_found_and_needs_twice_the_least_steps() -> None:
    B = np.array([1, 4, 16, 64, 256])
    noisy = 80 * (1 + 37 / B) * np.exp(0.02 * np.random.default_rng(0).normal(size=5))
    least, critical = fit_critical(B, noisy)
    assert least == pytest.approx(80, rel=0.1)
    assert critical == pytest.approx(37, rel=0.1)
    least, critical = fit_critical(B, 80 * (1 + 37 / B))
    assert (least, critical) == pytest.approx((80, 37), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: batch_variance(1.0, 0, N=3, replacement=True), ValueError, "B is 0"),
        (lambda: batch_variance(1.0, 4, N=3, replacement=False), ValueError, "B is 4 and N is 3"),
        (lambda: gradient_variance(np.zeros((2, 2), int)), TypeError, "dtype int64"),
        (lambda: noise_scale(np.zeros((0, 2))), ValueError, "at least one example"),
        (
            lambda: measured_variance(np.random.default_rng(0), G, 1, replacement=True, draws=0),
            ValueError,
            "draws is 0",
        ),
        (lambda: fit_critical(np.array([2.0]), np.array([3.0])), ValueError, "two different"),
        (lambda: fit_critical(np.ones(2), np.ones(3)), ValueError, r"shape \(2,\) and steps \(3,"),
    ],
)
def test_what_makes_no_sense_is_refused(call, error, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
