"""Schedules that rise first: warm-up before any other, inverse square root, and a plateau."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._check import not_negative, positive
from nnedu.schedules._numbers import check_steps, number


def warm_up(t: Any, *, then: Callable[[Any], Any], updates: int, start: float = 0.0) -> Any:
    """Linear warm-up: a straight line up to the first value of another schedule, then that one.

    ``lr = start + (then(0) - start) t / updates`` while ``t < updates``, then
    ``then(t - updates)``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    then : callable
        The schedule that follows, a function of the updates made since the warm-up ended.
    updates : int, at least 1
        How many updates the warm-up takes.
    start : float, at least 0
        The value at ``t = 0``. At 0 the first update changes nothing.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** The length of ``then`` does not include the warm-up, as in
    ``keras.optimizers.schedules.CosineDecay(warmup_steps=...)`` and in
    ``torch.optim.lr_scheduler.SequentialLR``; ``optax.warmup_cosine_decay_schedule`` takes the
    length of both together.

    Source: Goyal et al. (2017), "Accurate, large minibatch SGD", section 2.2, for the linear rise.

    Examples
    --------
    >>> from nnedu.schedules import constant
    >>> def base(t):
    ...     return constant(t, base=0.4)
    >>> warm_up(np.array([0, 1, 2, 3, 4, 5]), then=base, updates=4)
    array([0. , 0.1, 0.2, 0.3, 0.4, 0.4])
    """
    check_steps(t=t)
    positive(updates=updates)
    not_negative(start=start)
    t = np.asarray(t)
    rising = start + (then(0) - start) * t / updates
    return number(np.where(t < updates, rising, then(np.maximum(t - updates, 0))))


def inverse_sqrt(t: Any, *, base: float, warm_up: int) -> Any:
    """Inverse square root after a linear rise: the schedule of the first transformers.

    ``lr = base min((t + 1) / warm_up, sqrt(warm_up / (t + 1)))``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The peak, reached at the update number ``warm_up``.
    warm_up : int, at least 1
        How many updates rise.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** The paper's ``d_model**-0.5 min(s**-0.5, s warm_up**-1.5)`` counts updates
    from s = 1; its peak is ``base = (d_model warm_up)**-0.5``.

    Source: Vaswani et al. (2017), "Attention is all you need", equation 3.

    Examples
    --------
    >>> inverse_sqrt(np.array([0, 3, 15]), base=1.0, warm_up=4)
    array([0.25, 1.  , 0.5 ])
    """
    check_steps(t=t)
    positive(base=base, warm_up=warm_up)
    s = np.asarray(t) + 1
    return number(base * np.minimum(s / warm_up, np.sqrt(warm_up / s)))


def warmup_stable_decay(
    t: Any, *, base: float, warm_up: float, stable: float, decay: float, final: float = 0.0
) -> Any:
    """Warm-up, stable, decay: a rise, a plateau of any length, and a short fall.

    ``lr = base t / warm_up``, then ``base``, then a straight line down to ``final``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The value of the plateau.
    warm_up, stable, decay : float, above 0
        Updates of the three parts.
    final : float, at least 0
        The value at the end, kept from then on.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** The fall is linear; the paper's is exponential. Training can go on from any
    point of the plateau, because nothing before the fall depends on the length of the whole.

    Source: Hu et al. (2024), "MiniCPM", section 4.

    Examples
    --------
    >>> t = np.array([0, 1, 2, 9, 12, 14, 20])
    >>> warmup_stable_decay(t, base=1.0, warm_up=2, stable=8, decay=4)
    array([0. , 0.5, 1. , 1. , 0.5, 0. , 0. ])
    """
    check_steps(t=t)
    positive(base=base, warm_up=warm_up, stable=stable, decay=decay)
    not_negative(final=final)
    t = np.asarray(t)
    fallen = np.clip((t - warm_up - stable) / decay, 0, 1)
    return number(np.where(t < warm_up, base * t / warm_up, base + (final - base) * fallen))
