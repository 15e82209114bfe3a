"""One differentiable function beside the same function in each framework, and who runs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.frameworks import double_precision, framework


@dataclass(frozen=True)
class Function:
    """A differentiable function, its inputs, and the same function in each framework.

    Attributes
    ----------
    ours : callable
        ``ours(*inputs, *constants) -> (y, gradients)``: gradients of ``sum(y d_y)``.
    inputs : tuple of float64 arrays
        What gradients are taken with respect to.
    constants : tuple of arrays
        Such as labels.
    theirs : dict of str to callable
        By framework: ``f(module, *inputs, *constants) -> y``; for Optax the module is JAX.
    """

    ours: Callable[..., tuple[Any, tuple[Array, ...]]]
    inputs: tuple[Array, ...]
    theirs: Mapping[str, Callable[..., Any]]
    constants: tuple[Array, ...] = ()

    @property
    def d_y(self) -> Array:
        """A gradient for the output: neither constant nor symmetric."""
        y = self.ours(*self.inputs, *self.constants)[0]
        return np.cos(1.0 + np.arange(np.size(y), dtype=float)).reshape(np.shape(y))

    def run(self) -> dict[str, Array]:
        """The library's output and gradients."""
        y, gradients = self.ours(*self.inputs, *self.constants)
        return _named(y, gradients)


def _named(y: Any, gradients: Any) -> dict[str, Array]:
    named = {f"d{i}": np.asarray(gradient) for i, gradient in enumerate(gradients)}
    return {"y": np.asarray(y), **named}


def layer(f: Any) -> Callable[..., tuple[Any, tuple[Array, ...]]]:
    """A layer that returns ``(y, backward)``, as :attr:`Function.ours`."""

    def run(*inputs: Array) -> tuple[Any, tuple[Array, ...]]:
        y, backward = f(*inputs)
        d_y = np.cos(1.0 + np.arange(y.size, dtype=float)).reshape(y.shape)
        return y, backward(d_y)

    return run


def loss(f: Any) -> Callable[..., tuple[Any, tuple[Array, ...]]]:
    """A loss that returns ``(value, d_outputs)``, as :attr:`Function.ours`."""

    def run(outputs: Array, targets: Array) -> tuple[Any, tuple[Array, ...]]:
        value, d_outputs = f(outputs, targets)
        return value, (np.cos(1.0) * d_outputs,)

    return run


def optax_loss(name: str) -> Any:
    """A loss of Optax by name."""
    return getattr(framework("optax"), name)


def run_torch(function: Function) -> dict[str, Array]:
    """Output and gradients by PyTorch's autograd."""
    torch = framework("torch")
    inputs = [torch.tensor(x, requires_grad=True) for x in function.inputs]
    y = function.theirs["torch"](torch, *inputs, *map(torch.tensor, function.constants))
    gradients = torch.autograd.grad(y, inputs, torch.tensor(function.d_y))
    return _named(y.detach().numpy(), [gradient.numpy() for gradient in gradients])


def run_jax(function: Function) -> dict[str, Array]:
    """Output and gradients by JAX, with Optax's losses."""
    jax = framework("jax")
    with double_precision("optax"):
        # One compiled function: JAX compiles op by op otherwise.
        def both(d_y: Any, *inputs: Any) -> Any:
            theirs = function.theirs["optax"]
            y, pull = jax.vjp(lambda *x: theirs(jax, *x, *function.constants), *inputs)
            return y, pull(d_y)

        y, gradients = jax.jit(both)(function.d_y, *function.inputs)
        return _named(y, gradients)
