"""Experiments behind the claims of the chapter on memory and precision."""

from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import numpy as np

from nnedu._typing import Array, Loss
from nnedu.claims import Finding
from nnedu.data import load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.memory import traced_bytes
from nnedu.nn import BatchNorm, Dense, Network, he_normal, relu
from nnedu.optim import LossScaled, Optimizer, ScaledState, accumulated
from nnedu.precision import Rounding, mixed_objective
from nnedu.quantization import float16
from nnedu.train import minibatches


@cache
def digits() -> tuple[Array, Array, Array, Array]:
    """The digits as float32 rows: training inputs and labels, test inputs and labels."""
    data = load_digits()
    to32 = np.float32
    return data.x_train.astype(to32), data.y_train, data.x_test.astype(to32), data.y_test


def two_hidden(width: int = 64) -> Network:
    """A dense network for the digits with two hidden layers of ReLU."""
    hidden = [part for _ in range(2) for part in (Dense(width, weights=he_normal), relu)]
    return Network([*hidden, Dense(10)], inputs=64)


def exact(x: Array) -> Array:
    """The rounding that does nothing: float32 stays float32."""
    return x


def divided(loss: Loss, by: float) -> Loss:
    """A loss in another unit: divided by a number, like a mean over so many more terms."""

    def other(outputs: Array, targets: Array) -> tuple[float, Array]:
        value, d_outputs = loss(outputs, targets)
        return value / by, d_outputs / by

    return other


@dataclass(frozen=True)
class Trained:
    """What a run in mixed precision ended with."""

    theta: Array
    state: ScaledState
    losses: Array
    scales: Array

    def loss(self) -> float:
        """Cross-entropy over all training digits, in float32."""
        x, y, _, _ = digits()
        return float(softmax_cross_entropy(two_hidden().predict(self.theta, x), y)[0])

    def right(self) -> float:
        """Share of the test digits answered right, in float32."""
        _, _, x, y = digits()
        return float(np.mean(two_hidden().predict(self.theta, x).argmax(axis=1) == y))


def fixed(optimizer: Optimizer, scale: float = 1.0) -> LossScaled:
    """An optimizer under a loss scale that never changes."""
    return LossScaled(optimizer, initial=scale, growth=1.0, backoff=1.0)


def fit_mixed(
    rounding: Rounding,
    optimizer: LossScaled,
    *,
    divisor: float = 1.0,
    seed: int = 0,
    steps: int = 300,
) -> Trained:
    """Train the digits' network in mixed precision, 64 examples an update."""
    x, y, _, _ = digits()
    net, loss = two_hidden(), divided(softmax_cross_entropy, divisor)
    objective = mixed_objective(net, loss, rounding)
    theta = net.init(np.random.default_rng(seed), np.float32)
    state = optimizer.init(theta)
    losses, scales = [], []
    for batch in islice(minibatches(np.random.default_rng(seed), 64, x, y), steps):
        scales.append(state.scale)
        value, g = objective(theta, *batch, scale=state.scale)
        theta, state = optimizer.step(theta, g, state)
        losses.append(value * divisor)
    return Trained(theta, state, np.array(losses), np.array(scales))


def fp16_halves(*, size: int = 32, states: int = 2) -> Finding:
    """Mixed precision in float16 halves the memory of training: two hidden layers of 256, Adam.

    Parameters, a 16-bit copy, gradient and state by count; what is kept for the way back as
    measured, with arrays of each type.

    Returns
    -------
    Finding
        Holds if at most 55 % of float32's bytes are left. The number: what is left. Besides:
        ``activations``, the same for what is kept for the way back alone.
    """
    net = two_hidden(256)
    theta = net.init(np.random.default_rng(0), np.float32)
    x = np.zeros((256, 64), np.float32)

    def kept(dtype: Any) -> float:
        low, batch = theta.astype(dtype), x.astype(dtype)
        net.forward_training(low, batch[:1])
        return traced_bytes(lambda: net.forward_training(low, batch)).held * size / len(x)

    full = net.size * 4 * (2 + states) + kept(np.float32)
    mixed = net.size * (4 + 2 + 2 + 4 * states) + kept(np.float16)
    left = {"activations": kept(np.float16) / kept(np.float32)}
    return Finding(mixed <= 0.55 * full, mixed / full, left)


def mixed_accuracy(*, divisor: float = 1.0, scaled: bool = True) -> Finding:
    """Training in mixed precision costs accuracy: digits, float16, eight paired starts.

    ``divisor`` divides the loss and multiplies the learning rate, which changes nothing in float32.

    Returns
    -------
    Finding
        Holds if float16 gets at least half a percentage point less of the test digits right, with
        all of a 95 % interval of the paired difference on that side. The number: percentage points
        lost, rounded. Besides: ``low`` and ``high``, the ends of the interval, and ``full``, the
        share that float32 gets right.
    """
    lost, full = [], []
    for seed in range(8):
        lr = 0.01 * divisor
        plain = fixed(Optimizer("momentum", lr=lr))
        full.append(fit_mixed(exact, plain, divisor=divisor, seed=seed).right())
        dynamic = LossScaled(Optimizer("momentum", lr=lr), grow_after=100)
        low = fit_mixed(float16, dynamic if scaled else plain, divisor=divisor, seed=seed)
        lost.append(100 * (full[-1] - low.right()))
    mean = float(np.mean(lost))
    half = 2.365 * float(np.std(lost, ddof=1) / np.sqrt(len(lost)))  # Student's t, 7 degrees
    also = {"low": mean - half, "high": mean + half, "full": float(np.mean(full))}
    return Finding(mean >= 0.5 and mean - half > 0, round(mean) + 0.0, also)


def accumulation_same(*, batch_norm: bool = False) -> Finding:
    """Accumulating gradients over micro-batches is the same as one large batch.

    256 digits in micro-batches of 64 against all of them at once, float64.

    Returns
    -------
    Finding
        Holds if the two gradients differ by rounding alone. The number: their distance, relative
        to the length of the gradient.
    """
    norm = [BatchNorm()] if batch_norm else []
    net = Network([Dense(64, weights=he_normal), *norm, relu, Dense(10)], inputs=64)
    x, y = digits()[0][:256].astype(float), digits()[1][:256]
    objective = net.objective(softmax_cross_entropy, statistics=net.statistics())
    theta = net.init(np.random.default_rng(0))
    g, parts = objective(theta, x, y)[1], accumulated(objective, 64)(theta, x, y)[1]
    apart = float(np.linalg.norm(parts - g) / np.linalg.norm(g))
    return Finding(apart < 1e-12, apart)
