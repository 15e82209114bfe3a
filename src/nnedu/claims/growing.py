"""AdaNet on two real tasks, as the chapter on search runs it."""

import numpy as np

from nnedu._typing import Array
from nnedu.claims.searching import cells
from nnedu.data import load_digits, split, standardize
from nnedu.search import Ensemble, Subnetwork, WeakLearner, adanet

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
        Inputs standardised by the training part; -1 or 1.
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
