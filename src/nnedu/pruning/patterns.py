"""Masks with a shape that hardware can use: n of every m weights, whole units.

Scattered zeros save bytes and rarely seconds. These patterns leave a smaller dense product (units)
or one that sparse tensor cores know (2 of 4).
"""

import numpy as np

from nnedu._check import floating, whole
from nnedu._typing import Array
from nnedu.pruning.cut import _scores, cut


def n_of_m(scores: Array, *, n: int = 2, m: int = 4, axis: int = 0) -> Array:
    """N:M sparsity: keep the ``n`` highest scores of every ``m`` neighbours.

    Parameters
    ----------
    scores : float array, any shape
        One score a weight; with ``|w|`` the kept weights have the largest sum possible.
    n : int, from 0 to ``m``
        How many of a group stay.
    m : int, at least 1
        The group: ``m`` neighbours along ``axis``.
    axis : int
        The axis that a product sums over: 0 for weights (I, O).

    Returns
    -------
    boolean array, shape of ``scores``
        True where the weight stays. Of equal scores the earlier goes.

    Raises
    ------
    TypeError
        If ``scores`` is not a float array.
    ValueError
        If ``m`` does not divide the length of the axis, or ``n`` is not in 0 .. m.

    Notes
    -----
    **Conventions.** 2:4 is the pattern of ``torch.sparse.to_sparse_semi_structured``, along the
    last axis of its transposed weights. The TensorFlow Model Optimization toolkit counts the
    zeros first.

    Source: Mishra et al. (2021), "Accelerating sparse deep neural networks".

    Examples
    --------
    >>> n_of_m(np.array([4.0, 1.0, 3.0, 2.0, 0.1, 0.2, 0.4, 0.3]))
    array([ True, False,  True, False, False, False,  True,  True])
    """
    _scores(scores)
    whole("m", m, least=1)
    whole("n", n, least=0)
    if n > m:
        raise ValueError(f"n is {n} and m {m}; expected n of m to stay, such as 2 of 4.")
    along = np.moveaxis(scores, axis, -1)
    if along.shape[-1] % m:
        raise ValueError(
            f"axis {axis} of scores has length {along.shape[-1]}; expected a multiple of m = {m}. "
            "Pad the inputs, or choose another axis."
        )
    groups = along.reshape(*along.shape[:-1], -1, m)
    gone = np.argsort(groups, axis=-1, kind="stable")[..., : m - n]
    kept = np.ones(groups.shape, bool)
    np.put_along_axis(kept, gone, False, axis=-1)
    return np.ascontiguousarray(np.moveaxis(kept.reshape(along.shape), -1, axis))


def unit_norms(W: Array, *, axis: int = -1, order: float = 2) -> Array:
    """The norm of the weights of each unit: a neuron's column, a channel's kernel.

    ``norm[u] = (sum over u's weights of |w|**order)**(1 / order)``

    Parameters
    ----------
    W : float array, at least two axes
        The weights of one layer.
    axis : int
        What counts the units: -1 for the outputs of (I, O) and of a kernel (..., I, O).
    order : float, at least 1, or inf
        1: sum of magnitudes. 2: Euclidean. inf: the largest magnitude.

    Returns
    -------
    array, shape (units,), dtype of ``W``

    Raises
    ------
    TypeError
        If ``W`` is not a float array.
    ValueError
        If ``W`` has fewer than two axes, or ``order`` is below 1.

    Notes
    -----
    **Conventions.** The scores of ``torch.nn.utils.prune.ln_structured(n=order, dim=...)``.

    Source: Li et al. (2017), "Pruning filters for efficient convnets", section 3.1, at
    ``order=1``.

    Examples
    --------
    >>> unit_norms(np.array([[3.0, 1.0], [4.0, 1.0]]), order=2).round(3)
    array([5.   , 1.414])
    """
    floating("W", W)
    if W.ndim < 2:
        raise ValueError(f"W has shape {W.shape}; expected at least two axes, such as (I, O).")
    if not order >= 1:
        raise ValueError(f"order is {order}; expected at least 1, such as 1, 2 or np.inf.")
    rows = np.moveaxis(W, axis, 0).reshape(W.shape[axis], -1)
    return np.asarray(np.linalg.norm(rows, ord=order, axis=1), dtype=W.dtype)


def cut_units(W: Array, *, sparsity: float, axis: int = -1, order: float = 2) -> Array:
    """Structured pruning: cut the units of smallest norm, all their weights at once.

    Parameters
    ----------
    W : float array, at least two axes
    sparsity : float in [0, 1]
        The share of units to be removed, rounded as in :func:`~nnedu.pruning.count`.
    axis, order
        As for :func:`unit_norms`.

    Returns
    -------
    boolean array, shape of ``W``
        True where the weight stays; constant along a unit.

    Raises
    ------
    TypeError, ValueError
        As :func:`unit_norms` and :func:`~nnedu.pruning.cut`.

    Notes
    -----
    **Conventions.** Equals ``torch.nn.utils.prune.ln_structured(n=order, dim=axis)``.

    Source: Li et al. (2017), "Pruning filters for efficient convnets", section 3.1.

    Examples
    --------
    >>> cut_units(np.array([[3.0, 1.0], [4.0, 1.0]]), sparsity=0.5)
    array([[ True, False],
           [ True, False]])
    """
    kept = cut(unit_norms(W, axis=axis, order=order), sparsity=sparsity)
    shape = [1] * W.ndim
    shape[axis] = -1
    return np.broadcast_to(kept.reshape(shape), W.shape).copy()
