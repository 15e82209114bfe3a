"""Sixteen-bit floats: float16 (five bits of exponent) and bfloat16 (eight, as float32)."""

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array


def float16(x: Array) -> Array:
    """Round to the nearest float16: ten bits of fraction, from 6e-8 to 65504.

    Parameters
    ----------
    x : float array, any shape

    Returns
    -------
    array, shape and dtype of ``x``
        Every value is one of float16. What lies beyond 65519 becomes infinite, what lies below
        3e-8 becomes 0: what loss scaling is for.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    **Conventions.** Halves to even, as every framework's cast to float16.

    Source: IEEE (2008), "Standard for floating-point arithmetic", 754-2008, binary16;
    Micikevicius et al. (2018), "Mixed precision training", section 3, for its use.

    Examples
    --------
    Between 2048 and 4096 only even numbers are left.

    >>> float16(np.array([0.1, 2049.0, 2051.0, 1e-8]))
    array([9.99755859e-02, 2.04800000e+03, 2.05200000e+03, 0.00000000e+00])
    """
    floating("x", x)
    with np.errstate(over="ignore"):
        y: Array = x.astype(np.float16).astype(x.dtype)
    return y


def bfloat16_bits(x: Array) -> Array:
    """The 16 bits of the nearest bfloat16: the upper half of a float32, rounded.

    ``bits = (u + 0x7FFF + ((u >> 16) & 1)) >> 16`` with ``u`` the bits of the float32: adding just
    under half, or just half where the last bit that stays is odd, carries exactly where the
    nearest, or of two equally near the even one, is the next. NaN is kept apart: the carry could
    turn it into infinity.

    Parameters
    ----------
    x : float array, any shape
        float64 is first brought to float32 in a way that does not round twice: its last bit
        remembers whether anything was cut off.

    Returns
    -------
    uint16 array, shape of ``x``

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    **Conventions.** Equals the cast of PyTorch, TensorFlow and JAX from float32. From float64
    those round twice, through float32, and may end one bfloat16 away; this does not.

    Source: Kalamkar et al. (2019), "A study of bfloat16 for deep learning training", section 3,
    for the format; Boldo & Melquiond (2008), "Emulation of FMA and correctly rounded sums: proved
    algorithms using rounding to odd", for float64.

    Examples
    --------
    1 is 0x3F80. Half-way to its neighbour 1 + 2**-7 it stays; above that it goes up.

    >>> bfloat16_bits(np.array([1.0, 1 + 2**-8, 1 + 2**-8 + 2**-20])).tolist() == [
    ...     0x3F80, 0x3F80, 0x3F81]
    True
    """
    floating("x", x)
    u = (_odd(x) if x.dtype.itemsize > 4 else x.astype(np.float32)).view(np.uint32)
    rounded = (u + (0x7FFF + ((u >> np.uint32(16)) & np.uint32(1)))) >> np.uint32(16)
    quiet = (u >> np.uint32(16)) | np.uint32(0x40)
    bits: Array = np.where(np.isnan(x), quiet, rounded).astype(np.uint16)
    return bits


def bfloat16(x: Array) -> Array:
    """Round to the nearest bfloat16: seven bits of fraction, the range of float32.

    Parameters
    ----------
    x : float array, any shape

    Returns
    -------
    array, shape and dtype of ``x``
        Every value is one of bfloat16: at most ``2**-8`` away, relative to ``x``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array, or of float16, which cannot hold the range.

    Notes
    -----
    **Conventions.** As :func:`bfloat16_bits`.

    Source: Kalamkar et al. (2019), "A study of bfloat16 for deep learning training", section 3.

    Examples
    --------
    Three digits at most: an update of 0.1 % is lost.

    >>> bfloat16(np.array([3.14159265, 1.001]))
    array([3.140625, 1.      ])
    """
    floating("x", x)
    if x.dtype.itemsize < 4:
        raise TypeError(f"x has dtype {x.dtype}; expected float32 or float64, which hold bfloat16.")
    wide = (bfloat16_bits(x).astype(np.uint32) << np.uint32(16)).view(np.float32)
    y: Array = wide.astype(x.dtype)
    return y


def _odd(x: Array) -> Array:
    """float64 to float32, rounded to odd: a cut-off tail sets the last bit, so that the next
    rounding sees on which side of a half the value was."""
    with np.errstate(over="ignore"):
        near = x.astype(np.float32)
    toward_zero = np.where(np.abs(near) > np.abs(x), np.nextafter(near, np.float32(0)), near)
    cut = (toward_zero.astype(np.float64) != x) & np.isfinite(x)
    return np.where(cut, (toward_zero.view(np.uint32) | np.uint32(1)).view(np.float32), toward_zero)
