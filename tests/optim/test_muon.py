"""Muon: the polynomial by hand, its band against the SVD, and the factors of the shape."""

import numpy as np
import pytest

from nnedu.optim import muon, muon_rms, orthogonalize

LOW, HIGH = 0.68, 1.21  # what the docstring states


def polynomial(x: np.ndarray, steps: int = 5) -> np.ndarray:
    for _ in range(steps):
        x = 3.4445 * x - 4.7750 * x**3 + 2.0315 * x**5
    return x


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (1, 5), (5, 1)], ids=str)
def test_singular_vectors_stay_and_singular_values_go_through_the_polynomial(shape) -> None:
    G = np.random.default_rng(0).normal(size=shape)
    U, S, Vt = np.linalg.svd(G, full_matrices=False)
    for steps in (1, 5):
        expected = (U * polynomial(S / np.linalg.norm(G), steps)) @ Vt
        got = orthogonalize(G, steps=steps, eps=0.0)
        np.testing.assert_allclose(got, expected, atol=1e-12)


def test_stated_band_holds_down_to_two_thousandths_of_the_norm() -> None:
    x = np.linspace(0.002, 1, 200_001)
    assert polynomial(x).min() > LOW
    assert polynomial(x).max() < HIGH
    rng = np.random.default_rng(1)
    U, Vt = np.linalg.qr(rng.normal(size=(6, 4))).Q, np.linalg.qr(rng.normal(size=(4, 4))).Q
    G = (U * [1.0, 0.3, 0.05, 0.003]) @ Vt
    # Against U V^T itself: in its basis the result is diagonal, every entry in the band.
    D = U.T @ orthogonalize(G) @ Vt.T
    np.testing.assert_allclose(D, np.diag(np.diag(D)), atol=1e-12)
    assert (np.diag(D) > LOW).all()
    assert (np.diag(D) < HIGH).all()


def test_length_of_the_gradient_does_not_matter() -> None:
    G = np.random.default_rng(2).normal(size=(3, 4))
    np.testing.assert_allclose(
        orthogonalize(1e6 * G, eps=0.0), orthogonalize(G, eps=0.0), rtol=1e-10
    )


def test_zero_stays_zero() -> None:
    np.testing.assert_array_equal(orthogonalize(np.zeros((2, 3))), np.zeros((2, 3)))


def test_share_of_the_mean_is_nesterovs_at_momentum_and_plain_at_one() -> None:
    rng = np.random.default_rng(3)
    theta, g, m = rng.normal(size=(3, 3, 2))
    b = 4 * m  # momentum 3/4: a sum is the mean over 1 - 3/4
    after, mean = muon(theta, g, m, t=1, lr=0.1, momentum=0.75, look_ahead=0.75, eps=0.0)
    b = 0.75 * b + g
    np.testing.assert_allclose(4 * mean, b, rtol=1e-13)
    nesterov = theta - 0.1 * orthogonalize(g + 0.75 * b, eps=0.0)
    np.testing.assert_allclose(after, nesterov, rtol=1e-11)
    after, _ = muon(theta, g, m, t=1, lr=0.1, momentum=0.75, look_ahead=1.0, eps=0.0)
    np.testing.assert_allclose(after, theta - 0.1 * orthogonalize(b, eps=0.0), rtol=1e-11)


@pytest.mark.parametrize(("shape", "factor"), [((2, 8), 2.0), ((8, 2), 1.0), ((3, 3), 1.0)])
def test_factor_grows_with_outputs_over_inputs(shape, factor) -> None:
    g, zero = np.random.default_rng(4).normal(size=shape), np.zeros(shape)
    theta, _ = muon(zero, g, zero, t=1, lr=0.5)
    np.testing.assert_allclose(theta, -0.5 * factor * orthogonalize(g), atol=1e-5)


def test_rms_form_has_steps_of_the_stated_size() -> None:
    # With all singular values at 1 the entries of a matrix have a mean square of 1 / max(I, O).
    for shape in ((50, 8), (8, 50), (20, 20)):
        g, zero = np.random.default_rng(5).normal(size=shape), np.zeros(shape)
        theta, _ = muon_rms(zero, g, zero, t=1, lr=0.1)
        size = np.sqrt(np.mean(theta**2))
        assert LOW * 0.02 < size < HIGH * 0.02
        plain, _ = muon(zero, g, zero, t=1, lr=0.1)
        ratio = 0.2 * max(shape) ** 0.5 / max(1, shape[1] / shape[0]) ** 0.5
        np.testing.assert_allclose(theta, ratio * plain, rtol=1e-12)


def test_decay_does_not_have_the_factor_of_the_shape() -> None:
    theta, zero = np.full((2, 8), 3.0), np.zeros((2, 8))
    for rule in (muon, muon_rms):
        after, _ = rule(theta, zero, zero, t=1, lr=0.1, weight_decay=0.5)
        np.testing.assert_allclose(after, 0.95 * theta, rtol=1e-15)
