"""Scores task 7: the share of unseen questions that are answered rightly."""

import numpy as np

from nnedu.lesson import generator


def truth(rng, known=200, new=100):
    """The answers that the notebook never sees; the same draws as there, in the same order."""
    rng.permutation(10)
    N = known + new
    rng.uniform(size=(N, 10))
    values, place = rng.integers(8, size=(N, 5)), rng.integers(5, size=N)
    return values[np.arange(N), place][known:]


def share_right(seed, handed_in, *, floor, target):
    """The way from the floor to the target, as a fraction."""
    right = truth(generator(seed))
    found = handed_in.get("answers")
    if found is None or found.size != right.size:
        return 0.0, f"Expected an array of shape {right.shape}: one value for each new sequence."
    share = float(np.mean(found.ravel() == right))
    fraction = float(np.clip((share - floor) / (target - floor), 0, 1))
    return fraction, f"{share:.0%} of the new questions are answered; the target is {target:.0%}."
