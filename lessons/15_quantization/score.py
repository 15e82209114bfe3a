"""Scores task 8: the error of the outputs on inputs that the notebook never sees."""

import numpy as np

from nnedu.lesson import generator


def layer(rng, N=2000):
    """The layer of the notebook, its draws in the same order, and new inputs of the same kind."""
    W, mix = rng.normal(size=(24, 16)), rng.normal(size=(6, 24))
    new = np.random.default_rng(15)
    return W, new.normal(size=(N, 6)) @ mix + 0.5 * new.normal(size=(N, 24))


def output_error(seed, handed_in, *, worst, target):
    """The way from the worst ratio to the target, as a fraction."""
    W, X = layer(generator(seed))
    q, s = handed_in.get("codes"), handed_in.get("scales")
    if q is None or s is None or q.shape != W.shape or s.shape != (W.shape[1],):
        return 0.0, f"Expected codes of shape {W.shape} and scales of shape ({W.shape[1]},)."
    if np.abs(q).max() > 3 or not np.isfinite(s).all():
        return 0.0, "Expected codes from -3 to 3 and finite scales."
    with np.errstate(over="ignore"):
        found = np.sqrt(np.mean((X @ (W - q * s)) ** 2))
    plain = np.abs(W).max(axis=0) / 3
    ratio = float(found / np.sqrt(np.mean((X @ (W - plain * np.rint(W / plain))) ** 2)))
    fraction = float(np.clip((worst - ratio) / (worst - target), 0, 1))
    return (
        fraction,
        f"Your outputs' error is {ratio:.2f} of that of rounding; the target is {target}.",
    )
