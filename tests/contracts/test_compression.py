"""Every public function of ``nnedu.compression`` keeps these."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from nnedu import compression
from nnedu.compression import (
    aware_objective,
    backpropagated_curvature,
    cut_theta,
    fake_weights,
    lottery_tickets,
    observe,
    quantize_network,
    shrink,
)
from nnedu.losses import mse
from nnedu.nn import Dense, Network, relu
from nnedu.optim import Optimizer
from nnedu.pruning import magnitude
from nnedu.train import minibatches
from tests.contracts.docstrings import problems

FUNCTIONS = [name for name in compression.__all__ if inspect.isfunction(getattr(compression, name))]
NET = Network([Dense(5), relu, Dense(2)], inputs=3)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    assert problems(getattr(compression, name), conventions=True, source=True) == []


def tickets(theta: Any, x: Any, y: Any) -> Any:
    found = lottery_tickets(
        NET.objective(mse),
        theta,
        Optimizer("sgd", lr=0.1),
        lambda: minibatches(np.random.default_rng(0), 4, x, y),
        steps=3,
        rounds=1,
    )
    return [ticket.theta for ticket in found]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inputs_are_kept_and_dtypes_too(dtype: Any) -> None:
    rng = np.random.default_rng(0)
    theta = NET.init(rng, dtype)
    x, y = rng.normal(size=(12, 3)).astype(dtype), rng.normal(size=(12, 2)).astype(dtype)
    copies = theta.copy(), x.copy(), y.copy()
    for array in (theta, x, y):
        array.flags.writeable = False
    integers = quantize_network(NET, theta, observe(NET, theta, x))
    results = [
        fake_weights(NET, theta),
        aware_objective(NET, NET.objective(mse))(theta, x, y)[1],
        backpropagated_curvature(NET, theta, x, np.full((12, 2), 0.5, dtype)),
        shrink(NET, theta)[1],
        integers.predict(x),
        *tickets(theta, x, y),
    ]
    for result in results:
        assert result.dtype == dtype
        assert not np.shares_memory(result, theta)
    assert cut_theta(NET, magnitude(theta), sparsity=0.5).dtype == bool
    for array, copy in zip((theta, x, y), copies, strict=True):
        np.testing.assert_array_equal(array, copy)
