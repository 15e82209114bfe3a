"""Small data that figures carry with them, drawn once from a seed."""

from functools import cache
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.data.digits import load_digits
from nnedu.data.generators import spirals, two_moons
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train


@cache
def line_fit() -> dict[str, Any]:
    """Sixty-four examples of a linear fit with two weights, and the weights that fit best.

    Returns
    -------
    dict
        ``x`` (64, 2) and ``y`` (64,), rounded to three decimals, and ``best``, the least-squares
        weights of the rounded numbers.
    """
    rng = np.random.default_rng(5)
    x = (rng.normal(size=(64, 2)) @ np.array([[1.0, 0.3], [0.0, 0.5]])).round(3)
    y = (x @ np.array([1.0, 0.5]) + 0.7 * rng.normal(size=64)).round(3)
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    return {"x": x, "y": y, "best": best.round(9)}


def line_fit_gradients(theta: Array) -> Array:
    """The gradient of every example's loss, half its squared error.

    Parameters
    ----------
    theta : float array, shape (2,)

    Returns
    -------
    float array, shape (64, 2)
    """
    data = line_fit()
    found: Array = (data["x"] @ theta - data["y"])[:, None] * data["x"]
    return found


@cache
def clouds() -> dict[str, Any]:
    """Two moons and two spirals: few points to learn from, more to be asked about.

    Returns
    -------
    dict
        For ``moons`` and ``spirals`` a ``window`` and the sets ``train`` and ``test``, each with
        ``x`` (N, 2), rounded to two decimals, and ``labels``.
    """
    found: dict[str, Any] = {}
    for name, window in (
        ("moons", ((-2.0, 3.0), (-2.0, 2.5))),
        ("spirals", ((-2.2, 2.2), (-2.2, 2.2))),
    ):
        found[name] = {"window": window}
        for part, N, seed in (("train", 60, 3), ("test", 200, 4)):
            rng = np.random.default_rng(seed)
            if name == "moons":
                x, labels = two_moons(N, noise=0.3, rng=rng)
            else:
                x, labels = spirals(N, classes=2, turns=1.0, noise=0.05, rng=rng)
                x = 2 * x
            found[name][part] = {"x": x.round(2), "labels": labels}
    return found


@cache
def digit_reader(hidden: int = 20, shown: int = 300) -> dict[str, Any]:
    """A network that reads scanned digits, trained here, and digits that it has not seen.

    Parameters
    ----------
    hidden : int
        Its hidden units, ReLU.
    shown : int
        How many test digits come with it.

    Returns
    -------
    dict
        ``theta``, rounded to three decimals; ``hidden``; ``pixels``, a text with a letter from
        ``a`` to ``q`` for each of 64 pixels of every digit, ``a`` for paper and ``q`` for ink;
        ``labels``, a text of numerals.
    """
    digits = load_digits()
    net = Network([Dense(hidden), relu, Dense(10)], inputs=64)
    rng = np.random.default_rng(0)
    run = train(
        net.objective(softmax_cross_entropy),
        net.init(rng),
        Optimizer("adamw", lr=0.01, weight_decay=0.1),
        minibatches(rng, 32, digits.x_train, digits.y_train),
        steps=600,
    )
    x = np.rint(digits.x_test[:shown] * 16 / digits.x_test.max()).astype(int)
    return {
        "hidden": hidden,
        "theta": run.theta.round(3),
        "pixels": "".join(chr(ord("a") + ink) for ink in x.ravel()),
        "labels": "".join(map(str, digits.y_test[:shown])),
    }
