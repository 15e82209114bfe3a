"""Multiply-adds, counted where they happen, against the equations of the layers."""

import pytest

from nnedu.nn import (
    Conv2D,
    Dense,
    EachPlace,
    Network,
    Recurrent,
    Residual,
    SelfAttention,
    flatten,
    relu,
)
from nnedu.nn.cost import multiply_adds

T, D = 6, 4


@pytest.mark.parametrize(
    ("layers", "inputs", "expected"),
    [
        ([Dense(3), relu, Dense(2)], (5,), 5 * 3 + 3 * 2),
        ([Conv2D(7, (3, 2))], (8, 9, 2), 6 * 8 * (3 * 2 * 2) * 7),
        ([Conv2D(7, 3, stride=2, padding="same"), flatten], (8, 8, 1), 4 * 4 * 9 * 7),
        ([Recurrent(3)], (T, D), T * (D + 3) * 3),
        ([SelfAttention(1)], (T, D), 4 * T * D**2 + 2 * T**2 * D),
        ([SelfAttention(2, causal=True)], (T, D), 4 * T * D**2 + 2 * T**2 * D),
        ([EachPlace([Dense(3)])], (T, D), T * D * 3),
        ([Residual([Dense(4), relu, Dense(2)], shortcut=[Dense(2)])], (5,), 5 * 4 + 4 * 2 + 5 * 2),
    ],
)
def test_the_count_is_that_of_the_equations(layers, inputs, expected):
    assert multiply_adds(Network(layers, inputs=inputs)) == expected


def test_counting_twice_gives_the_same():
    net = Network([Dense(3), relu, Dense(2)], inputs=5)
    assert multiply_adds(net) == multiply_adds(net) == 21
