"""Schedules that are constant between jumps."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnedu._check import not_negative
from nnedu.schedules._numbers import check_steps, number


def piecewise_constant(t: Any, *, boundaries: Sequence[float], values: Sequence[float]) -> Any:
    """Piecewise constant: one value until each boundary, the next from it on.

    ``lr = values[i]`` where ``i`` boundaries are at most ``t``

    Parameters
    ----------
    t : int or array of int, at least 0
        Updates already made.
    boundaries : sequence of n numbers above 0, increasing
        The updates at which the value changes.
    values : sequence of n + 1 numbers, at least 0
        The values before, between and after them.

    Returns
    -------
    float, or array of the shape of ``t``

    Raises
    ------
    ValueError
        If the lengths do not fit, the boundaries do not increase, or a value is negative.

    Notes
    -----
    **Conventions.** Changes at ``t >= boundary`` as ``torch.optim.lr_scheduler.MultiStepLR`` and
    ``optax.piecewise_constant_schedule`` (both take factors instead of values);
    ``keras.optimizers.schedules.PiecewiseConstantDecay`` changes one update later.

    Examples
    --------
    >>> piecewise_constant(np.array([0, 9, 10, 99]), boundaries=[10], values=[0.1, 0.01])
    array([0.1 , 0.1 , 0.01, 0.01])
    """
    check_steps(t=t)
    if len(values) != len(boundaries) + 1:
        raise ValueError(
            f"values has {len(values)} numbers and boundaries {len(boundaries)}; expected one "
            "value more than boundaries: before the first, between them, after the last."
        )
    for at, value in enumerate(values):
        not_negative(**{f"values[{at}]": value})
    if not np.all(np.diff([0.0, *boundaries]) > 0):
        raise ValueError(f"boundaries is {list(boundaries)}; expected numbers above 0, increasing.")
    return number(np.asarray(values, float)[np.searchsorted(boundaries, t, side="right")])
