"""One-dimensional, digit-like signals: ten shapes, moved, scaled and noisy."""

import numpy as np

from nnedu._check import not_negative, whole
from nnedu._typing import Array

# Nine knots a class, drawn by hand: no class is another one moved, scaled or tilted.
_SHAPES = np.array(
    [
        [0, 1, 2, 2, 2, 2, 2, 1, 0],  # a mesa
        [0, 2, 0, 0, 0, 0, 0, 2, 0],  # a peak at either end
        [0, 0, 0, 0, 2, 0, 0, 0, 0],  # one peak in the middle
        [0, 1, 2, 1, 0, -1, -2, -1, 0],  # up, then down
        [0, -1, -2, -1, 0, 1, 2, 1, 0],  # down, then up
        [0, 2, 0, -2, 0, 2, 0, -2, 0],  # two waves
        [0, 2, 1, 2, 0, 0, 0, 0, 0],  # a pair of peaks at the left
        [0, 0, 0, 0, 0, 2, 1, 2, 0],  # a pair of peaks at the right
        [0, -2, 0, 2, 2, 0, -2, 0, 0],  # a hill between two valleys
        [0, 1, -1, 1, -1, 1, -1, 1, 0],  # a saw
    ],
    dtype=float,
)


def signals(
    N: int,
    *,
    length: int = 40,
    noise: float = 0.1,
    most_shift: int | None = None,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Ten classes of short signals, each a hand-drawn shape, stretched, moved and made noisy.

    A shape is interpolated to a length drawn from half to nine tenths of ``length``, scaled by a
    number in [0.6, 1.4], tilted by a straight line, placed at a random position and given Gaussian
    noise.

    Parameters
    ----------
    N : int, at least 10
        The number of examples, as evenly shared among the classes as can be. They come shuffled.
    length : int, at least 24
        Samples in a signal.
    noise : float, at least 0
        Standard deviation of the noise; the shapes reach from -2 to 2.
    most_shift : int, at least 0, optional
        The furthest position from the left; None lets the shape stand anywhere it fits.
    rng : numpy.random.Generator

    Returns
    -------
    x : float64 array, shape (N, length)
    labels : int array, shape (N,)
        0 to 9.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    Notes
    -----
    Source: after the idea of Greydanus (2020), "Scaling down deep learning" (MNIST-1D): small
    signals on which convolutions and shifts matter. The shapes and the recipe are this book's.

    Examples
    --------
    >>> x, labels = signals(100, rng=np.random.default_rng(0))
    >>> x.shape, np.bincount(labels)
    ((100, 40), array([10, 10, 10, 10, 10, 10, 10, 10, 10, 10]))
    """
    whole("N", N, least=10)
    whole("length", length, least=24)
    if most_shift is not None:
        whole("most_shift", most_shift, least=0)
    not_negative(noise=noise)
    labels = rng.permutation(np.arange(N) % 10)
    x = np.zeros((N, length))
    for signal, label in zip(x, labels, strict=True):
        wide = int(rng.integers(length // 2, 9 * length // 10 + 1))
        room = length - wide if most_shift is None else min(most_shift, length - wide)
        start = int(rng.integers(room + 1))
        shape = np.interp(np.linspace(0, 8, wide), np.arange(9), _SHAPES[label])
        tilt = rng.uniform(-0.5, 0.5) * np.linspace(-1, 1, wide)
        signal[start : start + wide] = rng.uniform(0.6, 1.4) * (shape + tilt)
    return x + noise * rng.normal(size=x.shape), labels
