"""The points of the chapter on quantization in the figure of part IV.

``python -m nnedu.contests.bits_points`` writes ``data/smaller/15_quantization.json``.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from nnedu._typing import Array, Objective
from nnedu.compression import observe, quantize_network
from nnedu.contests import fewer_bits as contest
from nnedu.contests.fewer_bits import STUDENT, TUNING_SEEDS, falling, validation_loss
from nnedu.contests.pruning import cut_once
from nnedu.contests.record_bits import cpu_medians
from nnedu.contests.smaller import (
    NET,
    OBJECTIVE,
    SEEDS,
    STEPS,
    Point,
    accuracy,
    batches,
    digits,
    forward,
    record,
    trained,
)
from nnedu.nn import Network
from nnedu.quantization import (
    Clusters,
    cluster,
    cluster_gradient,
    dequantize_groups,
    float16,
    quantize_groups,
)
from nnedu.train import train

CHAPTER = "15_quantization"
LRS = (0.001, 0.002, 0.004, 0.008, 0.016)
RESTORED = "restored to float32 once, at loading; processor time"


def in_integers(theta: Array, net: Network = NET) -> Any:
    """The network in int8, its input grids calibrated on 256 training digits."""
    return quantize_network(net, theta, observe(net, theta, digits().x_train[:256]))


def integer_accuracy(theta: Array, net: Network = NET) -> float:
    """The share of test digits that the int8 network gets right."""
    logits = in_integers(theta, net).predict(digits().x_test)
    return float(np.mean(logits.argmax(axis=1) == digits().y_test))


def integer_pass(theta: Array, net: Network = NET) -> Callable[[], Array]:
    """The int8 network's forward pass of the test digits, from float32."""
    small, x = in_integers(theta, net), digits().x_test.astype(np.float32)

    def run() -> Array:
        outputs: Array = small.predict(x)
        return outputs

    return run


def grouped(theta: Array, *, group: int = 32) -> tuple[Array, int]:
    """Weights in four bits and back, and their bytes with float32 biases."""
    rounded, nbytes = theta.copy(), 0
    for W in NET.views(rounded).values():
        if W.ndim > 1:
            stored = quantize_groups(W, group=group)
            W[...] = dequantize_groups(stored)
            nbytes += stored.nbytes
        else:
            nbytes += 4 * W.size
    return rounded, nbytes


def shared(theta: Array, k: int) -> tuple[dict[str, Clusters], Array]:
    """Every matrix in ``k`` shared values; what is trained: the codebooks, then the biases."""
    views = NET.views(theta)
    found = {name: cluster(W, k) for name, W in views.items() if W.ndim > 1}
    biases = [b for b in views.values() if b.ndim == 1]
    return found, np.concatenate([*(c.codebook for c in found.values()), *biases])


def restore(found: dict[str, Clusters], phi: Array) -> Array:
    """All parameters from codebooks and biases."""
    theta, start = np.empty(NET.size), 0
    views = NET.views(theta)
    for name, clusters in found.items():
        stop = start + clusters.codebook.size
        views[name][...] = phi[start:stop][clusters.codes]
        start = stop
    for view in views.values():
        if view.ndim == 1:
            view[...] = phi[start : start + view.size]
            start += view.size
    return theta


def shared_objective(found: dict[str, Clusters]) -> Objective:
    """The loss of the restored network, and its gradient with respect to what is trained."""

    def objective(phi: Array, *batch: Array) -> tuple[float, Array]:
        value, g = OBJECTIVE(restore(found, phi), *batch)
        views = NET.views(g)
        books = [cluster_gradient(views[name], clusters) for name, clusters in found.items()]
        return value, np.concatenate([*books, *(b for b in views.values() if b.ndim == 1)])

    return objective


def clustered(seed: int, lr: float, *, k: int = 16) -> Array:
    """16 shared values a layer, trained for 400 updates; lr falls to 0."""
    found, phi = shared(trained(seed), k)
    again = batches(seed, again=True)
    return restore(
        found, train(shared_objective(found), phi, falling(lr), again, steps=STEPS).theta
    )


def _best(method: Callable[[int, float], Array]) -> float:
    """The learning rate of least validation loss on the tuning seeds."""
    losses = [np.mean([validation_loss(method(s, lr)) for s in TUNING_SEEDS[:3]]) for lr in LRS]
    return LRS[int(np.argmin(losses))]


@cache
def _pruned(seed: int, lr: float) -> Array:
    return cut_once("magnitude", 0.9, seed, lr)


def _pruned_bytes(theta: Array) -> int:
    """One bit a weight says whether it is there; each that is takes a byte."""
    matrices = [W for W in NET.views(theta).values() if W.ndim > 1]
    outputs = sum(W.shape[1] for W in matrices)
    here = sum(-(-int(W.size) // 8) + int(np.count_nonzero(W)) for W in matrices)
    return here + 4 * (2 * int(outputs) + len(matrices))  # scales, biases, scales of the inputs


def found_points() -> list[Point]:
    """Every point, measured."""
    base = forward(trained(0))
    make = partial(Point, chapter=CHAPTER)

    def over_seeds(of: Callable[[int], float]) -> list[float]:
        return [of(seed) for seed in SEEDS]

    def ratio(call: Callable[[], Array]) -> float:
        for _ in range(3):
            call(), base()
        ours, theirs = cpu_medians([call, base], rounds=101)
        return round(ours / theirs, 3)

    def as_floats(name: str, of: Callable[[int], Array], nbytes: int) -> Point:
        thetas = [of(seed) for seed in SEEDS]
        seconds = ratio(forward(thetas[0]))
        return make(
            name,
            accuracies=[accuracy(t) for t in thetas],
            nbytes=nbytes,
            seconds=seconds,
            note=RESTORED,
        )

    def as_integers(name: str, of: Callable[[int], Array], nbytes: int, net: Network) -> Point:
        shares = over_seeds(lambda seed: integer_accuracy(of(seed), net))
        return make(
            name,
            accuracies=shares,
            nbytes=nbytes,
            seconds=ratio(integer_pass(of(0), net)),
            note="int8 products by NumPy; processor time",
        )

    outputs, weights = 266, NET.size - 266
    lr_shared, lr_pruned = _best(clustered), _best(_pruned)
    chosen = contest.trials("aware")["2 bits: quantization-aware"].chosen["lr"]
    student = contest.trials("distilled")["distilled"].chosen

    def pupil(seed: int) -> Array:
        return contest.taught("distilled", seed, student)

    books = sum(c.nbytes for c in shared(trained(0).astype(np.float32), 16)[0].values())
    return [
        as_floats("float16", lambda s: float16(trained(s)), 2 * NET.size),
        as_integers("int8", trained, in_integers(trained(0)).nbytes, NET),
        as_floats("4 bits, groups", lambda s: grouped(trained(s))[0], grouped(trained(0))[1]),
        as_floats("16 shared values", lambda s: clustered(s, lr_shared), books + 4 * outputs),
        as_floats(
            "2 bits, aware",
            lambda s: contest.aware(2, s, chosen),
            weights // 4 + 4 * outputs + 4 * outputs,
        ),
        as_integers(
            "90 % pruned, int8",
            lambda s: _pruned(s, lr_pruned),
            max(_pruned_bytes(_pruned(s, lr_pruned)) for s in SEEDS),
            NET,
        ),
        make(
            "distilled student",
            accuracies=over_seeds(lambda s: contest.student_accuracy(pupil(s))),
            nbytes=4 * STUDENT.size,
            seconds=ratio(forward(pupil(0), net=STUDENT)),
            note="16 hidden units; processor time",
        ),
        as_integers("distilled, int8", pupil, in_integers(pupil(0), STUDENT).nbytes, STUDENT),
    ]


if __name__ == "__main__":
    record(CHAPTER, found_points(), command="python -m nnedu.contests.bits_points")
