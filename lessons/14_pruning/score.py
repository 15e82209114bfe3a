"""Scores task 8: the variance of unseen targets that a few weights explain."""

import numpy as np

from nnedu.lesson import generator


def device(rng, inputs=30, k=5):
    """The units and the weights that the notebook never sees; the same draws as there, in order."""
    units = 10 ** rng.uniform(-1.5, 1.5, size=inputs)
    counts = rng.permutation(inputs)[:k]
    w = np.zeros(inputs)
    w[counts] = rng.choice([-1, 1], size=k) * rng.uniform(0.7, 1.4, size=k)
    return units, w, k


def explained(seed, handed_in, *, floor, target):
    """The way from the floor to the target, as a fraction."""
    units, true, k = device(generator(seed))
    w = handed_in.get("w")
    if w is None or w.shape != true.shape or not np.isfinite(w).all():
        return 0.0, f"Expected {len(true)} finite numbers in an array of shape {true.shape}."
    left = int(np.count_nonzero(w))
    if left > k:
        return 0.0, f"{left} weights are not 0; at most {k} may be."
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4000, len(true))) + 0.7 * rng.normal(size=(4000, 1))
    y = z @ true
    share = 1 - float(np.mean((z @ (w * units) - y) ** 2) / np.mean(y**2))
    fraction = float(np.clip((share - floor) / (target - floor), 0, 1))
    return (
        fraction,
        f"{max(share, 0):.0%} of the variance is explained; the target is {target:.0%}.",
    )
