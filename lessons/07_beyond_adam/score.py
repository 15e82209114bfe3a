"""Scores task 7: how near the loss of what was handed in is to its minimum."""

import numpy as np

from nnedu.lesson import generator


def problem(rng, N, I):  # noqa: E741 (the names of the shapes in the notebook)
    """The same as in the notebook: it must draw the same numbers."""
    x = rng.normal(size=(N, I))
    logits = 2 * x @ rng.normal(size=I) / I**0.5
    y = (rng.uniform(size=N) < 1 / (1 + np.exp(-logits))).astype(float)
    Q, _ = np.linalg.qr(rng.normal(size=(I, I)))
    return x * np.geomspace(0.05, 20, I) @ Q, y


def loss(theta, x, y, penalty):
    z = x @ theta
    return float(np.mean(np.logaddexp(0, z) - y * z) + penalty / 2 * theta @ theta)


def gradient(theta, x, y, penalty):
    p = 0.5 * (1 + np.tanh(x @ theta / 2))
    return x.T @ (p - y) / len(y) + penalty * theta


def lowest(x, y, penalty):
    """The minimum by Newton's method, each step halved until the loss falls."""
    theta = np.zeros(x.shape[1])
    for _ in range(60):
        p = 0.5 * (1 + np.tanh(x @ theta / 2))
        H = (x * (p * (1 - p) / len(y))[:, None]).T @ x + penalty * np.eye(x.shape[1])
        step, here = np.linalg.solve(H, gradient(theta, x, y, penalty)), loss(theta, x, y, penalty)
        lr = 1.0
        while lr > 1e-6 and loss(theta - lr * step, x, y, penalty) > here:
            lr /= 2
        theta = theta - lr * step
    return loss(theta, x, y, penalty)


def minimum(seed, handed_in, *, penalty):
    """The fraction of the way from gradient descent to the minimum, in powers of ten."""
    rng = generator(seed)
    x, y = problem(rng, 400, 20)
    theta = handed_in.get("theta")
    if theta is None or theta.shape != (20,):
        return 0.0, "Expected an array of shape (20,): the parameters."
    theta = theta.astype(float)
    if not np.all(np.isfinite(theta)):
        return 0.0, "Expected finite numbers."

    bottom, plain = lowest(x, y, penalty), np.zeros(20)
    L = np.linalg.eigvalsh(x.T @ x / len(y))[-1] / 4 + penalty
    for _ in range(300):
        plain -= gradient(plain, x, y, penalty) / L
    start = loss(plain, x, y, penalty) - bottom
    gap = loss(theta, x, y, penalty) - bottom
    words = f"Your loss is {max(gap, 0):.1e} above the minimum; the target is 1e-08."
    if not gap < start:
        return 0.0, f"300 updates of gradient descent end {start:.1e} above the minimum. {words}"
    fraction = float(np.log(max(gap, 1e-8) / start) / np.log(1e-8 / start))
    return min(fraction, 1.0), words
