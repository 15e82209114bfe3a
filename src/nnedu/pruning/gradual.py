"""The gradual schedule: prune fast while there is much to prune, slowly near the end."""

from typing import Any

import numpy as np


def cubic(
    t: Any, *, final: float, total: float, initial: float = 0.0, start: float = 0, power: float = 3
) -> Any:
    """Gradual pruning: the sparsity rises from ``initial`` to ``final`` along a cubic.

    ``s = final + (initial - final) (1 - (t - start) / total)**power``, constant before and after

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    final : float in [0, 1]
        The sparsity from ``start + total`` on.
    total : float, above 0
        Updates from the first pruning to the last.
    initial : float in [0, 1]
        The sparsity up to ``start``.
    start : float, at least 0
        When pruning begins.
    power : float, above 0
        3 in the paper; 1 prunes evenly.

    Returns
    -------
    float, or array of the shape of ``t``

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    **Conventions.** The paper prunes at every ``frequency``-th update only, ``total = n frequency``
    after the first; here that is the caller's ``every``. Equals
    ``tfmot.sparsity.keras.PolynomialDecay`` with ``end_step = start + total``.

    Source: Zhu & Gupta (2018), "To prune, or not to prune: exploring the efficacy of pruning for
    model compression", equation 1.

    Examples
    --------
    Half-way, seven eighths of the way is done: ``1 - (1/2)**3``.

    >>> cubic(np.array([0, 10, 20, 30, 40]), final=0.8, total=20, start=10)
    array([0. , 0. , 0.7, 0.8, 0.8])
    """
    if not np.all(np.asarray(t) >= 0):  # put so that NaN fails it
        raise ValueError(f"t is {t}; expected updates already made, 0 at the first.")
    for name, share in (("final", final), ("initial", initial)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name} is {share}; expected a sparsity in [0, 1].")
    for name, number in (("total", total), ("power", power)):
        if not 0 < number < np.inf:
            raise ValueError(f"{name} is {number}; expected a finite number above 0.")
    if not 0 <= start < np.inf:
        raise ValueError(f"start is {start}; expected a finite number of at least 0.")
    progress = np.clip((np.asarray(t) - start) / total, 0, 1)
    s = final + (initial - final) * (1 - progress) ** power
    return float(s) if np.ndim(s) == 0 else s
