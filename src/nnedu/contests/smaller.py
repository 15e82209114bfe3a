"""Part IV on one pair of axes: one network for the digits, and everything it is turned into.

The base is a 64-128-128-10 network of ReLUs, :func:`trained` for 400 updates of AdamW from each of
ten seeds; its weight decay makes small what need not be large. A chapter that makes it smaller (14
prunes, 15 quantizes and distils, 16 searches) may spend as many updates again on each seed, chooses
whatever it chooses on the validation digits, and
records points: accuracy on the test digits for every seed, bytes, seconds of a forward pass as a
ratio to the base's. To add points, write a function that returns a list of :class:`Point` and, in
a module that can be run::

    base = forward(trained(0))                       # the dense pass, float32, on the test digits
    point = Point(
        "int8", "15_quantization",
        accuracies=[accuracy(...) for seed in SEEDS],  # shares in [0, 1], paired over the seeds
        nbytes=...,                                  # what a file would hold: weights, biases, ...
        seconds=seconds_ratio(call, base),           # measured side by side, in turns
    )
    record("15_quantization", [point, ...], command="python -m nnedu.contests.MODULE")

``record`` writes ``data/smaller/15_quantization.json`` with its provenance; ``points()`` reads all
chapters' files, ``points("14_pruning")`` those of one. ``nnedu.plotting.pareto.pareto`` draws them.
"""

import json
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.data import Digits, load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, he_normal, relu
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train

NET = Network(
    [Dense(128, weights=he_normal), relu, Dense(128, weights=he_normal), relu, Dense(10)],
    inputs=64,
)
"""The base: 26,122 parameters, 104,488 bytes in float32."""

SEEDS, STEPS, BATCH, LR, DECAY = range(10), 400, 64, 0.002, 1.0
"""Seeds of the record, updates, examples in a batch, AdamW's learning rate and weight decay."""

OBJECTIVE = NET.objective(softmax_cross_entropy)


@dataclass(frozen=True)
class Point:
    """One way of making the base smaller, measured.

    Attributes
    ----------
    name : str
        A label of few words for the figure, such as ``"global, 90 %"``.
    chapter : str
        Such as ``"14_pruning"``.
    accuracies : sequence of float
        The share of the test digits that is right, one for each of ``SEEDS``.
    nbytes : int
        What the parameters take in the best of the formats that the chapter explains.
    seconds : float
        Time of a forward pass of the test digits over that of the dense base.
    note : str
        How the bytes and the seconds were had, in a few words.
    """

    name: str
    chapter: str
    accuracies: Sequence[float]
    nbytes: int
    seconds: float
    note: str = ""

    def __post_init__(self) -> None:
        shares = np.asarray(self.accuracies, dtype=float)
        if shares.shape != (len(SEEDS),) or not ((shares >= 0) & (shares <= 1)).all():
            raise ValueError(
                f"accuracies of {self.name!r} are {self.accuracies}; expected {len(SEEDS)} shares "
                "in [0, 1], one for each of SEEDS."
            )
        if not (self.nbytes > 0 and 0 < self.seconds < np.inf):
            raise ValueError(
                f"{self.name!r} has {self.nbytes} bytes and seconds {self.seconds}; expected both "
                "above 0 (seconds are a ratio to the dense base)."
            )

    @property
    def accuracy(self) -> float:
        """The mean over the seeds."""
        return float(np.mean(self.accuracies))


@cache
def digits() -> Digits:
    """The digits in float64, split as everywhere in the book."""
    return load_digits()


def batches(seed: int, *, again: bool = False) -> Iterator[tuple[Array, ...]]:
    """The batches of a seed's training; ``again`` those of what comes after it."""
    rng = np.random.default_rng([seed, 2 if again else 1])
    return minibatches(rng, BATCH, digits().x_train, digits().y_train)


def start(seed: int) -> Array:
    """The first parameters of a seed."""
    return NET.init(np.random.default_rng([seed, 0]))


@cache
def _trained(seed: int) -> Array:
    optimizer = Optimizer("adamw", lr=LR, weight_decay=DECAY)
    theta = train(OBJECTIVE, start(seed), optimizer, batches(seed), steps=STEPS).theta
    theta.setflags(write=False)
    return theta


def trained(seed: int) -> Array:
    """The base after its 400 updates: float64, shape (26122,), the caller's own copy."""
    return _trained(seed).copy()


def accuracy(theta: Array, *, net: Network = NET, part: str = "test") -> float:
    """The share of digits that a network gets right: ``part`` is "test", or "val" to choose by."""
    x, labels = getattr(digits(), f"x_{part}"), getattr(digits(), f"y_{part}")
    return float(np.mean(net.predict(theta, x).argmax(axis=1) == labels))


def forward(theta: Array, *, net: Network = NET) -> Callable[[], Array]:
    """A forward pass of the 360 test digits in float32, written out for speed; call it to time it.

    Dense layers and ReLUs only, without the checks of ``Network``: what a program made for
    inference would run.
    """
    views = {name: view.astype(np.float32) for name, view in net.views(theta).items()}
    layers = [(views[f"W{k}"], views[f"b{k}"]) for k in range(1, len(views) // 2 + 1)]
    x = digits().x_test.astype(np.float32)

    def run() -> Array:
        h = x
        for W, b in layers[:-1]:
            h = h @ W
            h += b
            np.maximum(h, 0, out=h)
        W, b = layers[-1]
        outputs: Array = h @ W + b
        return outputs

    return run


def seconds_ratio(call: Callable[[], Any], base: Callable[[], Any], *, rounds: int = 201) -> float:
    """Median processor time of a call over that of the base, the two taken in turns."""
    ours, theirs = processor_seconds(call, base, rounds=rounds)
    return ours / theirs


def processor_seconds(*calls: Callable[[], Any], rounds: int) -> list[float]:
    """The median processor time of each call, taken in turns, after five that do not count.

    Time on the processor, and not on the wall: on a machine that has other things to do, a call
    that takes longer than its turn would be charged for waiting, too. Run it with one thread.
    """
    taken: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 5):
        for call, seconds in zip(calls, taken, strict=True):
            begin = time.process_time()
            call()
            if number >= 5:
                seconds.append(time.process_time() - begin)
    return [statistics.median(seconds) for seconds in taken]


def record(chapter: str, found: Sequence[Point], *, command: str) -> Path:
    """Write a chapter's points with their provenance, in place of what it had recorded before.

    Parameters
    ----------
    chapter : str
        Such as ``"15_quantization"``; every point must name it.
    found : sequence of Point
    command : str
        What renews the file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If a point names another chapter, or a name comes twice.
    """
    names = [point.name for point in found]
    if any(point.chapter != chapter for point in found) or len(set(names)) != len(names):
        raise ValueError(f"points are {names}; expected unlike names, all of chapter {chapter!r}.")
    entry = {
        "provenance": provenance(command),
        "points": [asdict(point) for point in found],
    }
    path = Path(__file__).parent / "data" / "smaller" / f"{chapter}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")
    return path


def provenance(command: str) -> dict[str, Any]:
    """Where a record comes from: command, date, machine and versions."""
    return {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, one core",
        "versions": {
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "scipy": version("scipy"),
        },
    }


def points(chapter: str | None = None) -> list[Point]:
    """The recorded points, in the order of the chapters; of one chapter if it is named."""
    return [Point(**row) for _, entry in _entries(chapter) for row in entry["points"]]


def provenances(chapter: str | None = None) -> Mapping[str, Mapping[str, Any]]:
    """Command, date, machine and versions by chapter."""
    return {name: entry["provenance"] for name, entry in _entries(chapter)}


def _entries(chapter: str | None) -> list[tuple[str, dict[str, Any]]]:
    folder = files("nnedu.contests").joinpath("data", "smaller")
    found = sorted(path.name.removesuffix(".json") for path in folder.iterdir())
    chosen = found if chapter is None else [chapter]
    return [(name, json.loads(folder.joinpath(f"{name}.json").read_text())) for name in chosen]
