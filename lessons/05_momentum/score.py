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
    """The fraction of the way from gradient descent to the target, in powers of ten."""
    rng = generator(seed)
    A = 10 ** rng.uniform(-2, 2) * random_bowl(rng, np.geomspace(1, rng.uniform(80, 160), 8))

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
    plain = left_after(curvatures, [(2 / (curvatures[0] + curvatures[-1]), 0.0)] * budget)
    left = left_after(curvatures, rows)
    words = f"{left:.1e} of the squared distance is left; the target is {target:.1e}."
    if not left < plain:
        return 0.0, f"Gradient descent at its best lr leaves {plain:.1e}. In your worst run {words}"
    fraction = float(np.log(max(left, 1e-300) / plain) / np.log(target / plain))
    return (1.0, f"Target reached: {words}") if fraction > 1 - 1e-6 else (fraction, words)
