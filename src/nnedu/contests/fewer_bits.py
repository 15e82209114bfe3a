"""The contests of the chapter on quantization: rounded afterwards or aware; taught or alone.

The base is that of part IV (:mod:`nnedu.contests.smaller`). Whoever rounds it may make 400 more
updates, Adam's learning rate falling along a line to 0 from one of eight values, chosen for each
method and number of bits by the validation loss on seeds that do not count afterwards.
``python -m nnedu.contests.record_bits`` writes ``data/fewer_bits.json``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.compression import aware_objective, distillation_objective, fake_weights
from nnedu.contests import intervals
from nnedu.contests.smaller import NET, OBJECTIVE, STEPS, accuracy, batches, digits, trained
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu
from nnedu.optim import Optimizer
from nnedu.quantization import fake_quantize, least_error, symmetric
from nnedu.races import ratio_interval
from nnedu.train import minibatches, train

BITS = (8, 4, 2)
LRS = (0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
TUNING_SEEDS, RACE_SEEDS, MARGIN = range(100, 105), range(20), 0.005
"""Five seeds to tune on, twenty to race on; half a point of accuracy does not matter."""


def falling(lr: float, steps: int = STEPS) -> Optimizer:
    """Adam with a learning rate that falls along a line to 0."""
    return Optimizer("adam", lr=lambda t: lr * (1 - t / steps))


@cache
def _longer(seed: int, lr: float) -> Array:
    run = train(OBJECTIVE, trained(seed), falling(lr), batches(seed, again=True), steps=STEPS)
    return run.theta


def clipped_weights(theta: Array, *, bits: int) -> Array:
    """Weights rounded with the range of least squared error for each output."""
    rounded = theta.copy()
    for W in NET.views(rounded).values():
        if W.ndim > 1:
            _, peak = least_error(W, bits=bits, sym=True, candidates=40, axis=1)
            W[...] = fake_quantize(W, symmetric(peak, bits=bits, axis=1))[0]
    return rounded


def afterwards(bits: int, seed: int, lr: float) -> Array:
    """400 more updates in floats, then rounded, each output's grid up to its largest weight."""
    return fake_weights(NET, _longer(seed, lr), bits=bits)


def afterwards_clipped(bits: int, seed: int, lr: float) -> Array:
    """The same, each output's grid up to where the squared error is least."""
    return clipped_weights(_longer(seed, lr), bits=bits)


def aware(bits: int, seed: int, lr: float) -> Array:
    """400 more updates that see the rounded weights and pass their gradient straight through."""
    objective = aware_objective(NET, OBJECTIVE, bits=bits)
    run = train(objective, trained(seed), falling(lr), batches(seed, again=True), steps=STEPS)
    return fake_weights(NET, run.theta, bits=bits)


Method = Callable[[int, int, float], Array]
"""``method(bits, seed, lr) -> theta``, on the grid."""

METHODS: dict[str, Method] = {
    "rounded afterwards": afterwards,
    "afterwards, least error": afterwards_clipped,
    "quantization-aware": aware,
}


def validation_loss(theta: Array) -> float:
    """Cross-entropy on the validation digits: what learning rates are chosen by."""
    return float(softmax_cross_entropy(NET.predict(theta, digits().x_val), digits().y_val)[0])


STUDENT = Network([Dense(16), relu, Dense(10)], inputs=64)
"""1,210 parameters; its teachers are the bases, of 26,122."""

LABELLED = 100
"""Labels in the second setting, where the other 978 training digits have none."""

_SECOND: dict[str, tuple[str, tuple[float, ...]]] = {
    "alone": ("label_smoothing", (0.0, 0.02, 0.05, 0.1)),
    "marked": ("label_smoothing", (0.0, 0.02, 0.05, 0.1)),
    "softened": ("temperature", (2.0, 4.0, 8.0, 16.0)),
}
STUDENT_LRS = (0.01, 0.02, 0.04, 0.08, 0.16)
STUDENTS: dict[str, tuple[str, int]] = {
    "alone": ("alone", 1078),
    "distilled": ("softened", 1078),
    "few labels, alone": ("alone", LABELLED),
    "few labels, marked by the teacher": ("marked", LABELLED),
    "few labels, distilled": ("softened", LABELLED),
}
"""How each student is taught, and of how many digits it has the labels."""


def student_settings(name: str) -> list[dict[str, float]]:
    """Twenty settings each: five learning rates with four values of what is turned next."""
    key, values = _SECOND[STUDENTS[name][0]]
    return [{"lr": lr, key: value} for lr in STUDENT_LRS for value in values]


def taught(name: str, seed: int, setting: Mapping[str, float]) -> Array:
    """Train a student for 400 updates of 64 digits.

    Parameters
    ----------
    name : str
        One of ``STUDENTS``. "alone" learns from labels; "marked" from the class that the teacher
        names, on all training digits; "softened" from the teacher's outputs on all of them, and,
        where all labels are known, from these with a share of one tenth.
    seed : int
        Of its teacher, its first weights and its batches.
    setting : dict
        ``lr``, and ``label_smoothing`` or ``temperature``.

    Returns
    -------
    array, shape (1210,)
    """
    kind, labels_known = STUDENTS[name]
    x, labels = digits().x_train, digits().y_train
    others: dict[str, Any] = {key: value for key, value in setting.items() if key != "lr"}
    arrays: tuple[Array, ...] = (x[:labels_known], labels[:labels_known])
    objective: Any = STUDENT.objective(partial(softmax_cross_entropy, **others))
    if kind != "alone":
        logits = NET.predict(trained(seed), x)
        arrays = (x, logits.argmax(axis=1))
        if kind == "softened":
            share = 0.9 if labels_known == len(x) else 1.0
            objective = distillation_objective(STUDENT, share=share, **others)
            arrays = (x, labels, logits)
    rng = np.random.default_rng([seed, 4])
    theta = STUDENT.init(np.random.default_rng([seed, 3]))
    run = train(
        objective, theta, falling(setting["lr"]), minibatches(rng, 64, *arrays), steps=STEPS
    )
    return run.theta


def student_accuracy(theta: Array, *, part: str = "test") -> float:
    """The share of digits that a student gets right."""
    return accuracy(theta, net=STUDENT, part=part)


def difference_interval(first: Array, second: Array) -> tuple[float, float, float]:
    """The mean of paired differences, with its 95 per cent bootstrap interval over the pairs.

    Parameters
    ----------
    first, second : float arrays, shape (S,)
        Over the same seeds.

    Returns
    -------
    low, mean, high : float

    Examples
    --------
    >>> interval = difference_interval(np.array([0.9, 0.8]), np.array([0.8, 0.7]))
    >>> [round(end, 6) for end in interval]
    [0.1, 0.1, 0.1]
    """
    low, middle, high = np.log(ratio_interval(np.exp(first), np.exp(second)))
    return float(low), float(middle), float(high)


def verdict(first: Array, second: Array) -> str:
    """ "better", "worse", "equivalent" (all within ``MARGIN``) or "inconclusive".

    Parameters
    ----------
    first, second : float arrays, shape (S,)
        Accuracies over the same seeds.

    Returns
    -------
    str
    """
    low, _, high = difference_interval(first, second)
    return intervals.verdict(low, high, MARGIN)


@dataclass(frozen=True)
class Trial:
    """What one contestant found.

    Attributes
    ----------
    settings : tuple of dict
        What it could try.
    tuning : float array
        What each was judged by, the mean over the tuning seeds.
    chosen : dict
    accuracies : float array, shape (S,)
        Shares of the test digits, over ``RACE_SEEDS``.
    """

    settings: tuple[Mapping[str, float], ...]
    tuning: Array
    chosen: Mapping[str, float]
    accuracies: Array


def recorded_bits() -> dict[str, Any]:
    """The whole record: parts "aware", "distilled" and "seconds", each with its provenance."""
    text = files("nnedu.contests").joinpath("data", "fewer_bits.json").read_text()
    stored: dict[str, Any] = json.loads(text)
    return stored


def trials(part: str) -> dict[str, Trial]:
    """The contestants of "aware" (names such as "2 bits: quantization-aware") or "distilled"."""
    return {
        name: Trial(
            tuple(row["settings"]),
            np.array(row["tuning"]),
            row["chosen"],
            np.array(row["accuracies"]),
        )
        for name, row in recorded_bits()[part]["trials"].items()
    }
