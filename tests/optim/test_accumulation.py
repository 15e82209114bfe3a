"""Micro-batches add up to the batch."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.losses import mse, softmax_cross_entropy
from nnedu.nn import Dense, Network, relu
from nnedu.optim import accumulated
from tests.contracts.docstrings import problems


def problem(N: int, dtype: type = float) -> tuple[Network, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    net = Network([Dense(5), relu, Dense(3)], inputs=4)
    x = rng.normal(size=(N, 4)).astype(dtype)
    return net, net.init(rng, dtype), x, rng.integers(3, size=N)


@pytest.mark.parametrize("size", [1, 2, 4, 7, 12, 13, 100])
def test_any_size_gives_the_gradient_of_the_whole_batch(size: int) -> None:
    net, theta, x, labels = problem(13)
    objective = net.objective(softmax_cross_entropy)
    loss, g = objective(theta, x, labels)
    in_parts, g_parts = accumulated(objective, size)(theta, x, labels)
    assert in_parts == pytest.approx(loss, rel=1e-13)
    np.testing.assert_allclose(g_parts, g, rtol=1e-11, atol=1e-15)


def test_an_uneven_last_part_counts_by_its_examples_not_as_a_part() -> None:
    # Losses of 1 and 4 for the two parts, of 3 examples and of 1: (3 * 1 + 1 * 4) / 4.
    net = Network([Dense(1)], inputs=1)
    theta, x = np.zeros(net.size), np.ones((4, 1))
    y = np.array([[1.0], [1.0], [1.0], [2.0]])
    loss, g = accumulated(net.objective(mse), 3)(theta, x, y)
    assert loss == pytest.approx(7 / 4, rel=1e-15)
    np.testing.assert_allclose(g, -2 * (3 * 1 + 2) / 4, rtol=1e-15)


def test_no_more_than_size_examples_are_seen_at_once() -> None:
    seen = []

    def spy(theta, x, labels):
        seen.append((len(x), len(labels)))
        return 0.0, theta

    accumulated(spy, 4)(np.zeros(1), np.zeros((10, 2)), np.zeros(10))
    assert seen == [(4, 4), (4, 4), (2, 2)]


def test_float32_stays() -> None:
    net, theta, x, labels = problem(7, np.float32)
    _, g = accumulated(net.objective(softmax_cross_entropy), 3)(theta, x, labels)
    assert g.dtype == np.float32


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="size is 0; expected a whole number of at least 1"):
        accumulated(lambda theta: (0.0, theta), 0)
    objective = accumulated(lambda theta, *batch: (0.0, theta), 2)
    for batch in [(np.zeros(3), np.zeros(4)), (np.zeros(0),), ()]:
        with pytest.raises(ValueError, match="expected one length above 0"):
            objective(np.zeros(1), *batch)


@pytest.mark.parametrize("function", [accumulated])
def test_docstring_is_complete_and_its_example_runs(function) -> None:
    assert problems(function, conventions=True, source=True) == []
