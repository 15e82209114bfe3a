"""The figures of the chapter on losses that look at logits and their slopes."""

from collections.abc import Mapping

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.losses import note
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots


def _first(values: Array) -> int:
    """How many of the first values are finite."""
    good = np.isfinite(values)
    return len(values) if good.all() else int(np.argmin(good))


def overflow(
    gaps: Array,
    naive: Mapping[str, Array],
    runs: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: the naive loss of one example in three precisions; right: two training runs.

    Parameters
    ----------
    gaps : array, shape (T,)
        The wrong class's logit above the right one's.
    naive : dict of str to array, shape (T,)
        The naive loss by precision; not finite where it broke.
    runs : dict of str to array
        Training losses by name, the last one not finite where training broke.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.0)
    left.plot(gaps, np.logaddexp(0, gaps), color=INK, linewidth=5, alpha=0.18)
    for position, (name, values) in enumerate(naive.items()):
        good = _first(values)
        x, y = float(gaps[:good][-1]), float(values[:good][-1])
        left.plot(gaps[:good], values[:good], color=OTHERS[position], linewidth=1.6)
        left.plot(x, y, "X", color=OTHERS[position], markersize=8)
        note(left, x * 1.5, y * 0.9, name, OTHERS[position], va="top")
    left.set(xscale="log", yscale="log", xlabel="logit gap (log)", ylabel="loss (log)")
    left.set_xlim(None, 3e4)
    note(left, 1.5e3, 2.5e3, "stable", ha="right", va="bottom")
    for position, (name, losses) in enumerate(runs.items()):
        good = _first(losses)
        shade = (OTHERS[1], INK)[position]
        right.plot(np.arange(1, good + 1), losses[:good], color=shade, linewidth=3 - 2 * position)
        if good < len(losses):
            right.plot(good, losses[good - 1], "X", color=shade, markersize=9, zorder=3)
            note(right, good * 1.4, float(losses[good - 1]), f"{name}: NaN", shade, va="center")
        else:
            note(right, 25, float(losses[24]) * 2.2, name, shade)
    right.set(xscale="log", yscale="log", xlabel="update (log)", ylabel="training loss (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def wrong_and_certain(
    logits: Array,
    pulls: Mapping[str, Array],
    runs: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: the slope of two losses along the logit; right: error rates from a wrong start.

    Parameters
    ----------
    logits : array, shape (T,)
    pulls : dict of str to array, shape (T,)
        Slopes by loss, for an example of class 1.
    runs : dict of str to array, shape (U,)
        Error rates after 0, 1, 2, ... updates.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.0)
    for position, (name, values) in enumerate(pulls.items()):
        left.plot(logits, values, color=OTHERS[2 - position])
        x, y = ((0.6, -0.6), (-5.5, 0.05))[position]
        note(left, x, y, name, OTHERS[2 - position])
    left.axhline(0, color=INK, linewidth=0.8)
    left.set(xlabel="logit z (label 1)", ylabel="slope of the loss", ylim=(-1.08, 0.2))
    for position, (name, errors) in enumerate(runs.items()):
        k = np.unique(np.geomspace(1, len(errors), 200).astype(int))
        right.plot(k, errors[k - 1], color=OTHERS[2 - position])
        x, y = ((1.1, 0.3), (12.0, 0.9))[position]
        note(right, x, y, name, OTHERS[2 - position])
    right.set(xscale="log", ylim=(0, 1), xlabel="update (log)", ylabel="error rate")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def smoothing(
    gaps: Array,
    losses: Mapping[float, Array],
    best: Mapping[float, float],
    runs: Mapping[float, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: the smoothed loss against the logit gap; right: gaps during training.

    Parameters
    ----------
    gaps : array, shape (T,)
    losses : dict of float to array, shape (T,)
        By smoothing.
    best : dict of float to float
        The predicted gap by smoothing, where there is one.
    runs : dict of float to array, shape (U,)
        The mean gap after 0, 1, 2, ... updates, by smoothing.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.1)
    for position, (s, values) in enumerate(losses.items()):
        left.plot(gaps, values, color=OTHERS[position])
        note(left, gaps[-1], float(values[-1]), f" s = {s:g}", OTHERS[position], va="center")
        if s in best:
            at = float(np.interp(best[s], gaps, values))
            left.plot(best[s], at, "o", color=OTHERS[position], markersize=7)
    left.set(xlabel="logit gap", ylabel="loss", xlim=(gaps[0], gaps[-1]), ylim=(0, None))
    for position, (s, values) in enumerate(runs.items()):
        k = np.unique(np.geomspace(1, len(values), 200).astype(int))
        curve(right, k, values[k - 1], color=OTHERS[position], label=f"s = {s:g}")
        if s in best:
            right.axhline(best[s], color=OTHERS[position], linewidth=1, linestyle="--")
    right.set(xscale="log", xlabel="update (log)", ylabel="mean logit gap", ylim=(0, None))
    direct_labels(right)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def vee(
    steps: Array,
    errors: Mapping[str, Array],
    best: Mapping[str, float],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """The error of finite differences against their step, both axes logarithmic.

    Parameters
    ----------
    steps : array, shape (T,)
    errors : dict of str to array, shape (T,)
        Relative errors by method.
    best : dict of str to float
        The predicted best step by method.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.6)
    for position, (name, values) in enumerate(errors.items()):
        shade = OTHERS[position]
        ax.plot(steps, np.clip(values, 1e-13, None), ".-", color=shade, linewidth=1.4)
        ax.axvline(best[name], color=shade, linewidth=1, linestyle=":")
    for position, (name, at) in enumerate(
        zip(errors, ((1e-5, 2e-12), (1e-10, 3.0), (1e-7, 2e-4)), strict=True)
    ):
        note(ax, *at, name, OTHERS[position], ha="center", va="center")
    ax.set(xscale="log", yscale="log", xlabel="step h (log)", ylim=(1e-13, 30))
    ax.set_ylabel("relative error of the slope (log)")
    return Picture(figure, alt=alt, caption=caption)
