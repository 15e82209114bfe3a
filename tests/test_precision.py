"""Mixed precision: rounded where numbers are stored, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnedu.losses import mse, softmax_cross_entropy
from nnedu.nn import Dense, Network, relu, tanh
from nnedu.precision import mixed_objective, stored
from nnedu.quantization import bfloat16, float16


def problem(dtype: Any = np.float32) -> tuple[Network, Any, Any, Any]:
    rng = np.random.default_rng(0)
    net = Network([Dense(12), relu, Dense(5)], inputs=7)
    theta, x = net.init(rng, dtype), rng.normal(size=(20, 7)).astype(dtype)
    return net, theta, x, rng.integers(5, size=20)


def test_without_rounding_it_is_the_objective() -> None:
    net, theta, x, labels = problem(float)
    value, g = net.objective(softmax_cross_entropy)(theta, x, labels)
    same, h = mixed_objective(net, softmax_cross_entropy, lambda a: a)(theta, x, labels, scale=4.0)
    assert same == value
    np.testing.assert_array_equal(h, 4 * g)


@pytest.mark.parametrize("rounding", [float16, bfloat16])
def test_every_number_is_one_of_the_format_and_near_the_true_one(rounding: Any) -> None:
    net, theta, x, labels = problem()
    exact = net.objective(softmax_cross_entropy)(theta, x, labels)[1]
    _, g = mixed_objective(net, softmax_cross_entropy, rounding)(theta, x, labels, scale=256.0)
    np.testing.assert_array_equal(g, rounding(g))
    assert g.dtype == np.float32
    off = np.linalg.norm(g / 256 - exact) / np.linalg.norm(exact)
    assert 1e-5 < off < {float16: 2e-3, bfloat16: 2e-2}[rounding]


def test_it_is_what_float16_arrays_give_but_for_the_order_of_sums() -> None:
    net, theta, x, labels = problem()
    _, g = mixed_objective(net, softmax_cross_entropy, float16)(theta, x, labels, scale=64.0)
    outputs, backward = net.forward(theta.astype(np.float16), x.astype(np.float16))
    _, d_outputs = softmax_cross_entropy(outputs.astype(np.float32), labels)
    h = backward((64 * d_outputs).astype(np.float16)).astype(np.float32)
    # NumPy adds float16 products in another order, and bias gradients in float16.
    np.testing.assert_allclose(g, h, rtol=0, atol=4e-3 * np.abs(h).max())


def test_rounding_stands_at_every_place_once() -> None:
    seen: list[str] = []

    def spy(a: Any) -> Any:
        seen.append("x".join(map(str, a.shape)))
        return a

    net, theta, x, labels = problem(float)
    objective = mixed_objective(net, softmax_cross_entropy, spy)
    objective(theta, x, labels)
    seen.clear()
    objective(theta, x, labels)
    P = str(net.size)
    forward, back = ["20x12", "20x12", "20x5"], ["20x5", "20x12", "20x12"]
    assert seen == [P, "20x7", *forward, *back, P]


def test_the_scale_saves_what_underflows_and_may_overflow() -> None:
    net = Network([Dense(1)], inputs=1)
    objective = mixed_objective(net, mse, float16)
    theta, x, y = np.zeros(2, np.float32), np.ones((1, 1), np.float32), np.full((1, 1), 1e-9)
    y = y.astype(np.float32)
    assert not objective(theta, x, y)[1].any()
    np.testing.assert_allclose(objective(theta, x, y, scale=2.0**14)[1] / 2**14, -2e-9, rtol=2e-3)
    assert np.isinf(objective(theta, x, y + 10, scale=2.0**14)[1]).all()
    with pytest.raises(ValueError, match="scale is 0"):
        objective(theta, x, y, scale=0)


def test_the_layer_rounds_both_ways() -> None:
    y, backward = stored(float16)(np.array([1 + 2.0**-12]))
    assert y == 1
    assert backward(np.array([3e-8]))[0] == 2.0**-24
    assert tanh(y)[0] < 1
