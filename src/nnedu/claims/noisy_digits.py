"""Many schedules at once: one small network on noisy digits, all runs side by side."""

from collections.abc import Iterator
from functools import cache

import numpy as np

from nnedu._typing import Array
from nnedu.data import Digits, load_digits
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu

HIDDEN = 32


@cache
def _digits() -> Digits:
    return load_digits()


def noisy_batches(
    rng: np.random.Generator, digits: Digits, *, size: int = 8, noise: float = 0.5
) -> Iterator[tuple[Array, Array]]:
    """Digits drawn with replacement, with fresh Gaussian noise on every pixel, for ever."""
    while True:
        rows = rng.integers(len(digits.x_train), size=size)
        pixels = rng.standard_normal((size, 64))
        yield digits.x_train[rows] + noise * pixels, digits.y_train[rows]


def final_losses(
    lrs: Array, seed: int, *, noise: float = 0.5, batch: int = 8, looks: tuple[int, ...] = ()
) -> Array:
    """Held-out losses of one small network on noisy digits, trained under many schedules at once.

    Every run starts at the same parameters and sees the same batches, so that runs differ by
    their learning rates alone. Each batch holds digits drawn with replacement, with fresh Gaussian
    noise on every pixel, and so no step size makes the noise of the gradient vanish.

    Parameters
    ----------
    lrs : float array, shape (R, T)
        The learning rate of each update, a row a run.
    seed : int
        Of the start and the batches.
    noise : float, at least 0
        Standard deviation added to a pixel, which lies in [0, 1].
    batch : int, at least 1
        Examples in a batch.
    looks : tuple of int, increasing
        Updates after which the loss is measured; only after the last one by default.

    Returns
    -------
    float array, shape (R,), or (looks, R)
        Cross-entropy on the validation digits, each in four noisy copies; infinite where it is
        no number any more.
    """
    digits, net = _digits(), Network([Dense(HIDDEN), relu, Dense(10)], inputs=64)
    rng, runs = np.random.default_rng(seed), len(lrs)
    views = net.views(net.init(rng))
    start_1, b1, start_2, b2 = (np.array(views[name], dtype=float) for name in views)
    # the first layers of all runs lie side by side, so that one product serves them all
    W1, b1 = np.tile(start_1, (1, runs)), np.tile(b1, runs)
    change = np.empty_like(W1)
    W2, b2 = np.tile(start_2, (runs, 1, 1)), np.tile(b2, (runs, 1, 1))
    held_rng = np.random.default_rng(10_000)
    held = np.tile(digits.x_val, (4, 1))
    held = held + noise * held_rng.standard_normal(held.shape)
    labels, found = np.tile(digits.y_val, 4), []
    batches = noisy_batches(rng, digits, size=batch, noise=noise)

    def outputs(x: Array) -> tuple[Array, Array]:
        hidden = np.maximum(x @ W1 + b1, 0)
        hidden = np.ascontiguousarray(hidden.reshape(len(x), runs, HIDDEN).swapaxes(0, 1))
        return hidden, hidden @ W2 + b2

    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(lrs.shape[1]):
            x, y = next(batches)
            hidden, logits = outputs(x)
            d = np.exp(logits - logits.max(axis=-1, keepdims=True))
            d /= d.sum(axis=-1, keepdims=True)
            d[:, np.arange(batch), y] -= 1
            d *= lrs[:, t, None, None] / batch  # lr goes in here: all that follows is linear in d
            back = (d @ W2.swapaxes(1, 2)) * (hidden > 0)
            back = back.swapaxes(0, 1).reshape(batch, runs * HIDDEN)
            W2 -= hidden.swapaxes(1, 2) @ d
            b2 -= d.sum(axis=1, keepdims=True)
            W1 -= np.matmul(x.T, back, out=change)
            b1 -= back.sum(axis=0)
            if t + 1 in (looks or (lrs.shape[1],)):
                _, logits = outputs(held)
                loss = [softmax_cross_entropy(z, labels)[0] for z in logits]
                found.append(np.nan_to_num(np.array(loss, dtype=float), nan=np.inf))
    return np.array(found) if looks else found[0]
