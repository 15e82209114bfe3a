"""Random trial-and-keep: remove some weights at random, and keep the removal if it does no harm."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnedu._check import floating, same_shape, whole
from nnedu._typing import Array


@dataclass(frozen=True)
class Trials:
    """What a series of trials left behind.

    Attributes
    ----------
    mask : boolean array, shape of ``theta``
        True where the weight stays.
    losses : float array, shape (trials + 1,)
        The loss of what was kept so far, before the first trial and after each.
    kept : boolean array, shape (trials,)
        Whether each removal was kept.
    """

    mask: Array
    losses: Array
    kept: Array


def trial_and_keep(
    loss: Callable[[Array], float],
    theta: Array,
    rng: np.random.Generator,
    *,
    trials: int,
    remove: int = 1,
    prunable: Array | None = None,
) -> Trials:
    """Trial and keep: propose random weights for removal, keep what does not raise the loss.

    Each trial sets ``remove`` weights that are still there to 0. If ``loss <= the loss so far``
    they stay away; otherwise they come back.

    Parameters
    ----------
    loss : callable
        ``loss(theta) -> float``, of weights with zeros in them. Which examples it looks at decides
        what is found: choosing by the data that then reports the result is selection.
    theta : float array, any shape
        The trained weights; not changed.
    rng : numpy.random.Generator
        Proposes.
    trials : int, at least 0
    remove : int, at least 1
        Weights a trial proposes; all that are left, where fewer are.
    prunable : boolean array, shape of ``theta``, optional
        What may be proposed; everything by default.

    Returns
    -------
    Trials
        Its losses never rise.

    Raises
    ------
    TypeError
        If ``theta`` is not a float array.
    ValueError
        If the shapes differ, a count is out of range, or the loss at the start is not a number.

    Notes
    -----
    **Conventions.** No framework has it. One evaluation of the loss a trial: far dearer than a
    score for the same number of weights, but it needs no derivative and never makes this loss
    worse.

    Source: Reed (1993), "Pruning algorithms: a survey", on removing a weight and looking at the
    error; with random proposals it is hill climbing.

    Examples
    --------
    The loss wants the first weight; the others only disturb it.

    >>> theta = np.array([1.0, 0.2, -0.1])
    >>> found = trial_and_keep(
    ...     lambda w: float((w[0] - 1) ** 2 + w[1] ** 2 + w[2] ** 2),
    ...     theta, np.random.default_rng(0), trials=20)
    >>> found.mask, float(found.losses[-1])
    (array([ True, False, False]), 0.0)
    """
    floating("theta", theta)
    whole("trials", trials, least=0)
    whole("remove", remove, least=1)
    may = np.ones(theta.shape, bool) if prunable is None else np.asarray(prunable, bool)
    same_shape("prunable", may, "theta", theta)
    mask = np.ones(theta.shape, bool)
    best = float(loss(theta.copy()))
    if np.isnan(best):
        raise ValueError("the loss at the start is NaN; expected a number that trials can beat.")
    losses, kept = [best], []
    for _ in range(trials):
        left = np.flatnonzero(mask & may)
        chosen = rng.choice(left, size=min(remove, left.size), replace=False)
        proposed = mask.copy()
        proposed.flat[chosen] = False
        value = float(loss(np.where(proposed, theta, 0)))
        better = bool(value <= best and left.size > 0)  # NaN is not
        if better:
            mask, best = proposed, value
        losses.append(best)
        kept.append(better)
    return Trials(mask, np.array(losses), np.array(kept, bool))
