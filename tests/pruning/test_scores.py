"""Scores: each against what it says it measures, by hand or by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.gradcheck import numerical_gradient
from nnedu.pruning import magnitude, movement, obd, random, snip, wanda

RNG = np.random.default_rng(0)


def test_magnitude_by_hand() -> None:
    np.testing.assert_array_equal(
        magnitude(np.array([[-3.0, 0.0], [2.0, -0.5]])), [[3, 0], [2, 0.5]]
    )


def test_random_has_no_favourites() -> None:
    w = np.linspace(0, 1, 50)
    ranks = np.mean([random(w, np.random.default_rng(i)) for i in range(400)], axis=0)
    assert np.abs(ranks - 0.5).max() < 0.08  # five standard errors of a uniform's mean
    np.testing.assert_array_equal(
        random(w, np.random.default_rng(1)), random(w + 1, np.random.default_rng(1))
    )


def test_obd_is_exactly_the_rise_of_a_quadratic_at_its_minimum() -> None:
    A = RNG.normal(size=(6, 4))
    H = A.T @ A
    best = RNG.normal(size=4)

    def loss(w: np.ndarray) -> float:
        return float((w - best) @ H @ (w - best) / 2)

    rise = [loss(np.where(np.arange(4) == i, 0, best)) for i in range(4)]
    np.testing.assert_allclose(obd(best, np.diag(H).copy()), rise, rtol=1e-13)


def test_snip_is_the_normalised_derivative_with_respect_to_a_switch() -> None:
    w, x, y = RNG.normal(size=5), RNG.normal(size=(7, 5)), RNG.normal(size=7)

    def loss(weights: np.ndarray) -> float:
        return float(np.mean((np.tanh(x @ weights) - y) ** 2))

    switches = np.abs(numerical_gradient(lambda c: loss(c * w), np.ones(5)))
    g = numerical_gradient(loss, w)
    np.testing.assert_allclose(snip(w, g), switches / switches.sum(), rtol=1e-7)
    assert snip(w, g).sum() == pytest.approx(1, rel=1e-15)


def test_snip_needs_a_slope() -> None:
    for g in (np.zeros(2), np.array([np.inf, 1.0])):
        with pytest.raises(ValueError, match="expected a finite number above 0"):
            snip(np.ones(2), g)


def test_movement_accumulates_and_sees_which_weights_grow() -> None:
    w, s = np.array([1.0, -1.0, 2.0, -2.0]), np.zeros(4)
    g = np.array([[-1.0, 1.0, 1.0, -1.0], [0.5, 0.5, 0.5, 0.5]])
    for step in g:
        s = movement(s, w, step, lr=0.1)
    # -0.1 (g1 + g2) w by hand.
    np.testing.assert_allclose(s, [0.05, 0.15, -0.3, -0.1], rtol=1e-14)
    grew = np.abs(w - 1e-3 * g[0]) > np.abs(w)
    np.testing.assert_array_equal(movement(np.zeros(4), w, g[0]) > 0, grew)


def test_movement_needs_a_step() -> None:
    with pytest.raises(ValueError, match="lr is 0; expected a finite number above 0"):
        movement(np.zeros(1), np.ones(1), np.ones(1), lr=0)


def test_wanda_is_exactly_how_far_the_outputs_move() -> None:
    W, x = RNG.normal(size=(4, 3)), RNG.normal(size=(9, 4)) * [0.1, 1, 10, 100]
    moved = np.empty(W.shape)
    for i, o in np.ndindex(W.shape):
        without = W.copy()
        without[i, o] = 0
        moved[i, o] = np.linalg.norm(x @ W - x @ without)
    np.testing.assert_allclose(wanda(W, x), moved, rtol=1e-12)


def test_shapes_and_dtypes_must_fit() -> None:
    with pytest.raises(ValueError, match=r"expected \(I, O\) and \(N, I\)"):
        wanda(np.ones((3, 2)), np.ones((5, 2)))
    for f in (obd, snip):
        with pytest.raises(ValueError, match="expected the same shape"):
            f(np.ones(3), np.ones(2))
        with pytest.raises(TypeError, match="expected one dtype"):
            f(np.ones(3), np.ones(3, np.float32))
