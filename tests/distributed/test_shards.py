"""Shards: equal to the whole batch, whatever the counts, and not where examples meet."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.distributed import shard_bounds, sharded_objective, weighted_mean
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import BatchNorm, Dense, Network, relu

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(11, 4)), RNG.integers(3, size=11)


@pytest.mark.parametrize("N", [1, 7, 12])
@pytest.mark.parametrize("n", [1, 3, 5, 12, 20])
def test_bounds_are_those_of_array_split(N: int, n: int) -> None:
    sizes = [len(part) for part in np.array_split(np.arange(N), n)]
    assert np.diff(shard_bounds(N, n)).tolist() == sizes


def test_the_mean_is_weighted_by_hand() -> None:
    assert weighted_mean([np.array([2.0, 0.0]), np.array([8.0, 4.0])], [2, 1]).tolist() == [
        4.0,
        pytest.approx(4 / 3),
    ]


def test_a_worker_without_examples_does_not_count() -> None:
    g = weighted_mean([np.array([2.0]), np.array([99.0])], [3, 0])
    assert g.tolist() == [2.0]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 11, 15])
def test_shards_give_loss_and_gradient_of_the_whole_batch(n: int) -> None:
    net = Network([Dense(5), relu, Dense(3)], inputs=4)
    objective, theta = net.objective(softmax_cross_entropy), net.init(np.random.default_rng(1))
    loss, g = objective(theta, X, Y)
    sharded_loss, sharded = sharded_objective(objective, n)(theta, X, Y)
    assert sharded_loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(sharded, g, rtol=1e-10, atol=1e-14)


def test_batch_normalisation_sees_its_shard_only() -> None:
    net = Network([Dense(5), BatchNorm(), relu, Dense(3)], inputs=4)
    objective = net.objective(softmax_cross_entropy, statistics=net.statistics())
    theta = net.init(np.random.default_rng(1))
    g = objective(theta, X, Y)[1]
    sharded = sharded_objective(objective, 2)(theta, X, Y)[1]
    assert np.abs(sharded - g).max() > 0.01 * np.abs(g).max()


def test_dtypes_are_kept() -> None:
    g = weighted_mean([np.ones(2, np.float32), np.zeros(2, np.float32)], [1, 2])
    assert g.dtype == np.float32


@pytest.mark.parametrize(
    ("gradients", "counts", "message"),
    [
        ([], [], "one count each"),
        ([np.ones(2)], [1, 2], "one count each"),
        ([np.ones(2), np.ones(3)], [1, 1], "same shape"),
        ([np.ones(2)], [0], "at least one example"),
        ([np.ones(2)], [-1], r"counts\[0\] is -1"),
    ],
)
def test_bad_input_is_named(gradients: list, counts: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weighted_mean(gradients, counts)


def test_integers_are_no_gradients() -> None:
    with pytest.raises(TypeError, match="dtype int"):
        weighted_mean([np.ones(2, int)], [1])
