"""Runs of the frameworks' optimizers, in float64, over a given trajectory.

Keras runs on whatever backend is configured; nothing here imports TensorFlow by name.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.pairs import Numbers, Pair
from nnedu.parity.trajectory import Trajectory

TITLES = {"keras": "Keras", "torch": "PyTorch", "optax": "Optax"}
_INSTALL = {"keras": "nnedu[tensorflow]", "optax": "nnedu[parity]", "jax": "nnedu[parity]"}


def framework(name: str) -> Any:
    """Import a framework.

    Raises
    ------
    ModuleNotFoundError
        If it is missing; the message says what to install.
    """
    try:
        return import_module(name)  # imports nothing of nnedu
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        what = _INSTALL.get(name, name)
        raise ModuleNotFoundError(
            f"comparing with {TITLES.get(name, name)} needs {name}, which is missing. "
            f"Run: pip install '{what}'",
            name=name,
        ) from error


@contextmanager
def double_precision(name: str) -> Iterator[None]:
    """Let a framework keep float64 inside the block.

    JAX makes everything float32 otherwise; Keras and PyTorch what they keep for themselves, such
    as Nadam's product of momenta. Keras also carries every Python number through float32 on its
    way into a float64 formula, one in its own source like Nadam's 0.96 too: not here.
    """
    with ExitStack() as stack:
        if name == "torch":
            torch = framework("torch")
            stack.callback(torch.set_default_dtype, torch.get_default_dtype())
            torch.set_default_dtype(torch.float64)
        if name == "keras":
            config = framework("keras").config
            stack.callback(config.set_floatx, config.floatx())
            config.set_floatx("float64")
            ops: Any = import_module("keras.src.ops")  # imports nothing of nnedu
            stack.callback(setattr, ops, "cast", ops.cast)
            ops.cast = _exact_cast(ops.cast, ops.convert_to_tensor)
        if name == "optax" or (name == "keras" and framework("keras").config.backend() == "jax"):
            stack.enter_context(framework("jax").enable_x64(True))
        yield


def _exact_cast(cast: Any, convert: Any) -> Any:
    """Keras's cast, that takes a Python number to the dtype at once."""
    return lambda x, dtype: convert(x, dtype) if isinstance(x, float) else cast(x, dtype)


def run(pair: Pair, numbers: Numbers, trajectory: Trajectory) -> Array:
    """The parameters after each update of the framework's optimizer.

    Parameters
    ----------
    pair : Pair
        Names the framework and builds the optimizer.
    numbers : dict
        The setting.
    trajectory : Trajectory

    Returns
    -------
    float64 array, shape (T, P)
    """
    module = framework(pair.framework)
    with double_precision(pair.framework):
        runner = {"keras": _run_keras, "torch": _run_torch, "optax": _run_optax}[pair.framework]
        return runner(module, pair, numbers, trajectory)


def _run_keras(keras: Any, pair: Pair, numbers: Numbers, trajectory: Trajectory) -> Array:
    theta = keras.Variable(trajectory.theta, dtype="float64")
    optimizer = pair.build(keras, float(trajectory.lr[0]), numbers, None)
    path = []
    for g, lr in zip(trajectory.g, trajectory.lr, strict=True):
        optimizer.learning_rate = float(lr)
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [theta])
        path.append(np.array(theta.numpy()))
    return np.array(path)


def _run_torch(torch: Any, pair: Pair, numbers: Numbers, trajectory: Trajectory) -> Array:
    theta = torch.tensor(trajectory.theta, dtype=torch.float64, requires_grad=True)
    optimizer = pair.build(torch, float(trajectory.lr[0]), numbers, [theta])
    path = []
    for g, lr in zip(trajectory.g, trajectory.lr, strict=True):
        optimizer.param_groups[0]["lr"] = float(lr)
        theta.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


def _run_optax(optax: Any, pair: Pair, numbers: Numbers, trajectory: Trajectory) -> Array:
    jax = framework("jax")
    lrs = jax.numpy.asarray(trajectory.lr)
    optimizer = pair.build(optax, lambda count: lrs[count], numbers, None)
    theta, g = jax.numpy.asarray(trajectory.theta), jax.numpy.asarray(trajectory.g)
    return np.array(optax_path(optimizer, theta, g))


def optax_path(optimizer: Any, theta: Any, gradients: Any) -> Any:
    """The parameters after each update of an Optax optimizer, for one array or a tree of them.

    One compiled scan: its whole cost is one compilation, not dozens of dispatches of each op.
    """
    jax, optax = framework("jax"), framework("optax")

    def step(carry: Any, g: Any) -> Any:
        theta, state = carry
        updates, state = optimizer.update(g, state, theta)
        theta = optax.apply_updates(theta, updates)
        return (theta, state), theta

    return jax.lax.scan(step, (theta, optimizer.init(theta)), gradients)[1]
