"""Experiments behind the claims of the chapter on data."""

import numpy as np

from nnedu._typing import Array
from nnedu.claims import Finding
from nnedu.claims.data_runs import (
    AUGMENTATIONS,
    balanced_fits,
    fold_scores,
    rare_moons,
    train_augmented,
)
from nnedu.data import load_digits, load_table, standardize


def standardise(*, table: str = "diabetes") -> Finding:
    """Standardised inputs converge faster.

    Least squares on a table whose columns are centred, by gradient descent at the best learning
    rate, until one hundredth of the loss above the minimum is left. "sizes" is the control: the
    logarithms of radius, perimeter and root of the area of cell nuclei, on one scale as they are.

    Returns
    -------
    Finding
        Holds if the columns' own units need at least twice the updates. The number: how many times.
    """
    if table == "sizes":
        cells = load_table("breast_cancer")
        x, y = np.log(cells.x[:, [0, 2, 3]]) * [1, 1, 0.5], cells.y.astype(float)
    else:
        measured = load_table(table)
        x, y = measured.x, measured.y.astype(float)
    y = y - y.mean()
    own, scaled = (_updates(z, y, 0.01) for z in (x - x.mean(axis=0), standardize(x)(x)))
    return Finding(own >= 2 * scaled, own / scaled, {"own": own, "scaled": scaled})


def _updates(x: Array, y: Array, share: float) -> int:
    """Updates until ``share`` of the loss above the minimum is left, from the eigenvalues."""
    ones = np.column_stack([x, np.ones(len(x))])
    d, V = np.linalg.eigh(ones.T @ ones / len(x))
    start = V.T @ (ones.T @ y) / len(x) / d  # the distance along each direction, from 0
    parts, factor = d * start**2, np.abs(1 - 2 / (d[0] + d[-1]) * d)

    def left(t: int) -> float:
        return float(parts @ factor ** (2.0 * t)) / float(parts.sum())

    high = 1
    while left(high) > share:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if left(middle) > share else (low, middle)
    return high


def cv_std_error(*, fresh: bool = False, sets: int = 300) -> Finding:
    """The spread over folds, divided by the root of their number, is the standard error.

    Five-fold cross-validation, ten times with new folds, on each of ``sets`` data sets.
    ``fresh`` draws new examples for every fold.

    Returns
    -------
    Finding
        Holds if the standard deviation of the mean over data sets is within a quarter of what the
        spread says. The number: how many times as large it is; ``once`` without repeating.
    """
    rng = np.random.default_rng(0)
    scores = np.array([fold_scores(rng, repeats=10, fresh=fresh) for _ in range(sets)])

    def ratio(some: Array) -> float:
        said = np.sqrt(np.mean(some.var(axis=1, ddof=1)) / some.shape[1])
        return float(some.mean(axis=1).std(ddof=1) / said)

    found = ratio(scores)
    return Finding(0.8 < found < 1.25, found, {"once": ratio(scores[:, :5])})


def augmentation_helps(*, moved: bool = False) -> Finding:
    """Augmentation always helps.

    Digits shifted by up to one pixel in training, against digits as they are. ``moved`` tests on
    digits that were shifted too.

    Returns
    -------
    Finding
        Holds if the test accuracy is higher with all of three seeds. The number: by how many
        points, on average.
    """
    digits = load_digits(dtype=np.float32)
    x, rng = digits.x_test, np.random.default_rng(0)
    if moved:
        x, _ = AUGMENTATIONS["shift"](x, x, rng)
    gains = [
        [
            100 * float(np.mean(train_augmented(way, seed=seed)(x) == digits.y_test))
            for way in ("shift", "nothing")
        ]
        for seed in range(3)
    ]
    differences = np.subtract(*np.transpose(gains))
    return Finding(bool(np.all(differences > 0)), float(differences.mean()))


def oversampling_fixes(*, threshold: str = "moved") -> Finding:
    """Over-sampling the rare class makes a better classifier.

    2,000 examples, 60 of them rare, ten times; 10,000 for testing. Compared are the balanced
    accuracies, the means over both classes, of logistic regression on over-sampled examples and on
    the examples as they are with its threshold moved to the rare class's share. ``threshold`` is
    "moved", or "one half" for the control.

    Returns
    -------
    Finding
        Holds if over-sampling gains more than a point. The number: its gain in points.
    """
    x_test, y_test = rare_moons(np.random.default_rng(99), 10_000)
    cut = np.log(0.03 / 0.97) if threshold == "moved" else 0.0

    def balanced(found: Array) -> float:
        return float(np.mean([np.mean(found[y_test == 1]), np.mean(~found[y_test == 0])]))

    gains, scores = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        fits = balanced_fits(rng, *rare_moons(rng, 2000))
        over = balanced(x_test @ fits["over-sampled"] > 0)
        plain = balanced(x_test @ fits["as it is"] > cut)
        gains.append(100 * (over - plain))
        scores.append(100 * plain)
    gain = float(np.mean(gains))
    return Finding(gain > 1, gain, {"plain": float(np.mean(scores))})
