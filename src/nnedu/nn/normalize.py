"""What the normalisations share: mean 0 and variance 1 over some axes, and its backward."""

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array, Backward


def normalize(
    x: Array, axes: tuple[int, ...], *, eps: float = 1e-5
) -> tuple[Array, Backward, Array, Array]:
    """Give numbers mean 0 and variance 1 over some axes.

    ``x_hat = (x - mean) / sqrt(var + eps)``;
    ``d_x = (d - mean(d) - x_hat mean(d x_hat)) / sqrt(var + eps)`` for a gradient ``d``

    Batch, layer and group normalisation are this with different axes. The gradient has lost its
    mean and its part along ``x_hat``: moving all numbers together, or stretching them, changes
    nothing.

    Parameters
    ----------
    x : float array, any shape
    axes : tuple of int
        Over which mean and variance are taken.
    eps : float, at least 0
        Keeps the root away from 0.

    Returns
    -------
    x_hat : array, shape of ``x``
    backward : callable
        ``backward(d) -> (d_x,)``.
    mean, var : arrays
        With axes of length 1 where ``axes`` were.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    **Conventions.** The variance divides by the count (biased), inside all frameworks' layers.

    Source: Ioffe & Szegedy (2015), "Batch normalization", section 3.

    Examples
    --------
    >>> x_hat, backward, mean, var = normalize(np.array([[1.0, 3.0, 5.0, 7.0]]), (1,), eps=4.0)
    >>> x_hat, mean, var
    (array([[-1.        , -0.33333333,  0.33333333,  1.        ]]), array([[4.]]), array([[5.]]))
    """
    floating("x", x)
    mean = x.mean(axis=axes, keepdims=True)
    centred = x - mean
    var = (centred**2).mean(axis=axes, keepdims=True)
    scale = 1 / np.sqrt(var + eps)
    x_hat = centred * scale

    def backward(d: Array) -> tuple[Array, ...]:
        along = (d * x_hat).mean(axis=axes, keepdims=True)
        return (scale * (d - d.mean(axis=axes, keepdims=True) - x_hat * along),)

    return x_hat, backward, mean, var
