"""Every layer in ``ROWS`` keeps these, in inference and in training; so does a network of it."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from nnedu import nn
from nnedu.gradcheck import check_gradient
from nnedu.losses import mse
from nnedu.nn import (
    AveragePool,
    BatchNorm,
    Chain,
    Conv2D,
    Dense,
    Dropout,
    EachPlace,
    GroupNorm,
    Layer,
    LayerNorm,
    MaxPool,
    Network,
    Recompute,
    Recurrent,
    Residual,
    RMSNorm,
    SelfAttention,
    activations,
    flatten,
    global_average_pool,
    last_step,
    smooth_rectifiers,
    tanh,
)
from tests.contracts.docstrings import problems

ROWS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "Dense": (Dense(2), (3,)),
    "Dropout": (Dropout(0.4), (3, 2)),
    "LayerNorm": (LayerNorm(eps=0.1), (2, 3)),
    "RMSNorm": (RMSNorm(eps=0.1), (3,)),
    "GroupNorm": (GroupNorm(2, eps=0.1), (2, 2, 4)),
    "BatchNorm": (BatchNorm(eps=0.1, correction=1), (3,)),
    "BatchNorm of images": (BatchNorm(eps=0.1), (2, 2, 3)),
    "flatten": (flatten, (2, 3, 2)),
    "global_average_pool": (global_average_pool, (2, 3, 2)),
    "MaxPool": (MaxPool(2), (4, 5, 2)),
    "MaxPool, overlapping": (MaxPool(3, stride=2, padding="same"), (4, 5, 2)),
    "AveragePool": (AveragePool((1, 2)), (4, 5, 2)),
    "AveragePool, overlapping": (AveragePool(3, stride=2, padding=1), (4, 5, 2)),
    "Conv2D": (Conv2D(2, 3), (4, 3, 2)),
    "Conv2D, strided": (Conv2D(2, (3, 2), stride=(2, 1), padding="same"), (4, 3, 2)),
    "Recurrent": (Recurrent(3), (4, 2)),
    "last_step": (last_step, (4, 2)),
    "SelfAttention": (SelfAttention(2), (3, 4)),
    "SelfAttention, causal": (SelfAttention(1, causal=True), (3, 2)),
    "SelfAttention of images": (SelfAttention(2), (2, 2, 2)),
    "EachPlace": (EachPlace([Dense(3), BatchNorm(eps=0.1), tanh, Dropout(0.3)]), (2, 3, 2)),
    "Residual": (Residual([Dense(3), BatchNorm(eps=0.1), tanh, Dropout(0.3), Dense(2)]), (2,)),
    "Residual, with a shortcut": (
        Residual([BatchNorm(), Conv2D(3, 2)], shortcut=[Conv2D(3, 2), BatchNorm(eps=0.1)]),
        (3, 3, 2),
    ),
    "Recompute": (Recompute([Dense(3), BatchNorm(eps=0.1), tanh, Dropout(0.3), Dense(2)]), (2,)),
    "Chain": (Chain([Dense(3), BatchNorm(), tanh, Dropout(0.3), Dense(2)]), (2,)),
}
# Functions of layers and of nothing else.
# Every function that stands behind a layer, or is one.
OTHERS = {"glorot_", "he_", "lecun_", "orthogonal", "per_parameter"}  # first values, not layers
FUNCTIONS = [
    name
    for name, f in inspect.getmembers(nn, inspect.isfunction)
    if f.__module__ not in {module.__name__ for module in (activations, smooth_rectifiers)}
    and not name.startswith(tuple(OTHERS))
]
N = 4

every_layer = pytest.mark.parametrize("name", ROWS)
both_ways = pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])


def layer_of(name: str) -> Layer:
    given = ROWS[name][0]
    return given if isinstance(given, Layer) else Chain([given])


def arrays(name: str, dtype: Any = np.float64) -> tuple[list[Any], list[Any]]:
    """Input and parameters, and statistics, none of them special."""
    layer, inputs, rng = layer_of(name), ROWS[name][1], np.random.default_rng(4)
    x = rng.normal(size=(N, *inputs))
    parameters = [0.5 + 0.5 * rng.normal(size=shape) for shape in layer.shapes(inputs).values()]
    statistics = [
        value + rng.uniform(size=value.shape) for value in layer.statistics(inputs).values()
    ]
    return [a.astype(dtype) for a in (x, *parameters)], [a.astype(dtype) for a in statistics]


def call(name: str, training: bool, given: list[Any], statistics: list[Any]) -> tuple[Any, ...]:
    layer = layer_of(name)
    if training:
        return tuple(layer.training(np.random.default_rng(1), *given, *statistics))
    return layer(*given, *statistics)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_of_the_function_is_complete_and_its_example_runs(name: str) -> None:
    by_definition = name in {"dense", "flatten", "last_step"}  # nobody's invention
    assert problems(getattr(nn, name), conventions=True, source=not by_definition) == []


def test_every_layer_has_a_row() -> None:
    classes = {name for name, value in vars(nn).items() if inspect.isclass(value)}
    layers = {name for name in classes if issubclass(getattr(nn, name), Layer)} - {"Layer"}
    assert layers == {
        type(layer).__name__ for layer, _ in ROWS.values() if isinstance(layer, Layer)
    }
    for name in layers:
        assert (getattr(nn, name).__doc__ or "").count(">>>"), f"{name} has no example"


@every_layer
@both_ways
def test_gradients_agree_with_finite_differences(name: str, training: bool) -> None:
    given, statistics = arrays(name)
    y = call(name, training, given, statistics)[0]
    d_y = np.cos(np.arange(y.size)).reshape(y.shape)
    for i in range(len(given)):

        def objective(at: Any, i: int = i) -> tuple[float, Any]:
            y, backward, *_ = call(name, training, [*given[:i], at, *given[i + 1 :]], statistics)
            gradients = backward(d_y)
            assert len(gradients) == len(given)
            return float((y * d_y).sum()), gradients[i]

        found = check_gradient(objective, given[i])
        # A bias that normalisation takes out again has a gradient of nothing but rounding.
        assert found.error < 1e-8 or np.abs(found.analytic).max() < 1e-12, (i, found.error)


@every_layer
@both_ways
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shapes_are_those_declared_and_dtype_is_kept(name: str, training: bool, dtype: Any) -> None:
    given, statistics = arrays(name, dtype)
    y, backward, *new = call(name, training, given, statistics)
    layer, inputs = layer_of(name), ROWS[name][1]
    assert y.shape == (N, *layer.output_shape(inputs))
    gradients = backward(np.ones_like(y))
    assert [d.shape for d in gradients] == [a.shape for a in given]
    assert [a.shape for a in new] == [a.shape for a in statistics if training]
    assert {a.dtype for a in (y, *gradients, *new)} == {np.dtype(dtype)}


@every_layer
def test_first_values_have_the_declared_names_and_shapes(name: str) -> None:
    layer, inputs = layer_of(name), ROWS[name][1]
    first = layer.init(np.random.default_rng(0), inputs)
    assert {key: value.shape for key, value in first.items()} == layer.shapes(inputs)
    assert list(first) == list(layer.shapes(inputs))
    again = layer.init(np.random.default_rng(0), inputs)
    for key, value in first.items():
        np.testing.assert_array_equal(value, again[key])


@every_layer
@both_ways
def test_nothing_is_changed_shared_or_used_up(name: str, training: bool) -> None:
    given, statistics = arrays(name)
    for array in (*given, *statistics):
        array.flags.writeable = False
    y, backward, *new = call(name, training, given, statistics)
    d_y = np.cos(np.arange(y.size)).reshape(y.shape)
    d_y.flags.writeable = False
    first, second = backward(d_y), backward(d_y)
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    for made in (y, *first, *new):
        for array in (*given, *statistics, d_y):
            assert not np.shares_memory(made, array)


@every_layer
def test_in_inference_an_example_does_not_see_the_others(name: str) -> None:
    given, statistics = arrays(name)
    y, _ = call(name, False, given, statistics)
    for i in range(N):
        alone, _ = call(name, False, [given[0][i : i + 1], *given[1:]], statistics)
        np.testing.assert_allclose(alone[0], y[i], rtol=1e-12, atol=1e-14)


@every_layer
def test_a_network_of_it_has_the_right_gradient_and_learns(name: str) -> None:
    layer, inputs = ROWS[name]
    net = Network([layer], inputs=inputs)
    given, _ = arrays(name)
    targets = np.random.default_rng(2).normal(size=(N, *net.outputs))

    def objective(theta: Any) -> tuple[float, Any]:
        once = net.objective(mse, rng=np.random.default_rng(3), statistics=net.statistics())
        return once(theta, given[0], targets)

    theta = net.init(np.random.default_rng(1)) + 0.1
    value, g = objective(theta)
    if net.size:
        assert check_gradient(objective, theta).error < 1e-7
        assert objective(theta - 1e-4 * g)[0] < value


@every_layer
@both_ways
def test_inputs_that_are_not_floats_are_refused(name: str, training: bool) -> None:
    given, statistics = arrays(name)
    with pytest.raises(TypeError, match="x has dtype int64; expected float32 or float64"):
        call(name, training, [given[0].astype(int), *given[1:]], statistics)
