"""Intervals of what contests find, and the word that an interval of a difference gets."""

import math
import statistics

import numpy as np

from nnedu._check import same_shape
from nnedu._typing import Array

# Student's quantile 0.975 for 1 to 29 degrees of freedom.
_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045),
)


def paired(first: Array, second: Array) -> tuple[float, float, float]:
    """The mean difference of paired values with Student's 95 per cent interval.

    ``mean(d) -+ t s / sqrt(S)`` for ``d = first - second`` and t at S - 1 degrees of freedom

    Parameters
    ----------
    first, second : float arrays, shape (S,)
        With the same seeds, in the same order; from 2 to 30 of them.

    Returns
    -------
    low, mean, high : float

    Raises
    ------
    ValueError
        If the shapes differ, or there is one pair, or over 30.

    Examples
    --------
    >>> low, mean, high = paired(np.array([3.0, 4.0, 5.0]), np.array([2.0, 2.0, 2.0]))
    >>> round(low, 3), mean, round(high, 3)
    (-0.484, 2.0, 4.484)
    """
    same_shape("first", first, "second", second)
    if not 2 <= len(first) <= 1 + len(_T):
        raise ValueError(f"{len(first)} pairs; expected 2 to {1 + len(_T)}.")
    d = np.asarray(first, float) - second
    half = _T[len(d) - 2] * statistics.stdev(d.tolist()) / math.sqrt(len(d))
    return float(d.mean() - half), float(d.mean()), float(d.mean() + half)


def verdict(low: float, high: float, margin: float) -> str:
    """What an interval of a difference says.

    Parameters
    ----------
    low, high : float
        Its ends; above 0 means that the first of the two was better.
    margin : float, above 0

    Returns
    -------
    {"equivalent", "better", "worse", "inconclusive"}
        Equivalent if all of it lies within the margin, better (worse) if all of it lies above
        (below) 0, else inconclusive.

    Examples
    --------
    >>> verdict(-0.002, 0.004, 0.01), verdict(0.02, 0.05, 0.01), verdict(-0.02, 0.03, 0.01)
    ('equivalent', 'better', 'inconclusive')
    """
    if -margin <= low and high <= margin:
        return "equivalent"
    if low > 0:
        return "better"
    return "worse" if high < 0 else "inconclusive"


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 per cent interval of a share that was counted, such as an accuracy on a test set.

    ``(p + z**2 / 2N -+ z sqrt(p (1 - p) / N + z**2 / 4N**2)) / (1 + z**2 / N)``, z = 1.96

    Parameters
    ----------
    right, of : int
        How many of how many.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If ``of`` is below 1, or ``right`` is not in 0 .. ``of``.

    Notes
    -----
    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".

    Examples
    --------
    >>> [round(end, 3) for end in wilson(350, 360)]
    [0.95, 0.985]
    """
    if not 0 <= right <= of or of < 1:
        raise ValueError(f"{right} right of {of}; expected 0 to {of} of at least one.")
    z, p = 1.96, right / of
    middle = p + z**2 / (2 * of)
    half = z * math.sqrt(p * (1 - p) / of + (z / (2 * of)) ** 2)
    return (middle - half) / (1 + z**2 / of), (middle + half) / (1 + z**2 / of)
