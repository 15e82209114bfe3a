"""From images or sequences to rows."""

from nnedu._check import floating
from nnedu._typing import Array, Backward


def flatten(x: Array) -> tuple[Array, Backward]:
    """Lay all numbers of an example in one row, the last axis fastest.

    ``y = x`` in another shape, and ``d_x = d_y`` in the old one

    Parameters
    ----------
    x : float array, shape (N, ...)

    Returns
    -------
    y : array, shape (N, I)
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array of two axes or more.

    Notes
    -----
    **Conventions.** ``keras.layers.Flatten`` with channels last. PyTorch's channels come first: the
    same images flatten to the same numbers in another order.

    Examples
    --------
    >>> import numpy as np
    >>> y, backward = flatten(np.arange(4.0).reshape(1, 2, 2, 1))
    >>> y, backward(y)[0].shape
    (array([[0., 1., 2., 3.]]), (1, 2, 2, 1))
    """
    floating("x", x)
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}; expected (N, ...): one entry an example.")

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (d_y.reshape(x.shape).copy(),)

    return x.reshape(len(x), -1).copy(), backward
