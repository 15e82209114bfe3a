"""What was each trick worth? The capstone's recipe with one thing left out at a time.

Every contender has the same network but for what is left out, the same number of updates, the same
batches and the best of four learning rates, chosen on validation loss over two seeds; then ten
other seeds, the same for all, each with its own split of the digits, first weights and batches.
``all`` is the 1,078 training digits; ``few`` is twenty of each class, shown as often in all.
``python -m nnedu.contests.record_capstone`` writes ``data/capstone.json``.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.contests.intervals import paired, verdict
from nnedu.losses import softmax_cross_entropy

TUNING_SEEDS, SEEDS = range(100, 102), range(10)
"""Seeds that choose the learning rate, and seeds that are reported."""

EACH = 20
"""Digits of a class in ``few``."""

MARGIN = 0.01
"""Differences in accuracy up to one point count as none. Said before the runs."""

LADDER = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Learning rates in the order in which they are tried."""

GRID, FIRST = 4, {"adam": 2, "momentum": 3}
"""How many neighbouring rates a contender tries, and where on the ladder its grid begins. A grid
whose best rate is at an end moves there by one, until the best one is inside."""

CHANGES: dict[str, dict[str, Any]] = {
    "full": {},
    "no residual": {"residual": False},
    "no attention": {"attention": False},
    "no normalisation": {"normalise": False},
    "no augmentation": {"shift": False},
    "momentum, not Adam": {"optimizer": "momentum"},
    "constant rate": {"schedule": "constant"},
    "no warm-up": {"warm_up": False},
    "five cycles": {"schedule": "cycles", "warm_up": False},
    "mirrored": {"flip": True},
    "none of it": {
        "residual": False,
        "attention": False,
        "normalise": False,
        "shift": False,
        "optimizer": "momentum",
        "schedule": "constant",
        "warm_up": False,
    },
}
"""By name, what differs from the full recipe."""

IN_FEW = ("full", "no augmentation", "none of it", "no residual", "no attention")
"""The contenders that are run with few labels, too."""

REGIMES: dict[str, tuple[str, ...]] = {"all": tuple(CHANGES), "few": IN_FEW}
"""By name, who competes."""


class Runner:
    """One contender: compiled once, run from many seeds and at many learning rates.

    Parameters
    ----------
    name : str
        One of ``CHANGES``.
    regime : {"all", "few"}
    """

    def __init__(self, name: str, regime: str = "all") -> None:
        from nnedu.capstone import digits  # needs Keras

        self.name, self.few = name, regime == "few"
        self.setting = digits()
        self.recipe = replace(self.setting.recipe, **CHANGES[name])
        self.model = self.setting.model(self.recipe, seed=0)
        self.setting.compile(self.model, self.recipe)
        self.model.optimizer.build(self.model.trainable_variables)
        self.first = [v.numpy().copy() for v in self.model.optimizer.variables]

    def __call__(self, lr: float, seed: int) -> dict[str, float]:
        """Train from a seed: losses on validation and test digits, and the share of each wrong."""
        self.train(lr, seed)
        return self.report()

    def train(self, lr: float, seed: int) -> Any:
        """The model after its updates, at the learning rate given."""
        from nnedu.capstone import digits, small_part

        data = digits(seed=seed)
        if self.few:
            # So many updates an epoch as with all, and whole batches.
            rows = self.setting.updates(epochs=1) * data.batch
            x, y = small_part(data.x_train, data.y_train, EACH)
            data = replace(data, x_train=x[:rows], y_train=y[:rows])
        self.data = data
        optimizer = self.model.optimizer
        for variable, value in zip(optimizer.variables, self.first, strict=True):
            variable.assign(value)
        optimizer._learning_rate.base.assign(lr)
        self.model.set_weights(self._start(seed))
        batches = data.batches(self.recipe, seed=seed)
        self.model.fit(batches, epochs=self.setting.epochs, shuffle=False, verbose=0)
        return self.model

    def _start(self, seed: int) -> list[Array]:
        """The first weights of a seed: the same for all who have the same network."""
        parts = (self.recipe.residual, self.recipe.attention, self.recipe.normalise, seed)
        if parts not in _STARTS:
            _STARTS[parts] = self.setting.model(self.recipe, seed=seed).get_weights()
        return _STARTS[parts]

    def report(self) -> dict[str, float]:
        """Losses and shares of wrong answers as the model stands."""
        found = {}
        for part in ("val", "test"):
            x, y = getattr(self.data, f"x_{part}"), getattr(self.data, f"y_{part}")
            found[part], found[f"{part}_wrong"] = judged(self.model(x, training=False), y)
        return found


_STARTS: dict[tuple[Any, ...], list[Array]] = {}


def judged(logits: Any, y: Array) -> tuple[float, float]:
    """Mean cross-entropy, and the share of rows whose largest logit is not the label's."""
    z = np.asarray(logits, np.float64)
    return softmax_cross_entropy(z, y)[0], float(np.mean(z.argmax(axis=1) != y))


@dataclass(frozen=True)
class Contender:
    """What was recorded of one.

    Attributes
    ----------
    name, regime : str
    rates : tuple of float
        Learning rates that were tried.
    tuning : float array, shape (R, T)
        Validation losses of each rate on the tuning seeds.
    lr : float
        The rate chosen.
    results : dict of str to array, shape (S,)
        What :meth:`Runner.report` says, for ``SEEDS``.
    parameters : int
    """

    name: str
    regime: str
    rates: tuple[float, ...]
    tuning: Array
    lr: float
    results: Mapping[str, Array]
    parameters: int

    @property
    def inside(self) -> bool:
        """Whether the chosen rate has a worse one on either side."""
        return self.rates[0] < self.lr < self.rates[-1]

    @property
    def right(self) -> Array:
        """The share of test digits that is right, by seed."""
        return np.asarray(1 - self.results["test_wrong"])


@dataclass(frozen=True)
class Ablation:
    """The record.

    Attributes
    ----------
    contenders : dict of (regime, name) to Contender
    smaller : dict of str to dict of str to array, shape (S,)
        The full recipe trained on, pruned and quantized: what came of it, by seed.
    provenance : dict
        By part: command, date, seconds, machine and versions.
    """

    contenders: Mapping[tuple[str, str], Contender]
    smaller: Mapping[str, Mapping[str, Array]]
    provenance: Mapping[str, Mapping[str, Any]]

    def names(self, regime: str = "all") -> Iterator[str]:
        """Contenders other than the full recipe, in the order of ``CHANGES``."""
        return (name for name in CHANGES if name != "full" and (regime, name) in self.contenders)

    def verdict(self, name: str, regime: str = "all") -> str:
        """Whether the full recipe is better than without, by ``MARGIN``: a word of
        :func:`nnedu.contests.intervals.verdict`."""
        low, _, high = self.worth(name, regime)
        return verdict(low, high, MARGIN)

    def worth(self, name: str, regime: str = "all") -> tuple[float, float, float]:
        """Accuracy of the full recipe minus that without: low, mean, high of a 95 % interval."""
        full, without = (self.contenders[regime, each] for each in ("full", name))
        return paired(full.right, without.right)


def recorded_ablation() -> Ablation:
    """Read the record.

    Returns
    -------
    Ablation
    """
    stored = json.loads(files("nnedu.contests").joinpath("data", "capstone.json").read_text())
    contenders = {}
    for regime in REGIMES:
        for name, row in stored[regime]["results"].items():
            results = {key: np.array(values) for key, values in row["results"].items()}
            contenders[regime, name] = Contender(
                name,
                regime,
                tuple(row["rates"]),
                np.array(row["tuning"]),
                row["lr"],
                results,
                row["parameters"],
            )
    smaller = {
        name: {key: np.array(values) for key, values in columns.items()}
        for name, columns in stored["smaller"]["results"].items()
    }
    return Ablation(contenders, smaller, {key: part["provenance"] for key, part in stored.items()})


def tune(losses: Callable[[float], Sequence[float]], first: int) -> tuple[list[float], Array, int]:
    """Find the best of neighbouring rates on ``LADDER``, moving the grid until it lies inside.

    Parameters
    ----------
    losses : callable
        ``losses(lr)``: the validation losses of the tuning seeds; what is not finite counts as 1e9.
    first : int
        Where on the ladder the grid begins.

    Returns
    -------
    rates : list of float
        ``GRID`` of them.
    tuning : float array, shape (GRID, T)
    best : int
        The one with the least geometric mean.
    """
    known: dict[float, Sequence[float]] = {}
    while True:
        rates = list(LADDER[first : first + GRID])
        known |= {lr: losses(lr) for lr in rates if lr not in known}
        tuning = np.array([known[lr] for lr in rates])
        finite = np.where(np.isfinite(tuning), tuning, 1e9)
        best = int(np.log(finite).mean(axis=1).argmin())
        if best == 0 and first > 0:
            first -= 1
        elif best == GRID - 1 and first + GRID < len(LADDER):
            first += 1
        else:
            return rates, tuning, best
