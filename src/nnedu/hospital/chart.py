"""A patient's chart: what was recorded while it trained."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nnedu._typing import Array
from nnedu.hospital.measures import look, of_data, steady
from nnedu.hospital.patient import Patient
from nnedu.losses import softmax_cross_entropy
from nnedu.optim import State
from nnedu.train import Steps, train

KEEP = 0.97
"""The share that stays in the running average of the weights at each update."""


@dataclass(frozen=True)
class Chart:
    """What was recorded.

    Attributes
    ----------
    each : dict of str to float array, shape (T,)
        At every update: ``training loss`` (of the batch, as the training code reports it),
        ``gradient norm``, ``update ratio`` (length of the update over length of the weights),
        ``uphill`` (cosine between update and gradient), ``classes in a batch``.
    looks : int array, shape (E,)
        Updates made at each look.
    seen : dict of str to float array, shape (E,)
        At every look: the measures of ``nnedu.hospital.measures``.
    facts : dict of str to float
        What needs no training, and what is known only at the end.
    diverged : bool
        Whether it ended at a loss or gradient that is not finite.
    """

    each: Mapping[str, Array]
    looks: Array
    seen: Mapping[str, Array]
    facts: Mapping[str, float]
    diverged: bool

    def line(self, name: str) -> tuple[Array, Array]:
        """Updates and values of one series.

        Raises
        ------
        KeyError
            If there is no such series.
        """
        if name in self.each:
            return np.arange(1, len(self.each[name]) + 1), self.each[name]
        return self.looks, self.seen[name]


class _Watched:
    """Makes the optimizer's steps and writes them down."""

    def __init__(self, optimizer: Steps, each: dict[str, list[float]]) -> None:
        self.optimizer, self.each = optimizer, each
        self.average: Array | None = None

    def init(self, theta: Array) -> State:
        self.theta = theta
        return self.optimizer.init(theta)

    def step(
        self, theta: Array, g: Array, state: State, *, inplace: bool = False
    ) -> tuple[Array, State]:
        before = theta.copy()
        theta, state = self.optimizer.step(theta, g, state)
        d = theta - before
        g_size, d_size, size = (float(np.linalg.norm(each)) for each in (g, d, before))
        self.each["gradient norm"].append(g_size)
        self.each["update ratio"].append(d_size / max(size, 1e-300))
        self.each["uphill"].append(float(d @ g) / max(d_size * g_size, 1e-300))
        old = before if self.average is None else self.average
        self.average = KEEP * old + (1 - KEEP) * theta
        self.theta = theta
        return theta, state


def admit(patient: Patient) -> Chart:
    """Train a patient and write its chart.

    Parameters
    ----------
    patient : Patient
        Used up: its batches and what its code holds move on.

    Returns
    -------
    Chart
    """
    names = ("training loss", "gradient norm", "update ratio", "uphill", "classes in a batch")
    each: dict[str, list[float]] = {name: [] for name in names}
    watched = _Watched(patient.optimizer, each)
    looks: list[int] = []
    seen: list[dict[str, float]] = []

    def objective(theta: Array, *batch: Array) -> tuple[float, Array]:
        loss, g = patient.objective(theta, *batch)
        each["training loss"].append(float(loss))
        each["classes in a batch"].append(float(len(np.unique(batch[1]))))
        return loss, g

    def evaluate(theta: Array) -> dict[str, float]:
        looks.append(len(each["update ratio"]))
        averaged = steady(patient, lambda: {"averaged / last": _averaged(patient, watched, theta)})
        seen.append(look(patient, theta) | averaged)
        return {}

    labels = patient.training[1]
    shares = np.bincount(labels) / len(labels)
    facts = steady(patient, lambda: of_data(patient))
    facts["ln C"] = float(np.log(len(shares)))
    diverged = False
    try:
        train(
            objective,
            patient.theta,
            watched,
            patient.batches,
            steps=patient.steps,
            every=patient.every,
            evaluate=evaluate,
        )
    except FloatingPointError:
        diverged = True
        evaluate(watched.theta)
    shared = len(each["update ratio"])
    short = {name: np.array(values[:shared]) for name, values in each.items()}
    columns = {name: np.array([row[name] for row in seen]) for name in seen[0]}
    return Chart(short, np.array(looks), columns, facts, diverged)


def _averaged(patient: Patient, watched: _Watched, theta: Array) -> float:
    """The training loss at the average of the last weights, over that at the last weights."""
    if watched.average is None:
        return 1.0
    x, labels = patient.training
    both = [
        softmax_cross_entropy(patient.predict(where, x), labels)[0]
        for where in (watched.average, theta)
    ]
    return both[0] / both[1]
