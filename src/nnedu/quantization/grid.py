"""Uniform grids: which real number each integer code stands for."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array


@dataclass(frozen=True)
class Grid:
    """A uniform grid: code ``q`` stands for ``(q - zero_point) scale``.

    Attributes
    ----------
    scale : float64 array, shape () or (channels,)
        The step of the grid, above 0.
    zero_point : int64 array, shape of ``scale``
        The code of 0.
    low, high : int
        The least and the greatest code.
    axis : int or None
        The axis of an array that counts the channels; None where all share one grid.
    """

    scale: Array
    zero_point: Array
    low: int
    high: int
    axis: int | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """The smallest integer type that holds every code."""
        for kind in (np.int8, np.uint8, np.int16, np.uint16):
            if np.iinfo(kind).min <= self.low and self.high <= np.iinfo(kind).max:
                return np.dtype(kind)
        return np.dtype(np.int32)

    def along(self, x: Array) -> tuple[Array, Array]:
        """Scale and zero point in the shape and float dtype that broadcast against ``x``."""
        shape: list[int] = [1] * x.ndim
        if self.axis is not None:
            if not -x.ndim <= self.axis < x.ndim or x.shape[self.axis] != self.scale.size:
                raise ValueError(
                    f"x has shape {x.shape}; expected {self.scale.size} channels along axis "
                    f"{self.axis}, as the grid has."
                )
            shape[self.axis] = -1
        kind = x.dtype if np.issubdtype(x.dtype, np.floating) else np.dtype(np.float64)
        return self.scale.reshape(shape).astype(kind), self.zero_point.reshape(shape).astype(kind)


def affine(
    low: Any, high: Any, *, bits: int = 8, signed: bool = True, axis: int | None = None
) -> Grid:
    """Affine grid: the range from ``low`` to ``high`` in even steps, with 0 on the grid.

    ``scale = (high - low) / (q_high - q_low)`` and
    ``zero_point = clip(q_low - round(low / scale), q_low, q_high)``, after the range has been
    widened to hold 0

    Parameters
    ----------
    low, high : float or float array, shape () or (channels,)
        The range to be covered, in the unit of the values.
    bits : int, 2 to 16
        Codes run over ``2**bits`` values.
    signed : bool
        From ``-2**(bits - 1)``, or from 0.
    axis : int, optional
        The axis that counts the channels, where the ranges are arrays.

    Returns
    -------
    Grid
        An empty range (all values 0) gets the scale 1; none gets one below 1.2e-38, the least
        that float32 holds at full precision.

    Raises
    ------
    ValueError
        If a range is not finite or runs backwards, or ``bits`` is out of range.

    Notes
    -----
    **Conventions.** Equals PyTorch's ``MinMaxObserver(qscheme=torch.per_tensor_affine)``, which
    widens the range to hold 0 too. TensorFlow *shifts* a range beside 0 until it touches 0
    (:func:`~nnedu.quantization.nudged`).

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", equation 1 and section 3.

    Examples
    --------
    >>> grid = affine(-1.0, 3.0, bits=3)
    >>> float(grid.scale) == 4 / 7, int(grid.zero_point), grid.low, grid.high
    (True, -2, -4, 3)
    """
    q_low, q_high = _codes(bits, signed)
    low, high = _range(low, high, axis)
    low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
    scale = _step((high - low) / (q_high - q_low))
    zero_point = np.clip(q_low - np.rint(low / scale), q_low, q_high).astype(np.int64)
    return Grid(scale, zero_point, q_low, q_high, axis)


def symmetric(peak: Any, *, bits: int = 8, axis: int | None = None) -> Grid:
    """Symmetric grid: as far below 0 as above, and the code of 0 is 0.

    ``scale = peak / (2**(bits - 1) - 1)``, codes from ``-(2**(bits - 1) - 1)`` up

    Parameters
    ----------
    peak : float or float array, shape () or (channels,)
        The largest magnitude to be covered, at least 0.
    bits : int, 2 to 16
    axis : int, optional
        The axis that counts the channels, where ``peak`` is an array.

    Returns
    -------
    Grid
        Where ``peak`` is 0 the scale is 1.

    Raises
    ------
    ValueError
        If a peak is below 0 or not finite, or ``bits`` is out of range.

    Notes
    -----
    **Conventions.** int8 from -127 to 127, as LiteRT's int8 weights and Keras's
    ``AbsMaxQuantizer``. PyTorch's ``per_tensor_symmetric`` uses -128 too and divides by 127.5.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", section 3, whose weights leave out the lowest code.

    Examples
    --------
    >>> grid = symmetric(254.0)
    >>> float(grid.scale), int(grid.zero_point), grid.low, grid.high
    (2.0, 0, -127, 127)
    """
    _codes(bits, True)
    _, peak = _range(np.zeros_like(np.asarray(peak, float)), peak, axis)
    q_high = 2 ** (bits - 1) - 1
    scale = _step(peak / q_high)
    return Grid(scale, np.zeros(scale.shape, np.int64), -q_high, q_high, axis)


def _step(scale: Array) -> Array:
    """A scale that can be divided by, in float32 too."""
    return np.where(scale > 0, np.maximum(scale, np.finfo(np.float32).tiny), 1.0)


def _codes(bits: int, signed: bool) -> tuple[int, int]:
    whole("bits", bits, least=2)
    if bits > 16:
        raise ValueError(f"bits is {bits}; expected 2 to 16: more than 16 buys nothing.")
    low = -(2 ** (bits - 1)) if signed else 0
    return low, low + 2**bits - 1


def _range(low: Any, high: Any, axis: int | None) -> tuple[Array, Array]:
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    if not (np.isfinite(low).all() and np.isfinite(high).all() and np.all(low <= high)):
        raise ValueError(
            f"the range is {low} to {high}; expected finite numbers, the lower first. "
            "No values to calibrate with?"
        )
    if low.shape != high.shape or low.ndim != (axis is not None):
        raise ValueError(
            f"the range has shapes {low.shape} and {high.shape} with axis={axis}; expected single "
            "numbers without an axis, or one number a channel with it."
        )
    return low, high
