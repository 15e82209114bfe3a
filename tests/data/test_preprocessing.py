"""Standardisation, whitening and condition numbers: by hand and beside scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.data import condition_number, load_digits, load_table, standardize, whiten
from nnedu.optim import sgd


def correlated(N: int = 500) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(N, 3)) @ rng.normal(size=(3, 3)) * [1, 10, 100] + [5, 0, -7]


def test_standardised_training_data_have_mean_0_and_variance_1() -> None:
    x = correlated()
    z = standardize(x)(x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(z.var(axis=0), 1)


def test_test_data_are_measured_by_the_training_data() -> None:
    transform = standardize(np.array([[0.0], [2.0]]))
    np.testing.assert_allclose(transform(np.array([[5.0]])), [[4.0]])


def test_a_feature_that_never_changes_becomes_0() -> None:
    x = np.array([[1.0, 7.0], [3.0, 7.0]])
    np.testing.assert_array_equal(standardize(x)(x)[:, 1], 0)


@pytest.mark.parametrize("kind", ["zca", "pca"])
def test_whitened_data_have_the_identity_as_covariance(kind: str) -> None:
    x = correlated()
    z = whiten(x, eps=0.0, kind=kind)(x)
    np.testing.assert_allclose(z.T @ z / len(z), np.eye(3), atol=1e-9)


def test_zca_stays_closest_to_the_data_and_pca_orders_them() -> None:
    x = correlated()
    zca, pca = whiten(x, kind="zca"), whiten(x, kind="pca")
    np.testing.assert_allclose(zca.A, zca.A.T, atol=1e-12)
    lengths = 1 / np.linalg.norm(pca.A, axis=0)  # standard deviation along each component
    assert (np.diff(lengths) < 0).all()


def test_beside_scikit_learn() -> None:
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    x = load_table("wine").x
    np.testing.assert_allclose(
        standardize(x)(x), StandardScaler().fit_transform(x), rtol=1e-10, atol=1e-10
    )
    x = correlated()
    theirs = PCA(whiten=True).fit_transform(x) * np.sqrt(len(x) / (len(x) - 1))
    np.testing.assert_allclose(np.abs(whiten(x, eps=0, kind="pca")(x)), np.abs(theirs), rtol=1e-8)


def test_a_direction_without_variance_needs_eps() -> None:
    x = load_digits().x_train  # corners that no digit ever inks
    with pytest.raises(ValueError, match="eps is 0 and x has directions without variance"):
        whiten(x, eps=0.0)
    assert np.isfinite(whiten(x)(x)).all()


def test_the_condition_number_is_that_of_the_least_squares_hessian() -> None:
    x = correlated()
    ones = np.column_stack([x, np.ones(len(x))])
    assert condition_number(x) == pytest.approx(np.linalg.cond(ones) ** 2, rel=1e-6)
    assert condition_number(np.ones((4, 2))) == np.inf


def test_standardising_speeds_descent_up_as_the_condition_number_says() -> None:
    x = correlated()
    y = x @ [1.0, -1.0, 0.5]

    def steps(x: np.ndarray) -> int:
        x = np.column_stack([x, np.ones(len(x))])
        H = x.T @ x / len(x)
        best = np.linalg.lstsq(x, y, rcond=None)[0]
        theta, (low, *_, high) = np.zeros(4), np.linalg.eigvalsh(H)
        for t in range(1, 5000):
            (theta,) = sgd(theta, H @ (theta - best), t=t, lr=2 / (low + high))
            if np.linalg.norm(theta - best) < 1e-3 * np.linalg.norm(best):
                return t
        return 5000

    assert steps(x) == 5000
    assert steps(standardize(x)(x)) < 500
    assert steps(whiten(x, eps=0.0)(x)) <= 2


def test_dtype_is_kept_and_shapes_are_checked() -> None:
    x = correlated().astype(np.float32)
    for transform in (standardize(x), whiten(x)):
        assert transform(x).dtype == np.float32
        with pytest.raises(ValueError, match=r"x has shape \(2, 4\); expected \(N, 3\)"):
            transform(np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"x has shape \(3,\); expected \(N, I\)"):
        standardize(np.ones(3))
    with pytest.raises(ValueError, match="eps is -1"):
        standardize(x, eps=-1)
    with pytest.raises(ValueError, match="zca"):
        whiten(x, kind="zac")
