"""Distillation: by hand, and what the temperature does."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.losses import distillation, softmax, softmax_cross_entropy

RNG = np.random.default_rng(0)
Z, V = RNG.normal(size=(2, 5, 4)) * 2


def test_by_hand() -> None:
    # q = (3/4, 1/4), p = (1/2, 1/2) at T = 2; the divergence is (3 log 3)/4 - log 2.
    teacher = np.array([[2 * np.log(3.0), 0.0]])
    loss, d_logits = distillation(np.zeros((1, 2)), teacher, temperature=2.0)
    assert loss == pytest.approx(4 * (0.75 * np.log(3) - np.log(2)), rel=1e-14)
    np.testing.assert_allclose(d_logits, [[-0.5, 0.5]], rtol=1e-14)


def test_gradient_is_that_of_the_soft_cross_entropy() -> None:
    T = 3.0
    q = softmax(V / T)

    def cross_entropy(z: np.ndarray) -> float:
        return -(T**2) * float(np.mean(np.sum(q * np.log(softmax(z / T)), axis=1)))

    loss, _ = distillation(Z, V, temperature=T)
    entropy = -(T**2) * float(np.mean(np.sum(q * np.log(q), axis=1)))
    assert loss == pytest.approx(cross_entropy(Z) - entropy, rel=1e-12)


def test_a_certain_teacher_at_temperature_one_is_a_label() -> None:
    labels = np.array([0, 3, 1, 1, 2])
    teacher = 200 * np.eye(4)[labels]
    loss, d_logits = distillation(Z, teacher, temperature=1.0)
    expected = softmax_cross_entropy(Z, labels)
    assert loss == pytest.approx(expected[0], rel=1e-14)
    np.testing.assert_allclose(d_logits, expected[1], rtol=1e-12, atol=1e-16)


def test_at_high_temperature_it_matches_logits() -> None:
    # Hinton et al., section 2.1: the gradient tends to (z - v) / (N C) for centred logits.
    z, v = Z - Z.mean(axis=1, keepdims=True), V - V.mean(axis=1, keepdims=True)
    _, d_logits = distillation(z, v, temperature=1e5)
    np.testing.assert_allclose(d_logits, (z - v) / (5 * 4), rtol=1e-3, atol=1e-6)


def test_the_size_of_the_gradient_does_not_fade_with_the_temperature() -> None:
    sizes = [np.abs(distillation(Z, V, temperature=T)[1]).max() for T in (1.0, 10.0, 100.0)]
    assert max(sizes) < 5 * min(sizes)


def test_alike_is_zero_whatever_the_offset() -> None:
    loss, d_logits = distillation(Z, Z + np.arange(5.0)[:, None])
    assert 0 <= loss < 1e-14
    assert np.abs(d_logits).max() < 1e-15


def test_errors() -> None:
    for T in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"temperature is {T}; expected a finite number"):
            distillation(Z, V, temperature=T)
    with pytest.raises(ValueError, match="expected the same shape"):
        distillation(Z, V[:, :3])
    with pytest.raises(ValueError, match=r"expected \(N, C\)"):
        distillation(Z[0], V[0])
