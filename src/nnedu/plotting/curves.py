"""Curves over updates, bands over seeds, and the times of a race."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from nnedu._typing import Array
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, color, subplots
from nnedu.races import Race


def curve(ax: Any, x: Array, y: Array, *, color: str, label: str = "", **line: Any) -> None:
    """Draw a line and remember its label for :func:`direct_labels`.

    Parameters
    ----------
    ax : matplotlib Axes
    x, y : arrays, shape (T,)
    color : str
    label : str
    **line
        For ``Axes.plot``, such as ``linestyle="--"``.
    """
    ax.plot(x, y, color=color, label=label or None, **line)


def bands(ax: Any, x: Array, runs: Sequence[Array], *, color: str, label: str = "") -> None:
    """Draw the median over seeds and a band from the lowest to the highest run.

    Parameters
    ----------
    ax : matplotlib Axes
    x : array, shape (T,)
    runs : sequence of arrays, shape (T,)
        One for each seed.
    color : str
    label : str
    """
    y = np.stack(list(runs))
    ax.fill_between(x, y.min(axis=0), y.max(axis=0), color=color, alpha=0.2, linewidth=0)
    curve(ax, x, np.median(y, axis=0), color=color, label=label)


def direct_labels(ax: Any, *, gap: float = 12.0) -> None:
    """Write each labelled line's name at its right end, moved apart where they would collide.

    Call it last, when the limits and scales of the axes are final.

    Parameters
    ----------
    ax : matplotlib Axes
    gap : float
        The least vertical distance between two labels, in points.
    """
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    ax.figure.draw_without_rendering()  # the layout must be settled before pixels mean anything
    pixels = ax.figure.dpi / 72
    bottom, top = ax.transAxes.transform([(0, 0), (0, 1)])[:, 1]
    ends = []
    for line in lines:
        x, y = line.get_xdata()[-1], line.get_ydata()[-1]
        height = float(np.clip(ax.transData.transform((x, y))[1], bottom, top))
        ends.append((height, line, x))
    ends.sort(key=lambda end: end[0])
    placed = -np.inf
    for height, line, x in ends:
        wanted = max(height, placed + gap * pixels)
        placed = wanted
        ax.annotate(
            line.get_label(),
            (x, float(ax.transData.inverted().transform((0, height))[1])),
            xytext=(6, (wanted - height) / pixels),
            textcoords="offset points",
            va="center",
            color=line.get_color(),
            fontweight="bold",
            annotation_clip=False,
            path_effects=HALO,
        )


def race_times(race: Race, *, alt: str, caption: str, unit: str = "updates") -> Picture:
    """The times of a race: a dot for each seed, an open triangle for a run that missed.

    Parameters
    ----------
    race : Race
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.
    unit : str
        What is counted.

    Returns
    -------
    Picture
    """
    results = race.results[::-1]  # the first contestant on top
    figure, ax = subplots(height=0.9 + 0.42 * len(results))
    for position, result in enumerate(results):
        shade = color(result.contestant.rule, position)
        offsets = np.linspace(-0.14, 0.14, len(result.times))
        hit, missed = ~result.missed, result.missed
        ax.plot(result.times[hit], position + offsets[hit], "o", color=shade, alpha=0.75)
        ax.plot(result.times[missed], position + offsets[missed], ">", mfc="none", mec=shade, ms=6)
        middle = float(np.exp(np.log(result.times).mean()))
        ax.plot([middle, middle], [position - 0.3, position + 0.3], color=shade, linewidth=3)
    ax.set_yticks(range(len(results)), [result.contestant.title for result in results])
    ax.set(xscale="log", xlabel=f"{unit} to the target (log scale; triangle: missed)")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.axvline(race.limit, color=INK, linewidth=0.8, linestyle=":")
    ax.grid(axis="x", which="both")
    return Picture(figure, alt=alt, caption=caption)
