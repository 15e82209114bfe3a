"""Scores task 7: runs gradient descent with the learning rates that were handed in."""

import numpy as np

from nnedu.lesson import generator


def random_bowl(rng, curvatures):
    """The same as in the notebook: it must draw the same numbers."""
    Q, _ = np.linalg.qr(rng.normal(size=(len(curvatures), len(curvatures))))
    A = Q @ np.diag(curvatures) @ Q.T
    return (A + A.T) / 2


def descent(seed, handed_in, *, budget):
    """The fraction of the way to the target, in the logarithm of the loss above the minimum."""
    rng = generator(seed)
    A = rng.uniform(0.2, 5) * random_bowl(rng, np.geomspace(1, rng.uniform(40, 80), 8))

    lrs = handed_in.get("learning rates")
    if lrs is None or lrs.ndim != 1 or len(lrs) < budget:
        return 0.0, f"Expected {budget} learning rates in an array of one dimension."
    lrs = lrs[:budget].astype(float)
    if not np.all((lrs > 0) & np.isfinite(lrs)):
        return 0.0, "Expected finite learning rates above 0."

    curvatures = np.linalg.eigvalsh(A)
    distances = np.ones(len(curvatures))  # each along its eigenvector; their minimum is 0
    with np.errstate(over="ignore", invalid="ignore"):
        for lr in lrs:
            distances = distances - lr * curvatures * distances
        left = float(np.max(distances**2))  # of the first loss, in the run that does worst

    slowest = (curvatures[-1] - curvatures[0]) / (curvatures[-1] + curvatures[0])
    target = slowest ** (2 * budget)  # what the best constant learning rate reaches
    if not left < 1:
        return 0.0, "The loss at the end is no lower than at the start in one of the runs."
    fraction = float(np.log(max(left, 1e-300)) / np.log(target))
    if fraction > 1 - 1e-6:
        return 1.0, f"Target reached: {left:.1e} of the first loss is left, at most {target:.1e}."
    return fraction, f"{left:.1e} of the first loss is left; the target is {target:.1e}."
