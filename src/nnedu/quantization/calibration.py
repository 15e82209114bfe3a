"""Calibration: which range a grid should cover, seen from a sample of the values.

A wide range clips nothing and rounds coarsely; a narrow one clips outliers and rounds finely.
"""

import numpy as np

from nnedu._check import examples
from nnedu._typing import Array
from nnedu.quantization.codes import fake_quantize
from nnedu.quantization.grid import affine, symmetric

Range = tuple[Array, Array]
"""Lower and upper end, each of shape () or (channels,)."""


def min_max(x: Array, *, axis: int | None = None) -> Range:
    """The whole range: nothing is clipped, and one outlier sets the step.

    ``low = min(x)``, ``high = max(x)``

    Parameters
    ----------
    x : float array, at least one entry
    axis : int, optional
        The axis that counts the channels; all of ``x`` together by default.

    Returns
    -------
    low, high : float64 arrays, shape () or (channels,)

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array, or empty.

    Notes
    -----
    **Conventions.** The range of PyTorch's ``MinMaxObserver`` and ``PerChannelMinMaxObserver``.

    Source: Krishnamoorthi (2018), "Quantizing deep convolutional networks for efficient inference:
    a whitepaper", section 3.

    Examples
    --------
    >>> low, high = min_max(np.array([-1.0, 0.5, 8.0]))
    >>> float(low), float(high)
    (-1.0, 8.0)
    """
    rows = _rows(x, axis)
    return _shaped(rows.min(axis=1), rows.max(axis=1), axis)


def percentile(x: Array, *, share: float = 0.999, axis: int | None = None) -> Range:
    """The range that holds a share of the values; half of the rest is clipped at each end.

    ``low`` and ``high`` are the quantiles ``(1 - share) / 2`` and ``(1 + share) / 2``, with linear
    interpolation between neighbours

    Parameters
    ----------
    x : float array, at least one entry
    share : float in (0, 1]
        At 1 the whole range.
    axis : int, optional
        As for :func:`min_max`.

    Returns
    -------
    low, high : float64 arrays, shape () or (channels,)

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array, or empty, or ``share`` not in (0, 1].

    Notes
    -----
    **Conventions.** Quantiles as ``numpy.quantile`` interpolates them. Tools that take the
    percentile of magnitudes differ for one-sided values.

    Source: Wu et al. (2020), "Integer quantization for deep learning inference: principles and
    empirical evaluation", section 3.3.

    Examples
    --------
    >>> low, high = percentile(np.arange(9.0), share=0.5)
    >>> float(low), float(high)
    (2.0, 6.0)
    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; expected a share in (0, 1], such as 0.999.")
    rows = _rows(x, axis)
    low, high = np.quantile(rows, [(1 - share) / 2, (1 + share) / 2], axis=1)
    return _shaped(low, high, axis)


def least_error(
    x: Array,
    *,
    bits: int = 8,
    signed: bool = True,
    sym: bool = False,
    candidates: int = 100,
    axis: int | None = None,
) -> Range:
    """The range with the least mean squared error, among the whole range and its shrunken copies.

    The candidates are ``(i / candidates) (low, high)`` for ``i = 1 .. candidates``.

    Parameters
    ----------
    x : float array, at least one entry
    bits, signed
        As for :func:`~nnedu.quantization.affine`.
    sym : bool
        For a symmetric grid: shrink ``(-peak, peak)``.
    candidates : int, at least 1
        How many ranges to try; each costs one pass over ``x``.
    axis : int, optional
        As for :func:`min_max`; each channel gets its own range.

    Returns
    -------
    low, high : float64 arrays, shape () or (channels,)
        Never worse than :func:`min_max`, which is among the candidates.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array, or empty.

    Notes
    -----
    **Conventions.** PyTorch's ``HistogramObserver`` searches a histogram for a similar minimum; its
    range is not this one.

    Source: Banner, Nahshan & Soudry (2019), "Post training 4-bit quantization of convolutional
    networks for rapid-deployment", section 3, whose formula for the best clipping is replaced by a
    search.

    Examples
    --------
    With codes -1, 0 and 1, one outlier is better clipped than a thousand values rounded to 0.
    The best step for an even spread over (-1, 1) alone would be 2/3.

    >>> x = np.concatenate([np.linspace(-1.0, 1.0, 1000), [4.0]])
    >>> low, high = least_error(x, bits=2, sym=True)
    >>> round(float(high), 2)
    0.68
    """
    rows = _rows(x, axis)
    best_low, best_high = np.empty(len(rows)), np.empty(len(rows))
    for c, row in enumerate(rows):
        low, high = min(float(row.min()), 0.0), max(float(row.max()), 0.0)
        if sym:
            high = max(-low, high)
            low = -high
        least = np.inf
        for i in range(candidates, 0, -1):  # of equal ones, the widest
            part = i / candidates
            grid = (
                symmetric(part * high, bits=bits)
                if sym
                else affine(part * low, part * high, bits=bits, signed=signed)
            )
            error = float(np.mean((fake_quantize(row, grid)[0] - row) ** 2))
            if error < least:
                least, best_low[c], best_high[c] = error, part * low, part * high
    return _shaped(best_low, best_high, axis)


def _rows(x: Array, axis: int | None) -> Array:
    """One row a channel."""
    examples("x", x)
    return x.reshape(1, -1) if axis is None else np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1)


def _shaped(low: Array, high: Array, axis: int | None) -> Range:
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    return (low.reshape(()), high.reshape(())) if axis is None else (low, high)
