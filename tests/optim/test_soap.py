"""SOAP: Adam in a basis that is known, and what the basis is where it is not."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, TensorOptimizer
from nnedu.optim.soap import eigenvectors

HYPER = {"lr": 0.1, "beta1": 0.8, "beta2": 0.9, "eps": 1e-3}


def soap_path(gs: np.ndarray, **hyper: float) -> np.ndarray:
    opt = TensorOptimizer("soap", shapes={"W": gs[0].shape}, **{**HYPER, **hyper})
    theta = np.zeros(gs[0].size)
    state, path = opt.init(theta), []
    for g in gs:
        theta, state = opt.step(theta, g.ravel(), state)
        path.append(theta.reshape(gs[0].shape))
    return np.array(path)


def adam_path(gs: np.ndarray) -> np.ndarray:
    """Adam from the second gradient on: SOAP's first makes no step."""
    opt, theta = Optimizer("adam", **HYPER), np.zeros(gs[0].shape)
    state, path = opt.init(theta), [theta]
    for g in gs[1:]:
        theta, state = opt.step(theta, g, state)
        path.append(theta)
    return np.array(path)


def diagonal(steps: int) -> np.ndarray:
    """Gradients in one basis, of sizes that keep their order."""
    sizes = np.random.default_rng(0).uniform(0.8, 1.2, size=(steps, 3)) * [9.0, 3.0, 1.0]
    return np.array([np.diag(size) for size in sizes])


@pytest.mark.parametrize("every", [1, 4])
def test_in_a_diagonal_basis_it_is_adam(every: int) -> None:
    gs = diagonal(30)
    np.testing.assert_allclose(soap_path(gs, every=every), adam_path(gs), atol=1e-13)


def test_in_a_turned_basis_it_is_adam_turned() -> None:
    rng, gs = np.random.default_rng(1), diagonal(30)
    P, Q = np.linalg.qr(rng.normal(size=(3, 3))).Q, np.linalg.qr(rng.normal(size=(3, 3))).Q
    turned = soap_path(P @ gs @ Q.T)
    np.testing.assert_allclose(turned, P @ adam_path(gs) @ Q.T, atol=1e-12)
    # Adam itself is another method there.
    assert np.abs(turned - adam_path(P @ gs @ Q.T)).max() > 0.1


def test_second_step_of_an_unchanged_gradient_sets_its_singular_values_to_lr() -> None:
    g = np.random.default_rng(2).normal(size=(3, 5))
    path = soap_path(np.array([g, g]), eps=1e-12)
    U, _, Vt = np.linalg.svd(g, full_matrices=False)
    np.testing.assert_array_equal(path[0], 0)
    np.testing.assert_allclose(path[1], -0.1 * U @ Vt, atol=1e-3)


def test_bases_stay_orthonormal_and_follow_the_moments() -> None:
    rng = np.random.default_rng(3)
    scale = np.diag([8.0, 4.0, 2.0, 1.0])
    opt = TensorOptimizer("soap", shapes={"W": (4, 6)}, every=2, beta2=0.99)
    theta = np.zeros(24)
    state = opt.init(theta)
    for _ in range(400):
        theta, state = opt.step(theta, (scale @ rng.normal(size=(4, 6))).ravel(), state)
    Q_L, L = state.arrays["W.Q_L"], state.arrays["W.L"]
    np.testing.assert_allclose(Q_L.T @ Q_L, np.eye(4), atol=1e-13)
    # About diagonal: what is off it is small beside the eigenvalues it lies between.
    D = Q_L.T @ L @ Q_L
    off = np.abs(D - np.diag(np.diag(D))) / np.sqrt(np.outer(np.diag(D), np.diag(D)))
    assert off.max() < 0.1
    assert (np.diff(np.diag(D)) < 0).all()


def test_bases_are_renewed_every_so_many_steps_only() -> None:
    opt = TensorOptimizer("soap", shapes={"W": (3, 2)}, every=3)
    theta = np.zeros(6)
    state, renewed = opt.init(theta), []
    for g in np.random.default_rng(4).normal(size=(10, 6)):
        before = state.arrays["W.Q_L"]
        theta, state = opt.step(theta, g, state)
        renewed.append(not np.array_equal(before, state.arrays["W.Q_L"]))
    # The first gradient sets it; after that the 3rd, 6th and 9th step renew it.
    assert renewed == [True, False, False, True, False, False, True, False, False, True]


def test_decay_stands_apart() -> None:
    gs = diagonal(2)
    opt = TensorOptimizer("soap", shapes={"W": (3, 3)}, weight_decay=0.5, **HYPER)
    theta = np.full(9, 2.0)
    state = opt.init(theta)
    for g in gs:
        theta, state = opt.step(theta, g.ravel(), state)
    expected = 2.0 - 0.1 * 0.5 * 2.0 + soap_path(gs)[-1].ravel()
    np.testing.assert_allclose(theta, expected, rtol=1e-12)


def test_eigenvectors_come_with_the_largest_eigenvalue_first() -> None:
    A = np.random.default_rng(5).normal(size=(4, 4))
    S = A @ A.T
    Q = eigenvectors(S)
    values = np.diag(Q.T @ S @ Q)
    assert (np.diff(values) < 0).all()
    np.testing.assert_allclose(S @ Q, Q * values, atol=1e-12)
