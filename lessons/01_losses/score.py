"""Scores task 7: how close the parameters that were handed in come to the true ones."""

import numpy as np

from nnedu.lesson import generator


def recorded(rng):
    """The same as in the notebook, with the truth: it must draw the same numbers."""
    x = np.column_stack([rng.normal(size=(200, 4)), np.ones(200)])
    theta = rng.normal(size=5) * 2
    t = x @ theta + 0.1 * rng.normal(size=200)
    wrong = rng.permutation(200)[:28]
    t[wrong] += np.where(rng.random(28) < 0.8, 1, -1) * rng.uniform(5, 30, size=28)
    return x, t, theta


def distance(seed, handed_in, *, target):
    """The fraction of the way from least squares to the target, in powers of ten."""
    x, t, truth = recorded(generator(seed))
    found = handed_in.get("theta")
    if found is None or found.shape != (5,):
        return 0.0, "Expected five parameters in an array of shape (5,)."
    found = found.astype(float)
    if not np.isfinite(found).all():
        return 0.0, "Expected finite parameters; some are nan or infinite."

    def off(theta):
        return float(np.linalg.norm(theta - truth))

    squares = off(np.linalg.lstsq(x, t, rcond=None)[0])
    mine = max(off(found), 1e-12)
    said = (
        f"The distance is {mine:.2g}; least squares reaches {squares:.2g}, the target {target:.2g}."
    )
    if mine <= target:
        return 1.0, f"Target reached. {said}"
    fraction = np.log(squares / mine) / np.log(squares / target)
    return float(np.clip(fraction, 0.0, 1.0)), said
