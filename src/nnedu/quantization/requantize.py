"""From the int32 sums of one layer to the int8 codes of the next, without a float."""

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array


def fixed_point(factor: float | Array) -> tuple[Array, Array]:
    """A positive factor as an integer of 31 bits and a number of places to shift.

    ``factor = m 2**-n`` with ``2**30 <= m < 2**31``, rounded to the nearest ``m``

    Parameters
    ----------
    factor : float or float array, any shape
        From ``2**-32`` up, below ``2**29``; in a layer ``scale_x scale_W / scale_y``.

    Returns
    -------
    m : int64 array, shape of ``factor``
    n : int64 array, shape of ``factor``
        From 1 to 62.

    Raises
    ------
    ValueError
        If a factor is outside its range or not finite.

    Notes
    -----
    **Conventions.** LiteRT's ``QuantizeMultiplier`` returns ``m`` and the exponent ``31 - n``. The
    relative error is at most ``2**-31``: half a step of the least ``m``.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", section 2.2, equation 6.

    Examples
    --------
    >>> m, n = fixed_point(0.375)  # 0.75 2**-1
    >>> int(m) == 3 * 2**29, int(n), int(m) / 2 ** int(n)
    (True, 32, 0.375)
    """
    factor = np.asarray(factor, np.float64)
    if not np.all((factor >= 2.0**-32) & (factor < 2.0**29)):
        raise ValueError(
            f"the factors run from {factor.min():g} to {factor.max():g}; expected 2**-32 up to "
            "2**29. A scale of 0, or codes of a layer whose outputs are all but constant?"
        )
    part, exponent = np.frexp(factor)  # factor = part 2**exponent, 0.5 <= part < 1
    m = np.rint(part * 2.0**31).astype(np.int64)
    full = m == 2**31  # rounded up to 1: the same number, one place further
    n = 31 - exponent.astype(np.int64) - full
    return np.where(full, 2**30, m), n


def requantize(
    sums: Array, factor: float | Array, zero_point: int, *, low: int = -128, high: int = 127
) -> Array:
    """The codes of a layer's outputs, from its sums, in integers alone.

    ``q_y = clip(zero_point + floor((sums m + 2**(n - 1)) / 2**n), low, high)`` with ``m`` and ``n``
    from :func:`fixed_point`: a product in 64 bits, half added, bits shifted out

    Parameters
    ----------
    sums : int32 array, shape (N, O)
        From :func:`integer_matmul`, biases added.
    factor : float or float array of shape (O,)
        ``scale_x scale_W / scale_y``, one for all outputs or one each.
    zero_point : int
        The code of 0 among the outputs.
    low, high : int
        The least and the greatest code; ``low=zero_point`` is a ReLU.

    Returns
    -------
    int8 array, shape (N, O)

    Raises
    ------
    TypeError
        If ``sums`` are not int32.
    ValueError
        If ``low``, ``high`` or ``zero_point`` is no int8 code, or a factor is out of its range.

    Notes
    -----
    **Conventions.** Rounds once, halves up, as the kernels that LiteRT uses by default. Its older
    ones round twice, first to 31 bits and then, halves away from zero, when they shift: now and
    then one code further.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", sections 2.2 and 2.4.

    Examples
    --------
    >>> requantize(np.array([[-3, -2, 5, 999]], np.int32), 0.5, 10)
    array([[  9,   9,  13, 127]], dtype=int8)
    """
    if not isinstance(sums, np.ndarray) or sums.dtype != np.int32:
        got = sums.dtype if isinstance(sums, np.ndarray) else type(sums).__name__
        raise TypeError(f"sums is {got}; expected an int32 array, as integer_matmul returns.")
    for name, code in (("low", low), ("high", high), ("zero_point", zero_point)):
        whole(name, code, least=-128)
        if code > 127:
            raise ValueError(f"{name} is {code}; expected an int8 code, at most 127.")
    m, n = fixed_point(factor)
    rounded = (sums.astype(np.int64) * m + (1 << (n - 1))) >> n
    q: Array = np.clip(rounded + zero_point, low, high).astype(np.int8)
    return q
