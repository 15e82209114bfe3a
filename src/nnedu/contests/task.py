"""One task of a contest: what is trained, from where, and when it has arrived."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._typing import Array, Loss
from nnedu.nn import Network
from nnedu.optim import State, schedule_free_average
from nnedu.races import Contestant, Race, race
from nnedu.train import Steps, minibatches, train


@dataclass(frozen=True)
class Task:
    """A network, its data and a target for the validation loss.

    Attributes
    ----------
    title : str
    net : Network
    loss : callable
        ``loss(outputs, labels) -> (value, d_outputs)``.
    data : callable
        ``data() -> (x_train, y_train, x_val, y_val)``.
    batch, every, limit : int
        Examples in a batch, updates between two looks at the validation loss, updates after which
        a run has missed.
    target : float
        The validation loss to reach.
    settings : dict of str to sequence of dict
        What each contestant may try, by its name in ``make``.
    make : dict of str to (title, callable)
        ``make(net.shapes, **setting) -> optimizer``.
    """

    title: str
    net: Network
    loss: Loss
    data: Callable[[], tuple[Array, Array, Array, Array]]
    batch: int
    every: int
    limit: int
    target: float
    settings: Mapping[str, Sequence[Mapping[str, Any]]]
    make: Mapping[str, tuple[str, Callable[..., Steps]]]

    def run(self, optimizer: Steps, seed: int) -> int | None:
        """Updates to the target from the start and the order of examples that belong to a seed."""
        x, y, x_val, y_val = self.data()
        rng = np.random.default_rng(seed)
        theta, kept = self.net.init(rng), _Kept(optimizer)

        def evaluate(theta: Array) -> dict[str, float]:
            return {"loss": self.loss(self.net.predict(kept.average(theta), x_val), y_val)[0]}

        return train(
            self.net.objective(self.loss),
            theta,
            kept,
            minibatches(rng, self.batch, x, y),
            steps=self.limit,
            evaluate=evaluate,
            every=self.every,
            target=lambda metrics: metrics["loss"] <= self.target,
        ).reached

    def field(self, names: Sequence[str] | None = None) -> list[Contestant]:
        """The contestants, or some of them, by their names."""
        chosen = list(self.settings) if names is None else names
        return [self._contestant(name) for name in chosen]

    def race(
        self,
        names: Sequence[str] | None = None,
        *,
        tuning_seeds: Sequence[int],
        race_seeds: Sequence[int],
        margin: float,
    ) -> Race:
        """Race the contestants, or some of them."""
        return race(
            self.run,
            self.field(names),
            limit=self.limit,
            tuning_seeds=tuning_seeds,
            race_seeds=race_seeds,
            margin=margin,
        )

    def _contestant(self, name: str) -> Contestant:
        title, make = self.make[name]

        def build(**setting: Any) -> Steps:
            return make(self.net.shapes, **setting)

        return Contestant(title, name, self.settings[name], build)


class _Kept:
    """An optimizer whose last state an evaluation can see: schedule-free rules keep an average."""

    def __init__(self, optimizer: Steps) -> None:
        self.optimizer = optimizer
        self.state: State | None = None
        name = getattr(optimizer, "name", "")
        self.averages = name.startswith("schedule_free")

    def init(self, theta: Array) -> State:
        self.state = self.optimizer.init(theta)
        return self.state

    def step(
        self, theta: Array, g: Array, state: State, *, inplace: bool = False
    ) -> tuple[Array, State]:
        theta, self.state = self.optimizer.step(theta, g, state, inplace=inplace)
        return theta, self.state

    def average(self, theta: Array) -> Array:
        """What is to be evaluated: for schedule-free rules the average, else theta."""
        if not self.averages or self.state is None:
            return theta
        hyper: Any = getattr(self.optimizer, "hyper", {})
        beta = float(hyper.get("beta1", hyper.get("beta")))
        return schedule_free_average(theta, self.state.arrays["d"], beta=beta)
