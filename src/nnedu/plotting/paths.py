"""Contours of a surface and the paths of optimizers over it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import patheffects

from nnedu._typing import Array
from nnedu.data import Surface
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, PAPER, color, dashes, subplots

HALO = [patheffects.withStroke(linewidth=3, foreground=PAPER)]
"""A rim in the colour of the page, so that a label reads over lines."""


def contours(
    ax: Any,
    surface: Surface,
    *,
    window: tuple[tuple[float, float], tuple[float, float]] | None = None,
    levels: int = 12,
    resolution: int = 160,
) -> None:
    """Draw contour lines of a surface, spaced so that the valley shows.

    Parameters
    ----------
    ax : matplotlib Axes
    surface : Surface
    window : ((x0, x1), (y0, y1)), optional
        The part to draw; the surface's own by default.
    levels : int
        Contour lines, spaced evenly in the cube root of the height above the lowest point.
    resolution : int
        Grid points a side.
    """
    (x0, x1), (y0, y1) = window or surface.window
    x, y = np.meshgrid(np.linspace(x0, x1, resolution), np.linspace(y0, y1, resolution))
    z = surface.f(x, y)
    low, high = float(z.min()), float(z.max())
    heights = low + (high - low) * np.linspace(0, 1, levels + 2)[1:-1] ** 3
    ax.contour(x, y, z, levels=heights, colors=INK, alpha=0.28, linewidths=0.8)
    for minimum in surface.minima:
        if x0 <= minimum[0] <= x1 and y0 <= minimum[1] <= y1:
            ax.plot(*minimum, marker="+", color=INK, markersize=9, markeredgewidth=1.5, zorder=3)
    ax.set(xlim=(x0, x1), ylim=(y0, y1), xlabel="x", ylabel="y")


def path(
    ax: Any, points: Array, *, color: str, label: str = "", every: int = 1, dashes: Any = "-"
) -> None:
    """Draw the path of an optimizer: a dot for each point, a ring at the start.

    Parameters
    ----------
    ax : matplotlib Axes
    points : array, shape (T, 2)
    color : str
    label : str
        Written beside the last point.
    every : int
        Dots for each so many points; the line joins all.
    dashes : str or tuple
        The style of the line, as Matplotlib says it.
    """
    x, y = points[:, 0], points[:, 1]
    ax.plot(x, y, color=color, linewidth=1.6, linestyle=dashes, zorder=4)
    ax.plot(x[::every], y[::every], ".", color=color, markersize=5, zorder=5)
    ax.plot(x[0], y[0], "o", mfc=PAPER, mec=color, mew=1.6, markersize=7, zorder=6)
    if label:
        ax.annotate(
            label,
            (x[-1], y[-1]),
            xytext=(6, 6),
            textcoords="offset points",
            color=color,
            fontweight="bold",
            path_effects=HALO,
            zorder=7,
        )


def contour_paths(
    surface: Surface,
    paths: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
    window: tuple[tuple[float, float], tuple[float, float]] | None = None,
    panels: bool = False,
) -> Picture:
    """Paths over a surface, in one panel or side by side on the same axes.

    Parameters
    ----------
    surface : Surface
    paths : dict of str to array, shape (T, 2)
        By label; a label that names an optimizer gives its colour.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.
    window : ((x0, x1), (y0, y1)), optional
    panels : bool
        A panel for each path.

    Returns
    -------
    Picture
    """
    count = len(paths) if panels else 1
    figure, axes = subplots(1, count, width=6.2, height=3.1 if panels else 4.2, sharey=True)
    for position, (label, points) in enumerate(paths.items()):
        ax = np.atleast_1d(axes)[position if panels else 0]
        if panels or position == 0:
            contours(ax, surface, window=window)
        path(ax, points, color=color(label, position), dashes=dashes(label))
        if not panels:  # one under the other in the corner: ends of paths often meet
            ax.text(
                0.02,
                0.97 - 0.07 * position,
                label,
                color=color(label, position),
                transform=ax.transAxes,
                va="top",
                fontweight="bold",
                path_effects=HALO,
                zorder=7,
            )
        else:
            ax.set_title(label, color=color(label, position), fontweight="bold")
            if position:
                ax.set_ylabel("")
    return Picture(figure, alt=alt, caption=caption, wide=panels and count > 2)
