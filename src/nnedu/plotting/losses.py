"""The figures of the chapter on losses."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

MOONS = ((-1.7, 2.7), (-1.3, 1.8))
"""The part of the plane in which two moons are drawn."""


def _note(ax: Any, x: float, y: float, text: str, shade: str = INK, **keywords: Any) -> None:
    weight = "normal" if shade == INK else "bold"
    ax.text(x, y, text, color=shade, fontweight=weight, path_effects=HALO, **keywords)


def staircase(
    x: Array,
    labels: Array,
    theta: Array,
    biases: Array,
    errors: Array,
    losses: Array,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: two moons and a straight boundary; right: error rate and loss as it is moved.

    Parameters
    ----------
    x : array, shape (N, 2)
    labels : array, shape (N,)
    theta : array, shape (3,)
        Two weights and a bias.
    biases, errors, losses : arrays, shape (T,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.0)
    for which, marker in ((0, "o"), (1, "s")):
        left.plot(*x[labels == which].T, marker, color=OTHERS[which], markersize=4.5)
    across = np.array(MOONS[0])
    left.plot(across, -(theta[0] * across + theta[2]) / theta[1], color=INK, linewidth=1.2)
    left.set(xlim=MOONS[0], ylim=MOONS[1], xlabel="$x_1$", ylabel="$x_2$")
    _note(left, -1.5, 1.5, "class 0", OTHERS[0])
    _note(left, 1.7, -1.15, "class 1", OTHERS[1])
    curve(right, biases, losses, color=OTHERS[2])
    right.step(biases, errors, where="mid", color=OTHERS[4], linewidth=1.6)
    right.axvline(theta[2], color=INK, linewidth=0.8, linestyle=":")
    right.set(xlabel="bias", ylim=(0, None))
    _note(right, biases[-1], float(losses[-1]) + 0.05, "cross-entropy", OTHERS[2], ha="right")
    _note(right, biases[-1], float(errors[-1]) - 0.13, "error rate", OTHERS[4], ha="right")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def estimates(
    sizes: Array,
    fresh: Array,
    expected: float,
    spread: float,
    fitted: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Mean losses over samples of several sizes: of one model, and of models fitted to them.

    Parameters
    ----------
    sizes : array, shape (S,)
    fresh : array, shape (S, R)
        Mean losses of one model over fresh samples.
    expected, spread : float
        Mean and standard deviation of a single example's loss.
    fitted : dict of str to array, shape (S, R)
        Losses of the fitted models, by what they were taken over.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.1, sharey=True)
    jitter = np.exp(np.linspace(-0.15, 0.15, fresh.shape[1]))
    for size, values in zip(sizes, fresh, strict=True):
        left.plot(size * jitter, values, ".", color=OTHERS[0], markersize=3.5, alpha=0.7)
    for sign in (-2, 2):
        left.plot(sizes, expected + sign * spread / np.sqrt(sizes), color=INK, linewidth=1)
    left.axhline(expected, color=INK, linewidth=0.8, linestyle="--")
    left.set_title("one model, fresh samples")
    for position, (label, values) in enumerate(fitted.items()):
        shade = OTHERS[(1, 2)[position]]
        low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=1)
        right.fill_between(sizes, low, high, color=shade, alpha=0.2, linewidth=0)
        curve(right, sizes, middle, color=shade)
        at = float(middle[2]) + (0.07 if position else -0.07)
        _note(right, sizes[2], at, label, shade, va="bottom" if position else "top")
    right.set_title("fitted to the sample")
    for ax in (left, right):
        ax.set(xscale="log", xlabel="examples in the sample N (log)")
        ax.set_xticks(sizes[::2], [f"{size:g}" for size in sizes[::2]])
        ax.minorticks_off()
    left.set(ylabel="mean loss", ylim=(0, 1.0))
    return Picture(figure, alt=alt, caption=caption, wide=True)


def shapes(errors: Array, columns: Mapping[str, Any], *, alt: str, caption: str) -> Picture:
    """Noise densities, losses and slopes over the error, a panel for each.

    Parameters
    ----------
    errors : array, shape (T,)
    columns : dict of str to dict of str to array, shape (T,)
        By panel's title, the curves by name.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(columns), width=7.4, height=2.7)
    for ax, (title, curves) in zip(axes, columns.items(), strict=True):
        for position, (name, values) in enumerate(curves.items()):
            ax.plot(errors, values, color=OTHERS[position], label=name)
        ax.set(title=title, xlabel="error e = y − t")
        ax.axvline(0, color=INK, linewidth=0.6, alpha=0.4)
    for ax, names, x in zip(axes, columns.values(), (0.05, 0.5, 0.05), strict=True):
        for position, name in enumerate(names):
            place = {"transform": ax.transAxes, "ha": "center" if x == 0.5 else "left", "va": "top"}
            _note(ax, x, 1.0 - 0.11 * position, name, OTHERS[position], **place)
    axes[0].set_ylim(0, None)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def outlier_fits(
    x: Array,
    targets: Array,
    outlier: int,
    fits: Mapping[str, Array],
    truth: Array,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Straight lines fitted to points, one of which is far off.

    Parameters
    ----------
    x, targets : arrays, shape (N,)
    outlier : int
        Which example is the outlier.
    fits : dict of str to array, shape (2,)
        Slope and intercept by loss.
    truth : array, shape (2,)
        The line the other points scatter about.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.4)
    ends = np.array([x.min(), x.max()])
    usual = np.arange(len(x)) != outlier
    ax.plot(ends, truth[0] * ends + truth[1], color=INK, linewidth=1, linestyle="--")
    ax.plot(x[usual], targets[usual], "o", color=INK, alpha=0.6, markersize=4)
    ax.plot(x[outlier], targets[outlier], "X", color=INK, markersize=9)
    for position, (name, (slope, intercept)) in enumerate(fits.items()):
        curve(ax, ends, slope * ends + intercept, color=OTHERS[position], label=name)
    ax.set(xlim=(x.min() - 0.3, x.max()), ylim=(targets.min() - 1, targets.max() + 1))
    _note(ax, x[outlier] - 0.3, float(targets[outlier]), "outlier", ha="right", va="center")
    ax.set(xlabel="x", ylabel="target t")
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


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
        _note(left, x * 1.5, y * 0.9, name, OTHERS[position], va="top")
    left.set(xscale="log", yscale="log", xlabel="logit gap (log)", ylabel="loss (log)")
    left.set_xlim(None, 3e4)
    _note(left, 1.5e3, 2.5e3, "stable", ha="right", va="bottom")
    for position, (name, losses) in enumerate(runs.items()):
        good = _first(losses)
        shade = (OTHERS[1], INK)[position]
        right.plot(np.arange(1, good + 1), losses[:good], color=shade, linewidth=3 - 2 * position)
        if good < len(losses):
            right.plot(good, losses[good - 1], "X", color=shade, markersize=9, zorder=3)
            _note(right, good * 1.4, float(losses[good - 1]), f"{name}: NaN", shade, va="center")
        else:
            _note(right, 25, float(losses[24]) * 2.2, name, shade)
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
        _note(left, *((0.6, -0.6), (-5.5, 0.05))[position], name, OTHERS[2 - position])
    left.axhline(0, color=INK, linewidth=0.8)
    left.set(xlabel="logit z (label 1)", ylabel="slope of the loss", ylim=(-1.08, 0.2))
    for position, (name, errors) in enumerate(runs.items()):
        k = np.unique(np.geomspace(1, len(errors), 200).astype(int))
        right.plot(k, errors[k - 1], color=OTHERS[2 - position])
        _note(right, *((1.1, 0.3), (12, 0.9))[position], name, OTHERS[2 - position])
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
        _note(left, gaps[-1], float(values[-1]), f" s = {s:g}", OTHERS[position], va="center")
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
        _note(ax, *at, name, OTHERS[position], ha="center", va="center")
    ax.set(xscale="log", yscale="log", xlabel="step h (log)", ylim=(1e-13, 30))
    ax.set_ylabel("relative error of the slope (log)")
    return Picture(figure, alt=alt, caption=caption)
