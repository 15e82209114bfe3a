"""Scores task 7: the exported network in integers, on inputs that the notebook never sees."""

import numpy as np

from nnedu.lesson import generator

KEYS = ("grids", "q_W1", "s_W1", "q_b1", "q_W2", "s_W2", "q_b2")


def network(rng, H=24, N=4000):
    """The network of the notebook, its draws in the same order, and new inputs of the same kind."""
    P = rng.uniform(0, 1, size=(4, 16))

    def inputs(rng, N):
        kinds = rng.integers(4, size=N)
        return np.abs(P[kinds] + 0.3 * rng.normal(size=(N, 16))), kinds

    x, kinds = inputs(rng, 400)
    W1, b1 = rng.normal(size=(16, H)) / 3, rng.normal(size=H) / 2
    h = np.hstack([np.maximum(x @ W1 + b1, 0), np.ones((400, 1))])
    W2 = np.linalg.solve(h.T @ h + 0.3 * np.eye(H + 1), h.T @ (np.eye(4)[kinds] - 0.25))
    u, _ = 10 ** rng.uniform(-1, 2, size=2)
    x, _ = inputs(np.random.default_rng(20), N)
    answers = np.argmax(np.maximum(x @ W1 + b1, 0) @ W2[:-1] + W2[-1], axis=1)
    return u * x, answers


def in_integers(made, x):
    """The codes of the outputs; products and sums of integers, exact in float64."""
    (s_x, z_x), (s_h, z_h), (s_y, z_y) = made["grids"]
    q = np.clip(np.rint(x / s_x) + z_x, -128, 127)
    sums = (q - z_x) @ made["q_W1"] + made["q_b1"]
    q = np.clip(np.floor(sums * (s_x * made["s_W1"] / s_h) + 0.5) + z_h, max(z_h, -128), 127)
    sums = (q - z_h) @ made["q_W2"] + made["q_b2"]
    return np.clip(np.floor(sums * (s_h * made["s_W2"] / s_y) + 0.5) + z_y, -128, 127)


def answers_alike(seed, handed_in, *, worst, target):
    """The way from the worst share of equal answers to the target, as a fraction."""
    made = {key: np.array(handed_in[key], float) if key in handed_in else None for key in KEYS}
    shapes = dict(zip(KEYS, [(3, 2), (16, 24), (24,), (24,), (24, 4), (4,), (4,)], strict=True))
    for key, shape in shapes.items():
        if made[key] is None or made[key].shape != shape or not np.isfinite(made[key]).all():
            return 0.0, f"Expected {key} of shape {shape}, finite numbers."
    for each in [*(made[key] for key in KEYS if key.startswith("q_")), made["grids"][:, 1]]:
        if np.any(np.abs(each - np.rint(each)) > 1e-6 * np.maximum(1, np.abs(each))):
            return 0.0, "Expected whole numbers for codes, biases and zero points."
        each[...] = np.rint(each)
    if max(np.abs(made[key]).max() for key in ("q_W1", "q_W2")) > 127:
        return 0.0, "Expected codes of the weights from -127 to 127."
    if max(np.abs(made[key]).max() for key in ("q_b1", "q_b2")) >= 2**31:
        return 0.0, "Expected biases that fit into 32 bits."
    if np.abs(made["grids"][:, 1] + 0.5).max() > 127.5:
        return 0.0, "Expected zero points from -128 to 127."
    if min(made["grids"][:, 0].min(), made["s_W1"].min(), made["s_W2"].min()) <= 0:
        return 0.0, "Expected scales above 0."
    x, answers = network(generator(seed))
    with np.errstate(all="ignore"):
        codes = in_integers(made, x)
    alike = 0.0 if np.isnan(codes).any() else float(np.mean(codes.argmax(axis=1) == answers))
    fraction = float(np.clip((alike - worst) / (target - worst), 0, 1))
    return (
        fraction,
        f"{alike:.1%} of the answers are those of the floats; the target is {target:.0%}.",
    )
