"""Deep classifiers of digits, with and without normalisation: what several experiments train."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.data import load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Layer, Network, relu
from nnedu.optim import Optimizer
from nnedu.train import Run, minibatches, train

Norm = Callable[[], Layer] | None


def deep(
    depth: int, width: int = 32, *, norm: Norm = None, share: float = 1.0, after: Norm = None
) -> Network:
    """A network for the digits: ``depth`` hidden layers of ReLU units and a softmax layer.

    Parameters
    ----------
    depth, width : int
    norm : callable, optional
        Makes the normalisation between each dense layer and its ReLU, such as ``BatchNorm``.
    share : float, above 0
        The variance of the hidden weights as a multiple of He's.
    after : callable, optional
        Makes a layer to stand after each ReLU, such as dropout.

    Returns
    -------
    Network
    """

    def weights(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
        return rng.normal(0, np.sqrt(share * 2 / inputs), size=(inputs, outputs))

    layers: list[Any] = []
    for _ in range(depth):
        layers += [Dense(width, weights=weights), *([norm()] if norm else []), relu]
        layers += [after()] if after else []
    return Network([*layers, Dense(10)], inputs=64)


def fit(
    net: Network,
    x: Array,
    labels: Array,
    *,
    lr: float,
    steps: int,
    rule: str = "sgd",
    size: int = 64,
    seed: int = 0,
    statistics: dict[str, Array] | None = None,
    every: int = 10,
    evaluate: Callable[[Array], dict[str, float]] | None = None,
    target: float | None = None,
) -> Run:
    """Train a classifier, whatever layers it has.

    Parameters
    ----------
    net : Network
    x, labels : arrays, first dimension N
    lr : float
    steps : int
    rule : str
    size : int
        Of a batch.
    seed : int
        Of the start, of what dropout draws, and of the batches.
    statistics : dict, optional
        Filled with the running statistics, for a network that has some.
    every : int
        Updates between two evaluations.
    evaluate : callable, optional
        By default the loss on ``x`` in inference.
    target : float, optional
        Stop at the first evaluation with a loss of at most this.

    Returns
    -------
    Run
    """
    held = {} if statistics is None else statistics
    held.update(net.statistics())

    def loss(theta: Array) -> dict[str, float]:
        return {"loss": softmax_cross_entropy(net.predict(theta, x, held), labels)[0]}

    draws = np.random.default_rng([seed, 1])
    return train(
        net.objective(softmax_cross_entropy, rng=draws, statistics=held),
        net.init(np.random.default_rng([seed, 0])),
        Optimizer(rule, lr=lr),
        minibatches(np.random.default_rng([seed, 2]), size, x, labels),
        steps=steps,
        evaluate=evaluate or loss,
        every=every,
        target=None if target is None else lambda metrics: metrics["loss"] <= target,
    )


def updates_to(
    target: float,
    lrs: tuple[float, ...],
    *,
    limit: int,
    norm: Norm = None,
    depth: int,
    seeds: int = 1,
    **how: Any,
) -> tuple[float, float]:
    """Fewest updates to a training loss on 512 digits over some learning rates, and which it was.

    A mean over ``seeds`` starts, in which a run that misses the target, or explodes, counts as
    ``limit``.
    """
    digits = load_digits()
    x, labels = digits.x_train[:512], digits.y_train[:512]
    net = deep(depth, norm=norm, **how)

    def updates(lr: float, seed: int) -> int:
        stop: dict[str, Any] = {"steps": limit, "every": 5, "target": target}
        try:
            reached = fit(net, x, labels, lr=lr, seed=seed, **stop).reached
        except FloatingPointError:
            return limit
        return limit if reached is None else max(reached, 1)

    return min((float(np.mean([updates(lr, seed) for seed in range(seeds)])), lr) for lr in lrs)


def wrong_labels(N: int = 400, share: float = 0.3) -> tuple[Array, Array, Array]:
    """Digits of which a share has a wrong label: inputs, labels, and which are wrong."""
    digits, rng = load_digits(), np.random.default_rng(0)
    x, labels = digits.x_train[:N], digits.y_train[:N].copy()
    wrong = rng.random(N) < share
    labels[wrong] = (labels[wrong] + rng.integers(1, 10, size=int(wrong.sum()))) % 10
    return x, labels, wrong
