"""Experiments behind the claims of the chapter on stability."""

from functools import partial

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.hospital.chart import admit
from nnedu.hospital.initialisation import recurrent_patient
from nnedu.hospital.numerics import naive_softmax
from nnedu.hospital.patient import Patient, patient
from nnedu.losses import mse
from nnedu.nn import tanh
from nnedu.optim import Optimizer, clip_by_global_norm, clipped
from nnedu.train import train


def clipping_is_smaller_lr(*, recurrent: bool = True) -> Finding:
    """Clipping does no more than a smaller learning rate would.

    Unclipped, and clipped to a global norm of 1, at the same learning rates for the same number of
    updates: a recurrent cell whose matrix stretches every state, or a network on digits. Of two
    seeds the worse counts, at the learning rate that is best for it.

    Returns
    -------
    Finding
        Holds if the unclipped runs end at most twice as high as the clipped ones. The number: how
        many times as high they end.
    """

    def ended(lr: float, limit: float, seed: int) -> float:
        rng = np.random.default_rng(seed)
        sick = recurrent_patient(rng, gain=2.0) if recurrent else patient(rng, activation=tanh)
        objective = clipped(sick.objective, partial(clip_by_global_norm, limit=limit))
        step = Optimizer("sgd", lr=lr if recurrent else 10 * lr)
        steps = 80 if recurrent else 160
        run = train(objective, sick.theta, step, sick.batches, steps=steps)
        return float(run.losses[-20:].mean())

    lrs = (0.01, 0.03, 0.1, 0.3)
    plain, cut = (
        [max(ended(lr, limit, seed) for seed in range(2)) for lr in lrs] for limit in (np.inf, 1.0)
    )
    ratio = min(plain) / min(cut)
    return Finding(ratio <= 2, ratio, {"lr_plain": lrs[int(np.argmin(plain))]})


def dead_relus_lr(*, lr: float = 2.0, bias: float = 0.0) -> Finding:
    """Dead ReLU units are the work of too high a learning rate.

    The network of 32 ReLU units on digits, its hidden biases starting at ``bias``.

    Returns
    -------
    Finding
        Holds if most units fired at the start of the run and are dead at its end. The number: the
        share of dead units at the end.
    """
    sick: Patient = patient(np.random.default_rng(0), lr=lr, every=160)
    sick.net.views(sick.theta)["b1"][...] = bias
    dead = admit(sick).seen["dead units"]
    return Finding(bool(dead[0] < 0.5 < dead[-1]), float(dead[-1]), {"first": float(dead[0])})


def nan_means_lr(*, squared: bool = False) -> Finding:
    """A loss that is not a number means that the learning rate is too high.

    A network on digits whose softmax is computed in float16 without taking out the largest logit,
    at lr = 0.5 and at a tenth of it. ``squared`` trains linear outputs on squared errors, at a
    learning rate beyond the limit of their curvature and at a tenth of it.

    Returns
    -------
    Finding
        Holds if the run at a tenth stays finite. The number: the largest logit of the last finite
        parameters (of the run at the tenth).
    """

    def one_hot(outputs: Array, labels: Array) -> tuple[float, Array]:
        return mse(outputs, np.eye(10)[labels])

    def run(lr: float) -> tuple[bool, float]:
        loss = one_hot if squared else naive_softmax
        rng = np.random.default_rng(0)
        chart = admit(patient(rng, lr=lr, loss=loss, steps=1600, every=1600))
        return chart.diverged, float(chart.seen["largest output"][-1])

    high, low = run(50.0 if squared else 0.5), run(5.0 if squared else 0.05)
    return Finding(high[0] and not low[0], low[1], {"high": float(high[0])})
