"""One differentiable function beside the same function in each framework, and who runs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.frameworks import double_precision, framework
from nnedu.parity.pairs import Adapter


@dataclass(frozen=True)
class Function:
    """A differentiable function, its inputs, and the same function in each framework.

    Attributes
    ----------
    ours : callable
        ``ours(*inputs, *constants, **numbers) -> (y, gradients)``: gradients of ``sum(y d_y)``.
    inputs : tuple of float64 arrays
        What gradients are taken with respect to.
    constants : tuple of arrays
        Such as labels.
    numbers : dict
        Hyper-parameters by name, the same for both sides.
    adapters : dict of str to Adapter
        By framework, where its convention is another.
    theirs : dict of str to callable
        By framework: ``f(module, *inputs, *constants, **numbers) -> y``; for Optax the module is
        JAX.
    """

    ours: Callable[..., tuple[Any, tuple[Array, ...]]]
    inputs: tuple[Array, ...]
    theirs: Mapping[str, Callable[..., Any]]
    constants: tuple[Array, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    adapters: Mapping[str, Adapter] = field(default_factory=dict)

    @property
    def d_y(self) -> Array:
        """A gradient for the output: neither constant nor symmetric."""
        y = self.ours(*self.inputs, *self.constants, **self.numbers)[0]
        return np.cos(1.0 + np.arange(np.size(y), dtype=float)).reshape(np.shape(y))

    def run(self, **off: float) -> dict[str, Array]:
        """The library's output and gradients; ``off`` multiplies hyper-parameters."""
        numbers = {name: value * off.get(name, 1) for name, value in self.numbers.items()}
        y, gradients = self.ours(*self.inputs, *self.constants, **numbers)
        return _named(y, gradients)


def _named(y: Any, gradients: Any) -> dict[str, Array]:
    named = {f"d{i}": np.asarray(gradient) for i, gradient in enumerate(gradients)}
    return {"y": np.asarray(y), **named}


def layer(f: Any) -> Callable[..., tuple[Any, tuple[Array, ...]]]:
    """A layer that returns ``(y, backward)``, as :attr:`Function.ours`."""

    def run(*inputs: Array, **numbers: float) -> tuple[Any, tuple[Array, ...]]:
        y, backward = f(*inputs, **numbers)
        d_y = np.cos(1.0 + np.arange(y.size, dtype=float)).reshape(y.shape)
        return y, backward(d_y)

    return run


def loss(f: Any) -> Callable[..., tuple[Any, tuple[Array, ...]]]:
    """A loss that returns ``(value, d_outputs)``, as :attr:`Function.ours`."""

    def run(outputs: Array, targets: Array, **numbers: float) -> tuple[Any, tuple[Array, ...]]:
        value, d_outputs = f(outputs, targets, **numbers)
        return value, (np.cos(1.0) * d_outputs,)

    return run


def optax_loss(name: str) -> Any:
    """A loss of Optax by name."""
    return getattr(framework("optax"), name)


def keras_call(
    made: Any, x: Any, trained: Sequence[Any], fixed: Sequence[Any] = (), **how: Any
) -> Any:
    """A Keras layer with given weights: what it returns, and its other variables afterwards."""
    made.build(x.shape)
    return made.stateless_call(list(trained), list(fixed or made.non_trainable_variables), x, **how)


def run_keras(function: Function) -> dict[str, Array]:
    """Output and gradients by Keras on TensorFlow, the backend whose gradients this asks for.

    Raises
    ------
    RuntimeError
        If Keras runs on another backend.
    """
    keras = framework("keras")
    backend = keras.config.backend()
    if backend != "tensorflow":
        raise RuntimeError(
            f"Keras runs on {backend}; expected tensorflow, since Keras itself has no gradients. "
            "Set KERAS_BACKEND=tensorflow before Keras is imported."
        )
    tensorflow = framework(backend)
    inputs = [tensorflow.constant(x) for x in function.inputs]
    constants = [tensorflow.constant(x) for x in function.constants]
    with tensorflow.GradientTape() as tape:
        tape.watch(inputs)
        y = function.theirs["keras"](keras, *inputs, *constants, **function.numbers)
    gradients = tape.gradient(y, inputs, output_gradients=tensorflow.constant(function.d_y))
    return _named(y.numpy(), [gradient.numpy() for gradient in gradients])


def run_torch(function: Function) -> dict[str, Array]:
    """Output and gradients by PyTorch's autograd."""
    torch = framework("torch")
    inputs = [torch.tensor(x, requires_grad=True) for x in function.inputs]
    constants = map(torch.tensor, function.constants)
    y = function.theirs["torch"](torch, *inputs, *constants, **function.numbers)
    gradients = torch.autograd.grad(y, inputs, torch.tensor(function.d_y)) if inputs else ()
    return _named(y.detach().numpy(), [gradient.numpy() for gradient in gradients])


def run_jax(function: Function) -> dict[str, Array]:
    """Output and gradients by JAX, with Optax's losses."""
    jax = framework("jax")
    with double_precision("optax"):
        # One compiled function: JAX compiles op by op otherwise.
        def both(d_y: Any, *inputs: Any) -> Any:
            theirs = function.theirs["optax"]
            y, pull = jax.vjp(
                lambda *x: theirs(jax, *x, *function.constants, **function.numbers), *inputs
            )
            return y, pull(d_y)

        y, gradients = jax.jit(both)(function.d_y, *function.inputs)
        return _named(y, gradients)
