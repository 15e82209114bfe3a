"""Constraints: parameters put back where they are allowed to be, after each step."""

import numpy as np

from nnedu._check import floating, positive
from nnedu._typing import Array


def max_norm(W: Array, *, limit: float, axis: int | tuple[int, ...] = 0) -> Array:
    """Max-norm: scale back what has grown too long, unit by unit.

    ``W min(1, limit / norm(W))`` with the norm taken along ``axis``

    Parameters
    ----------
    W : float array
        Weights, shape (I, O) for a dense layer.
    limit : float, above 0
        The largest Euclidean norm allowed.
    axis : int or tuple of int
        What is summed over. For (I, O) weights 0, so that each unit's incoming weights have a norm
        of their own; for a convolution's (height, width, in, out) it is (0, 1, 2).

    Returns
    -------
    array, shape and dtype of ``W``

    Raises
    ------
    TypeError, ValueError
        If ``W`` is not of floats, or the limit is not above 0.

    Notes
    -----
    **Conventions.** ``keras.constraints.MaxNorm`` divides by the norm plus 1e-7 and
    ``torch.renorm`` likewise; this is exact, and leaves what is short enough unchanged.

    Source: Srivastava et al. (2014), "Dropout", section 5.1.

    Examples
    --------
    >>> max_norm(np.array([[3.0, 0.3], [4.0, 0.4]]), limit=1.0)
    array([[0.6, 0.3],
           [0.8, 0.4]])
    """
    floating("W", W)
    positive(limit=limit)
    norm = np.sqrt(np.sum(W**2, axis=axis, keepdims=True))
    with np.errstate(divide="ignore"):
        scale = np.minimum(1, W.dtype.type(limit) / norm)
    result: Array = W * scale
    return result
