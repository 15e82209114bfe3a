"""Scores task 7: runs the schedule that was handed in on its bowl."""

import numpy as np

from nnedu.lesson import generator

ZERO = 1.3  # times the loss of the tuned cosine: no points from here on


def noisy_bowl(rng):
    """The same as in the notebook: it must draw the same numbers."""
    scale, updates = 10 ** rng.uniform(-2, 2), int(rng.integers(200, 600))
    curvatures = scale * np.geomspace(1, rng.uniform(4, 20), 5)
    sigma = 10 ** rng.uniform(-1, 1)
    start = np.full(5, (sigma / scale * 10 ** rng.uniform(0, 1.2)) ** 2)
    return curvatures, {"sigma": sigma, "start": start, "updates": updates}


def losses(schedules, curvatures, sigma, start):
    """Expected losses at the end, one for each row of learning rates."""
    v = np.tile(start, (len(schedules), 1))
    with np.errstate(over="ignore", invalid="ignore"):
        for lr in schedules.T[:, :, None]:
            v = (1 - lr * curvatures) ** 2 * v + lr**2 * sigma**2
        return v @ curvatures / 2


def descent(seed, handed_in, *, margin):
    """The way from ZERO times the tuned cosine's loss to that loss, in logarithms."""
    curvatures, rest = noisy_bowl(generator(seed))
    updates, sigma, start = rest["updates"], rest["sigma"], rest["start"]

    lrs = handed_in.get("lrs")
    if lrs is None or lrs.shape != (updates,):
        return 0.0, "Expected an array with one learning rate for each update."
    lrs = lrs.astype(float)
    if not (np.all(np.isfinite(lrs)) and np.all(lrs >= 0)):
        return 0.0, "Expected finite learning rates of at least 0."

    bases = np.geomspace(0.01, 1.95, 200)[:, None] / curvatures.max()
    t = np.arange(updates)
    flat = losses(np.repeat(bases, updates, axis=1), curvatures, sigma, start).min()
    fallen = losses(bases * (1 + np.cos(np.pi * t / updates)) / 2, curvatures, sigma, start)
    target = margin * fallen.min()
    found = float(losses(lrs[None], curvatures, sigma, start)[0])
    words = f"Your loss is {found / flat:.2f} of the best constant's"
    words += f"; the target is {target / flat:.2f}."
    nothing = ZERO * fallen.min()
    if not found < nothing:
        return 0.0, words
    fraction = float(np.log(nothing / found) / np.log(nothing / target))
    return min(fraction, 1.0), words
