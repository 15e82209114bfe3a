"""Experiments behind the claims of the chapter on adaptive optimizers."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.costs import array_operations
from nnedu.data import bowl
from nnedu.optim import Optimizer, adadelta, adagrad, adam, rmsprop, sgd

Rule = Callable[..., Any]


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


def turned_bowl(
    rule: Rule,
    states: int,
    *,
    condition: float,
    degrees: float,
    lrs: Array,
    limit: int = 1500,
    target: float = 0.01,
) -> float:
    """Updates that a rule needs on a bowl turned by an angle, at the best of some learning rates.

    The starts are 24 points around the minimum, turned with the bowl. A run counts until it stays
    below the target, and as ``limit`` if it does not get there.

    Parameters
    ----------
    rule : callable
        ``rule(theta, g, *state, t=..., lr=...)``, such as ``adam``.
    states : int, at least 0
        How many state arrays it has; all start at 0.
    condition : float, at least 1
        The condition number: the curvatures are 1 and ``condition``.
    degrees : float
        How far the bowl is turned.
    lrs : array, shape (K,)
        The learning rates to choose from.
    limit : int, at least 1
    target : float, above 0

    Returns
    -------
    float
        The geometric mean over the starts, at the learning rate for which it is least.
    """
    tilt, around = np.radians(degrees), np.radians(7.5 + 15 * np.arange(24))
    surface = bowl(condition, tilt=tilt)
    starts = sqrt(2) * np.stack([np.cos(around + tilt), np.sin(around + tilt)], axis=-1)
    theta = np.tile(starts, (len(lrs), 1, 1))  # every lr, every start, x and y
    state, last = [np.zeros_like(theta)] * states, np.zeros(theta.shape[:2])
    with np.errstate(over="ignore", invalid="ignore"):  # too large a learning rate may explode
        for t in range(1, limit + 1):
            g = np.stack(surface.df(theta[..., 0], theta[..., 1]), axis=-1)
            theta, *state = rule(theta, g, *state, t=t, lr=lrs[:, None, None])
            last[~(surface.f(theta[..., 0], theta[..., 1]) < target)] = t
    means: Array = np.exp(np.log(np.minimum(last + 1, limit)).mean(axis=1))
    return float(means.min())


def adam_faster(*, condition: float = 10.0, degrees: float = 45.0) -> Finding:
    """Adam converges faster than RMSProp and SGD.

    On a turned bowl, each at the best of sixteen learning rates, from 0.001 to 3.

    Returns
    -------
    Finding
        Holds if Adam takes fewer updates than both. The number: its updates over SGD's; beside it
        the three counts.
    """
    lrs = np.geomspace(1e-3, 3, 16)
    rules: dict[str, tuple[Rule, int]] = {
        "adam": (adam, 2),
        "rmsprop": (rmsprop, 1),
        "sgd": (sgd, 0),
    }
    found = {
        name: turned_bowl(*rule, condition=condition, degrees=degrees, lrs=lrs, limit=1000)
        for name, rule in rules.items()
    }
    adams, other = found["adam"], min(found["rmsprop"], found["sgd"])
    return Finding(adams < other, adams / found["sgd"], found)


def adam_betas(*, period: int = 3000, updates: int = 60_000) -> Finding:
    """beta1 must be at most 0.9 and beta2 at most 0.999.

    Every ``period``-th gradient is ``2 period``, the others are -1, and ``theta`` is kept in
    [-1, 1]: the best point is -1. ``beta1`` is 0.9 and lr 0.01.

    Returns
    -------
    Finding
        Holds if ``theta`` ends below 0 with ``beta2 = 0.999``. The number: where it ends; beside it
        where it ends with 0.9999.
    """
    rule: Rule = adam
    theta, m, v, beta2 = np.zeros(2), np.zeros(2), np.zeros(2), np.array([0.999, 0.9999])
    for t in range(1, updates + 1):
        g = 2.0 * period if t % period == 0 else -1.0
        theta, m, v = rule(theta, g, m, v, t=t, lr=0.01, beta2=beta2)
        theta = np.minimum(np.maximum(theta, -1), 1)
    return Finding(bool(theta[0] < 0), float(theta[0]), {"longer": float(theta[1])})


def adadelta_cost(*, full_matrix: bool = False, parameters: int = 100) -> Finding:
    """AdaDelta was made because AdaGrad's update is expensive to compute.

    Counts the operations a parameter in one update of each, and measures the steps that both make
    under gradients of 1.

    Parameters
    ----------
    full_matrix : bool
        Whether AdaGrad keeps the sum of the matrices ``g g^T`` instead of their diagonal. Counted
        are that sum and the product with its inverse root, but not the root itself.
    parameters : int, at least 1
        How many there are; matters for the full matrix only.

    Returns
    -------
    Finding
        Holds if AdaDelta takes fewer operations. The number: AdaDelta's over AdaGrad's; beside it
        both counts, and the thousandth step over the first of each.
    """
    counts = {"adagrad": array_operations(adagrad, 1), "adadelta": array_operations(adadelta, 2)}
    if full_matrix:
        counts["adagrad"] = 4 * parameters  # a multiplication and an addition an entry, twice
    later = {}
    for name, optimizer in (("faded", "adagrad"), ("grew", "adadelta")):
        steps = constant_steps(optimizer, lr=1.0, updates=1000)
        later[name] = float(steps[-1] / steps[0])
    less = counts["adadelta"] < counts["adagrad"]
    return Finding(less, counts["adadelta"] / counts["adagrad"], {**counts, **later})


def constant_steps(rule: str, *, lr: float, updates: int, g: float = 1.0) -> Array:
    """Lengths of the steps that a rule makes when every gradient is the same.

    Parameters
    ----------
    rule : str
        Its row in ``nnedu.optim.RULES``.
    lr : float, above 0
    updates : int, at least 1
    g : float
        The gradient.

    Returns
    -------
    array, shape (updates,)
    """
    optimizer, theta = Optimizer(rule, lr=lr), np.zeros(1)
    state, path = optimizer.init(theta), [theta]
    for _ in range(updates):
        theta, state = optimizer.step(theta, np.array([g]), state)
        path.append(theta)
    return -np.diff(np.concatenate(path))
