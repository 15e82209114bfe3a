"""Experiments behind the claims of the chapter on momentum."""

from collections.abc import Callable

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.data import ROSENBROCK, SADDLE, bowl
from nnedu.optim import Optimizer
from nnedu.train import descend


def momentum_saddle(*, lr: float = 0.1, momentum: float = 0.9) -> Finding:
    """Momentum is drawn to a saddle point: it takes longer to leave one than gradient descent.

    Both start beside the stable line of ``SADDLE``, a millionth away, and leave when ``|y|``
    passes one half; gradient descent runs at lr = 0.1.

    Returns
    -------
    Finding
        Holds if momentum leaves later. The number: its updates until it has left.
    """
    start = np.array([1.5, 1e-6])

    def leave(optimizer: Optimizer) -> int:
        path = descend(SADDLE, start, optimizer, steps=600)
        return int(np.argmax(np.abs(path[:, 1]) > 0.5))

    plain = leave(Optimizer("sgd", lr=0.1))
    with_memory = leave(Optimizer("momentum", lr=lr, momentum=momentum))
    return Finding(with_memory > plain, float(with_memory), {"sgd": plain})


def ema_heavy_ball(*, inside: bool = False) -> Finding:
    """An exponential average of gradients makes other steps than the heavy ball.

    The average (``dampening=momentum``) runs with ``lr / (1 - momentum)``, both over the bowl of
    condition number 20, with a learning rate that falls to a tenth after 10 of 40 updates.
    ``inside`` compares it with the form that keeps the learning rate in its velocity.

    Returns
    -------
    Finding
        Holds if the paths differ by more than rounding. The number: how far they part.
    """
    mu, valley, start = 0.9, bowl(20), np.array([1.0, 1.0])

    def falling(base: float) -> Callable[[int], float]:
        return lambda k: base if k < 10 else base / 10

    rule = "heavy_ball" if inside else "momentum"
    ball = descend(valley, start, Optimizer(rule, lr=falling(0.02), momentum=mu), steps=40)
    average = Optimizer("momentum", lr=falling(0.02 / (1 - mu)), momentum=mu, dampening=mu)
    apart = float(np.abs(descend(valley, start, average, steps=40) - ball).max())
    return Finding(apart > 1e-9, apart)


def torch_nesterov(*, falling: bool = False) -> Finding:
    """The Nesterov momentum of the frameworks makes other steps than Nesterov's method.

    Nesterov's method on Rosenbrock's surface, with its gradient taken one momentum step ahead,
    beside the rule ``nesterov``, which is PyTorch's and Optax's. ``falling`` lets the learning
    rate fall to a tenth on the way.

    Returns
    -------
    Finding
        Holds if the rule's parameters leave the look-ahead points of the method by more than
        rounding. The number: how far.
    """
    mu, steps = 0.9, 60
    lrs = [1e-4 if k < steps // 2 or not falling else 1e-5 for k in range(steps)]
    opt = Optimizer("nesterov", lr=lambda k: lrs[k], momentum=mu)
    ours = descend(ROSENBROCK, np.array(ROSENBROCK.start), opt, steps=steps)
    held, ahead = _textbook(np.array(ROSENBROCK.start), lrs, mu)
    off = float(np.abs(ours - ahead).max())
    return Finding(off > 1e-9, off, {"held": float(np.abs(ours - held).max())})


def _textbook(phi: Array, lrs: list[float], mu: float) -> tuple[Array, Array]:
    """Nesterov's points and the look-ahead points at which he takes the gradients."""
    v, points, ahead = np.zeros_like(phi), [phi], [phi]
    for lr in lrs:
        v = mu * v - lr * ROSENBROCK(phi + mu * v)[1]
        phi = phi + v
        points.append(phi)
        ahead.append(phi + mu * v)
    return np.array(points), np.array(ahead)
