"""Shampoo: roots by hand, AdaGrad as a special case, and the whole matrix by brute force."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, inverse_root, shampoo, shampoo_vector


def test_root_by_hand_on_two_by_two() -> None:
    # [[5, 3], [3, 5]] has eigenvalues 8 and 2 along (1, 1) and (1, -1): with eps = 8 they are 16
    # and 10, and S**(-1/4) has 1/2 and 10**(-1/4).
    small = 10**-0.25
    expected = np.array([[0.5 + small, 0.5 - small], [0.5 - small, 0.5 + small]]) / 2
    S = np.array([[5.0, 3.0], [3.0, 5.0]])
    np.testing.assert_allclose(inverse_root(S, 4, eps=8.0), expected, rtol=1e-14)


@pytest.mark.parametrize("p", [1, 2, 4])
def test_power_of_the_root_is_the_inverse(p: int) -> None:
    A = np.random.default_rng(0).normal(size=(5, 3))
    S = A @ A.T  # of rank 3
    power = np.linalg.matrix_power(inverse_root(S, p, eps=0.1), p)
    np.testing.assert_allclose(power @ (S + 0.1 * np.eye(5)), np.eye(5), atol=1e-11)


def test_eigenvalues_that_rounding_made_negative_count_as_zero() -> None:
    root = inverse_root(np.diag([1.0, -1e-17]), 2, eps=1e-18)
    np.testing.assert_allclose(np.diag(root), [1.0, 1e9])


def test_a_matrix_of_one_entry_is_adagrad() -> None:
    gs = np.random.default_rng(1).normal(size=(20, 1))
    opt, theta = Optimizer("adagrad", lr=0.3, eps=0.0), np.ones(1)
    state = opt.init(theta)
    W, L, R = np.ones((1, 1)), np.zeros((1, 1)), np.zeros((1, 1))
    for g in gs:
        theta, state = opt.step(theta, g, state)
        W, L, R = shampoo(W, g[None], L, R, t=1, lr=0.3, eps=0.0)
        np.testing.assert_allclose(W[0], theta, rtol=1e-12)


def test_is_the_product_with_the_root_of_the_kronecker_product() -> None:
    # The flat step is (L (x) R)**(-1/4) times the flat gradient: a matrix of 6 x 6 by brute force.
    rng, eps = np.random.default_rng(2), 0.1
    theta, L, R = np.zeros((2, 3)), np.zeros((2, 2)), np.zeros((3, 3))
    for t, g in enumerate(rng.normal(size=(4, 2, 3)), start=1):
        before = theta
        theta, L, R = shampoo(theta, g, L, R, t=t, lr=0.7, eps=eps)
        s, Q = np.linalg.eigh(np.kron(L + eps * np.eye(2), R + eps * np.eye(3)))
        step = (Q * s**-0.25) @ Q.T @ g.ravel()
        np.testing.assert_allclose((before - theta).ravel(), 0.7 * step, rtol=1e-10)


def test_first_step_sets_every_singular_value_to_lr() -> None:
    g = np.random.default_rng(3).normal(size=(3, 4))
    zeros = np.zeros((3, 3)), np.zeros((4, 4))
    theta, _, _ = shampoo(np.zeros((3, 4)), g, *zeros, t=1, lr=0.5, eps=1e-12)
    U, _, Vt = np.linalg.svd(g, full_matrices=False)
    np.testing.assert_allclose(theta, -0.5 * U @ Vt, atol=1e-8)


def test_steps_turn_with_the_axes() -> None:
    # No axis is special: gradients turned on both sides give steps turned alike.
    rng = np.random.default_rng(4)
    P, Q = np.linalg.qr(rng.normal(size=(3, 3))).Q, np.linalg.qr(rng.normal(size=(2, 2))).Q
    plain = turned = np.zeros((3, 2))
    state = other = (np.zeros((3, 3)), np.zeros((2, 2)))
    for t, g in enumerate(rng.normal(size=(5, 3, 2)), start=1):
        plain, *state = shampoo(plain, g, *state, t=t, lr=0.1)
        turned, *other = shampoo(turned, P @ g @ Q, *other, t=t, lr=0.1)
        np.testing.assert_allclose(turned, P @ plain @ Q, atol=1e-12)


def test_vector_form_is_adagrad_with_the_whole_matrix() -> None:
    theta, H = np.zeros(2), np.zeros((2, 2))
    theta, H = shampoo_vector(theta, np.array([3.0, 0.0]), H, t=1, lr=1.0, eps=0.0 + 1e-15)
    np.testing.assert_allclose(theta, [-1.0, 0.0], atol=1e-7)
    # H = [[9 + 8, 8], [8, 8]] has the root [[11, 4], [4, 6.5]] / c ... by brute force:
    g = np.array([8**0.5, 8**0.5])
    after, H = shampoo_vector(theta, g, H, t=2, lr=1.0, eps=1e-15)
    np.testing.assert_allclose(H, [[17.0, 8.0], [8.0, 8.0]], rtol=1e-12)
    step = theta - after
    # H**(-1/2) g, squared with H in the middle, is g . g again.
    assert step @ H @ step == pytest.approx(g @ g, rel=1e-10)
    # The root of a 2 x 2 matrix: (H + sqrt(det) I) / sqrt(trace + 2 sqrt(det)).
    det = (17 * 8 - 64) ** 0.5
    root = (H + det * np.eye(2)) / (25 + 2 * det) ** 0.5
    np.testing.assert_allclose(root @ step, g, rtol=1e-10)
