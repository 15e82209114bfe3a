"""Schedules and clipping."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnedu.parity.disagreements.disagreement import Disagreement, Side, sides
from nnedu.parity.frameworks import framework

FAMILY = "schedules"


def _torch_rate(scheduler: str, at: int, *given: Any, lr: float = 0.1) -> Any:
    """PyTorch's learning rate after ``at`` steps of a scheduler."""

    def measure(torch: Any) -> float:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
        made = getattr(torch.optim.lr_scheduler, scheduler)(optimizer, *given)
        for _ in range(at):
            optimizer.step()
            made.step()
        return float(optimizer.param_groups[0]["lr"])

    return measure


def _bad_epochs_keras(keras: Any) -> float:
    """Epochs without improvement until Keras's callback lowers the rate, patience 3."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.5), "mse")
    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=3)
    callback.set_model(model)
    callback.on_train_begin()
    with warnings.catch_warnings():  # about how Keras itself asks NumPy for a copy
        warnings.simplefilter("ignore", DeprecationWarning)
        for bad in range(20):
            callback.on_epoch_end(bad, {"loss": 1.0})
            if float(model.optimizer.learning_rate) < 0.5:
                return bad
    raise RuntimeError("Keras never lowered its learning rate")


def _bad_epochs_torch(torch: Any) -> float:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=3)
    for bad in range(20):
        scheduler.step(1.0)
        if optimizer.param_groups[0]["lr"] < 0.5:
            return bad
    raise RuntimeError("PyTorch never lowered its learning rate")


def _bad_epochs_optax(optax: Any) -> float:
    numpy = framework("jax").numpy
    reduce = optax.contrib.reduce_on_plateau(factor=0.5, patience=3)
    state = reduce.init(numpy.zeros(1))
    for bad in range(20):
        _, state = reduce.update(numpy.zeros(1), state, value=1.0)
        if float(state.scale) < 1:
            return bad
    raise RuntimeError("Optax never lowered its scale")


def _length_after(parts: Sequence[float], limit: float) -> dict[str, Any]:
    """The norm of clipped gradients of several arrays, each with one entry."""

    def by_torch(torch: Any) -> float:
        parameters = [torch.zeros(1, dtype=torch.float64, requires_grad=True) for _ in parts]
        for parameter, g in zip(parameters, parts, strict=True):
            parameter.grad = torch.tensor([g], dtype=torch.float64)
        torch.nn.utils.clip_grad_norm_(parameters, limit)
        return float(np.linalg.norm([float(parameter.grad[0]) for parameter in parameters]))

    def by_keras(word: str) -> Any:
        def measure(keras: Any) -> float:
            variables = [keras.Variable([0.0], dtype="float64") for _ in parts]
            gradients = [keras.ops.convert_to_tensor([g], "float64") for g in parts]
            keras.optimizers.SGD(1.0, **{word: limit}).apply(gradients, variables)
            return float(np.linalg.norm([float(each.numpy()[0]) for each in variables]))

        return measure

    def by_optax(optax: Any) -> float:
        arrays = [framework("jax").numpy.array([g]) for g in parts]
        found, _ = optax.clip_by_global_norm(limit).update(arrays, optax.EmptyState())
        return float(np.linalg.norm([float(each[0]) for each in found]))

    return {
        "torch": by_torch,
        "clipnorm": by_keras("clipnorm"),
        "global_clipnorm": by_keras("global_clipnorm"),
        "optax": by_optax,
    }


_TWO = _length_after([3.0, 4.0], 1.0)
_SMALL = _length_after([3e-4, 4e-4], 1e-4)

DISAGREEMENTS: tuple[Disagreement, ...] = (
    Disagreement(
        "cosine-past-its-end",
        "A cosine past its end",
        FAMILY,
        "Past its end PyTorch's cosine rises again, as far as it fell; Keras's and Optax's stay "
        "where they ended.",
        "The rate at `t = 15` of a cosine from 0.1 to 0 over 10 updates.",
        sides(
            {
                "keras": (
                    "keras.optimizers.schedules.CosineDecay",
                    0.0,
                    lambda k: float(k.optimizers.schedules.CosineDecay(0.1, 10)(15)),
                ),
                "torch": (
                    "torch.optim.lr_scheduler.CosineAnnealingLR",
                    0.05,
                    _torch_rate("CosineAnnealingLR", 15, 10),
                ),
                "optax": (
                    "optax.cosine_decay_schedule",
                    0.0,
                    lambda o: float(o.cosine_decay_schedule(0.1, 10)(15)),
                ),
            }
        ),
        "In PyTorch give `T_max` the number of all updates, or of all epochs if you step once an "
        "epoch. Here it stays at the end.",
    ),
    Disagreement(
        "plateau-patience",
        "How patient a plateau is",
        FAMILY,
        "Keras lowers the rate after `patience` epochs without improvement, PyTorch after one "
        "more.",
        "Epochs without improvement until the first reduction, at `patience=3`.",
        sides(
            {
                "keras": ("keras.callbacks.ReduceLROnPlateau", 3, _bad_epochs_keras),
                "torch": (
                    "torch.optim.lr_scheduler.ReduceLROnPlateau",
                    4,
                    _bad_epochs_torch,
                ),
                "optax": ("optax.contrib.reduce_on_plateau", 3, _bad_epochs_optax),
            }
        ),
        "Add or take away one when you carry `patience` over.",
    ),
    Disagreement(
        "piecewise-boundary",
        "A step at its boundary",
        FAMILY,
        "Keras keeps the old value at the boundary itself; PyTorch and Optax have the new one.",
        "The rate at `t = 5` of 0.1 that becomes 0.01 at the boundary 5.",
        sides(
            {
                "keras": (
                    "keras.optimizers.schedules.PiecewiseConstantDecay",
                    0.1,
                    lambda k: float(
                        k.optimizers.schedules.PiecewiseConstantDecay([5], [0.1, 0.01])(5)
                    ),
                ),
                "torch": (
                    "torch.optim.lr_scheduler.MultiStepLR",
                    0.01,
                    _torch_rate("MultiStepLR", 5, [5], 0.1),
                ),
                "optax": (
                    "optax.piecewise_constant_schedule",
                    0.01,
                    lambda o: float(o.piecewise_constant_schedule(0.1, {5: 0.1})(5)),
                ),
            }
        ),
        "Give Keras boundaries that are smaller by one.",
    ),
    Disagreement(
        "warm-up-length",
        "Whether the length includes the warm-up",
        FAMILY,
        "Keras counts the cosine after its warm-up, Optax both together.",
        "The rate at `t = 25` with a warm-up to 1 over 10 updates and a length of 30.",
        sides(
            {
                "keras": (
                    "keras.optimizers.schedules.CosineDecay(warmup_steps=10)",
                    0.5,
                    lambda k: float(
                        k.optimizers.schedules.CosineDecay(
                            0.0, 30, warmup_target=1.0, warmup_steps=10
                        )(25)
                    ),
                ),
                "optax": (
                    "optax.warmup_cosine_decay_schedule",
                    0.14645,
                    lambda o: float(o.warmup_cosine_decay_schedule(0.0, 1.0, 10, 30)(25)),
                ),
            }
        ),
        "Subtract the warm-up from the length for Keras, and for `warm_up` here.",
    ),
    Disagreement(
        "clip-global",
        "Clipping one array or all",
        FAMILY,
        "Keras's `clipnorm` cuts each array by itself; `global_clipnorm`, PyTorch's "
        "`clip_grad_norm_` and Optax's `clip_by_global_norm` all arrays together.",
        "Norm of two gradients of sizes 3 and 4, clipped at 1.",
        (
            Side("keras", "keras.optimizers.SGD(clipnorm=1)", 1.414, _TWO["clipnorm"]),
            Side("keras", "keras.optimizers.SGD(global_clipnorm=1)", 1.0, _TWO["global_clipnorm"]),
            Side("torch", "torch.nn.utils.clip_grad_norm_", 1.0, _TWO["torch"]),
            Side("optax", "optax.clip_by_global_norm", 1.0, _TWO["optax"]),
        ),
        "Use `global_clipnorm`; the other changes the direction of the step.",
    ),
    Disagreement(
        "clip-epsilon",
        "An epsilon in clipping",
        FAMILY,
        "PyTorch divides by the norm plus 1e-6, so that what it clips ends a little below the "
        "limit.",
        "Norm of a gradient of size 5e-4, clipped at 1e-4, divided by the limit.",
        (
            Side(
                "torch",
                "torch.nn.utils.clip_grad_norm_",
                0.998,
                lambda t: _SMALL["torch"](t) / 1e-4,
            ),
            Side(
                "keras",
                "keras.optimizers.SGD(global_clipnorm=...)",
                1.0,
                lambda k: _SMALL["global_clipnorm"](k) / 1e-4,
            ),
            Side("optax", "optax.clip_by_global_norm", 1.0, lambda o: _SMALL["optax"](o) / 1e-4),
        ),
        "Nothing, unless gradients are tiny: then `eps=1e-6` here makes PyTorch's.",
    ),
)
