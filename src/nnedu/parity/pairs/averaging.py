"""Schedule-free rules, beside the frameworks'."""

from functools import cache

import numpy as np

from nnedu._typing import Array
from nnedu.parity.pairs.pair import Adapter, Numbers, Pair, exact
from nnedu.parity.trajectory import Trajectory


@cache
def _weights() -> list[float]:
    """Optax's weights over the hard trajectory: squares of the largest rate so far, one ahead."""
    lr: Array = Trajectory.hard().lr
    ahead = np.maximum.accumulate(np.append(lr[1:], lr[-1])) ** 2
    return [float(w) for w in np.arange(1, len(ahead) + 1) * ahead / np.cumsum(ahead)]


def _weighted(numbers: Numbers) -> dict[str, object]:
    return {**numbers, "weight": lambda k: _weights()[k]}


WEIGHTS_AHEAD = Adapter(
    "largest lr, one ahead",
    "Optax weighs the average by the square of the largest learning rate so far, that of the next "
    "update included: weight is what that comes to.",
    hyper=_weighted,
)

PAIRS = (
    Pair(
        "schedule_free_sgd",
        "optax",
        "optax.contrib.schedule_free(sgd(lr), lr)",
        lambda o, lr, n, _: o.contrib.schedule_free(o.sgd(lr), lr, b1=n["beta"]),
        WEIGHTS_AHEAD,
        fixed=("weight",),
    ),
    Pair(
        "schedule_free_adamw",
        "optax",
        "optax.contrib.schedule_free_adamw",
        lambda o, lr, n, _: o.contrib.schedule_free_adamw(
            lr, b1=n["beta1"], b2=n["beta2"], eps=n["eps"], weight_decay=n["weight_decay"]
        ),
        WEIGHTS_AHEAD,
        fixed=("weight",),
    ),
)

ABSENT = {
    ("schedule_free_sgd", "keras"),
    ("schedule_free_sgd", "torch"),
    ("schedule_free_adamw", "torch"),
}

DEPARTED = {
    ("schedule_free_adamw", "keras"): (
        "Keras 3.15 on TensorFlow reads the point z after it has changed it, when it recovers the "
        "average from theta and z: from the second update on it parts from the paper, from Optax "
        "and from Keras itself on JAX."
    ),
}
"""Counterparts that do something else than they say: what, and where it comes from."""

SETTINGS = {
    "schedule_free_sgd": (exact(beta=0.9), exact(beta=0.5)),
    "schedule_free_adamw": (
        exact(beta1=0.9, beta2=0.999, eps=1e-7, weight_decay=0.01),
        exact(beta1=0.5, beta2=0.95, eps=1e-3, weight_decay=0.5),
    ),
}
