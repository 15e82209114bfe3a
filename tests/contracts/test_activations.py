"""Every activation in ``nnedu.nn`` keeps these: a function of an array, elementwise."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from nnedu import nn
from nnedu.nn import activations, smooth_rectifiers
from tests.contracts.docstrings import problems

FUNCTIONS = {
    name: f
    for module in (activations, smooth_rectifiers)
    for name, f in inspect.getmembers(module, inspect.isfunction)
    if f.__module__ == module.__name__ and not name.startswith("_")
}
DIP = {"silu", "gelu", "gelu_tanh"}
"""Those that fall somewhere, on purpose."""
pytestmark = pytest.mark.parametrize("name", FUNCTIONS)
X = np.array([-700.0, -30.0, -2.0, -0.5, -1e-3, 1e-3, 0.25, 1.0, 3.0, 30.0, 700.0])


def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    assert problems(FUNCTIONS[name], conventions=False, source=True) == []


def test_derivative_agrees_with_finite_differences(name: str) -> None:
    f, h = FUNCTIONS[name], 1e-6
    y, backward = f(X)
    d_y = np.linspace(-1, 2, len(X))
    numeric = d_y * (f(X + h)[0] - f(X - h)[0]) / (2 * h)
    (d_x,) = backward(d_y)
    assert np.abs(d_x - numeric).max() < 2e-8 * max(1, np.abs(numeric).max())
    assert y.shape == X.shape


def test_never_falls_unless_it_is_known_to(name: str) -> None:
    y = FUNCTIONS[name](np.linspace(-5, 5, 101))[0]
    assert (np.diff(y) >= 0).all() == (name not in DIP)


def test_is_public(name: str) -> None:
    assert getattr(nn, name) is FUNCTIONS[name]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (11,), (2, 3)], ids=str)
def test_shape_and_dtype_are_kept(name: str, dtype: Any, shape: tuple[int, ...]) -> None:
    x = np.ones(shape, dtype)
    y, backward = FUNCTIONS[name](x)
    (d_x,) = backward(np.ones(shape, dtype))
    assert (np.shape(y), y.dtype) == (shape, dtype)
    assert (np.shape(d_x), d_x.dtype) == (shape, dtype)


def test_inputs_are_not_changed(name: str) -> None:
    x, d_y = X.copy(), np.ones_like(X)
    x.flags.writeable = d_y.flags.writeable = False
    y, backward = FUNCTIONS[name](x)
    (d_x,) = backward(d_y)
    np.testing.assert_array_equal(x, X)
    assert not np.shares_memory(y, x)
    assert not np.shares_memory(d_x, d_y)


def test_backward_can_be_called_twice(name: str) -> None:
    _, backward = FUNCTIONS[name](X)
    np.testing.assert_array_equal(backward(np.ones(11))[0], backward(np.ones(11))[0])


def test_integers_are_refused(name: str) -> None:
    # sigmoid of integers used to be cut to integers: 0 everywhere.
    with pytest.raises(TypeError, match="x has dtype int64; expected float32 or float64"):
        FUNCTIONS[name](np.array([1, 2]))
