"""Recomputation changes the memory, and no number."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from nnedu.losses import softmax_cross_entropy
from nnedu.nn import BatchNorm, Chain, Dense, Dropout, Network, Recompute, in_segments, tanh

LAYERS = [Dense(8), BatchNorm(), tanh, Dropout(0.5), Dense(6), tanh, Dropout(0.2), Dense(3)]


def one_step(layers: list[Any]) -> tuple[float, Any, dict[str, Any]]:
    net = Network(layers, inputs=4)
    rng = np.random.default_rng(3)
    x, labels = rng.normal(size=(16, 4)), rng.integers(3, size=16)
    statistics = net.statistics()
    objective = net.objective(softmax_cross_entropy, rng=rng, statistics=statistics)
    theta = net.init(np.random.default_rng(0))
    values = [objective(theta, x, labels) for _ in range(2)]  # the second draws other units
    return values[-1][0], values[-1][1], statistics


@pytest.mark.parametrize("count", [None, 1, 2, 3, 8])
def test_loss_gradient_and_statistics_are_those_without(count: int | None) -> None:
    loss, g, statistics = one_step(LAYERS)
    again, h, recomputed = one_step(in_segments(LAYERS, count))
    assert loss == again
    np.testing.assert_array_equal(g, h)
    for before, after in zip(statistics.values(), recomputed.values(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_the_generator_ends_where_it_would_have() -> None:
    ends = []
    for layers in (LAYERS, [Recompute(LAYERS)]):
        net, rng = Network(layers, inputs=4), np.random.default_rng(3)
        x = np.ones((4, 4))
        statistics = net.statistics()
        objective = net.objective(softmax_cross_entropy, rng=rng, statistics=statistics)
        objective(net.init(np.random.default_rng(0)), x, np.zeros(4, int))
        ends.append(rng.random())
    assert ends[0] == ends[1]


def test_layers_run_twice_forward_and_once_back() -> None:
    calls = []

    def spy(x: Any) -> Any:
        calls.append("forward")

        def backward(d_y: Any) -> Any:
            calls.append("back")
            return (d_y,)

        return x + 0, backward

    chain = Chain(in_segments([spy] * 4, 2))
    chain(np.ones((1, 1)))  # shapes are found by trials, once
    calls.clear()
    _, backward = chain(np.ones((1, 1)))
    assert calls == ["forward"] * 4
    backward(np.ones((1, 1)))
    assert calls[4:] == (["forward"] * 2 + ["back"] * 2) * 2


def held_and_peak(layers: list[Any]) -> tuple[float, float]:
    """Batches of numbers held between the passes, and at the most."""
    net = Network(layers, inputs=50)
    theta, x = net.init(np.random.default_rng(0)), np.ones((400, 50))
    net.forward(theta, x[:1])
    tracemalloc.start()
    y, backward = net.forward(theta, x)
    held = tracemalloc.get_traced_memory()[0]
    backward(y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held / x.nbytes, peak / x.nbytes


def test_a_square_root_of_the_memory_is_left() -> None:
    def rotate(x: Any) -> Any:
        y = np.tanh(x)
        return y, lambda d_y: (d_y * (1 - y * y),)

    n = 36
    held, peak = held_and_peak([rotate] * n)
    assert held == pytest.approx(n, abs=0.5)
    held, peak = held_and_peak(in_segments([rotate] * n))
    assert held == pytest.approx(6, abs=0.5)
    # The inputs of six segments, the six layers of one, and a few temporaries.
    assert 6 + 6 - 1 <= peak <= 6 + 6 + 5


def test_segments_are_as_equal_as_can_be() -> None:
    def lengths(n: int, count: int | None = None) -> list[int]:
        return [len(segment.layers) for segment in in_segments([tanh] * n, count)]

    assert lengths(9) == [3, 3, 3]
    assert lengths(10, 4) == [3, 3, 2, 2]
    assert lengths(3, 3) == [1, 1, 1]
    assert lengths(2) == [2]


@pytest.mark.parametrize("count", [0, 4, 1.5])
def test_a_count_that_cannot_be_is_refused(count: Any) -> None:
    with pytest.raises(ValueError, match=f"count is {count}; expected"):
        in_segments([tanh] * 3, count)
    with pytest.raises(ValueError, match="layers is empty"):
        in_segments([])
