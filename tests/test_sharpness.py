"""The largest curvature, against matrices whose eigenvalues are known."""

import numpy as np
import pytest

from nnedu.sharpness import sharpness


def quadratic(A):
    return lambda theta: (float(theta @ A @ theta) / 2, A @ theta)


def turned(eigenvalues, seed=3):
    Q = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(eigenvalues),) * 2))[0]
    return Q @ np.diag(eigenvalues) @ Q.T, Q


def test_it_is_the_largest_eigenvalue_and_its_vector():
    A, Q = turned([7.0, 2.0, 0.5, -1.0])
    curvature, v = sharpness(quadratic(A), np.ones(4))
    assert abs(curvature - 7) < 1e-6
    assert abs(abs(v @ Q[:, 0]) - 1) < 1e-6
    assert abs(np.linalg.norm(v) - 1) < 1e-12


def test_the_largest_in_size_may_be_negative():
    A, _ = turned([-5.0, 2.0, 1.0])
    assert abs(sharpness(quadratic(A), np.zeros(3))[0] + 5) < 1e-6


def test_a_direction_to_start_from_saves_rounds():
    A, Q = turned([7.0, 6.5, 0.5])
    cold = sharpness(quadratic(A), np.zeros(3), rounds=1)[0]
    warm = sharpness(quadratic(A), np.zeros(3), 9 * Q[:, 0], rounds=1)[0]
    assert abs(warm - 7) < 1e-9 < abs(cold - 7)


def test_a_plane_has_none():
    curvature, v = sharpness(lambda theta: (0.0, np.ones(2)), np.zeros(2))
    assert curvature == 0
    assert np.isfinite(v).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rounds": 0}, "rounds is 0"),
        ({"h": 0.0}, "h is 0.0"),
        ({"v": np.ones(3)}, r"v has shape \(3,\)"),
    ],
)
def test_what_cannot_be_is_said(wrong, words):
    with pytest.raises(ValueError, match=words):
        sharpness(quadratic(np.eye(2)), np.ones(2), **wrong)
