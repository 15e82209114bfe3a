"""Scores task 7: how well targets are predicted, and how calmly noise is."""

import numpy as np

from nnedu.lesson import generator


def regression(rng, N, noise):
    """The same draws as in the notebook; the targets of a rule come without their noise."""
    x = rng.uniform(-1, 1, size=(N, 3))
    a, b = rng.normal(size=(2, 3))
    a, b = 2 * a / np.linalg.norm(a), 2 * b / np.linalg.norm(b)
    rule = np.sin(x @ a) + (x @ b) ** 2 / 2
    t = rule + 0.05 * rng.normal(size=N)
    if noise:
        t = rng.permutation(t)
    return t, rule


def explained(seed, handed_in, *, target):
    """Variance explained where there is a rule, times closeness to the mean where there is none."""
    rng = generator(seed)
    noise = rng.permutation([True, True, False, False])
    shares: dict[bool, list[float]] = {True: [], False: []}
    words = []
    for i, is_noise in enumerate(noise):
        t, rule = regression(rng, 190, is_noise)
        got = np.asarray(handed_in.get(f"set {i + 1}", ()), dtype=float)
        if got.shape != (40,) or not np.isfinite(got).all():
            return 0.0, f"set {i + 1} has shape {got.shape}; expected 40 finite predictions."
        if is_noise:
            apart = np.mean((got - t[:150].mean()) ** 2) / np.var(t)
            shares[True].append(np.clip(1 - (apart - 0.05) / 0.2, 0, 1))
            words.append(f"a noise set: {apart:.2f} variances from the mean")
        else:
            share = 1 - np.mean((got - rule[150:]) ** 2) / np.var(rule[150:])
            shares[False].append(np.clip(share / target, 0, 1))
            words.append(f"a set with a rule: {share:.2f} of the variance explained")
    return float(np.mean(shares[True]) * np.mean(shares[False])), "; ".join(sorted(words)) + "."
