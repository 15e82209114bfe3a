"""Schedules that fall from a base value: constant, exponential, 1 / t, polynomial, cosine."""

from typing import Any

import numpy as np

from nnedu._check import not_negative, positive
from nnedu.schedules._numbers import check_factor, check_steps, number


def constant(t: Any, *, base: float) -> Any:
    """The same value for ever.

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The value.

    Returns
    -------
    float, or array of the shape of ``t``

    Examples
    --------
    >>> constant(7, base=0.1)
    0.1
    """
    check_steps(t=t)
    positive(base=base)
    return number(base + 0.0 * np.asarray(t))


def exponential(t: Any, *, base: float, rate: float, every: float = 1) -> Any:
    """Exponential decay: multiplied by ``rate`` once ``every`` updates, without jumps.

    ``lr = base rate**(t / every)``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The value at ``t = 0``.
    rate : float in (0, 1]
        The factor.
    every : float, above 0
        After how many updates the factor has been applied once.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** Equals ``keras.optimizers.schedules.ExponentialDecay`` and
    ``optax.exponential_decay`` (both with ``staircase=False``), and
    ``torch.optim.lr_scheduler.ExponentialLR`` at ``every=1``.

    Examples
    --------
    >>> exponential(20, base=0.8, rate=0.5, every=10)
    0.2
    """
    check_steps(t=t)
    positive(base=base, every=every)
    check_factor(rate=rate)
    return number(base * rate ** (np.asarray(t) / every))


def inverse_time(t: Any, *, base: float, scale: float = 1, power: float = 1) -> Any:
    """Inverse-time decay: the classical ``1 / t`` and its slower and faster relatives.

    ``lr = base / (1 + t / scale)**power``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The value at ``t = 0``.
    scale : float, above 0
        After how many updates the value has fallen to ``base / 2**power``.
    power : float, above 0
        The exponent n of ``1 / t**n``. Stochastic gradient descent converges under noise for
        powers in (1/2, 1], where the steps sum to infinity and their squares do not.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** At ``power=1`` equals ``keras.optimizers.schedules.InverseTimeDecay`` with
    ``decay_steps / decay_rate`` as ``scale``.

    Source: Robbins & Monro (1951), "A stochastic approximation method".

    Examples
    --------
    >>> inverse_time(10, base=0.5, scale=10)
    0.25
    """
    check_steps(t=t)
    positive(base=base, scale=scale, power=power)
    return number(base / (1 + np.asarray(t) / scale) ** power)


def polynomial(t: Any, *, base: float, total: float, final: float = 0.0, power: float = 1.0) -> Any:
    """Polynomial decay: a straight line from ``base`` to ``final``, or a power of one.

    ``lr = final + (base - final) (1 - min(t, total) / total)**power``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The value at ``t = 0``.
    total : float, above 0
        Updates until ``final`` is reached; it is kept from then on.
    final : float, at least 0
        The last value.
    power : float, above 0
        1 is a straight line; above 1 the value falls fast first, below 1 last.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** Equals ``keras.optimizers.schedules.PolynomialDecay`` and
    ``optax.polynomial_schedule``, and at ``final=0``
    ``torch.optim.lr_scheduler.PolynomialLR``.

    Examples
    --------
    >>> polynomial(np.array([0, 5, 10, 20]), base=1.0, total=10, power=2)
    array([1.  , 0.25, 0.  , 0.  ])
    """
    check_steps(t=t)
    positive(base=base, total=total, power=power)
    not_negative(final=final)
    return number(final + (base - final) * (1 - np.minimum(t, total) / total) ** power)


def cosine(t: Any, *, base: float, total: float, final: float = 0.0) -> Any:
    """Cosine decay: half a cosine wave from ``base`` down to ``final``, which it then keeps.

    ``lr = final + (base - final) (1 + cos(pi min(t, total) / total)) / 2``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The value at ``t = 0``.
    total : float, above 0
        Updates until ``final`` is reached.
    final : float, at least 0
        The value from ``t = total`` on.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** Past the end it stays at ``final``, as ``keras.optimizers.schedules
    .CosineDecay`` and ``optax.cosine_decay_schedule`` do (both give ``final / base`` as alpha);
    ``torch.optim.lr_scheduler.CosineAnnealingLR`` rises again.

    Source: Loshchilov & Hutter (2017), "SGDR: stochastic gradient descent with warm restarts",
    equation 5, for a single period.

    Examples
    --------
    >>> cosine(np.array([0, 50, 100, 200]), base=1.0, total=100)
    array([1. , 0.5, 0. , 0. ])
    """
    check_steps(t=t)
    positive(base=base, total=total)
    not_negative(final=final)
    progress = np.minimum(t, total) / total
    return number(final + (base - final) * (1 + np.cos(np.pi * progress)) / 2)
