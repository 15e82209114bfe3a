"""Clustering: a fixed point of k-means, and the best partition where that can be enumerated."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.gradcheck import numerical_gradient
from nnedu.quantization import cluster, cluster_gradient


@given(st.integers(0, 999), st.integers(1, 6), st.integers(1, 40))
def test_each_weight_has_the_nearest_centre_and_each_centre_is_the_mean(
    seed: int, k: int, size: int
) -> None:
    w = np.random.default_rng(seed).normal(size=size)
    found = cluster(w, k)
    distance = np.abs(w[:, None] - found.codebook)
    chosen = distance[np.arange(size), found.codes]
    assert (chosen <= distance.min(axis=1) + 1e-14).all()
    for c in set(found.codes.tolist()):
        assert found.codebook[c] == pytest.approx(w[found.codes == c].mean(), abs=1e-13)
    assert (np.diff(found.codebook) >= 0).all()
    np.testing.assert_array_equal(found.weights, found.codebook[found.codes])


def test_well_separated_weights_get_the_best_of_all_partitions() -> None:
    rng = np.random.default_rng(0)
    w = np.sort(np.concatenate([rng.normal(c, 0.05, 4) for c in (-2, 0, 1.5)]))

    def error(cuts: tuple[int, ...]) -> float:
        return sum(float(np.sum((part - part.mean()) ** 2)) for part in np.split(w, cuts))

    best = min(error(cuts) for cuts in combinations(range(1, 12), 2))
    assert np.sum((cluster(w, 3).weights - w) ** 2) == pytest.approx(best, rel=1e-12)


def test_more_rounds_never_raise_the_error() -> None:
    w = np.random.default_rng(1).standard_t(2, size=300)
    errors = [np.mean((cluster(w, 8, rounds=r).weights - w) ** 2) for r in range(1, 12)]
    assert (np.diff(errors) <= 1e-15).all()
    assert errors[-1] < 0.9 * errors[0]


def test_again_changes_nothing() -> None:
    w = cluster(np.random.default_rng(2).normal(size=200), 5).weights
    np.testing.assert_allclose(cluster(w, 5).weights, w, atol=1e-14)


def test_bytes() -> None:
    w = np.random.default_rng(0).normal(size=(10, 13)).astype(np.float32)
    for k, bits in ((2, 1), (3, 2), (16, 4), (17, 5), (1, 1)):
        assert cluster(w, k).nbytes == -(-130 * bits // 8) + 4 * k
    assert cluster(w, 16).weights.dtype == np.float32


def test_gradient_of_the_shared_values() -> None:
    rng = np.random.default_rng(3)
    target, found = rng.normal(size=(4, 5)), cluster(rng.normal(size=(4, 5)), 3)

    def loss(codebook: np.ndarray) -> float:
        return float(np.sum((codebook[found.codes] - target) ** 2))

    g = cluster_gradient(2 * (found.weights - target), found)
    np.testing.assert_allclose(g, numerical_gradient(loss, found.codebook), rtol=1e-7)


def test_errors() -> None:
    with pytest.raises(ValueError, match="w is not finite"):
        cluster(np.array([1.0, np.inf]), 2)
    with pytest.raises(ValueError, match="k is 0"):
        cluster(np.ones(3), 0)
    with pytest.raises(ValueError, match="expected the same shape"):
        cluster_gradient(np.ones(3), cluster(np.ones(4), 1))
