"""Experiments behind the claims of the chapter on adaptive optimizers."""

from math import sqrt

import numpy as np

from nnedu.claims import Finding
from nnedu.optim import Optimizer, adam, rmsprop


def adagrad_first_moment(*, rule: str = "adagrad") -> Finding:
    """AdaGrad uses first-moment information only: the mean of gradients, not of their squares.

    Feeds the gradients 1, 1, 1, 1 and then 1, -1, 1, -1, whose means are 1 and 0.

    Returns
    -------
    Finding
        Holds if what the rule remembers tells the two apart. The number: what it remembers of the
        alternating ones.
    """
    same, flip = (_remembered(rule, signs) for signs in ([1, 1, 1, 1], [1, -1, 1, -1]))
    return Finding(same != flip, flip, {"same": same})


def _remembered(rule: str, gradients: list[int]) -> float:
    optimizer, theta = Optimizer(rule, lr=0.1), np.zeros(1)
    state = optimizer.init(theta)
    for g in gradients:
        theta, state = optimizer.step(theta, np.array([float(g)]), state)
    return float(next(iter(state.arrays.values()))[0])


def rmsprop_first_step(*, rho: float = 0.9) -> Finding:
    """RMSProp's first step is about lr.

    Returns
    -------
    Finding
        Holds if the first step is within a tenth of lr. The number: its length in units of lr.
    """
    return Finding(
        abs(_first_rmsprop(rho) - 1) <= 0.1, _first_rmsprop(rho), {"torch": _first_rmsprop(0.99)}
    )


def _first_rmsprop(rho: float) -> float:
    theta, _ = rmsprop(np.zeros(1), np.array([7.0]), np.zeros(1), t=1, lr=1.0, rho=rho)
    return float(-theta[0])


def adam_bias(*, beta1: float = 0.9, beta2: float = 0.999) -> Finding:
    """Bias correction hardly matters.

    Without it every step is ``(1 - beta1**t) / sqrt(1 - beta2**t)`` times as long.

    Returns
    -------
    Finding
        Holds if no step becomes more than a tenth too long. The number: the factor at the first
        update; beside it the worst, the hundredth, the thousandth, and when it has settled.
    """
    every = np.arange(1, 20_001)
    factor = (1 - beta1**every) / np.sqrt(1 - beta2**every)
    off = np.flatnonzero(np.abs(factor - 1) > 0.01)
    worst = int(factor.argmax())
    also = {
        "worst": factor[worst],
        "worst_at": int(every[worst]),
        "at_100": factor[99],
        "at_1000": factor[999],
        "settled": int(off[-1]) + 2 if off.size else 1,
    }
    return Finding(bool(factor.max() <= 1.1), float(factor[0]), also)


def adam_epsilon(*, g: float = 1e-7, eps: float = 1e-7) -> Finding:
    """Epsilon only avoids division by zero: where it stands, and how large it is, changes nothing.

    Returns
    -------
    Finding
        Holds if the first step at a gradient of size ``g`` is within a hundredth of lr, and the
        same in Keras's form. The number: how many times shorter Keras's is.
    """
    paper, hat = _first_adam(g, eps), _first_adam(g, eps / sqrt(1 - 0.999))
    return Finding(abs(paper - 1) < 0.01 and abs(paper / hat - 1) < 0.01, paper / hat)


def _first_adam(g: float, eps: float) -> float:
    zero = np.zeros(1)
    return float(-adam(zero, np.array([g]), zero, zero, t=1, lr=1.0, eps=eps)[0][0])


def adam_converges(*, beta2: float = 0.1, updates: int = 3000) -> Finding:
    """Adam always converges.

    Every third gradient is 3, the others are -1, and ``theta`` is kept in [-1, 1]: the best point
    is -1. ``beta1`` is 0 and lr 0.01.

    Returns
    -------
    Finding
        Holds if ``theta`` ends within 0.05 of the best point. The number: where it ends.
    """
    theta = m = v = np.zeros(1)
    for t in range(1, updates + 1):
        g = np.array([3.0 if t % 3 == 1 else -1.0])
        theta, m, v = adam(theta, g, m, v, t=t, lr=0.01, beta1=0.0, beta2=beta2)
        theta = np.clip(theta, -1, 1)
    return Finding(bool(theta[0] < -0.95), float(theta[0]))
