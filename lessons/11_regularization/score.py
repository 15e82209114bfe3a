"""Scores task 8: draws the parameters that the notebook never sees, and compares."""

import numpy as np

from nnedu.lesson import generator


def truth(seed):
    """The parameters behind the notebook's data: it must draw the same numbers."""
    rng = generator(seed)
    rng.normal(size=(40, 60))
    theta = np.zeros(60)
    theta[rng.permutation(60)[:6]] = rng.uniform(1, 2, size=6) * rng.choice([-1, 1], size=6)
    return theta


def recovered(seed, handed_in):
    """Two thirds for the support, from one half on; one third for the distance."""
    theta = truth(seed)
    guess = handed_in.get("theta")
    if guess is None or np.shape(guess) != theta.shape:
        return 0.0, "Expected an array of shape (60,): a coefficient for each feature."
    guess = np.asarray(guess, dtype=float)
    if not np.all(np.isfinite(guess)):
        return 0.0, "Expected finite numbers."
    true, said = theta != 0, guess != 0
    overlap = np.sum(true & said) / np.sum(true | said)
    distance, blind = np.linalg.norm(guess - theta), np.linalg.norm(theta)
    support = np.clip((overlap - 0.5) / (5 / 6 - 0.5), 0, 1)
    near = np.clip((blind - distance) / (blind - 0.4), 0, 1)
    fraction = float((2 * support + near) / 3) if distance < blind else 0.0
    words = (
        f"Of the features that you named or that count, {overlap:.0%} are both (full marks from "
        f"83 %, none at 50 %), and you are {distance:.2f} away (full marks at 0.4)."
    )
    return fraction, words
