"""Experiments behind the claims of the chapter on mini-batches."""

import tracemalloc
from collections.abc import Callable
from functools import cache

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.data import load_digits, two_moons
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import Optimizer, sgd
from nnedu.train import minibatches, train


def batch_name(*, accumulate: bool = False) -> Finding:
    """Batch gradient descent splits the data into batches.

    One pass over 1,024 digits in batches of 32, against one step along the gradient of all.

    Parameters
    ----------
    accumulate : bool
        Average the gradients of the batches and make one update, instead of one after each batch.

    Returns
    -------
    Finding
        Holds if the pass ends where the step ends. The number: how far apart they end, in units
        of the length of the step.
    """
    objective, theta, x, y = _digits(32)
    (full,) = sgd(theta, objective(theta, x, y)[1], t=1, lr=0.25)
    parts = [(x[i : i + 32], y[i : i + 32]) for i in range(0, 1024, 32)]
    split = theta
    if accumulate:
        g = np.mean([objective(theta, *part)[1] for part in parts], axis=0)
        (split,) = sgd(theta, g, t=1, lr=0.25)
    else:
        for part in parts:
            (split,) = sgd(split, objective(split, *part)[1], t=1, lr=0.25)
    apart = float(np.linalg.norm(split - full) / np.linalg.norm(full - theta))
    return Finding(apart < 1e-9, apart)


def batch_faster(*, count: str = "examples") -> Finding:
    """Full-batch descent is faster, because its gradient is more accurate.

    Trains a small network on 1,024 digits until the loss is 0.3, with batches of 32 and with all
    examples, each at the best of four learning rates.

    Parameters
    ----------
    count : "examples" or "updates"
        What is counted until the target is met: the work, or the steps.

    Returns
    -------
    Finding
        Holds if the full batch counts less. The number: how many times as much it counts.
    """
    updates = {B: min(_updates(B, lr) for lr in (0.25, 0.5, 1.0, 1.5)) for B in (32, 1024)}
    work = {B: steps * (B if count == "examples" else 1) for B, steps in updates.items()}
    ratio = work[1024] / work[32]
    return Finding(ratio < 1, ratio, {"mini": updates[32], "full": updates[1024]})


@cache  # the control counts the same runs
def _updates(B: int, lr: float, target: float = 0.3, most: int = 160) -> float:
    """Updates until the loss over all digits is ``target``; infinite if ``most`` are too few."""
    objective, theta, x, y = _digits(32)
    run = train(
        objective,
        theta,
        Optimizer("sgd", lr=lr),
        minibatches(np.random.default_rng(0), B, x, y),
        steps=most,
        evaluate=lambda theta: {"loss": objective(theta, x, y)[0]},
        every=2,
        target=lambda metrics: metrics["loss"] <= target,
    )
    return np.inf if run.reached is None else run.reached


def sgd_memory(*, other: int = 1024) -> Finding:
    """Mini-batches need more memory, because the whole batch is read.

    The peak of the memory taken for one loss and gradient of a network with 256 hidden units.

    Parameters
    ----------
    other : int
        The batch size that batches of 32 are compared with.

    Returns
    -------
    Finding
        Holds if a batch of 32 takes more. The number: how many times as much the other takes.
    """
    objective, theta, x, y = _digits(256)
    peaks = {
        B: peak_bytes(lambda B=B: objective(theta, x[:B], y[:B]))  # type: ignore[misc]
        for B in (32, other)
    }
    ratio = peaks[other] / peaks[32]
    return Finding(ratio < 1, ratio, {"mini": peaks[32] / 1e6, "other": peaks[other] / 1e6})


def peak_bytes(call: Callable[[], object]) -> int:
    """The most memory that Python and NumPy held for a call, beyond what they held before it."""
    call()  # the first call also pays for what is kept
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def noise_escapes(*, narrow: float = 0.3, wide: float = 0.8) -> Finding:
    """The noise of mini-batches helps to leave a local minimum for a better one.

    A loss over 64 examples has a narrow minimum on the left and a wide one on the right. 1,000
    runs start in the narrow one.

    Parameters
    ----------
    narrow, wide : float
        How deep the two are.

    Returns
    -------
    Finding
        Holds if more runs end in the deeper one with batches of 4 than with all examples. The
        number: the share that does with batches of 4.
    """
    deeper_left = narrow > wide
    left = {B: np.mean(two_wells(B, narrow=narrow, wide=wide) < -0.4) for B in (4, 64)}
    share = {B: float(part if deeper_left else 1 - part) for B, part in left.items()}
    return Finding(share[4] > share[64], share[4], {"full": share[64]})


def two_wells(
    B: int, *, narrow: float, wide: float, lr: float = 0.1, steps: int = 300, runs: int = 1000
) -> Array:
    """Where runs end that start at -1, in the narrow minimum of a loss over 64 examples.

    The loss of example ``i`` is ``f(theta) + c_i theta``; the ``c_i`` are normal numbers with mean
    0 and standard deviation 3, so that ``f`` is the loss of all of them.

    Parameters
    ----------
    B : int, 1 to 64
        Batch size, without replacement within a batch.
    narrow, wide : float
        Depths.
    lr : float
    steps, runs : int

    Returns
    -------
    array, shape (runs,)
    """
    rng = np.random.default_rng(0)
    c = rng.normal(size=64)
    c = 3 * (c - c.mean()) / c.std()
    theta = np.full(runs, -1.0)
    for t in range(steps):
        slope = well_slope(theta, narrow=narrow, wide=wide)
        if B < 64:  # the mean of all c_i is 0
            chosen = np.argpartition(rng.random((runs, 64)), B - 1, axis=1)[:, :B]
            slope += c[chosen].mean(axis=1)
        (theta,) = sgd(theta, slope, t=t + 1, lr=lr)
    return theta


def well_loss(theta: Array, *, narrow: float, wide: float) -> Array:
    """The loss of all examples of :func:`two_wells`."""
    left, right = np.exp(-((theta + 1) ** 2) / 0.08), np.exp(-((theta - 1) ** 2) / 0.72)
    loss: Array = theta**4 / 64 - narrow * left - wide * right
    return loss


def well_slope(theta: Array, *, narrow: float, wide: float) -> Array:
    """The derivative of :func:`well_loss`."""
    left, right = np.exp(-((theta + 1) ** 2) / 0.08), np.exp(-((theta - 1) ** 2) / 0.72)
    slope: Array = (
        theta**3 / 16 + narrow * (theta + 1) / 0.04 * left + wide * (theta - 1) / 0.36 * right
    )
    return slope


def lr_overfit(*, updates: int | None = None) -> Finding:
    """Tuning the learning rate avoids over-fitting.

    Trains a network on 40 points of two overlapping moons at two learning rates.

    Parameters
    ----------
    updates : int, optional
        Stop after so many updates; otherwise when the training loss is 0.1.

    Returns
    -------
    Finding
        Holds if at the end one of the validation losses is within a tenth of the lowest that any
        run passed through. The number: the ratio of these two.
    """
    rng = np.random.default_rng(0)
    x, y = two_moons(40, noise=0.35, rng=rng)
    x_val, y_val = two_moons(2000, noise=0.35, rng=rng)
    net = Network([Dense(32), tanh, Dense(32), tanh, Dense(2)], inputs=2)
    objective, start = net.objective(softmax_cross_entropy), net.init(np.random.default_rng(1))
    ends, lowest = [], np.inf
    for lr in (0.1, 0.2):  # well above, rounding decides where a run ends
        run = train(
            objective,
            start,
            Optimizer("sgd", lr=lr),
            minibatches(rng, 40, x, y),
            steps=updates or 4000,
            evaluate=lambda theta: {
                "val": softmax_cross_entropy(net.predict(theta, x_val), y_val)[0],
                "train": softmax_cross_entropy(net.predict(theta, x), y)[0],
            },
            every=50,
            target=lambda metrics: updates is None and metrics["train"] <= 0.1,
        )
        ends.append(float(run.metrics["val"][-1]))
        lowest = min(lowest, float(run.metrics["val"].min()))
    also = {"lowest": lowest, "smaller": ends[0], "larger": ends[1]}
    return Finding(min(ends) < 1.1 * lowest, min(ends) / lowest, also)


def _digits(width: int) -> tuple[Callable[..., tuple[float, Array]], Array, Array, Array]:
    """A network with one hidden layer: its objective and start, and 1,024 digits."""
    digits = load_digits()
    net = Network([Dense(width), tanh, Dense(10)], inputs=64)
    objective, theta = net.objective(softmax_cross_entropy), net.init(np.random.default_rng(1))
    return objective, theta, digits.x_train[:1024], digits.y_train[:1024]
