"""To the nearest code of a grid and back, with a gradient that passes straight through."""

from typing import Any

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array, Backward
from nnedu.quantization.grid import Grid


def quantize(x: Array, grid: Grid) -> Array:
    """Codes: the nearest point of the grid, or its end.

    ``q = clip(round(x / scale) + zero_point, low, high)``, halves to the even neighbour

    Parameters
    ----------
    x : float array, any shape
    grid : Grid
        If it has channels, ``x`` has as many along its axis.

    Returns
    -------
    integer array, shape of ``x``, dtype ``grid.dtype``

    Raises
    ------
    TypeError
        If ``x`` is not a float array.
    ValueError
        If ``x`` holds NaN, or its channels are not the grid's.

    Notes
    -----
    **Conventions.** Rounds halves to even as ``torch.quantize_per_tensor`` and
    ``torch.quantize_per_channel``, which multiply by the reciprocal of the scale: a value within
    rounding of a half may go the other way. TensorFlow's fake quantization rounds halves up.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", equation 1.

    Examples
    --------
    >>> from nnedu.quantization import symmetric
    >>> quantize(np.array([-9.0, 0.0, 0.5, 1.6]), symmetric(4.0, bits=4)).tolist()
    [-7, 0, 1, 3]
    """
    return _unclipped(x, grid).clip(grid.low, grid.high).astype(grid.dtype)


def dequantize(q: Array, grid: Grid, *, dtype: Any = np.float64) -> Array:
    """The numbers that codes stand for.

    ``x = (q - zero_point) scale``

    Parameters
    ----------
    q : integer array, any shape
        From :func:`quantize` with the same grid.
    grid : Grid
    dtype : float dtype

    Returns
    -------
    array, shape of ``q``, dtype ``dtype``

    Raises
    ------
    TypeError
        If ``q`` is not an array of integers.

    Notes
    -----
    **Conventions.** Equals PyTorch's ``dequantize``.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", equation 1.

    Examples
    --------
    >>> from nnedu.quantization import symmetric
    >>> dequantize(np.array([-127, 0, 3], np.int8), symmetric(254.0))
    array([-254.,    0.,    6.])
    """
    if not isinstance(q, np.ndarray) or not np.issubdtype(q.dtype, np.integer):
        got = q.dtype if isinstance(q, np.ndarray) else type(q).__name__
        raise TypeError(f"q is {got}; expected integer codes from quantize.")
    values = q.astype(dtype)  # before subtracting: int8 minus int8 would overflow
    scale, zero_point = grid.along(values)
    x: Array = (values - zero_point) * scale
    return x


def fake_quantize(x: Array, grid: Grid) -> tuple[Array, Backward]:
    """Fake quantization: to the grid and back, with the straight-through estimator behind it.

    ``y = (q - zero_point) scale`` with ``q`` from :func:`quantize`; ``d_x = d_y`` where the value
    was not clipped, 0 where it was

    Rounding has the derivative 0 almost everywhere, from which nothing could learn; the estimator
    takes it for the identity inside the range.

    Parameters
    ----------
    x : float array, any shape
    grid : Grid

    Returns
    -------
    y : array, shape and dtype of ``x``
        On the grid; inside the range at most half a step from ``x``.
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError, ValueError
        As :func:`quantize`.

    Notes
    -----
    **Conventions.** Equals ``torch.fake_quantize_per_tensor_affine`` and
    ``torch.fake_quantize_per_channel_affine``, forward and backward: a value up to half a step
    beyond the end of the grid rounds to its last code and still passes its gradient. TensorFlow
    cuts the gradient at the end of the grid itself.

    Source: Bengio, Léonard & Courville (2013), "Estimating or propagating gradients through
    stochastic neurons for conditional computation", section 4; Jacob et al. (2018), section 3.

    Examples
    --------
    >>> from nnedu.quantization import symmetric
    >>> y, backward = fake_quantize(np.array([0.4, 0.6, 9.0]), symmetric(7.0, bits=4))
    >>> y, backward(np.ones(3))[0]
    (array([0., 1., 7.]), array([1., 1., 0.]))
    """
    q = _unclipped(x, grid)
    inside = (q >= grid.low) & (q <= grid.high)
    scale, zero_point = grid.along(x)
    y = (q.clip(grid.low, grid.high) - zero_point) * scale

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (np.where(inside, d_y, 0),)

    return y, backward


def _unclipped(x: Array, grid: Grid) -> Array:
    """Codes as floats, before the ends of the grid hold them back."""
    floating("x", x)
    if np.isnan(x).any():
        raise ValueError("x holds NaN; expected numbers: no code stands for NaN.")
    scale, zero_point = grid.along(x)
    with np.errstate(over="ignore"):  # an infinite code is clipped like any other
        q: Array = np.rint(x / scale) + zero_point
    return q
