"""Cutting by a threshold: the convention that keeps what ties."""

import numpy as np

from nnedu._typing import Array
from nnedu.pruning.cut import _scores, count


def cut_below(scores: Array, *, sparsity: float) -> Array:
    """Cut what lies below a threshold; all scores equal to the threshold stay.

    ``k = max(round((1 - sparsity) size), 1)``, the threshold is the ``k``-th largest score and
    what stays is ``scores >= threshold``

    Parameters
    ----------
    scores : float array, any shape, at least one entry
    sparsity : float in [0, 1]
        The share to be removed; fewer are where scores tie.

    Returns
    -------
    boolean array, shape of ``scores``
        True where the weight stays; at least one does.

    Raises
    ------
    TypeError, ValueError
        As :func:`cut`.

    Notes
    -----
    **Conventions.** The rule of ``tfmot.sparsity.keras.prune_low_magnitude``, on ``|w|``. Many
    equal weights (zeros from an earlier cut, weights on a coarse grid) make it remove fewer than
    was asked for; :func:`cut` never does.

    Source: Zhu & Gupta (2018), "To prune, or not to prune", section 3.

    Examples
    --------
    >>> cut_below(np.array([3.0, 1.0, 1.0, 1.0]), sparsity=0.5)
    array([ True,  True,  True,  True])
    """
    _scores(scores)
    if scores.size == 0:
        raise ValueError(f"scores has shape {scores.shape}; expected at least one entry.")
    count(sparsity, scores.size)  # the range of a sparsity
    stay = max(round((1 - float(sparsity)) * scores.size), 1)
    threshold = np.sort(scores, axis=None)[-stay]
    kept: Array = scores >= threshold
    return kept
