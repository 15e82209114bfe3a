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
    rng = np.random.default_rng(seed)
    theta = np.tile(net.init(rng), (len(lrs), 1))
    W1, b1, W2, b2 = (_stacked(net, theta, name) for name in net.views(theta[0]))
    held_rng = np.random.default_rng(10_000)
    held = np.tile(digits.x_val, (4, 1))
    held = held + noise * held_rng.standard_normal(held.shape)
    labels, found = np.tile(digits.y_val, 4), []
    batches = noisy_batches(rng, digits, size=batch, noise=noise)

    def outputs(x: Array) -> tuple[Array, Array]:
        hidden = np.maximum(x @ W1 + b1, 0)
        return hidden, hidden @ W2 + b2

    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(lrs.shape[1]):
            x, y = next(batches)
            hidden, logits = outputs(x)
            d = np.exp(logits - logits.max(axis=-1, keepdims=True))
            d /= d.sum(axis=-1, keepdims=True)
            d[:, np.arange(batch), y] -= 1
            d /= batch
            back = (d @ W2.swapaxes(1, 2)) * (hidden > 0)
            lr = lrs[:, t, None, None]
            W2 -= lr * (hidden.swapaxes(1, 2) @ d)
            b2 -= lr * d.sum(axis=1, keepdims=True)
            W1 -= lr * (x.T @ back)
            b1 -= lr * back.sum(axis=1, keepdims=True)
            if t + 1 in (looks or (lrs.shape[1],)):
                _, logits = outputs(held)
                loss = [softmax_cross_entropy(z, labels)[0] for z in logits]
                found.append(np.nan_to_num(np.array(loss, dtype=float), nan=np.inf))
    return np.array(found) if looks else found[0]


def _stacked(net: Network, theta: Array, name: str) -> Array:
    """One parameter of every run, first dimension R; a bias gets a dimension for the batch."""
    part = np.stack([net.views(row)[name] for row in theta])
    return part if part.ndim == 3 else part[:, None, :]
