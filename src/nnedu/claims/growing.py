"""AdaNet on two real tasks, as the chapter on search runs it."""

from functools import partial
from itertools import repeat

import numpy as np

from nnedu._typing import Array
from nnedu.claims.searching import cells
from nnedu.data import load_digits, split, standardize
from nnedu.losses import binary_cross_entropy
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import Optimizer
from nnedu.regularization import l2, penalized
from nnedu.search import (
    Choice,
    Ensemble,
    Integer,
    LogUniform,
    Setting,
    Space,
    Subnetwork,
    WeakLearner,
    adanet,
    random_search,
)
from nnedu.train import train

SINGLE: Space = {
    "hidden": Choice([1, 2]),
    "width": Integer(8, 48),
    "lr": LogUniform(3e-3, 1e-1),
    "l2": LogUniform(1e-5, 1e-2),
}
"""What is tuned of one ordinary network."""

Signed = tuple[Array, Array]
"""Inputs (N, I), and -1 or 1 for each, (N,)."""


def signed(name: str, seed: int = 0) -> tuple[Signed, Signed, Signed]:
    """A real two-class problem for AdaNet: parts to train on, to choose by, to report on.

    Parameters
    ----------
    name : {"tumours", "even or odd"}
        Breast tumours, benign or not, from 30 measurements; or 400 images of digits to train on,
        even or odd.
    seed : int
        Of the split.

    Returns
    -------
    three pairs of arrays, (N, I) and (N,)
        Inputs centred by the training part and scaled, measurements each by its own spread and
        pixels all by one number; -1 or 1.
    """
    if name == "tumours":
        x, y = cells()
        rng = np.random.default_rng(seed)
        parts = split(len(y), shares=(0.5, 0.25, 0.25), rng=rng, labels=(y > 0).astype(int))
        scale = standardize(x[parts[0]])
        first, second, third = ((scale(x[part]), y[part].astype(int)) for part in parts)
        return first, second, third
    digits = load_digits(seed=seed)
    x = digits.x_train[:400]
    mean, spread = x.mean(axis=0), x.std()

    def sides(images: Array, labels: Array) -> Signed:
        return (images - mean) / spread, np.where(labels % 2 == 0, 1, -1)

    return (
        sides(x, digits.y_train[:400]),
        sides(digits.x_val, digits.y_val),
        sides(digits.x_test, digits.y_test),
    )


def grow(x: Array, y: Array, seed: int = 0) -> WeakLearner:
    """The weak learner of the chapter: eight tanh units a layer, 60 updates of Adam.

    Parameters
    ----------
    x, y : arrays, shapes (N, I), (N,)
    seed : int
        Of its first weights.

    Returns
    -------
    WeakLearner
    """
    rng = np.random.default_rng(seed)
    return WeakLearner(x, y, width=8, limit=1.0, steps=60, lr=0.05, rng=rng)


def learned(
    part: Signed, *, strength: float, beta: float = 1e-3, seed: int = 0, rounds: int = 6
) -> Ensemble:
    """AdaNet with the chapter's weak learner.

    Parameters
    ----------
    part : (x, y)
    strength, beta : float
        ``lambda`` and ``beta``.
    seed : int
        Of the weak learner.
    rounds : int

    Returns
    -------
    Ensemble
    """
    x, y = part
    return adanet(x, y, grow(x, y, seed), rounds=rounds, strength=strength, beta=beta)


def wrong(model: Ensemble | Subnetwork, part: Signed) -> float:
    """The share of wrong signs.

    Parameters
    ----------
    model : with ``predict(x)``
    part : (x, y)

    Returns
    -------
    float
    """
    return float(np.mean(np.sign(model.predict(part[0])) != part[1]))


def tuned_single(parts: tuple[Signed, Signed, Signed], seed: int, *, trials: int = 24) -> float:
    """The test error of one ordinary network, tuned by random search on the validation part.

    Parameters
    ----------
    parts : training, validation and test part
    seed : int
        Of the search.
    trials : int
        Runs of 180 updates of Adam on all examples.

    Returns
    -------
    float
        The share of wrong test examples of the network that was chosen.
    """
    (x, y), validation, test = parts
    errors = {}

    def run(setting: Setting, start: int) -> float:
        width = setting["width"]
        hidden = [layer for _ in range(setting["hidden"]) for layer in (Dense(width), tanh)]
        net = Network([*hidden, Dense(1)], inputs=x.shape[1])
        theta = train(
            penalized(net.objective(binary_cross_entropy), partial(l2, strength=setting["l2"])),
            net.init(np.random.default_rng(start)),
            Optimizer("adam", lr=setting["lr"]),
            repeat((x, (y[:, None] > 0).astype(float))),
            steps=180,
        ).theta

        def share(part: Signed) -> float:
            return float(np.mean(np.sign(net.predict(theta, part[0])[:, 0]) != part[1]))

        errors[start] = share(test)
        return share(validation)

    found = random_search(run, SINGLE, trials=trials, rng=np.random.default_rng(seed))
    return errors[found.best.seed]
