"""Dynamic loss scaling beside Keras's ``LossScaleOptimizer`` and PyTorch's ``GradScaler``."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.optim import LossScaled, Optimizer
from nnedu.parity.frameworks import double_precision, framework
from nnedu.parity.values import Parts, ValueCase

OVERFLOWS = (0, 1, 9, 16, 17, 30)
"""Gradients of the sequence that are not finite."""
STEPS, GROW_AFTER, INITIAL = 60, 4, 2.0**10


def scaled_gradients() -> Iterator[Array]:
    """Gradients of a loss that is not yet scaled; some hold an infinity or a NaN."""
    rng = np.random.default_rng(20261128)
    for step in range(STEPS):
        g = rng.normal(size=5) * 10.0 ** rng.integers(-6, 3)
        if step in OVERFLOWS:
            g[step % 5] = (np.inf, np.nan, -np.inf)[step % 3]
        yield g


def _start() -> Array:
    return np.random.default_rng(7).normal(size=5)


def _ours(lr: float) -> Parts:
    optimizer = LossScaled(
        Optimizer("momentum", lr=lr, momentum=0.9), initial=INITIAL, grow_after=GROW_AFTER
    )
    theta, thetas, scales = _start(), [], []
    state = optimizer.init(theta)
    for g in scaled_gradients():
        theta, state = optimizer.step(theta, state.scale * g, state)
        thetas.append(theta)
        scales.append(state.scale)
    return {"theta": np.array(thetas), "scale": np.array(scales)}


def _keras(keras: Any, lr: float) -> Parts:
    with double_precision("keras"):
        theta = keras.Variable(_start(), dtype="float64")
        optimizer = keras.optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(lr, momentum=0.9),
            initial_scale=INITIAL,
            dynamic_growth_steps=GROW_AFTER,
        )
        optimizer.build([theta])
        thetas, scales = [], []
        for g in scaled_gradients():
            scale = float(optimizer.dynamic_scale.numpy())
            optimizer.apply([keras.ops.convert_to_tensor(scale * g, dtype="float64")], [theta])
            thetas.append(np.array(theta.numpy()))
            scales.append(float(optimizer.dynamic_scale.numpy()))
    return {"theta": np.array(thetas), "scale": np.array(scales)}


def _torch(torch: Any, lr: float) -> Parts:
    theta = torch.tensor(_start(), requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=lr, momentum=0.9)
    scaler = framework("torch.amp").GradScaler(
        "cpu", init_scale=INITIAL, growth_interval=GROW_AFTER
    )
    thetas, scales = [], []
    for g in scaled_gradients():
        scale = float(scaler.scale(torch.ones(())))  # the first call sets the scaler up
        theta.grad = torch.tensor(scale * g)
        scaler.step(optimizer)
        scaler.update()
        thetas.append(theta.detach().numpy().copy())
        scales.append(scaler.get_scale())
    return {"theta": np.array(thetas), "scale": np.array(scales)}


LOSS_SCALING = {
    "dynamic": ValueCase(_ours, {"lr": 0.0625}, {"keras": _keras, "torch": _torch}),
}
"""One run with overflows, with its learning rate, and the same in each framework that has it."""
