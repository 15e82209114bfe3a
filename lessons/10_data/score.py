"""Scores task 7: compares the labels that were handed in with those of the drawing."""

import numpy as np

from nnedu.lesson import generator


def clouds(rng, N, centres):
    """The same as in the notebook: it must draw the same numbers."""
    labels = rng.permutation(np.arange(N) % 8)
    return centres[labels] + rng.normal(size=(N, 6)), labels


def far_apart(rng):
    """The same as in the notebook."""
    while True:
        centres = rng.normal(0.0, 4.0, size=(8, 6))
        apart = np.linalg.norm(centres[:, None] - centres, axis=2) + 9 * np.eye(8)
        if apart.min() > 5:
            return centres


def accuracy(seed, handed_in, *, target):
    """The fraction of the way from 85 % to the target."""
    rng = generator(seed)
    centres = far_apart(rng)
    clouds(rng, 240, centres)  # last year's
    _, truth = clouds(rng, 320, centres)

    labels = handed_in.get("labels")
    if labels is None or labels.shape != truth.shape:
        return 0.0, f"Expected an int array of shape {truth.shape}: a label for each new example."
    share = float(np.mean(labels == truth))
    words = f"{share:.1%} of the new examples have the right label; the target is {target:.0%}."
    return float(np.clip((share - 0.85) / (target - 0.85), 0, 1)), words
