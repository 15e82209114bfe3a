"""Losses, activations, layers and schedules beside their counterparts in the frameworks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nnedu import losses, nn, schedules
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


def _layer(f: Any) -> Callable[..., tuple[Any, tuple[Array, ...]]]:
    def run(*inputs: Array) -> tuple[Any, tuple[Array, ...]]:
        y, backward = f(*inputs)
        d_y = np.cos(1.0 + np.arange(y.size, dtype=float)).reshape(y.shape)
        return y, backward(d_y)

    return run


def _loss(f: Any) -> Callable[..., tuple[Any, tuple[Array, ...]]]:
    def run(outputs: Array, targets: Array) -> tuple[Any, tuple[Array, ...]]:
        value, d_outputs = f(outputs, targets)
        return value, (np.cos(1.0) * d_outputs,)

    return run


_X = np.array([-40.0, -2.5, -1e-3, 0.0, 1e-3, 0.75, 2.0, 40.0])
_rng = np.random.default_rng(7)
_LOGITS = np.concatenate([_rng.normal(size=(5, 4)), 30 * _rng.normal(size=(3, 4))])
_CLASSES = _rng.integers(4, size=8)
_Z = np.concatenate([_rng.normal(size=6), [35.0, -35.0]])
_Y = np.array([0.0, 1.0, 1.0, 0.0, 0.25, 1.0, 0.0, 0.0])
_P, _T = _rng.normal(size=(2, 5, 3))
_DENSE = (_rng.normal(size=(5, 3)), _rng.normal(size=(3, 2)), _rng.normal(size=2))


def _optax(name: str) -> Any:
    return getattr(framework("optax"), name)


FUNCTIONS: dict[str, Function] = {
    "relu": Function(
        _layer(nn.relu),
        (_X,),
        {
            "keras": lambda k, x: k.ops.relu(x),
            "torch": lambda t, x: t.relu(x),
            "optax": lambda j, x: j.nn.relu(x),
        },
    ),
    "sigmoid": Function(
        _layer(nn.sigmoid),
        (_X,),
        {
            "keras": lambda k, x: k.ops.sigmoid(x),
            "torch": lambda t, x: t.sigmoid(x),
            "optax": lambda j, x: j.nn.sigmoid(x),
        },
    ),
    "tanh": Function(
        _layer(nn.tanh),
        (_X,),
        {
            "keras": lambda k, x: k.ops.tanh(x),
            "torch": lambda t, x: t.tanh(x),
            "optax": lambda j, x: j.numpy.tanh(x),
        },
    ),
    "dense": Function(
        _layer(nn.dense),
        _DENSE,
        {
            "keras": lambda k, x, W, b: k.ops.matmul(x, W) + b,
            "torch": lambda t, x, W, b: t.nn.functional.linear(x, W.T, b),
            "optax": lambda j, x, W, b: x @ W + b,
        },
    ),
    "mse": Function(
        _loss(losses.mse),
        (_P,),
        {
            "keras": lambda k, y, t: k.losses.MeanSquaredError(dtype="float64")(t, y),
            "torch": lambda t, y, targets: t.nn.MSELoss()(y, targets),
            "optax": lambda j, y, t: _optax("squared_error")(y, t).mean(),
        },
        (_T,),
    ),
    "softmax_cross_entropy": Function(
        _loss(losses.softmax_cross_entropy),
        (_LOGITS,),
        {
            "keras": lambda k, z, y: k.losses.SparseCategoricalCrossentropy(
                from_logits=True, dtype="float64"
            )(y, z),
            "torch": lambda t, z, y: t.nn.CrossEntropyLoss()(z, y),
            "optax": lambda j, z, y: _optax("softmax_cross_entropy_with_integer_labels")(
                z, y
            ).mean(),
        },
        (_CLASSES,),
    ),
    "binary_cross_entropy": Function(
        _loss(losses.binary_cross_entropy),
        (_Z,),
        {
            "keras": lambda k, z, y: k.losses.BinaryCrossentropy(from_logits=True, dtype="float64")(
                y, z
            ),
            "torch": lambda t, z, y: t.nn.BCEWithLogitsLoss()(z, y),
            "optax": lambda j, z, y: _optax("sigmoid_binary_cross_entropy")(z, y).mean(),
        },
        (_Y,),
    ),
}


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


@dataclass(frozen=True)
class ScheduleCase:
    """A schedule with its numbers, and the same schedule in each framework that has it.

    Attributes
    ----------
    schedule : callable
        From ``nnedu.schedules``.
    numbers : dict
        Its arguments.
    theirs : dict of str to callable
        ``build(module, numbers) -> schedule`` for Keras and Optax; for PyTorch
        ``build(module, numbers, optimizer) -> scheduler``.
    steps : int
        How far the two agree: PyTorch's cosine rises again after its end.
    """

    schedule: Callable[..., Any]
    numbers: Mapping[str, float]
    theirs: Mapping[str, Callable[..., Any]]
    steps: int = 60

    def run(self, **off: float) -> Array:
        """The library's values for ``t`` from 0; ``off`` multiplies arguments."""
        numbers = {name: value * off.get(name, 1) for name, value in self.numbers.items()}
        values: Array = partial(self.schedule, **numbers)(np.arange(self.steps))
        return values


SCHEDULES: dict[str, ScheduleCase] = {
    "constant": ScheduleCase(
        schedules.constant,
        {"base": 0.1},
        {
            "optax": lambda o, n: o.constant_schedule(n["base"]),
            "torch": lambda t, n, opt: t.optim.lr_scheduler.LambdaLR(opt, lambda k: 1.0),
        },
    ),
    "exponential": ScheduleCase(
        schedules.exponential,
        {"base": 0.1, "rate": 0.9},
        {
            "keras": lambda k, n: k.optimizers.schedules.ExponentialDecay(
                n["base"], np.float64(1), n["rate"]
            ),
            "optax": lambda o, n: o.exponential_decay(n["base"], 1, n["rate"]),
            "torch": lambda t, n, opt: t.optim.lr_scheduler.ExponentialLR(opt, n["rate"]),
        },
    ),
    "exponential, every 8": ScheduleCase(
        schedules.exponential,
        {"base": 0.1, "rate": 0.5, "every": 8},
        {
            "keras": lambda k, n: k.optimizers.schedules.ExponentialDecay(
                n["base"], n["every"], n["rate"]
            ),
            "optax": lambda o, n: o.exponential_decay(n["base"], n["every"], n["rate"]),
        },
    ),
    "inverse_time": ScheduleCase(
        schedules.inverse_time,
        {"base": 0.1, "scale": 16},
        {
            "keras": lambda k, n: k.optimizers.schedules.InverseTimeDecay(
                n["base"], n["scale"], np.float64(1)
            )
        },
    ),
    "cosine": ScheduleCase(
        schedules.cosine,
        {"base": 0.1, "total": 40, "final": 0.02},
        {
            "keras": lambda k, n: k.optimizers.schedules.CosineDecay(
                n["base"], n["total"], alpha=n["final"] / n["base"]
            ),
            "optax": lambda o, n: o.cosine_decay_schedule(
                n["base"], n["total"], alpha=n["final"] / n["base"]
            ),
        },
    ),
    "cosine, up to its end": ScheduleCase(
        schedules.cosine,
        {"base": 0.1, "total": 40, "final": 0.02},
        {
            "torch": lambda t, n, opt: t.optim.lr_scheduler.CosineAnnealingLR(
                opt, n["total"], n["final"]
            )
        },
        steps=41,
    ),
}


def schedule_values(case: ScheduleCase, name: str) -> Array:
    """The values of a framework's schedule, in float64.

    Parameters
    ----------
    case : ScheduleCase
    name : {"keras", "torch", "optax"}

    Returns
    -------
    float64 array, shape (case.steps,)
    """
    module = framework(name)
    if name == "torch":
        parameter = module.zeros(1, requires_grad=True)
        optimizer = module.optim.SGD([parameter], lr=case.numbers["base"])
        scheduler = case.theirs[name](module, case.numbers, optimizer)
        values = []
        for _ in range(case.steps):
            values.append(float(scheduler.get_last_lr()[0]))
            optimizer.step()
            scheduler.step()
        return np.array(values)
    with double_precision(name):
        # NumPy's float64, since Keras takes a Python float for float32.
        numbers = {key: np.float64(value) for key, value in case.numbers.items()}
        schedule = case.theirs[name](module, numbers)
        return np.array([float(schedule(t)) for t in range(case.steps)])
