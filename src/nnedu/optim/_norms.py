"""Sizes of tensors, as the rules that see whole tensors measure them."""

import numpy as np

from nnedu._typing import Array


def norm(x: Array) -> float:
    """The Euclidean norm of all entries: of a matrix, its Frobenius norm."""
    length = np.linalg.norm(x)
    return float(length) if isinstance(length, np.floating) else length  # an engine's own number


def rms(x: Array) -> float:
    """The root of the mean square of the entries; 0 where there are none."""
    return norm(x) / float(np.sqrt(max(1, x.size)))
