"""What a search under a byte budget finds: the points of chapter 16 in the figure of part IV.

No large network is made smaller here; small ones are trained from scratch, and successive halving
chooses their depth, shape and learning rate on the validation digits. The budget is arithmetic:
all runs of a search together may make as many multiply-adds as the base's 400 updates and the 400
that every other chapter may add. ``python -m nnedu.contests.searched`` renews the record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.contests.smaller import (
    BATCH,
    NET,
    SEEDS,
    STEPS,
    Point,
    accuracy,
    digits,
    forward,
    record,
    seconds_ratio,
    trained,
)
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, he_normal, relu
from nnedu.nn.cost import multiply_adds
from nnedu.optim import Optimizer
from nnedu.quantization import fake_quantize, min_max, symmetric
from nnedu.search import Choice, LogUniform, Rung, Setting, Space, Trial, cost, successive_halving
from nnedu.train import minibatches

KILOBYTES = (4, 8, 16, 32)
"""Byte budgets of the search, for float32."""

SPACE: Space = {
    "hidden": Choice([1, 2]),
    "taper": Choice([0.5, 1.0]),
    "lr": LogUniform(5e-4, 5e-2),
}
"""Hidden layers, width of the second over that of the first, and Adam's learning rate."""

RUNGS = [Rung(27, 1), Rung(9, 3), Rung(3, 9), Rung(1, 27)]
"""Of the successive halving, in units that :func:`unit` turns into updates."""

CHAPTER = "16_search"


def shaped(hidden: int, taper: float, nbytes: int) -> Network:
    """The widest network of a shape that fits into a number of bytes in float32.

    Parameters
    ----------
    hidden : {1, 2}
    taper : float
        Width of the second hidden layer over that of the first.
    nbytes : int

    Returns
    -------
    Network
    """

    def net(width: int) -> Network:
        widths = [width, max(1, round(taper * width))][:hidden]
        layers = [part for w in widths for part in (Dense(w, weights=he_normal), relu)]
        return Network([*layers, Dense(10)], inputs=64)

    width = 1
    while 4 * net(width + 1).size <= nbytes:
        width += 1
    return net(width)


def unit(nbytes: int) -> int:
    """Updates in a unit: a whole search costs what 800 updates of the base do, at most."""
    dearest = max(
        multiply_adds(shaped(hidden, taper, nbytes)) for hidden in (1, 2) for taper in (0.5, 1.0)
    )
    return int(2 * STEPS * multiply_adds(NET) / (cost(RUNGS, resumed=True) * dearest))


@dataclass
class Small:
    """Runs of small networks: ``run(setting, seed, budget) -> validation loss``, going on.

    Attributes
    ----------
    nbytes : int
        The byte budget.
    work : int
        Multiply-adds of forward passes in training so far, an example of a batch counting once.
    """

    nbytes: int
    work: int = 0
    _kept: dict[Any, list[Any]] = field(default_factory=dict, repr=False)

    def __call__(self, setting: Setting, seed: int, budget: float) -> float:
        """Train until ``budget`` units were made in all."""
        kept = self._find(setting, seed)
        net, theta, state, batches, made = kept
        objective, optimizer = net.objective(softmax_cross_entropy), _adam(setting)
        wanted = int(budget) * unit(self.nbytes)
        for _ in range(made, wanted):
            loss, g = objective(theta, *next(batches))
            if not np.isfinite(loss):
                raise FloatingPointError(f"the loss is {loss}")
            theta, state = optimizer.step(theta, g, state, inplace=True)
        self.work += (wanted - made) * multiply_adds(net)
        kept[1:] = [theta, state, batches, wanted]
        return float(softmax_cross_entropy(net.predict(theta, digits().x_val), digits().y_val)[0])

    def network(self, trial: Trial) -> tuple[Network, Array]:
        """The network of a trial, and its parameters as they stand."""
        net, theta, *_ = self._find(trial.setting, trial.seed)
        return net, theta

    def _find(self, setting: Setting, seed: int) -> list[Any]:
        key = (*setting.items(), seed)
        if key not in self._kept:
            rng = np.random.default_rng(seed)
            net = shaped(setting["hidden"], setting["taper"], self.nbytes)
            theta = net.init(rng)
            batches: Iterator[Any] = minibatches(rng, BATCH, digits().x_train, digits().y_train)
            self._kept[key] = [net, theta, _adam(setting).init(theta), batches, 0]
        return self._kept[key]


def _adam(setting: Setting) -> Optimizer:
    return Optimizer("adam", lr=setting["lr"])


def found(nbytes: int, seed: int) -> tuple[Network, Array, Trial]:
    """What the search finds under a byte budget.

    Parameters
    ----------
    nbytes, seed : int

    Returns
    -------
    network, parameters, trial
    """
    small = Small(nbytes)
    best = successive_halving(small, SPACE, rungs=RUNGS, rng=np.random.default_rng([seed, 16])).best
    if small.work > 2 * STEPS * multiply_adds(NET):
        raise AssertionError(f"the search spent {small.work:,} multiply-adds: over its budget")
    return *small.network(best), best


def in_int8(net: Network, theta: Array) -> tuple[Array, int]:
    """The parameters with weights rounded to int8, a scale for each unit, and their bytes.

    Parameters
    ----------
    net : Network
    theta : array, shape (P,)

    Returns
    -------
    theta : array, shape (P,)
        What is computed with.
    nbytes : int
        A byte a weight, four for each scale and each bias.
    """
    rounded, nbytes = theta.copy(), 0
    for name, view in net.views(rounded).items():
        if name.startswith("W"):
            _, peak = min_max(np.abs(view), axis=1)
            view[...] = fake_quantize(view, symmetric(peak, axis=1))[0]
            nbytes += view.size + 4 * view.shape[1]
        else:
            nbytes += 4 * view.size
    return rounded, nbytes


def measured() -> list[Point]:
    """The points: the best network of each byte budget, as it is and with weights in int8."""
    base, points = forward(trained(0)), []
    for kilobytes in KILOBYTES:
        plain, rounded, sizes, small = [], [], [], []
        nets = [found(1000 * kilobytes, seed) for seed in SEEDS]
        for net, theta, _ in nets:
            plain.append(accuracy(theta, net=net))
            codes, nbytes = in_int8(net, theta)
            rounded.append(accuracy(codes, net=net))
            sizes.append(4 * net.size)
            small.append(nbytes)
        ratio = float(np.median([seconds_ratio(forward(t, net=n), base) for n, t, _ in nets]))
        shapes = ", ".join(sorted({_shape(net) for net, _, _ in nets}))
        print(kilobytes, np.mean(plain), np.mean(rounded), sizes, small, ratio, shapes, flush=True)
        note = f"largest of {shapes}"
        points.append(
            Point(f"search, {kilobytes} KB", CHAPTER, plain, max(sizes), ratio, f"float32; {note}")
        )
        words = f"int8 weights computed with as float32; {note}"
        name = f"search, {kilobytes} KB, int8"
        points.append(Point(name, CHAPTER, rounded, max(small), ratio, words))
    return points


def _shape(net: Network) -> str:
    views = net.views(np.empty(net.size))
    return "-".join(["64", *(str(len(view)) for name, view in views.items() if name[0] == "b")])


if __name__ == "__main__":
    record(CHAPTER, measured(), command="python -m nnedu.contests.searched")
