"""Experiments behind the claims of the chapter on pruning."""

from collections.abc import Callable

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.claims.deep_digits import deep, fit, wrong_labels
from nnedu.compression import cut_theta, prunable
from nnedu.contests.pruned import recorded
from nnedu.data import load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.pruning import magnitude, trial_and_keep

Labelled = tuple[Array, Array]


def _share(wanted: float, sparsities: list[float]) -> int:
    return int(np.argmin(np.abs(np.array(sparsities) - wanted)))


def _kept(
    loss: Callable[[Array], float], theta: Array, may: Array, *, seed: int, trials: int
) -> Array:
    """What so many trials of five weights leave."""
    rng = np.random.default_rng(seed)
    return trial_and_keep(loss, theta, rng, trials=trials, remove=5, prunable=may).mask


def prune_overfit(*, validation: bool = False) -> Finding:
    """Removing random weights and keeping what lowers the loss prevents over-fitting.

    A network that has fitted 300 digits of which three in ten have a wrong label; 400 trials of
    five weights, judged by the training loss, or (``validation``) by that of other digits. From
    two starts.

    Returns
    -------
    Finding
        Holds if less than half of the gap is left: test loss minus training loss. The number: the
        share of the gap that is left. Besides: ``sparsity``, and ``magnitude``, the share that is
        left when the smallest weights go instead, equally many.
    """
    data, net = load_digits(), deep(1, 64)
    x, labels, _ = wrong_labels(300, 0.3)
    may, seen = prunable(net), (x, labels)
    judge = (data.x_val, data.y_val) if validation else seen

    def loss(theta: Array, part: Labelled) -> float:
        return float(softmax_cross_entropy(net.predict(theta, part[0]), part[1])[0])

    def gap(theta: Array) -> float:
        return loss(theta, (data.x_test, data.y_test)) - loss(theta, seen)

    rows = []
    for seed in (0, 1):
        theta = fit(net, x, labels, lr=0.01, steps=250, rule="adam", seed=seed, every=250).theta
        mask = _kept(lambda at: loss(at, judge), theta, may, seed=seed, trials=400)
        gone = 1 - float(mask[may].mean())
        small = cut_theta(net, magnitude(theta), sparsity=gone)
        rows.append((gap(theta), gap(theta * mask), gap(theta * small), gone))
    before, after, by_size, sparsity = np.mean(rows, axis=0)
    also = {"sparsity": float(sparsity), "magnitude": float(by_size / before)}
    return Finding(bool(after < before / 2), float(after / before), also)


def prune_select_test(*, nested: bool = False) -> Finding:
    """Keeping the prunings that raise the test accuracy is fine.

    Networks trained on 200 digits, from twelve starts; 600 trials of five weights, kept where no
    more of the 360 test digits are wrong. What is reported is the rise in accuracy on the same
    digits, or (``nested``) on 359 others.

    Returns
    -------
    Finding
        Holds if the reported rise exceeds the rise on 878 fresh digits by less than 1.5 points.
        The number: by how many points it does. Besides: ``reported`` and ``fresh``, the rises.
    """
    data, net = load_digits(), deep(1, 64)
    parts = {
        "test": (data.x_test, data.y_test),
        "other": (data.x_val, data.y_val),
        "fresh": (data.x_train[200:], data.y_train[200:]),
    }

    def right(theta: Array, part: str) -> float:
        x, labels = parts[part]
        return float(np.mean(net.predict(theta, x).argmax(axis=1) == labels))

    x, labels = data.x_train[:200], data.y_train[:200]
    rows = []
    for seed in range(12):
        theta = fit(net, x, labels, lr=0.01, steps=150, rule="adam", seed=seed, every=150).theta
        mask = _kept(lambda at: 1 - right(at, "test"), theta, prunable(net), seed=seed, trials=600)
        report = "other" if nested else "test"
        rows.append([right(theta * mask, p) - right(theta, p) for p in (report, "fresh")])
    reported, fresh = (100 * float(rise) for rise in np.mean(rows, axis=0))
    also = {"reported": reported, "fresh": fresh}
    return Finding(reported - fresh < 1.5, reported - fresh, also)


def prune_speed(*, form: str = "masked", sparsity: float = 0.9, batch: int = 64) -> Finding:
    """A pruned network runs faster; from the record of one layer of 1,024 units.

    ``form`` is "masked" (zeros among the weights), "CSR" (compressed rows) or "shrunk" (as many
    weights in a smaller dense matrix).

    Returns
    -------
    Finding
        Holds if it takes less than nine tenths of the dense layer's time in the record of
        ``python -m nnedu.contests.record_pruning speed``. The number: its time, dense being 1.
        Besides: ``csr``, that of compressed rows.
    """
    found = recorded("speed")
    at = _share(sparsity, found["sparsities"])
    ratio = float(found[str(batch)][form][at])
    return Finding(ratio < 0.9, ratio, {"csr": float(found[str(batch)]["CSR"][at])})
