"""Exact zeros and how they come about: figures of the chapter on regularisation."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import NullFormatter

from nnedu._typing import Array
from nnedu.data import Surface
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import contours, path
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

BLUE, RED = OTHERS[:2]


def two_ways(
    surface: Surface, paths: Mapping[str, Array], radius: float, *, alt: str, caption: str
) -> Picture:
    """Two paths on one bowl with an L1 penalty, and the size of their first coordinate.

    Parameters
    ----------
    surface : Surface
        Without the penalty.
    paths : dict of str to array, shape (T, 2)
        By title: the subgradient's and the proximal one.
    radius : float
        The sum of sizes at the solution: where the diamond lies.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, 3, width=7.8, height=3.0)
    diamond = radius * np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]])
    axes[2].axhline(0, color=INK, linewidth=0.6)
    for (title, points), ax, shade in zip(paths.items(), axes, (RED, BLUE), strict=False):
        contours(ax, surface)
        ax.fill(*diamond.T, color=INK, alpha=0.08, linewidth=0)
        ax.plot(*diamond.T, color=INK, linewidth=0.8, alpha=0.6)
        path(ax, points, color=shade)
        ax.set_title(title, color=shade, fontweight="bold")
        t = np.arange(len(points))
        axes[2].plot(t, points[:, 0], ".-", color=shade, linewidth=1.2, markersize=4)
    axes[1].set_ylabel("")
    first = int(np.argmax(paths["proximal step"][:, 0] == 0))
    axes[2].annotate(
        "exactly 0",
        (first, 0),
        (first + 3, -0.14),
        color=BLUE,
        fontweight="bold",
        arrowprops={"arrowstyle": "-", "color": BLUE},
    )
    axes[2].set(xlabel="update", title="x", ylim=(-0.2, 0.45), xlim=(9, len(t) - 1))
    return Picture(figure, alt=alt, caption=caption, wide=True)


def penalty_paths(
    panels: Mapping[str, tuple[Array, Array]],
    names: Sequence[str],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Coefficients against the strength of a penalty, a panel for each penalty.

    Parameters
    ----------
    panels : dict of str to (strengths (S,), coefficients (S, I))
        By title; the largest strength first.
    names : sequence of str, length I
        Of the features; those that end below 0.08 in size are drawn without a label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(panels), width=7.6, height=3.4, sharey=True)
    for ax, (title, (strengths, coefficients)) in zip(axes, panels.items(), strict=True):
        for position, (name, y) in enumerate(zip(names, coefficients.T, strict=True)):
            label = name if abs(y[-1]) > 0.08 else ""
            shade = OTHERS[position % len(OTHERS)]
            line = "-" if position < len(OTHERS) else "--"
            curve(ax, strengths, y, color=shade, label=label, linewidth=1.5, linestyle=line)
        ax.axhline(0, color=INK, linewidth=0.6)
        ax.set(xscale="log", title=title, xlabel="strength λ (log), falling")
        ax.set_xlim(strengths[0], strengths[-1])
        ax.xaxis.set_minor_formatter(NullFormatter())
        direct_labels(ax)
    axes[0].set_ylabel("coefficient")
    return Picture(figure, alt=alt, caption=caption, wide=True)
