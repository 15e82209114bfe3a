"""Scores task 8: the true time of each training with the workers that were rented."""

import numpy as np

from nnedu.lesson import generator

MOST = 400


def training(rng, *, noise):
    """The same as in the notebook: it must draw the same numbers. Time, and the deadline."""
    alpha, beta = 10.0 ** rng.uniform(-4, -3), 10.0 ** rng.uniform(-9.5, -8.5)
    b, M = float(rng.integers(8, 65)), 10.0 ** rng.uniform(6.5, 8)
    c = 10.0 ** rng.uniform(-0.5, 0.5) * (100 * alpha + beta * M) / b
    least, critical = 10.0 ** rng.uniform(3, 5), b * 10.0 ** rng.uniform(1.5, 2.5)

    def total(n):
        ring = 2 * (n - 1) * (alpha + beta * M / n)
        return least * (1 + critical / (n * b)) * (b * c + ring)

    rng.integers(2, 17, size=12)
    rng.uniform(3, 8.5, size=12)
    rng.normal(size=12)
    rng.normal(size=8)
    times = total(np.arange(1, MOST + 1))
    n = 1 + np.flatnonzero(times <= times.min() * rng.uniform(1.3, 2.5))[0]
    return total, np.sqrt(total(n) * total(max(n - 1, 0.5)))


def workers(seed, handed_in):
    """The mean over eight trainings of: in time, and no more workers than needed."""
    rng = generator(seed)
    found = handed_in.get("workers")
    if found is None or found.shape != (8,) or not np.all(np.isfinite(found)):
        return 0.0, "Expected eight finite numbers of workers, shape (8,)."
    if np.any(found < 1) or np.any(found > MOST) or np.any(found != np.rint(found)):
        return 0.0, f"Expected whole numbers of workers from 1 to {MOST}."
    points, late, many = [], 0, 0
    for n in found:
        total, deadline = training(rng, noise=0.02)
        times = total(np.arange(1, MOST + 1))
        smallest = 1 + np.flatnonzero(times <= deadline)[0]
        too_late = np.clip((total(n) / deadline - 1.05) / 0.15, 0, 1)
        too_many = np.clip((n / smallest - 1.15) / 0.45, 0, 1) if n > smallest + 1 else 0.0
        late, many = late + (too_late > 0), many + (too_many > 0)
        points.append(1 - max(too_late, too_many))
    fraction = max(0.0, (float(np.mean(points)) - 0.4) / 0.6)  # a fixed number gets 0.27
    return fraction, f"of eight trainings {late} come too late and {many} have too many workers."
