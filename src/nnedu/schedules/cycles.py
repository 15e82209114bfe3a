"""Schedules that rise and fall: triangles, one cycle, cosine with warm restarts."""

from typing import Any

import numpy as np

from nnedu._check import not_negative, positive
from nnedu._typing import Array
from nnedu.schedules._numbers import check_factor, check_steps, number


def triangular(t: Any, *, low: float, high: float, half: float) -> Any:
    """Cyclical, triangular: straight lines up and down between two values, for ever.

    ``lr = low + (high - low) (1 - abs(t / half - 2 c - 1))`` in cycle ``c = floor(t / (2 half))``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    low, high : float, above 0
        The values at the foot, where it starts, and at the top.
    half : float, above 0
        Updates from foot to top: half a cycle.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** Equals ``torch.optim.lr_scheduler.CyclicLR`` in mode "triangular" with
    ``step_size_up=half``.

    Source: Smith (2017), "Cyclical learning rates for training neural networks", section 3.

    Examples
    --------
    >>> triangular(np.arange(5), low=1.0, high=3.0, half=2)
    array([1., 2., 3., 2., 1.])
    """
    wave, _ = _triangle(t, low, high, half)
    return number(low + (high - low) * wave)


def triangular2(t: Any, *, low: float, high: float, half: float) -> Any:
    """Cyclical, triangular2: triangles whose height halves after every cycle.

    ``lr = low + (high - low) wave / 2**c`` with the wave and the cycle of :func:`triangular`

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    low, high : float, above 0
        The values at the foot and at the first top.
    half : float, above 0
        Updates from foot to top.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** Equals ``torch.optim.lr_scheduler.CyclicLR`` in mode "triangular2".

    Source: Smith (2017), section 3.

    Examples
    --------
    >>> triangular2(np.array([2, 6, 10]), low=1.0, high=3.0, half=2)
    array([3. , 2. , 1.5])
    """
    wave, cycle = _triangle(t, low, high, half)
    return number(low + (high - low) * wave / 2.0**cycle)


def exp_range(t: Any, *, low: float, high: float, half: float, rate: float) -> Any:
    """Cyclical, exp_range: triangles whose height shrinks by a factor at every update.

    ``lr = low + (high - low) wave rate**t`` with the wave of :func:`triangular`

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    low, high : float, above 0
        The values at the foot, and at the top but for the factor.
    half : float, above 0
        Updates from foot to top.
    rate : float in (0, 1]
        The factor.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** Equals ``torch.optim.lr_scheduler.CyclicLR`` in mode "exp_range" with
    ``gamma=rate``.

    Source: Smith (2017), section 3.

    Examples
    --------
    >>> exp_range(np.array([0, 2, 4]), low=1.0, high=3.0, half=2, rate=0.5)
    array([1. , 1.5, 1. ])
    """
    check_factor(rate=rate)
    wave, _ = _triangle(t, low, high, half)
    return number(low + (high - low) * wave * rate ** np.asarray(t, float))


def _triangle(t: Any, low: float, high: float, half: float) -> tuple[Array, Array]:
    """A wave between 0 and 1, and the number of its cycle from 0."""
    check_steps(t=t)
    positive(low=low, high=high, half=half)
    if low > high:
        raise ValueError(f"low is {low} and high {high}; expected low to be the smaller.")
    cycle = np.floor(np.asarray(t) / (2 * half))
    return 1 - np.abs(np.asarray(t) / half - 2 * cycle - 1), cycle


def one_cycle(
    t: Any, *, base: float, peak: float, up: float, total: float, final: float = 0.0
) -> Any:
    """One cycle: half a cosine wave up to a peak, half a longer one down to almost nothing.

    ``lr = base + (peak - base) (1 - cos(pi t / up)) / 2`` while ``t < up``, then
    ``final + (peak - final) (1 + cos(pi (t - up) / (total - up))) / 2``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The value at ``t = 0``.
    peak : float, above 0
        The value at ``t = up``.
    up : float, above 0
        Updates until the peak.
    total : float, above ``up``
        Updates until ``final`` is reached; it is kept from then on.
    final : float, at least 0
        The last value.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** Equals ``optax.cosine_onecycle_schedule`` with ``base = peak / div_factor``
    and ``final = base / final_div_factor``. ``torch.optim.lr_scheduler.OneCycleLR`` counts from
    the first update to the last: its ``total_steps`` is ``total + 1`` here, and
    ``up = pct_start total_steps - 1``. The paper's rise and fall are linear.

    Source: Smith & Topin (2018), "Super-convergence", section 4.

    Examples
    --------
    >>> one_cycle(np.array([0, 1, 2, 6, 10]), base=1.0, peak=3.0, up=2, total=10)
    array([1. , 2. , 3. , 1.5, 0. ])
    """
    check_steps(t=t)
    positive(base=base, peak=peak, up=up, total=total)
    not_negative(final=final)
    if not up < total:
        raise ValueError(f"up is {up} and total {total}; expected up to be the smaller.")
    t = np.asarray(t)
    rising = base + (peak - base) * (1 - np.cos(np.pi * np.minimum(t / up, 1))) / 2
    fallen = np.clip((t - up) / (total - up), 0, 1)
    falling = final + (peak - final) * (1 + np.cos(np.pi * fallen)) / 2
    return number(np.where(t < up, rising, falling))


def warm_restarts(
    t: Any,
    *,
    base: float,
    period: float,
    growth: float = 1.0,
    shrink: float = 1.0,
    final: float = 0.0,
) -> Any:
    """Cosine with warm restarts (SGDR): down a cosine, back to the top, and again.

    ``lr = final + (base - final) shrink**i (1 + cos(pi s / T)) / 2`` where ``s`` updates have been
    made since restart ``i``, and ``T = period growth**i``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    base : float, above 0
        The value at ``t = 0``.
    period : float, above 0
        Updates until the first restart.
    growth : float, at least 1
        How many times longer each period is than the last.
    shrink : float in (0, 1]
        How much lower each top is than the last.
    final : float, at least 0
        What each period falls towards.

    Returns
    -------
    float, or array of the shape of ``t``

    Notes
    -----
    **Conventions.** Equals ``keras.optimizers.schedules.CosineDecayRestarts`` (``t_mul``,
    ``m_mul``), and at ``shrink=1``
    ``torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`` (``T_0``, ``T_mult``).

    Source: Loshchilov & Hutter (2017), "SGDR: stochastic gradient descent with warm restarts",
    equation 5.

    Examples
    --------
    >>> warm_restarts(np.array([0, 1, 2, 4, 6]), base=1.0, period=2, growth=2)
    array([1. , 0.5, 1. , 0.5, 1. ])
    """
    check_steps(t=t)
    positive(base=base, period=period)
    check_factor(shrink=shrink)
    not_negative(final=final)
    if not 1 <= growth < np.inf:
        raise ValueError(f"growth is {growth}; expected a finite number of at least 1.")
    t = np.asarray(t, float)
    if growth == 1:
        restart = np.floor(t / period)
        begun, length = restart * period, np.asarray(period)
    else:
        begins = [0.0]  # of the periods, as many as t needs: exact, where a logarithm is not
        while begins[-1] <= t.max(initial=0):
            begins.append(begins[-1] + period * growth ** (len(begins) - 1))
        restart = np.searchsorted(begins, t, side="right") - 1
        begun, length = np.asarray(begins)[restart], period * growth**restart
    wave = (1 + np.cos(np.pi * (t - begun) / length)) / 2
    return number(final + (base - final) * shrink**restart * wave)
