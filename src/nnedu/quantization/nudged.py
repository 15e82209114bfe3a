"""Fake quantization by TensorFlow's convention: the range is nudged until 0 is on the grid."""

from typing import Any

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array, Backward
from nnedu.quantization.grid import _codes, _range


def nudged(
    x: Array, low: Any, high: Any, *, bits: int = 8, narrow: bool = False, axis: int | None = None
) -> tuple[Array, Backward]:
    """Fake quantization over a range that is shifted by less than a step, so that 0 is exact.

    ``scale = (high - low) / (q_high - q_low)``, ``z = clip(round(q_low - low / scale))``, the
    range becomes ``(q_low - z) scale`` to ``(q_high - z) scale``; then
    ``y = floor((clip(x) - new_low) / scale + 1/2) scale + new_low``

    Parameters
    ----------
    x : float array, any shape
    low, high : float or float array, shape () or (channels,)
        The range, ``low < high``. Beside 0 it is shifted until it touches 0, keeping its width.
    bits : int, 2 to 16
    narrow : bool
        Leave out the lowest code.
    axis : int, optional
        The axis that counts the channels, where the ranges are arrays.

    Returns
    -------
    y : array, shape and dtype of ``x``
    backward : callable
        ``backward(d_y) -> (d_x,)``: ``d_y`` inside the nudged range, ends included, 0 outside.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.
    ValueError
        If a range is empty or not finite, or the channels do not fit.

    Notes
    -----
    **Conventions.** Equals ``tf.quantization.fake_quant_with_min_max_args``, ``..._vars`` and
    ``..._vars_per_channel``, and ``keras.quantizers.fake_quant_with_min_max_vars``; those also
    return gradients for ``low`` and ``high``. It differs from
    :func:`~nnedu.quantization.fake_quantize` (PyTorch) in three ways: halves round up and not to
    even, a range beside 0 is shifted and not widened, and the gradient ends at the range and not
    half a step beyond.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", section 3, for the nudge; TensorFlow's documentation of
    ``fake_quant_with_min_max_args`` (2024) for ranges beside 0.

    Examples
    --------
    Three steps of 1 from -0.6 cannot hold 0: the range becomes -1 to 2.

    >>> y, backward = nudged(np.array([-0.6, 0.1, 0.5, 2.4]), -0.6, 2.4, bits=2)
    >>> y, backward(np.ones(4))[0]
    (array([-1.,  0.,  1.,  2.]), array([1., 1., 1., 0.]))
    """
    floating("x", x)
    q_low, q_high = _codes(bits, signed=False)
    q_low += narrow
    low, high = _range(low, high, axis)
    if not np.all(low < high):
        raise ValueError(f"the range is {low} to {high}; expected the lower below the higher.")
    scale = (high - low) / (q_high - q_low)
    exact = q_low - low / scale
    zero = np.clip(np.floor(exact + 0.5), q_low, q_high)
    shape: list[int] = [1] * x.ndim
    if axis is not None:
        if not -x.ndim <= axis < x.ndim or x.shape[axis] != scale.size:
            raise ValueError(
                f"x has shape {x.shape}; expected {scale.size} channels along axis {axis}."
            )
        shape[axis] = -1
    start, end, step = (
        part.reshape(shape).astype(x.dtype)
        for part in ((q_low - zero) * scale, (q_high - zero) * scale, scale)
    )
    inside = (x >= start) & (x <= end)
    y: Array = np.floor((np.clip(x, start, end) - start) / step + 0.5) * step + start

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (np.where(inside, d_y, 0),)

    return y, backward
