"""Gradient clipping: three ways to bound a gradient before a rule sees it.

In order of how much of the direction they keep: entry by entry, array by array, all at once.
"""

from collections.abc import Callable, Mapping

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array, Objective


def clip_by_value(g: Array, limit: float) -> Array:
    """Cut every entry of a gradient off at a largest size.

    ``g <- min(max(g, -limit), limit)``

    Changes the direction: the largest entries shrink, the others stay.

    Parameters
    ----------
    g : float array, any shape
        The gradient; not changed.
    limit : float, above 0
        The largest size of an entry.

    Returns
    -------
    array, shape and dtype of ``g``

    Raises
    ------
    TypeError
        If ``g`` is not an array of floats.
    ValueError
        If ``limit`` is not above 0.

    Notes
    -----
    **Conventions.** Equals ``torch.nn.utils.clip_grad_value_``, ``clipvalue`` of Keras's
    optimizers and ``optax.clip``.

    Source: Goodfellow, Bengio & Courville (2016), "Deep learning", section 10.11.1.

    Examples
    --------
    >>> clip_by_value(np.array([3.0, -0.5]), 1.0)
    array([ 1. , -0.5])
    """
    floating("g", g)
    _positive(limit)
    return np.clip(g, -limit, limit)


def clip_by_norm(
    g: Array, limit: float, views: Callable[[Array], Mapping[str, Array]], *, eps: float = 0.0
) -> Array:
    """Shorten each array of a gradient, on its own, to a largest norm.

    ``g_i <- g_i min(1, limit / (norm(g_i) + eps))`` for each array ``g_i``

    Keeps the direction of each array and changes that of the whole: one exploding layer does not
    slow the others.

    Parameters
    ----------
    g : float array, shape (P,)
        The gradient; not changed.
    limit : float, above 0
        The largest norm of an array.
    views : callable
        ``views(g) -> {name: view of g}``, such as ``network.views``.
    eps : float, at least 0
        Added to the norm.

    Returns
    -------
    array, shape and dtype of ``g``

    Raises
    ------
    TypeError
        If ``g`` is not an array of floats.
    ValueError
        If ``limit`` is not above 0.

    Notes
    -----
    **Conventions.** Equals ``clipnorm`` of Keras's optimizers, and with ``eps=1e-6`` a call of
    ``torch.nn.utils.clip_grad_norm_`` for each parameter. Optax has none.

    Source: Pascanu, Mikolov & Bengio (2013), "On the difficulty of training recurrent neural
    networks", Algorithm 1, for each array.

    Examples
    --------
    >>> halves = lambda g: {"W": g[:2], "b": g[2:]}
    >>> clip_by_norm(np.array([3.0, 4.0, 0.5]), 1.0, halves)
    array([0.6, 0.8, 0.5])
    """
    floating("g", g)
    _positive(limit)
    g = g.copy()
    for view in views(g).values():
        view[...] *= _factor(view, limit, eps)
    return g


def clip_by_global_norm(g: Array, limit: float, *, eps: float = 0.0) -> Array:
    """Shorten a whole gradient to a largest norm.

    ``g <- g min(1, limit / (norm(g) + eps))``

    Keeps the direction.

    Parameters
    ----------
    g : float array, any shape
        The gradient; not changed.
    limit : float, above 0
        The largest norm.
    eps : float, at least 0
        Added to the norm.

    Returns
    -------
    array, shape and dtype of ``g``
        Entries that are not finite are not made so; ``train`` names them.

    Raises
    ------
    TypeError
        If ``g`` is not an array of floats.
    ValueError
        If ``limit`` is not above 0.

    Notes
    -----
    **Conventions.** Equals ``global_clipnorm`` of Keras's optimizers and
    ``optax.clip_by_global_norm``; ``torch.nn.utils.clip_grad_norm_`` has ``eps=1e-6``. The squares
    are summed in float64, so that float32 gradients of 1e20 have a norm too.

    Source: Pascanu, Mikolov & Bengio (2013), "On the difficulty of training recurrent neural
    networks", Algorithm 1.

    Examples
    --------
    >>> clip_by_global_norm(np.array([30.0, -40.0]), 5.0)
    array([ 3., -4.])
    """
    floating("g", g)
    _positive(limit)
    return g * _factor(g, limit, eps)


def global_norm(g: Array) -> float:
    """The Euclidean length of a gradient, summed in float64.

    Parameters
    ----------
    g : float array, any shape

    Returns
    -------
    float

    Examples
    --------
    >>> global_norm(np.array([[3.0], [4.0]], np.float32))
    5.0
    """
    return float(np.sqrt(np.sum(np.square(g, dtype=np.float64))))


def clipped(objective: Objective, clip: Callable[[Array], Array]) -> Objective:
    """An objective whose gradient is clipped.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``.
    clip : callable
        ``clip(g) -> g``, such as ``partial(clip_by_global_norm, limit=1.0)``.

    Returns
    -------
    callable
        For ``train``.

    Examples
    --------
    >>> from functools import partial
    >>> steep = lambda theta: (100 * theta[0], np.array([100.0]))
    >>> clipped(steep, partial(clip_by_value, limit=1.0))(np.array([2.0]))
    (np.float64(200.0), array([1.]))
    """

    def bounded(theta: Array, *batch: Array) -> tuple[float, Array]:
        value, g = objective(theta, *batch)
        return value, clip(g)

    return bounded


def _factor(g: Array, limit: float, eps: float) -> float:
    """What a gradient is multiplied by: a plain float, which keeps its dtype."""
    norm = global_norm(g)
    return min(1.0, limit / (norm + eps)) if norm > 0 else 1.0


def _positive(limit: float) -> None:
    if not limit > 0:
        raise ValueError(f"limit is {limit!r}; expected a number above 0.")
