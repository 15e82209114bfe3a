"""Experiments behind the claims of the chapter on schedules."""

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from nnedu._typing import Array, Objective
from nnedu.claims import Finding
from nnedu.claims.noisy_digits import HIDDEN, final_losses
from nnedu.data import load_digits
from nnedu.losses import mse, softmax_cross_entropy
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import Optimizer
from nnedu.parity.record import load
from nnedu.parity.schedules import SCHEDULES, wave
from nnedu.schedules import constant, cosine, piecewise_constant, triangular, warm_up
from nnedu.sharpness import sharpness
from nnedu.train import descend


@cache
def curved_start(scale: float = 1.0) -> tuple[Objective, Array]:
    """Squared error of two tanh layers on 200 digits, full batch, and parameters to start from.

    ``scale`` multiplies the initial parameters: the smaller, the more gently curved the start.
    """
    digits = load_digits()
    x, targets = digits.x_train[:200], np.eye(10)[digits.y_train[:200]]
    net = Network([Dense(HIDDEN), tanh, Dense(HIDDEN), tanh, Dense(10)], inputs=64)
    squares = net.objective(mse)

    def objective(theta: Array) -> tuple[float, Array]:
        return squares(theta, x, targets)

    return objective, scale * net.init(np.random.default_rng(0))


def full_batch_loss(
    objective: Objective, theta: Array, lr: Callable[[int], float], steps: int = 250
) -> float:
    """The loss after gradient descent under a schedule; infinite if it explodes."""
    path = descend(objective, theta, Optimizer("sgd", lr=lr), steps=steps)
    loss = objective(path[-1])[0] if len(path) == steps + 1 else np.inf
    return loss if loss < 1e3 else np.inf


def warm_up_needed(*, scale: float = 1.0) -> Finding:
    """Training needs a learning-rate warm-up.

    Gradient descent at lr = 1.2 on :func:`curved_start`, at once and after 100 updates of linear
    warm-up.

    Parameters
    ----------
    scale : float
        Of the initial parameters.

    Returns
    -------
    Finding
        Holds if the run without warm-up explodes and the other does not. The number: lr times the
        sharpness of the start; above 2 the first step is too long for it.
    """
    objective, theta = curved_start(scale)
    base, lr = partial(constant, base=1.2), 1.2
    cold = full_batch_loss(objective, theta, base)
    warm = full_batch_loss(objective, theta, partial(warm_up, then=base, updates=100))
    number = lr * sharpness(objective, theta, rounds=30)[0]
    return Finding(bool(warm < np.inf and cold == np.inf), number, {"warm": warm, "cold": cold})


def cosine_finetune(*, full_batch: bool = False) -> Finding:
    """Cosine annealing fine-tunes after convergence.

    Constant, cosine and two steps down for 1,000 updates on noisy digits, each at the best of four
    learning rates; means over three seeds.

    Parameters
    ----------
    full_batch : bool
        Constant against cosine on 200 clean digits instead, all of them in every gradient, both
        at lr = 0.5: no noise.

    Returns
    -------
    Finding
        Holds if cosine ends at least two per cent below constant. The number: its loss over
        constant's.
    """
    if full_batch:
        digits = load_digits()
        net = Network([Dense(HIDDEN), tanh, Dense(10)], inputs=64)
        whole = net.objective(softmax_cross_entropy)

        def objective(theta: Array) -> tuple[float, Array]:
            return whole(theta, digits.x_train[:200], digits.y_train[:200])

        theta = net.init(np.random.default_rng(0))
        lrs = partial(cosine, base=0.5, total=400), partial(constant, base=0.5)
        fallen, flat = (full_batch_loss(objective, theta, lr, steps=400) for lr in lrs)
        return Finding(fallen < 0.98 * flat, fallen / flat)
    t = np.arange(1000)

    def pieces(base: float) -> Array:
        values = [base, base / 10, base / 100]
        found: Array = piecewise_constant(t, boundaries=[500, 750], values=values)
        return found

    flat, fallen, steps = _best(
        partial(constant, t), partial(cosine, t, total=1000), lambda *, base: pieces(base)
    )
    return Finding(fallen < 0.98 * flat, fallen / flat, {"steps": steps / flat})


def _best(*families: Callable[..., Array], seeds: int = 3) -> list[float]:
    """The lowest mean loss of each family, ``family(base=...)``, over four bases."""
    bases = (1 / 32, 1 / 16, 1 / 8, 1 / 4)
    rows = np.array([family(base=base) for family in families for base in bases])
    losses = np.mean([final_losses(rows, seed) for seed in range(seeds)], axis=0)
    return [float(each) for each in losses.reshape(len(families), -1).min(axis=1)]


def cyclic_better(*, updates: int = 1000) -> Finding:
    """Cyclical learning rates beat a fixed one.

    Triangles that rise from a tenth of their top, against a constant, on noisy digits, each at the
    best of four learning rates; means over three seeds.

    Parameters
    ----------
    updates : int
        Where to stop: 1,000 is the foot of the fourth triangle, 875 its top.

    Returns
    -------
    Finding
        Holds if the triangles end at least two per cent lower. The number: their loss over the
        constant's.
    """
    t = np.arange(updates)
    cyclic, fixed, once = _best(
        lambda *, base: triangular(t, low=base / 10, high=base, half=125),
        partial(constant, t),
        partial(cosine, t, total=updates),
    )
    return Finding(cyclic < 0.98 * fixed, cyclic / fixed, {"once": once / fixed})


def cosine_period(*, T_max: int = 10) -> Finding:
    """``T_max=10`` with 100 epochs anneals once.

    PyTorch's ``CosineAnnealingLR`` as it was recorded at ``T_max=10``; elsewhere its formula, which
    the parity tests hold to the record.

    Parameters
    ----------
    T_max : int
        Epochs from the top to the bottom.

    Returns
    -------
    Finding
        Holds if the learning rate never rises within 100 epochs. The number: full cycles made.
    """
    case = SCHEDULES["cosine, rising again"]
    recorded = T_max == case.numbers["total"]
    t = np.arange(101)
    lrs = (
        load("schedules").arrays["cosine, rising again"]
        if recorded
        else wave(t, base=0.1, total=T_max)
    )
    back = np.sum(np.isclose(lrs[1:], lrs[0]))
    return Finding(bool(np.all(np.diff(lrs) <= 0)), float(back), {"last": lrs[-1] / lrs[0]})
