"""The grids of ``nnedu.quantization`` on a backend's tensors, with a straight-through gradient."""

from typing import Any

from keras import ops

from nnedu.keras._values import wide


def fake_symmetric(w: Any, *, bits: int, axes: tuple[int, ...]) -> Any:
    """Weights rounded to a symmetric grid, one for each channel along ``axes``.

    As :func:`nnedu.quantization.fake_quantize` on ``symmetric(max |w|)``. Nothing is clipped, since
    each grid reaches the largest weight: the gradient passes straight through.

    Parameters
    ----------
    w : tensor
    bits : int, 2 to 16
    axes : tuple of int
        Negative; what counts the channels.

    Returns
    -------
    tensor, shape and dtype of ``w``
    """
    others = tuple(axis for axis in range(-len(w.shape), 0) if axis not in axes)
    high = 2 ** (bits - 1) - 1
    peak = ops.max(ops.abs(ops.stop_gradient(w)), axis=others, keepdims=True)
    scale = _step(ops.cast(peak, wide()) / high)
    scale = ops.cast(scale, w.dtype)
    y = ops.clip(ops.round(w / scale), -high, high) * scale
    return ops.stop_gradient(y) + (w - ops.stop_gradient(w))


def fake_affine(x: Any, low: Any, high: Any, *, bits: int) -> Any:
    """Activations rounded to an affine grid over a range, once the range is known.

    As :func:`nnedu.quantization.fake_quantize` on ``affine(low, high)``: clipped values pass no
    gradient. Where ``high`` is not above ``low`` nothing is rounded.

    Parameters
    ----------
    x : tensor
    low, high : scalar tensors
    bits : int, 2 to 16

    Returns
    -------
    tensor, shape and dtype of ``x``
    """
    q_low, q_high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    low, high = ops.cast(low, wide()), ops.cast(high, wide())
    is_known = high > low
    low, high = ops.minimum(low, 0.0), ops.maximum(high, 0.0)
    scale = _step((high - low) / (q_high - q_low))
    zero = ops.clip(q_low - ops.round(low / scale), q_low, q_high)
    scale, zero = ops.cast(scale, x.dtype), ops.cast(zero, x.dtype)
    q = ops.round(ops.stop_gradient(x) / scale) + zero
    y = (ops.clip(q, q_low, q_high) - zero) * scale
    y = ops.where(is_known, y, ops.stop_gradient(x))
    through = ops.logical_or(ops.logical_and(q >= q_low, q <= q_high), ops.logical_not(is_known))
    passed = ops.where(through, x, ops.stop_gradient(x))
    return ops.stop_gradient(y) + (passed - ops.stop_gradient(x))


def _step(scale: Any) -> Any:
    """A scale that can be divided by, as in ``nnedu.quantization``: 1 where the range is empty."""
    least = ops.convert_to_tensor(1.1754943508222875e-38, dtype=scale.dtype)
    return ops.where(scale > 0, ops.maximum(scale, least), ops.ones_like(scale))
