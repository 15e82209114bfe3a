"""The figures of the chapter on quantization."""

from collections.abc import Mapping

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, mosaic, subplots


def rulers(weights: Array, grids: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """A histogram of weights over the points that each of several grids offers.

    Parameters
    ----------
    weights : array
    grids : dict of str to array
        The points of each grid, by the words written beside it; at most four.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, panels = mosaic([["top"], ["rows"]], width=6.4, height=3.7, height_ratios=[2, 1.2])
    top, rows = panels["top"], panels["rows"]
    reach = 1.05 * float(np.abs(weights).max())
    top.hist(weights.ravel(), bins=np.linspace(-reach, reach, 81), color=OTHERS[5])
    top.set(ylabel="weights", xlim=(-reach, reach), xticklabels=[])
    for position, (words, points) in enumerate(grids.items()):
        shade, height = OTHERS[(1, 0, 2, 4)[position]], -float(position)
        inside = points[np.abs(points) <= reach]
        rows.plot(inside, np.full(len(inside), height), "|", color=shade, markersize=13)
        rows.text(-reach, height + 0.42, words, color=shade, fontweight="bold", va="center")
    rows.set(xlim=(-reach, reach), ylim=(0.6 - len(grids), 0.8), yticks=[], xlabel="weight")
    rows.spines["left"].set_visible(False)
    return Picture(figure, alt=alt, caption=caption)


def errors(
    bits: Array,
    measured: Mapping[str, Array],
    theory: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Mean squared errors against bits: dots measured, lines ``step**2 / 12``.

    Parameters
    ----------
    bits : array, shape (B,)
    measured, theory : dict of str to array, shape (B,)
        By the same names.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.4)
    for position, (name, y) in enumerate(measured.items()):
        shade = OTHERS[position]
        curve(ax, bits, theory[name], color=shade, label=name, linewidth=1.2)
        ax.plot(bits, y, "o", color=shade, markersize=6)
    ax.set(yscale="log", xlabel="bits", ylabel="squared error / variance (log)")
    ax.set_xticks(bits)
    direct_labels(ax, gap=14)
    return Picture(figure, alt=alt, caption=caption)


def by_spread(spreads: Array, accuracy: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Accuracy of one function, its units rescaled more and more unevenly, by kind of grid.

    Parameters
    ----------
    spreads : array, shape (K,)
    accuracy : dict of str to array, shape (K, seeds)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.3)
    for position, (name, values) in enumerate(accuracy.items()):
        shade = OTHERS[(2, 0, 1)[position]]
        low, high = values.min(axis=1), values.max(axis=1)
        ax.fill_between(spreads, 100 * low, 100 * high, color=shade, alpha=0.2, linewidth=0)
        curve(ax, spreads, 100 * values.mean(axis=1), color=shade, label=name, marker="o")
    ax.set(xscale="log", ylim=(0, 103), ylabel="test digits right (%)")
    ax.set_xlabel("largest factor a hidden unit was scaled by (log)")
    ax.set_xticks(spreads, [f"{s:g}" for s in spreads])
    ax.minorticks_off()
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def dots(
    rows: Mapping[str, Mapping[str, float]], *, xlabel: str, alt: str, caption: str
) -> Picture:
    """One row a case, one labelled dot a method, on a logarithmic axis.

    Parameters
    ----------
    rows : dict of str to dict of str to float
    xlabel : str
    alt, caption : str

    Returns
    -------
    Picture
    """
    names = list(next(iter(rows.values())))
    figure, ax = subplots(width=6.6, height=1.1 + 0.62 * len(rows))
    for position, (_, values) in enumerate(rows.items()):
        ax.axhline(-position, color=INK, linewidth=0.5, alpha=0.25)
        for number, name in enumerate(names):
            up = (0.2, 0.0, -0.2)[number]
            ax.plot(values[name], up - position, "oDs"[number], color=OTHERS[number], markersize=7)
    for number, name in enumerate(names):
        ax.plot([], [], "oDs"[number], color=OTHERS[number], label=name)
    ax.set_yticks(-np.arange(len(rows)), list(rows))
    ax.set(xscale="log", xlabel=xlabel, ylim=(0.55 - len(rows), 0.5))
    ax.set_xticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    ax.minorticks_off()
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=len(names), frameon=False)
    return Picture(figure, alt=alt, caption=caption)


def straight_through(
    x: Array, y: Array, path: Array, codes: Array, *, border: float, alt: str, caption: str
) -> Picture:
    """Left: rounding, and the line that stands for it on the way back; right: a weight it drives.

    Parameters
    ----------
    x, y : arrays, shape (K,)
        Values and what they are rounded to.
    path, codes : arrays, shape (T,)
        A weight over updates, and what it is rounded to.
    border : float
        Where the weight rounds up.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.6, height=3.2)
    left.plot(x, y, color=OTHERS[0])
    inside = (x >= y.min() - 0.5) & (x <= y.max() + 0.5)
    slope = np.where(inside, x, np.clip(x, y.min() - 0.5, y.max() + 0.5))
    left.plot(x, slope, color=OTHERS[1], linestyle="--", linewidth=1.5)
    left.set(xlabel="x / scale", ylabel="code")
    left.text(-2.9, 1.35, "forward", color=OTHERS[0], fontweight="bold")
    left.text(-2.9, 0.75, "slope used\nbackward", color=OTHERS[1], fontweight="bold", va="top")
    t = np.arange(len(path))
    right.plot(t, path, color=OTHERS[1], linewidth=1.3)
    right.step(t, codes, color=OTHERS[0], linewidth=1.1, where="post")
    right.axhline(border, color=INK, linewidth=0.8, linestyle=":")
    right.set(xlabel="update", ylabel="weight", ylim=(-0.15, 1.25))
    at = (0.03, 1.1)
    right.text(*at, "weight", color=OTHERS[1], fontweight="bold", transform=right.transData)
    right.text(len(t) * 0.3, 1.1, "its code", color=OTHERS[0], fontweight="bold")
    return Picture(figure, alt=alt, caption=caption, wide=True)
