"""Networks of every shape under one training routine: what the chapter on architecture compares."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from nnedu._typing import Array, Backward
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import (
    Chain,
    Conv2D,
    Dense,
    EachPlace,
    Network,
    Recurrent,
    Residual,
    SelfAttention,
    he_normal,
    last_step,
    relu,
)
from nnedu.nn.layer import Layer, PlainLayer
from nnedu.optim import Optimizer
from nnedu.train import Run, minibatches, train

Initializer = Callable[[np.random.Generator, int, int], Array]


def zeros(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """An initialiser that gives zeros, for the last layer of a residual branch."""
    return np.zeros((inputs, outputs))


def stack(
    hidden: int,
    *,
    residual: bool = False,
    width: int = 24,
    inputs: int = 64,
    outputs: int = 10,
    f: PlainLayer = relu,
    weights: Initializer = he_normal,
    last: Initializer = zeros,
) -> Network:
    """A dense network of ``1 + hidden`` hidden layers of one width, plain or in residual blocks.

    A block has two layers, its activations before them and ``last`` initialising the second. With
    and without blocks there are equally many parameters.
    """
    dense = partial(Dense, width, weights=weights)
    if not residual:
        plain: list[Layer | PlainLayer] = [part for _ in range(hidden) for part in (dense(), f)]
        return Network([dense(), f, *plain, Dense(outputs)], inputs=inputs)
    blocks = [Residual([f, dense(), f, Dense(width, weights=last)]) for _ in range(hidden // 2)]
    return Network([dense(), *blocks, f, Dense(outputs)], inputs=inputs)


def widest(hidden: int, parameters: int, *, inputs: int, outputs: int) -> Network:
    """The widest plain ReLU network of ``hidden`` layers with at most so many parameters."""
    width = 1
    while True:
        net = stack(hidden - 1, width=width + 1, inputs=inputs, outputs=outputs)
        if net.size > parameters:
            return stack(hidden - 1, width=width, inputs=inputs, outputs=outputs)
        width += 1


def fit(
    net: Network,
    batches: Iterator[tuple[Array, ...]],
    *,
    lr: float,
    seed: int,
    steps: int,
    **keywords: Any,
) -> Run | None:
    """Train with Adam from the start that belongs to ``seed``; None if the run explodes."""
    theta, objective = net.init(np.random.default_rng(seed)), net.objective(softmax_cross_entropy)
    try:
        return train(objective, theta, Optimizer("adam", lr=lr), batches, steps=steps, **keywords)
    except FloatingPointError:
        return None


def end_loss(
    net: Network, x: Array, y: Array, *, lr: float, seed: int, steps: int, size: int = 64
) -> float:
    """The training loss over all of ``x`` after ``steps`` updates; inf if the run explodes."""
    batches = minibatches(np.random.default_rng(seed + 1000), size, x, y)
    run = fit(net, batches, lr=lr, seed=seed, steps=steps)
    return np.inf if run is None else softmax_cross_entropy(net.predict(run.theta, x), y)[0]


def tuned(
    measure: Callable[..., float], lrs: Sequence[float], *, seed: int = 0
) -> tuple[float, list[float]]:
    """The learning rate with the smallest ``measure(lr=, seed=)``, and what each one gave."""
    tried = [measure(lr=lr, seed=seed) for lr in lrs]
    return lrs[int(np.argmin(tried))], tried


def recall(
    N: int, pairs: int, rng: np.random.Generator, *, last: bool = False
) -> tuple[Array, Array]:
    """Sequences of pairs (key, value), then one of the keys: which value went with it?

    Sixteen keys, none twice in a sequence, and eight values, each as a one-hot code side by side;
    the question has no value. ``last`` always asks for the pair just before the question.

    Returns
    -------
    x : float64 array, shape (N, pairs + 1, 24)
    labels : int array, shape (N,)
    """
    keys = np.argsort(rng.random((N, 16)), axis=1)[:, :pairs]
    values = rng.integers(8, size=(N, pairs))
    asked = np.full(N, pairs - 1) if last else rng.integers(pairs, size=N)
    x, n, t = np.zeros((N, pairs + 1, 24)), np.arange(N), np.arange(pairs)
    x[n[:, None], t, keys] = 1
    x[n[:, None], t, 16 + values] = 1
    x[n, pairs, keys[n, asked]] = 1
    return x, values[n, asked]


def column(x: Array) -> tuple[Array, Backward]:
    """Sequences (N, T, I) as images (N, T, 1, I), for convolutions along the steps."""
    return x[:, :, None, :], lambda d_y: (d_y[:, :, 0, :],)


def row(x: Array) -> tuple[Array, Backward]:
    """Images (N, T, 1, I) as sequences (N, T, I): the way back from :func:`column`."""
    return x[:, :, 0, :], lambda d_y: (d_y[:, :, None, :],)


def readers(steps: int) -> dict[str, Network]:
    """Three networks that read a sequence of 24 features and name one of 8 values at its end.

    Each has about 3,200 parameters. Two centred windows of seven reach six steps back: at up to
    seven steps the convolution's answer depends on all of them.
    """
    wide = partial(Conv2D, 12, (7, 1), padding="same")
    kinds: dict[str, list[Layer | PlainLayer]] = {
        "attention": [EachPlace([Dense(24)]), SelfAttention(1), last_step, Dense(8)],
        "recurrent": [Recurrent(42), last_step, Dense(8)],
        "convolution": [column, wide(), relu, wide(), relu, row, last_step, Dense(8)],
    }
    return {name: Network(layers, inputs=(steps, 24)) for name, layers in kinds.items()}


def learn_recall(
    net: Network, *, lr: float, seed: int, steps: int, last: bool = False, stop: float = 2.0
) -> Run | None:
    """Train on fresh sequences, 32 an update, judged on 300 others every 10 updates.

    The run ends before ``steps`` where the share of right answers reaches ``stop``.
    """
    pairs = net.inputs[0] - 1
    x, labels = recall(300, pairs, np.random.default_rng(seed + 2000), last=last)

    def batches(rng: np.random.Generator) -> Iterator[tuple[Array, ...]]:
        while True:
            yield recall(32, pairs, rng, last=last)

    def right(theta: Array) -> dict[str, float]:
        return {"right": float(np.mean(net.predict(theta, x).argmax(axis=1) == labels))}

    return fit(
        net,
        batches(np.random.default_rng(seed + 1000)),
        lr=lr,
        seed=seed,
        steps=steps,
        evaluate=right,
        every=10,
        target=lambda metrics: metrics["right"] >= stop,
    )


def through(net: Network, x: Array, y: Array, *, seed: int) -> tuple[float, float]:
    """What the layers between the first and the last do to gradients and to examples, at the start.

    ``net`` is a :func:`stack`; ``h_1`` is what its first dense layer gives, ``h_L`` what reaches
    the last activation.

    Returns
    -------
    gradient : float
        Length of the loss's gradient in ``h_1`` over that in ``h_L``.
    apart : float
        One minus the cosine between two examples' rows of ``h_L``, the mean over all pairs.
    """
    theta = net.init(np.random.default_rng(seed))
    arrays, middle = list(net.views(theta).values()), Chain(net.layers[1:-2])
    first, _ = net.chain.layers[0](x, *arrays[:2])
    last, back = middle(first, *arrays[2:-2])
    outputs, back_head = Chain(net.layers[-2:])(last, *arrays[-2:])
    d_last = back_head(softmax_cross_entropy(outputs, y)[1])[0]
    gradient = np.linalg.norm(back(d_last)[0]) / np.linalg.norm(d_last)
    unit = last / np.linalg.norm(last, axis=1, keepdims=True)
    cosines = (unit @ unit.T)[np.triu_indices(len(x), k=1)]
    return float(gradient), float(1 - cosines.mean())
