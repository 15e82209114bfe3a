"""Experiments behind the claims of the chapter on TensorFlow: what holds whatever runs the loop."""

from collections.abc import Iterator

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.data import buffer_order, load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train

CLASSIFIER = Network([Dense(64), relu, Dense(64), relu, Dense(10)], inputs=64)
"""The 784-64-64-10 classifier of the articles, for images of 8 x 8."""


def buffered(
    rng: np.random.Generator, x: Array, y: Array, *, buffer: int, size: int = 32
) -> Iterator[tuple[Array, Array]]:
    """Mini-batches for ever of examples that a shuffle buffer lets out, epoch after epoch.

    Parameters
    ----------
    rng : numpy.random.Generator
    x, y : arrays, first dimension N
    buffer : int, at least 1
        Places in the buffer.
    size : int
        Examples in a batch.

    Yields
    ------
    x, y : arrays, first dimension ``size``
    """
    while True:
        order = buffer_order(rng, len(x), buffer)
        for start in range(0, len(x) - size + 1, size):
            chosen = order[start : start + size]
            yield x[chosen], y[chosen]


def shuffle_buffer(*, buffer: int = 128, epochs: int = 5) -> Finding:
    """``dataset.shuffle(buffer)`` shuffles a data set.

    1,024 training digits, sorted as files often are, go through a buffer into the classifier; Adam
    at 0.01, batches of 32, three starts.

    Returns
    -------
    Finding
        Holds if at least 0.9 of the validation digits are right. The number: that share. Besides:
        ``classes``, the different digits in a batch of the first epoch.
    """
    data = load_digits()
    order = np.argsort(data.y_train[:1024], kind="stable")
    x, y = data.x_train[order], data.y_train[order]
    right, classes = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        theta = CLASSIFIER.init(rng)
        seen = y[buffer_order(np.random.default_rng(seed), len(y), buffer)].reshape(-1, 32)
        classes.append(np.mean([len(set(batch)) for batch in seen]))
        batches = buffered(rng, x, y, buffer=buffer)
        run = train(
            CLASSIFIER.objective(softmax_cross_entropy),
            theta,
            Optimizer("adam", lr=0.01),
            batches,
            steps=32 * epochs,
        )
        right.append(share_right(run.theta, data.x_val, data.y_val))
    share = float(np.mean(right))
    return Finding(share >= 0.9, share, {"classes": float(np.mean(classes))})


def default_recipe(*, epochs: int = 10) -> Finding:
    """Adam at its default 0.001 with batches of 128 for ten epochs is a safe choice.

    The classifier on 1,078 digits, three starts; beside it the better of two larger rates, chosen
    on the validation digits.

    Returns
    -------
    Finding
        Holds if at least 0.95 of the test digits are right. The number: that share. Besides:
        ``tuned``, the share with the chosen rate, ``lr``, that rate, and ``updates``.
    """
    data = load_digits()
    objective = CLASSIFIER.objective(softmax_cross_entropy)
    updates = len(data.x_train) // 128 * epochs
    losses, right = {}, {}
    for lr in (0.001, 0.01, 0.03):
        thetas = []
        for seed in range(3):
            rng = np.random.default_rng(seed)
            theta = CLASSIFIER.init(rng)
            batches = minibatches(rng, 128, data.x_train, data.y_train)
            run = train(objective, theta, Optimizer("adam", lr=lr), batches, steps=updates)
            thetas.append(run.theta)
        losses[lr] = np.mean([objective(each, data.x_val, data.y_val)[0] for each in thetas])
        right[lr] = np.mean([share_right(each, data.x_test, data.y_test) for each in thetas])
    lr = min((0.01, 0.03), key=lambda each: losses[each])
    also = {"tuned": float(right[lr]), "lr": lr, "updates": float(updates)}
    return Finding(bool(right[0.001] >= 0.95), float(right[0.001]), also)


def share_right(theta: Array, x: Array, y: Array) -> float:
    """The share of examples that the classifier gets right."""
    return float(np.mean(CLASSIFIER.predict(theta, x).argmax(axis=1) == y))
