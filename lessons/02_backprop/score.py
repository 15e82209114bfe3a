"""Scores task 7: the share of a spiral's points that a network gets right with these weights."""

import numpy as np

from nnedu.lesson import generator


def spiral(rng, known, unknown):
    """Points and labels that the notebook never sees; first the same draws as there."""
    turns, angle = rng.uniform(0.85, 0.95), rng.uniform(0, 2 * np.pi)
    for N in (known, unknown):
        r, phi = np.sqrt(rng.uniform(size=N)), rng.uniform(0, 2 * np.pi, size=N)
    x = np.column_stack([r * np.cos(phi), r * np.sin(phi)])
    return x, (np.sin(phi - 2 * np.pi * turns * r - angle) > 0).astype(int)


def network(x, W1, b1, W2, b2):
    """The same as in the notebook."""
    a, b = 2 * x.T
    inputs = np.column_stack([a, b, a * a, a * b, b * b])
    return np.tanh(inputs @ W1 + b1.ravel()) @ W2.ravel() + b2.ravel()


def share_right(seed, handed_in, *, floor, target):
    """The way from the floor to the target, as a fraction."""
    weights = [handed_in.get(name) for name in ("W1", "b1", "W2", "b2")]
    if any(array is None for array in weights):
        return 0.0, "Expected four arrays of weights: W1, b1, W2 and b2."
    shapes, H = [array.shape for array in weights], weights[1].size
    if H > 8 or shapes[0] != (5, H) or weights[2].size != H or weights[3].size != 1:
        return 0.0, f"Got the shapes {shapes}; expected (5, H), (H,), (H, 1), (1,) with H <= 8."
    if not all(np.isfinite(array).all() for array in weights):
        return 0.0, "Some weights are nan or infinite: the run exploded. Take a smaller lr."
    x, truth = spiral(generator(seed), 600, 2000)
    with np.errstate(over="ignore", invalid="ignore"):
        share = float(np.mean((network(x, *weights) > 0) == truth))
    fraction = float(np.clip((share - floor) / (target - floor), 0, 1))
    return fraction, f"{share:.1%} of the points are right; the target is {target:.0%}."
