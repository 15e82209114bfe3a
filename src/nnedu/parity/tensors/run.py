"""Runs of the frameworks' optimizers for tensors, in float64, over a given trajectory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.frameworks import double_precision, framework, optax_path
from nnedu.parity.pairs import Numbers
from nnedu.parity.tensors.pair import TensorPair


def run_tensors(pair: TensorPair, numbers: Numbers, *, as_shipped: bool = False) -> Array:
    """The parameters after each update of the framework's optimizer.

    Parameters
    ----------
    pair : TensorPair
        Names the framework and builds the optimizer.
    numbers : dict
        The setting.
    as_shipped : bool
        Leave PyTorch's Muon its bfloat16.

    Returns
    -------
    float64 array, shape (T, P)
    """
    module = framework(pair.framework)
    if pair.framework == "torch":
        with _no_bfloat16(module, as_shipped):
            return _torch(module, pair, numbers)
    with double_precision(pair.framework):
        return {"keras": _keras, "optax": _optax}[pair.framework](module, pair, numbers)


@contextmanager
def _no_bfloat16(torch: Any, as_shipped: bool) -> Iterator[None]:
    """Keep ``tensor.bfloat16()`` from rounding inside the block: it copies instead."""
    rounding = torch.Tensor.bfloat16
    if not as_shipped:
        torch.Tensor.bfloat16 = lambda tensor: tensor.clone()
    try:
        yield
    finally:
        torch.Tensor.bfloat16 = rounding


def _torch(torch: Any, pair: TensorPair, numbers: Numbers) -> Array:
    def side(array: Array) -> Array:
        return np.array(array.T if pair.transposed else array)

    given = pair.given
    parameters = [torch.tensor(side(given.theta[n]), requires_grad=True) for n in pair.names]
    optimizer = pair.build(torch, float(given.lr[0]), numbers, parameters)
    path = []
    for k, lr in enumerate(given.lr):
        optimizer.param_groups[0]["lr"] = float(lr)
        for name, parameter in zip(pair.names, parameters, strict=True):
            parameter.grad = torch.tensor(side(given.g[name][k]))
        optimizer.step()
        path.append(np.concatenate([side(p.detach().numpy()).ravel() for p in parameters]))
    return np.array(path)


def _keras(keras: Any, pair: TensorPair, numbers: Numbers) -> Array:
    given = pair.given
    parameters = [keras.Variable(given.theta[n], dtype="float64", name=n) for n in pair.names]
    optimizer = pair.build(keras, float(given.lr[0]), numbers, None)
    path = []
    for k, lr in enumerate(given.lr):
        optimizer.learning_rate = float(lr)
        gradients = [keras.ops.convert_to_tensor(given.g[n][k], "float64") for n in pair.names]
        optimizer.apply(gradients, parameters)
        path.append(np.concatenate([np.asarray(p.numpy()).ravel() for p in parameters]))
    return np.array(path)


def _optax(optax: Any, pair: TensorPair, numbers: Numbers) -> Array:
    jax, given = framework("jax"), pair.given
    lrs = jax.numpy.asarray(given.lr)
    optimizer = pair.build(optax, lambda count: lrs[count], numbers, None)
    theta = {name: jax.numpy.asarray(given.theta[name]) for name in pair.names}
    g = {name: jax.numpy.asarray(given.g[name]) for name in pair.names}
    path = optax_path(optimizer, theta, g)
    return np.concatenate(
        [np.asarray(path[name]).reshape(len(given.lr), -1) for name in pair.names], axis=1
    )
