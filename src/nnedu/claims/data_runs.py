"""Trainings that the chapter on data and its claims share."""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from nnedu._typing import Array
from nnedu.data import cutout, flip, load_digits, mixup, noise, shift, two_moons
from nnedu.losses.cross_entropy import log_softmax
from nnedu.nn import Dense, Network, relu
from nnedu.optim import Optimizer
from nnedu.train import train

Augment = Callable[[Array, Array, np.random.Generator], tuple[Array, Array]]
"""``augment(x, targets, rng) -> (x, targets)`` for flat digits and one-hot labels."""


def fold_scores(
    rng: np.random.Generator, *, folds: int = 5, repeats: int = 1, fresh: bool = False
) -> Array:
    """Error rates on the folds of one data set: 40 examples, 20 features, least squares.

    Classes are Gaussian clouds that differ in one feature by two standard deviations.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the data set, and the orders of the folds.
    folds, repeats : int
        Cross-validation is repeated with new folds.
    fresh : bool
        Draw a new data set for every fold, so that no two scores share an example.

    Returns
    -------
    array, shape (repeats * folds,)
    """
    N, features, M = 40, 20, folds * repeats
    sets = M if fresh else 1
    y = rng.permuted(np.tile(np.arange(N) % 2 * 2.0 - 1, (sets, 1)), axis=1)
    x = rng.normal(size=(sets, N, features + 1))
    x[..., 0] += y
    x[..., features] = 1.0  # for the bias
    fold = rng.permuted(np.tile(np.arange(N) % folds, (repeats, 1)), axis=1)
    held = (fold[:, None] == np.arange(folds)[:, None]).reshape(M, N)
    kept = x.swapaxes(-1, -2) * ~held[:, None]  # without the fold's examples
    w = np.linalg.solve(kept @ x, kept @ y[..., None])
    wrong = y * (x @ w)[..., 0] <= 0
    scores: Array = (wrong & held).sum(axis=1) / held.sum(axis=1)
    return scores


def _flat(change: Callable[..., Array], **how: float) -> Augment:
    def augment(x: Array, targets: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        return change(x.reshape(-1, 8, 8), rng=rng, **how).reshape(x.shape), targets

    return augment


AUGMENTATIONS: dict[str, Augment] = {
    "nothing": lambda x, targets, rng: (x, targets),
    "shift": _flat(shift, most=1),
    "noise": _flat(noise, scale=0.2),
    "cutout": _flat(cutout, size=3),
    "flip": _flat(flip, share=0.5),
    "mixup": lambda x, targets, rng: mixup(x, targets, rng=rng, alpha=0.3),
}
"""What is done to the digits of each epoch, by name."""


def soft_cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """Cross-entropy against rows of probabilities, as mixup makes them.

    Parameters
    ----------
    logits, targets : arrays, shape (N, C)

    Returns
    -------
    loss : float
    d_logits : array, shape (N, C)
    """
    log_p = log_softmax(logits)
    loss = -float(np.mean(np.sum(targets * log_p, axis=1)))
    return loss, (np.exp(log_p) - targets) / len(targets)


@cache
def train_augmented(way: str, *, seed: int, updates: int = 500) -> Callable[[Array], Array]:
    """Train 64 ReLU units on 1,000 digits whose every epoch is augmented anew.

    Parameters
    ----------
    way : str
        A name in ``AUGMENTATIONS``.
    seed : int
        Of the start, the order of the examples and what the augmentation draws.
    updates : int
        Of Adam with batches of 50 and lr 0.003.

    Returns
    -------
    callable
        ``predict(x) -> labels`` for float32 digits, shape (N, 64).
    """
    digits = load_digits(dtype=np.float32)
    x, targets = digits.x_train[:1000], np.eye(10, dtype=np.float32)[digits.y_train[:1000]]
    start, order, drawn = np.random.default_rng(seed).spawn(3)
    net = Network([Dense(64), relu, Dense(10)], inputs=64)

    def batches() -> Iterator[tuple[Array, ...]]:
        while True:
            seen = AUGMENTATIONS[way](x, targets, drawn)
            for rows in order.permutation(len(x)).reshape(-1, 50):
                yield tuple(array[rows] for array in seen)

    adam = Optimizer("adam", lr=0.003)
    theta = net.init(start, np.float32)
    run = train(net.objective(soft_cross_entropy), theta, adam, batches(), steps=updates)
    return lambda images: net.predict(run.theta, images).argmax(axis=1)


def rare_moons(rng: np.random.Generator, N: int, share: float = 0.03) -> tuple[Array, Array]:
    """Two moons of which one is rare, as the ten monomials of degree 3 and less.

    Parameters
    ----------
    rng : numpy.random.Generator
    N : int
        Examples; ``share`` of them are of the rare class.
    share : float

    Returns
    -------
    x : array, shape (N, 10)
    y : float array, shape (N,)
        1 for the rare class.
    """
    points, classes = two_moons(2 * N, noise=0.35, rng=rng)
    rare = int(share * N)
    a, b = np.concatenate([points[classes == 0][: N - rare], points[classes == 1][:rare]]).T
    x = np.stack([a**i * b**j for i in range(4) for j in range(4 - i)], axis=1)
    return x, np.repeat([0.0, 1.0], [N - rare, rare])


def logistic_regression(x: Array, y: Array, weights: Array) -> Array:
    """The minimum of the weighted binary cross-entropy, by Newton's method.

    Parameters
    ----------
    x : array, shape (N, I)
    y, weights : arrays, shape (N,)
        Classes 0 and 1, and what each example's loss is multiplied by.

    Returns
    -------
    array, shape (I,)
        A penalty of 1e-4 times half its squared length keeps it finite.
    """
    theta, shares = np.zeros(x.shape[1]), weights / weights.sum()
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ theta))
        g = x.T @ (shares * (p - y)) + 1e-4 * theta
        H = (x.T * (shares * p * (1 - p))) @ x + 1e-4 * np.eye(len(theta))
        theta = theta - np.linalg.solve(H, g)
    return theta


def balanced_fits(rng: np.random.Generator, x: Array, y: Array) -> dict[str, Array]:
    """Four classifiers for a rare class: as it is, weighted, over-sampled, under-sampled.

    Parameters
    ----------
    rng : numpy.random.Generator
    x : array, shape (N, I)
    y : array, shape (N,)

    Returns
    -------
    dict of str to array, shape (I,)
    """
    rare, common = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    more = np.concatenate([common, rng.choice(rare, len(common))])
    fewer = np.concatenate([rare, rng.choice(common, len(rare), replace=False)])
    weights = np.where(y == 1, len(common) / len(rare), 1.0)
    return {
        "as it is": logistic_regression(x, y, np.ones(len(y))),
        "class weights": logistic_regression(x, y, weights),
        "over-sampled": logistic_regression(x[more], y[more], np.ones(len(more))),
        "under-sampled": logistic_regression(x[fewer], y[fewer], np.ones(len(fewer))),
    }
