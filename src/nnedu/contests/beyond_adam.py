"""The contest of the chapter beyond Adam: seven optimizers, three networks.

Every contestant tries twelve settings: six learning rates, a factor of 2 apart, with two values
of the hyper-parameter that its users turn next.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.contests.task import Task
from nnedu.data import load_digits, signals, spirals
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Conv2D, Dense, Network, flatten, relu, tanh
from nnedu.optim import Optimizer, TensorOptimizer
from nnedu.train import Steps

Shapes = Mapping[str, tuple[int, ...]]

TUNING_SEEDS, RACE_SEEDS, MARGIN = range(100, 103), range(200, 220), 1.2
"""Three seeds to tune on, twenty to race on, and ratios within 1.2 do not matter."""


def _plain(rule: str) -> Callable[..., Steps]:
    def make(shapes: Shapes, **setting: Any) -> Steps:
        return Optimizer(rule, **setting)

    return make


def _with_adam(rule: str) -> Callable[..., Steps]:
    """A rule for the hidden matrices; biases and the last layer are Adam's, at lr ``adam_lr``."""

    def make(shapes: Shapes, *, adam_lr: float, **setting: Any) -> Steps:
        matrices = [name for name, shape in shapes.items() if len(shape) > 1]
        others = Optimizer("adam", lr=adam_lr)
        return TensorOptimizer(
            rule, shapes=shapes, others=others, others_take=matrices[-1:], **setting
        )

    return make


MAKE: dict[str, tuple[str, Callable[..., Steps]]] = {
    "momentum": ("SGD with momentum", _plain("momentum")),
    "adam": ("Adam", _plain("adam")),
    "adamw": ("AdamW", _plain("adamw")),
    "lion": ("Lion", _plain("lion")),
    "schedule_free_adamw": ("Schedule-free AdamW", _plain("schedule_free_adamw")),
    "soap": ("SOAP", _with_adam("soap")),
    "muon": ("Muon", _with_adam("muon")),
}


@cache
def _digits() -> tuple[Array, Array, Array, Array]:
    digits = load_digits()
    return digits.x_train, digits.y_train, digits.x_val, digits.y_val


@cache
def _spirals() -> tuple[Array, Array, Array, Array]:
    rng = np.random.default_rng(0)
    return *spirals(1024, turns=1.25, rng=rng), *spirals(512, turns=1.25, rng=rng)


@cache
def _signals() -> tuple[Array, Array, Array, Array]:
    rng = np.random.default_rng(0)
    (x, y), (x_val, y_val) = signals(1500, rng=rng), signals(500, rng=rng)
    return x[:, None, :, None], y, x_val[:, None, :, None], y_val


_SECOND: dict[str, tuple[str, tuple[float, float]]] = {
    "momentum": ("momentum", (0.9, 0.8)),
    "adam": ("beta2", (0.999, 0.99)),
    "adamw": ("weight_decay", (0.01, 0.1)),
    "lion": ("weight_decay", (0.03, 0.3)),
    "schedule_free_adamw": ("beta1", (0.9, 0.8)),
    "soap": ("adam_lr", (0.01, 0.02)),
    "muon": ("adam_lr", (0.01, 0.02)),
}


def _settings(**lowest: float) -> dict[str, list[dict[str, float]]]:
    """Twelve settings each: six learning rates from the lowest up, with two of the second."""
    return {
        name: [{"lr": lr * 2.0**k, second: value} for value in values for k in range(6)]
        for name, lr in lowest.items()
        for second, values in [_SECOND[name]]
    }


TASKS = {
    "digits": Task(
        "digits, two hidden layers",
        Network([Dense(64), relu, Dense(64), relu, Dense(10)], inputs=64),
        softmax_cross_entropy,
        _digits,
        batch=32,
        every=5,
        limit=300,
        target=0.2,
        settings=_settings(
            momentum=0.0125,
            adam=0.0025,
            adamw=0.0025,
            lion=0.0005,
            schedule_free_adamw=0.005,
            soap=0.005,
            muon=0.005,
        ),
        make=MAKE,
    ),
    "spirals": Task(
        "two spirals, three hidden layers",
        Network([Dense(32), tanh, Dense(32), tanh, Dense(32), tanh, Dense(2)], inputs=2),
        softmax_cross_entropy,
        _spirals,
        batch=64,
        every=10,
        limit=3000,
        target=0.2,
        settings=_settings(
            momentum=0.00625,
            adam=0.005,
            adamw=0.005,
            lion=0.002,
            schedule_free_adamw=0.01,
            soap=0.005,
            muon=0.01,
        ),
        make=MAKE,
    ),
    "signals": Task(
        "signals, convolutions",
        Network(
            [
                Conv2D(16, (1, 5), stride=(1, 2)),
                relu,
                Conv2D(32, (1, 5), stride=(1, 2)),
                relu,
                flatten,
                Dense(10),
            ],
            inputs=(1, 40, 1),
        ),
        softmax_cross_entropy,
        _signals,
        batch=32,
        every=5,
        limit=600,
        target=0.2,
        settings=_settings(
            momentum=0.0125,
            adam=0.0025,
            adamw=0.0025,
            lion=0.001,
            schedule_free_adamw=0.01,
            soap=0.005,
            muon=0.005,
        ),
        make=MAKE,
    ),
}
