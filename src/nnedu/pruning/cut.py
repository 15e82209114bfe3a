"""Which weights go, once each has a score: the lowest of an array, of all arrays, of a column.

A mask is an array of booleans, True where the weight stays. Equal scores are cut in the order in
which they lie in memory, so that the same scores always give the same mask.
"""

from collections.abc import Mapping

import numpy as np

from nnedu._check import floating, same_shape
from nnedu._typing import Array


def count(sparsity: float, size: int) -> int:
    """How many of ``size`` weights a sparsity removes.

    ``k = round(sparsity size)``, a half to the even neighbour

    Parameters
    ----------
    sparsity : float in [0, 1]
        The share to be removed.
    size : int, at least 0
        Weights there are.

    Returns
    -------
    int, from 0 to ``size``

    Raises
    ------
    ValueError
        If ``sparsity`` is not in [0, 1].

    Notes
    -----
    **Conventions.** Rounds as ``torch.nn.utils.prune`` does. The TensorFlow Model Optimization
    toolkit rounds the number that stays, ``(1 - sparsity) size``, also half to even: the same
    except at a half when ``size`` is odd. The published code of Wanda truncates.

    Examples
    --------
    >>> count(0.5, 5), count(0.5, 7), count(0.25, 8)
    (2, 4, 2)
    """
    if not 0 <= sparsity <= 1:  # put so that NaN fails it
        raise ValueError(
            f"sparsity is {sparsity}; expected a share in [0, 1]. Per cent? Pass 0.9 for 90 %."
        )
    return round(float(sparsity) * size)


def cut(scores: Array, *, sparsity: float, mask: Array | None = None) -> Array:
    """Cut the lowest scores of one array, exactly as many as the sparsity says.

    Parameters
    ----------
    scores : float array, any shape
        One score a weight; low goes first.
    sparsity : float in [0, 1]
        The share of all entries that is gone afterwards, rounded by :func:`count`.
    mask : boolean array, shape of ``scores``, optional
        What an earlier cut left. What is gone stays gone, and counts.

    Returns
    -------
    boolean array, shape of ``scores``
        True where the weight stays.

    Raises
    ------
    TypeError
        If ``scores`` is not a float array, or ``mask`` not one of booleans.
    ValueError
        If ``sparsity`` is not in [0, 1], a score is NaN, or the shapes differ.

    Notes
    -----
    **Conventions.** On ``|w|`` the same mask as ``torch.nn.utils.prune.l1_unstructured``, up to
    which of several equal scores goes. PyTorch's second cut takes its share of *what is left*:
    after ``k`` of ``n`` are gone, its ``amount`` is ``sparsity=(k + round(amount (n - k))) / n``
    here. The TensorFlow Model Optimization toolkit keeps all ties: :func:`cut_below`.

    Source: Han et al. (2015), "Learning both weights and connections for efficient neural
    networks", section 3, which cuts by a threshold.

    Examples
    --------
    >>> cut(np.array([3.0, 1.0, 2.0, 1.0]), sparsity=0.5)
    array([ True, False,  True, False])
    """
    _scores(scores)
    flat = scores.ravel()
    if mask is not None:
        _mask(mask, scores)
        flat = np.where(mask.ravel(), flat, -np.inf)
    gone = np.argsort(flat, kind="stable")[: count(sparsity, scores.size)]
    kept = np.ones(scores.size, bool) if mask is None else mask.ravel().copy()
    kept[gone] = False
    return kept.reshape(scores.shape)


def cut_overall(
    scores: Mapping[str, Array], *, sparsity: float, masks: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """Cut the lowest scores of all arrays together: a layer may lose more than another.

    Parameters
    ----------
    scores : mapping of str to float array
        By the name of the parameter.
    sparsity : float in [0, 1]
        The share of all entries of all arrays that is gone afterwards.
    masks : mapping of str to boolean array, optional
        What an earlier cut left.

    Returns
    -------
    dict of str to boolean array
        True where the weight stays.

    Raises
    ------
    TypeError, ValueError
        As :func:`cut`; and if ``masks`` has other names than ``scores``.

    Notes
    -----
    **Conventions.** Equals ``torch.nn.utils.prune.global_unstructured`` with ``L1Unstructured``
    on ``|w|``. Scores are compared across layers, so their scale matters: a layer of small
    weights may vanish.

    Source: Frankle & Carbin (2019), "The lottery ticket hypothesis", section 4, where deep
    networks are pruned globally.

    Examples
    --------
    >>> scores = {"W1": np.array([[1.0, 2.0]]), "W2": np.array([[30.0], [40.0]])}
    >>> cut_overall(scores, sparsity=0.5)
    {'W1': array([[False, False]]), 'W2': array([[ True],
           [ True]])}
    """
    if masks is not None and masks.keys() != scores.keys():
        raise ValueError(
            f"masks has {', '.join(masks) or 'no names'}; expected those of scores: "
            f"{', '.join(scores)}."
        )
    if not scores:
        raise ValueError("scores is empty; expected at least one array by name.")
    for name, array in scores.items():
        _scores(array)
        if masks is not None:
            _mask(masks[name], array)
    whole = np.concatenate([array.ravel() for array in scores.values()])
    before = None if masks is None else np.concatenate([masks[name].ravel() for name in scores])
    kept = cut(whole, sparsity=sparsity, mask=before)
    parts, start = {}, 0
    for name, array in scores.items():
        parts[name] = kept[start : start + array.size].reshape(array.shape)
        start += array.size
    return parts


def cut_columns(scores: Array, *, sparsity: float) -> Array:
    """Cut the lowest scores of every column: each output loses equally many inputs.

    Parameters
    ----------
    scores : float array, shape (I, O)
        One column an output.
    sparsity : float in [0, 1]
        The share of ``I`` that every output loses, rounded by :func:`count`.

    Returns
    -------
    boolean array, shape (I, O)
        True where the weight stays.

    Raises
    ------
    TypeError, ValueError
        As :func:`cut`; and if ``scores`` is not two-dimensional.

    Notes
    -----
    **Conventions.** A column here is a row of PyTorch's transposed weights.

    Source: Sun et al. (2024), "A simple and effective pruning approach for large language
    models", section 3: the "comparison group" of Wanda.

    Examples
    --------
    >>> cut_columns(np.array([[1.0, 30.0], [2.0, 20.0]]), sparsity=0.5)
    array([[False,  True],
           [ True, False]])
    """
    _scores(scores)
    if scores.ndim != 2:
        raise ValueError(f"scores has shape {scores.shape}; expected (I, O), one column an output.")
    k = count(sparsity, scores.shape[0])
    kept = np.ones(scores.shape, bool)
    np.put_along_axis(kept, np.argsort(scores, axis=0, kind="stable")[:k], False, axis=0)
    return kept


def _scores(scores: Array) -> None:
    floating("scores", scores)
    if np.isnan(scores).any():
        raise ValueError("scores hold NaN; expected numbers that can be compared.")


def _mask(mask: Array, scores: Array) -> None:
    same_shape("mask", mask, "scores", scores)
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool:
        got = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
        raise TypeError(
            f"mask has dtype {got}; expected booleans, True where the weight stays. "
            "Pass mask.astype(bool)."
        )
