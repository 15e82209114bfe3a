"""Scores task 7: runs momentum with the settings that were handed in."""

import numpy as np

from nnedu.lesson import generator


def random_bowl(rng, curvatures):
    """The same as in the notebook: it must draw the same numbers."""
    Q, _ = np.linalg.qr(rng.normal(size=(len(curvatures), len(curvatures))))
    A = Q @ np.diag(curvatures) @ Q.T
    return (A + A.T) / 2


def left_after(curvatures, rows):
    """The squared distance of the run that does worst, each started at 1, from rest."""
    distances, v = np.ones(len(curvatures)), np.zeros(len(curvatures))
    with np.errstate(over="ignore", invalid="ignore"):
        for lr, momentum in rows:
            v = momentum * v - lr * curvatures * distances
            distances = distances + v
        return float(np.max(distances**2))


def descent(seed, handed_in, *, budget):
    """The fraction of the way to the target, in the logarithm of the squared distance."""
    rng = generator(seed)
    A = rng.uniform(0.2, 5) * random_bowl(rng, np.geomspace(1, rng.uniform(80, 160), 8))

    rows = handed_in.get("settings")
    if rows is None or rows.ndim != 2 or rows.shape[1] != 2 or len(rows) < budget:
        return 0.0, f"Expected an array of shape ({budget}, 2): lr and momentum of each update."
    rows = rows[:budget].astype(float)
    lrs, momenta = rows.T
    if not (np.all(np.isfinite(rows)) and np.all(lrs > 0)):
        return 0.0, "Expected finite numbers, and learning rates above 0."
    if not np.all((momenta >= 0) & (momenta < 1)):
        return 0.0, "Expected momenta of at least 0 and below 1."

    curvatures = np.linalg.eigvalsh(A)
    low, high = np.sqrt(curvatures[[0, -1]])
    best = 4 / (low + high) ** 2, ((high - low) / (high + low)) ** 2
    target = left_after(curvatures, [best] * budget)
    left = left_after(curvatures, rows)
    if not left < 1:
        return 0.0, "In one of the runs the distance at the end is no smaller than at the start."
    fraction = float(np.log(max(left, 1e-300)) / np.log(target))
    words = f"{left:.1e} of the squared distance is left; the target is {target:.1e}."
    return (1.0, f"Target reached: {words}") if fraction > 1 - 1e-6 else (fraction, words)
