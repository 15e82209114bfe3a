"""Experiments behind the claims of the chapter on many workers."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import pairwise

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.data import load_digits
from nnedu.distributed import (
    Link,
    ring_seconds,
    sharded_objective,
    simulate,
    top_k,
    weighted_mean,
    with_feedback,
)
from nnedu.distributed.compress import Compressor
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import BatchNorm, Dense, Network, tanh
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train

NET = Network([Dense(32), tanh, Dense(10)], inputs=64)
OBJECTIVE = NET.objective(softmax_cross_entropy)


def best_of(
    run: Callable[[float, int], float], lrs: Sequence[float], seeds: Sequence[int]
) -> tuple[float, float]:
    """The geometric mean over seeds, at the learning rate that is best on another seed.

    Parameters
    ----------
    run : callable
        ``run(lr, seed) -> a number``, the lower the better.
    lrs : sequence of float
    seeds : sequence of int
        Not 0, on which the rate is chosen.

    Returns
    -------
    mean, lr : float
    """
    chosen = min(lrs, key=lambda lr: run(lr, 0))
    return float(np.exp(np.mean([np.log(run(chosen, seed)) for seed in seeds]))), chosen


def loss_of(theta: Array, examples: int = 1024) -> float:
    """The training loss over the first examples of the digits.

    Parameters
    ----------
    theta : array
    examples : int

    Returns
    -------
    float
    """
    x, y = _digits()
    return softmax_cross_entropy(NET.predict(theta, x[:examples]), y[:examples])[0]


@cache
def _digits() -> tuple[Array, Array]:
    data = load_digits()
    return data.x_train[:1024], data.y_train[:1024]


def parallel_equal(*, unequal: bool = False, batch_norm: bool = False) -> Finding:
    """The mean of the workers' gradients is the gradient of the whole batch.

    Four workers with 64 digits each, or, ``unequal``, with 160, 64, 24 and 8.

    Returns
    -------
    Finding
        Holds if the plain mean is off by less than a thousandth of the gradient's length. The
        number: by what share it is off.
    """
    x, y = (array[:256] for array in _digits())
    net, objective = NET, OBJECTIVE
    if batch_norm:
        net = Network([Dense(32), BatchNorm(), tanh, Dense(10)], inputs=64)
        objective = net.objective(softmax_cross_entropy, statistics=net.statistics())
    theta = net.init(np.random.default_rng(0))
    whole = objective(theta, x, y)[1]
    bounds = np.cumsum([0, 160, 64, 24, 8]) if unequal else np.arange(0, 257, 64)
    shards = [slice(a, b) for a, b in pairwise(bounds)]
    gradients = [objective(theta, x[shard], y[shard])[1] for shard in shards]
    apart = weighted_mean(gradients, [1] * len(shards)) - whole
    off = float(np.linalg.norm(apart) / np.linalg.norm(whole))
    return Finding(off < 1e-3, off)


def updates_to_target(
    B: int, lr: float, seed: int, *, target: float = 0.3, most: int = 1600
) -> int:
    """Updates with batches of ``B`` digits until the training loss is at the target.

    Parameters
    ----------
    B : int
    lr : float
    seed : int
    target : float
    most : int
        What counts where it does not arrive.

    Returns
    -------
    int
    """
    rng = np.random.default_rng(seed)
    run = train(
        sharded_objective(OBJECTIVE, 1),
        NET.init(np.random.default_rng(1)),
        Optimizer("sgd", lr=lr),
        minibatches(rng, B, *_digits()),
        steps=min(most, max(100, 2000 // B)),
        evaluate=lambda theta: {"loss": loss_of(theta)},
        every=max(1, 32 // B),
        target=lambda metrics: not target < metrics["loss"] < 10,
    )
    return run.reached if run.reached and run.metrics["loss"][-1] <= target else most


def scale_linear(
    *, workers: int = 16, examples: int = 32, seconds: float = 5e-6, link: Link | None = None
) -> Finding:
    """Twice the workers need half the time: the digits to a training loss of 0.3.

    Updates are counted in real runs, each batch size at its best learning rate; an update takes
    ``examples`` times ``seconds`` and a ring all-reduce.

    Returns
    -------
    Finding
        Holds if twice the workers need less than 0.6 of the time. The number: the quotient.
        Besides: ``updates``, the quotient of the updates, and ``step``, that of an update's time.
    """
    link = link or Link(alpha=4e-5, beta=5e-10)
    lrs = (0.5, 1.0, 2.0) if workers * examples > 8 else (0.03125, 0.0625, 0.125, 0.25)
    updates, steps = [], []
    for n in (workers, 2 * workers):
        updates.append(best_of(partial(updates_to_target, n * examples), lrs, (1, 2))[0])
        steps.append(examples * seconds + float(ring_seconds(n, 4 * NET.size, link)))
    fewer, longer = updates[1] / updates[0], steps[1] / steps[0]
    return Finding(fewer * longer < 0.6, fewer * longer, {"updates": fewer, "step": longer})


def _durations(rng: np.random.Generator, equal: bool) -> Iterator[float]:
    while True:
        yield 1.0 if equal else float(rng.exponential())


def async_faster(*, equal: bool = False, workers: int = 8) -> Finding:
    """Asynchronous training is faster, because nobody waits; the digits, in simulated time.

    A gradient of 32 digits takes 1 on average, exponentially distributed or always. Both ways with
    the best of their learning rates.

    Returns
    -------
    Finding
        Holds if the target is met in less than 0.8 of the time of those who wait. The number: the
        quotient.
    """

    def run(lr: float, seed: int, *, wait: bool) -> float:
        done = simulate(
            OBJECTIVE,
            NET.init(np.random.default_rng(1)),
            minibatches(np.random.default_rng(seed), 32, *_digits()),
            _durations(np.random.default_rng(seed + 100), equal),
            workers=workers,
            lr=lr,
            updates=60 if wait else 60 * workers,
            wait=wait,
            target=lambda theta: not 0.3 < loss_of(theta, 512) < 10,
            every=1 if wait else workers // 2,
        )
        arrived = done.reached is not None and loss_of(done.theta, 512) <= 0.3
        return float(done.reached) if arrived and done.reached else 1000.0

    together, _ = best_of(partial(run, wait=True), (0.5, 1.0, 2.0), (1, 2, 3))
    apart, _ = best_of(partial(run, wait=False), (0.0625, 0.125, 0.25, 0.5), (1, 2, 3))
    return Finding(apart < 0.8 * together, apart / together)


def compressed_loss(
    compressor: Compressor | None,
    lr: float,
    seed: int,
    *,
    feedback: bool = True,
    workers: int = 4,
    steps: int = 150,
) -> float:
    """The training loss after ``steps`` updates with gradients that were compressed.

    Parameters
    ----------
    compressor : callable, optional
        ``compressor(g) -> (sent, nbytes)``; without one, gradients are sent as they are.
    lr : float
    seed : int
    feedback : bool
        Whether each worker remembers what it did not send.
    workers : int
        With 32 digits each.
    steps : int

    Returns
    -------
    float
    """
    rng = np.random.default_rng(seed)
    theta, memory = NET.init(rng), np.zeros((workers, NET.size))
    batches = minibatches(rng, 32 * workers, *_digits())
    for _ in range(steps):
        x, y = (array.reshape(workers, 32, *array.shape[1:]) for array in next(batches))
        sent = np.zeros(NET.size)
        for w in range(workers):
            g = OBJECTIVE(theta, x[w], y[w])[1]
            if compressor is None:
                sent += g
            elif feedback:
                arrived, memory[w], _ = with_feedback(compressor, g, memory[w])
                sent += arrived
            else:
                sent += compressor(g)[0]
        theta = theta - lr * sent / workers
    return loss_of(theta)


def compression_costs(*, feedback: bool = True) -> Finding:
    """Sending one gradient entry in a hundred costs accuracy; four workers, 150 updates.

    With error feedback at the learning rate that is best for whole gradients, and without it at its
    own best of four.

    Returns
    -------
    Finding
        Holds if the training loss ends more than 1.5 times as high. The number: the quotient.
    """
    largest = partial(top_k, k=24)  # of 2,410
    lrs, seeds = (0.25, 0.5, 1.0, 2.0), (1, 2, 3)
    full, lr = best_of(partial(compressed_loss, None), lrs, seeds)
    rates = (lr,) if feedback else (0.5, 1.0, 2.0, 4.0)
    small, _ = best_of(partial(compressed_loss, largest, feedback=feedback), rates, seeds)
    return Finding(small > 1.5 * full, small / full)
