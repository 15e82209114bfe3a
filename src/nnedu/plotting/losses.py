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


def note(ax: Any, x: float, y: float, text: str, shade: str = INK, **keywords: Any) -> None:
    """Write a few words into a figure, in bold where they have a colour of their own."""
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
    note(left, -1.5, 1.5, "class 0", OTHERS[0])
    note(left, 1.7, -1.15, "class 1", OTHERS[1])
    curve(right, biases, losses, color=OTHERS[2])
    right.step(biases, errors, where="mid", color=OTHERS[4], linewidth=1.6)
    right.axvline(theta[2], color=INK, linewidth=0.8, linestyle=":")
    right.set(xlabel="bias", ylim=(0, None))
    note(right, biases[-1], float(losses[-1]) + 0.05, "cross-entropy", OTHERS[2], ha="right")
    note(right, biases[-1], float(errors[-1]) - 0.13, "error rate", OTHERS[4], ha="right")
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
        note(right, sizes[2], at, label, shade, va="bottom" if position else "top")
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
            note(ax, x, 1.0 - 0.11 * position, name, OTHERS[position], **place)
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
    note(ax, x[outlier] - 0.3, float(targets[outlier]), "outlier", ha="right", va="center")
    ax.set(xlabel="x", ylabel="target t")
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)
