"""Scores task 7: the share of a spiral's points that were put into the right class."""

import numpy as np

from nnedu.lesson import generator


def spiral_labels(rng, known, unknown):
    """The labels of the points that the notebook leaves without: it must draw the same numbers."""
    turns, angle = rng.uniform(0.85, 0.95), rng.uniform(0, 2 * np.pi)
    N = known + unknown
    r, phi = np.sqrt(rng.uniform(size=N)), rng.uniform(0, 2 * np.pi, size=N)
    return (np.sin(phi - 2 * np.pi * turns * r - angle) > 0).astype(int)[known:]


def share_right(seed, handed_in, *, target):
    """The way from 75 % right to the target, as a fraction."""
    truth = spiral_labels(generator(seed), 600, 400)
    classes = handed_in.get("classes")
    if classes is None or classes.shape != truth.shape:
        got = "nothing" if classes is None else f"an array of shape {classes.shape}"
        return 0.0, f"Got {got}; expected the class of each of 400 points, shape (400,)."
    share = float(np.mean(classes == truth))
    fraction = float(np.clip((share - 0.75) / (target - 0.75), 0, 1))
    return fraction, f"{share:.1%} of the points are right; the target is {target:.0%}."
