"""One or a few updates of a framework's optimizer, in float64."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.frameworks import double_precision, framework

Gradients = Sequence[Sequence[float]]


def keras_steps(
    make: Callable[[Any], Any], theta: Sequence[float], gs: Gradients, lrs: Sequence[float] = ()
) -> Callable[[Any], Array]:
    """Where Keras's optimizer ends; ``lrs`` changes its learning rate ahead of each update."""

    def run(keras: Any) -> Array:
        with double_precision("keras"):
            at = keras.Variable(np.array(theta), dtype="float64")
            optimizer = make(keras)
            for k, g in enumerate(gs):
                if lrs:
                    optimizer.learning_rate = lrs[k]
                optimizer.apply([keras.ops.convert_to_tensor(np.array(g), "float64")], [at])
            return np.array(at.numpy())

    return run


def torch_steps(
    make: Callable[[Any, Any], Any],
    theta: Sequence[float],
    gs: Gradients,
    lrs: Sequence[float] = (),
) -> Callable[[Any], Array]:
    """The same in PyTorch."""

    def run(torch: Any) -> Array:
        at = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
        optimizer = make(torch, [at])
        for k, g in enumerate(gs):
            if lrs:
                optimizer.param_groups[0]["lr"] = lrs[k]
            at.grad = torch.tensor(g, dtype=torch.float64)
            optimizer.step()
        found: Array = at.detach().numpy().copy()
        return found

    return run


def optax_steps(
    make: Callable[[Any], Any], theta: Sequence[float], gs: Gradients
) -> Callable[[Any], Array]:
    """The same in Optax."""

    def run(optax: Any) -> Array:
        numpy = framework("jax").numpy
        with double_precision("optax"):
            at = numpy.asarray(np.array(theta))
            optimizer = make(optax)
            state = optimizer.init(at)
            for g in gs:
                updates, state = optimizer.update(numpy.asarray(np.array(g)), state, at)
                at = optax.apply_updates(at, updates)
            return np.array(at)

    return run


def first(run: Callable[[Any], Array], *, start: float = 0.0) -> Callable[[Any], float]:
    """How far the first parameter is from where it started."""
    return lambda module: abs(float(run(module)[0]) - start)


def value(run: Callable[[Any], Array]) -> Callable[[Any], float]:
    """The first parameter."""
    return lambda module: float(run(module)[0])
