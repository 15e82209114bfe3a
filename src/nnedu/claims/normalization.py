"""Experiments behind the claims of the chapter on dropout and normalisation."""

from functools import partial
from itertools import product
from typing import Any

import numpy as np

from nnedu._typing import Array, Backward
from nnedu.claims import Finding
from nnedu.claims.deep_digits import deep, fit, updates_to, wrong_labels
from nnedu.data import load_digits
from nnedu.losses import softmax, softmax_cross_entropy
from nnedu.nn import BatchNorm, Layer


def batchnorm_why(*, steps: int = 300, seeds: int = 3) -> Finding:
    """BatchNorm speeds training up and regularises.

    400 digits, 30 % of them mislabelled; two hidden layers, the same three learning rates, starts
    and batches with BatchNorm and without. (After 300 updates a rate of 1 is worse for both.)

    Returns
    -------
    Finding
        Holds if, in the mean over starts and each at its best learning rate, BatchNorm's training
        loss is under 1 first and its validation loss after ``steps`` updates is lower by a tenth.
        The number: that loss over the other network's.
    """
    digits = load_digits()
    x, labels, _ = wrong_labels(share=0.3)
    ends, times, means = [], [], []
    for norm in (BatchNorm, None):
        net, losses, first = deep(2, norm=norm), [], []
        for lr, seed in product((0.03, 0.1, 0.3), range(seeds)):
            held: dict[str, Array] = {}
            how: dict[str, Any] = {"steps": steps, "every": 20, "seed": seed}
            run = fit(net, x, labels, lr=lr, statistics=held, **how)
            outputs = net.predict(run.theta, digits.x_val, held)
            losses.append(softmax_cross_entropy(outputs, digits.y_val)[0])
            below = np.flatnonzero(run.metrics["loss"] < 1)
            first.append(run.evaluated[below[0]] if len(below) else np.inf)
        by_lr = np.reshape(losses, (-1, seeds))
        best = by_lr.mean(axis=1).argmin()
        ends.append(by_lr[best])
        means.append(float(by_lr[best].mean()))
        times.append(float(np.reshape(first, (-1, seeds)).mean(axis=1).min()))
    number = means[0] / means[1]
    also: dict[str, float] = {"with_": times[0], "without": times[1]}
    also |= {"seeds": seeds, "worse": int(np.sum(ends[0] > ends[1]))}
    return Finding(times[0] < times[1] and number < 0.9, number, also)


class _Shaken(BatchNorm):
    """BatchNorm whose outputs get another random scale and shift in every update."""

    def __init__(self, amount: float) -> None:
        super().__init__()
        self.amount = amount

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        y, through, *new = super().training(rng, x, *arrays)
        assert rng is not None
        scale = rng.uniform(1 / (1 + self.amount), 1 + self.amount, size=x.shape[-1])
        moved = scale * y + rng.uniform(-self.amount, self.amount, size=x.shape[-1])
        return moved, lambda d_y: through(scale * d_y), *new


class _Watch(Layer):
    """Hands its input on, and keeps each unit's mean and variance in every training batch."""

    def __init__(self, seen: list[tuple[Array, Array]]) -> None:
        self.seen = seen

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        return x, lambda d_y: (d_y,)

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        self.seen.append((x.mean(axis=0), x.var(axis=0)))
        return self(x)


def batchnorm_covariate_shift(*, amount: float = 1.0) -> Finding:
    """BatchNorm is fast because it keeps the distribution of each layer's inputs from shifting.

    After each BatchNorm every unit gets a random scale in ``[1 / (1 + amount), 1 + amount]`` and
    shift in ``[-amount, amount]``, new in every update. Three learning rates for each network,
    three starts for each rate.

    Returns
    -------
    Finding
        Holds if, with the shifts put back, the network needs at least as many updates to a training
        loss of 0.5 as one without BatchNorm. The number: its updates over the other's.
    """

    found, drift = [], []
    shaken = partial(_Shaken, amount)
    how: dict[str, Any] = {"limit": 120, "depth": 2, "seeds": 3}
    for norm, lrs in ((shaken, (0.3, 1.0, 3.0)), (None, (0.1, 0.3, 1.0))):
        updates, _ = updates_to(0.5, lrs, norm=norm, **how)
        found.append(updates)
        seen: list[tuple[Array, Array]] = []
        digits, net = load_digits(), deep(2, norm=norm, after=partial(_Watch, seen))
        fit(net, digits.x_train[:512], digits.y_train[:512], lr=0.3, steps=40, statistics={})
        means, variances = np.array([each for each, _ in seen[::2]]), [v for _, v in seen[::2]]
        drift.append(float(np.sqrt(np.mean(np.diff(means, axis=0) ** 2) / np.mean(variances))))
    plain, _ = updates_to(0.5, (1.0, 3.0, 10.0), norm=BatchNorm, **how)
    number = found[0] / found[1]
    also: dict[str, float] = {"shaken": found[0], "without": found[1], "plain": plain}
    also["drift"] = drift[0] / drift[1]
    return Finding(number >= 1, number, also)


def batchnorm_decay(*, norm: bool = True) -> Finding:
    """Weight decay regularises a BatchNorm network by making its weights small.

    A network is trained without decay; then the hidden weights are made ten times smaller.

    Returns
    -------
    Finding
        Holds if that changes any prediction's probability by more than 0.01. The number: the
        largest change.
    """
    digits, held = load_digits(), dict[str, Array]()
    net = deep(2, norm=(lambda: BatchNorm(eps=1e-12)) if norm else None)
    x, labels = digits.x_train[:512], digits.y_train[:512]
    theta = fit(net, x, labels, lr=0.3, steps=60, statistics=held).theta

    def probabilities() -> Array:
        return softmax(net.forward_training(theta, digits.x_val, held)[0])

    before = probabilities()
    for name, array in net.views(theta).items():
        if name.startswith("W") and array.shape[1] == 32:  # not the last layer's
            array /= 10
    change = float(np.abs(probabilities() - before).max())
    return Finding(change > 0.01, change)


def batchnorm_initialisation(*, norm: bool = True) -> Finding:
    """With BatchNorm the size of the first weights does not matter.

    Eight hidden layers, first weights of an eighth of, half of, and twice He's variance; three
    learning rates for each.

    Returns
    -------
    Finding
        Holds if every start reaches a training loss of 0.5 within 120 updates. The number: the
        most that any start needed, 120 for a miss.
    """
    lrs = (0.1, 0.3, 1.0) if norm else (0.03, 0.1, 0.3)
    how: dict[str, Any] = {"limit": 120, "norm": BatchNorm if norm else None, "depth": 8}
    needed = [updates_to(0.5, lrs, share=share, **how)[0] for share in (0.125, 0.5, 2.0)]
    return Finding(max(needed) < 120, float(max(needed)), {"fewest": min(needed)})
