"""Accuracy against bytes and against seconds: the figure that grows through part IV."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from nnedu._typing import Array
from nnedu.contests.smaller import Point
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

MARKERS = {"14_pruning": "o", "15_quantization": "s", "16_search": "^"}
"""One marker and one colour for each chapter, so that the figure reads without colour too."""


def best(points: Sequence[Point], cost: str) -> list[Point]:
    """The points that no other beats in both accuracy and cost, from cheap to dear.

    Parameters
    ----------
    points : sequence of Point
    cost : {"nbytes", "seconds"}

    Returns
    -------
    list of Point
        The Pareto front.

    Examples
    --------
    >>> a, b, c = (Point(n, "x", [s] * 10, size, 1.0)
    ...            for n, s, size in [("a", 0.9, 10), ("b", 0.8, 20), ("c", 0.95, 30)])
    >>> [point.name for point in best([a, b, c], "nbytes")]
    ['a', 'c']
    """
    front: list[Point] = []
    for point in sorted(points, key=lambda p: (getattr(p, cost), -p.accuracy)):
        if not front or point.accuracy > front[-1].accuracy:
            front.append(point)
    return front


def pareto(points: Sequence[Point], *, alt: str, caption: str, lowest: float = 0.0) -> Picture:
    """Accuracy against bytes and against seconds, a dot and an interval over seeds for each point.

    Points on the front are named and joined by a line; the others are drawn faint. A chapter has
    one colour and one marker.

    Parameters
    ----------
    points : sequence of Point
        From :func:`nnedu.contests.smaller.points`.
    alt, caption : str
    lowest : float
        Where the axis of accuracies begins; points below it are left out of the figure, and its
        caption should say so.

    Returns
    -------
    Picture
    """
    shown = [point for point in points if point.accuracy >= lowest]
    figure, axes = subplots(1, 2, width=8.0, height=3.9, sharey=True)
    costs = {"nbytes": "kilobytes (log)", "seconds": "time of a forward pass, dense = 1 (log)"}
    for ax, (cost, words) in zip(axes, costs.items(), strict=True):
        _panel(ax, shown, cost)
        ax.set(xlabel=words, xscale="log")
        low, high = ax.get_xlim()
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 300 * low else (1,)))
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.grid(axis="y")
    axes[1].axvline(1, color=INK, linewidth=0.8, linestyle=":")
    axes[0].set_ylabel("test digits right")
    low, high = axes[0].get_ylim()
    digits = 0 if high - low > 0.05 else 1  # neighbouring ticks get unlike labels
    axes[0].yaxis.set_major_formatter(StrMethodFormatter(f"{{x:.{digits}%}}"))
    chapters = list(dict.fromkeys(point.chapter for point in shown))
    for chapter in chapters:
        shade, marker = _look(chapter)
        axes[1].plot([], [], marker, color=shade, label=f"chapter {chapter[:2]}")
    if len(chapters) > 1:
        axes[1].legend(loc="lower left", frameon=False)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def spread(accuracies: Sequence[float] | Array) -> float:
    """Half the 95 per cent interval of the mean over the seeds, from their standard error."""
    values = np.asarray(accuracies, dtype=float)
    return float(2.26 * values.std(ddof=1) / np.sqrt(len(values)))  # t with nine degrees of freedom


def _look(chapter: str) -> tuple[str, str]:
    order = list(MARKERS)
    position = order.index(chapter) if chapter in order else len(order)
    return OTHERS[position], MARKERS.get(chapter, "D")


def _panel(ax: Any, points: Sequence[Point], cost: str) -> None:
    front = best(points, cost)
    scale = 1e-3 if cost == "nbytes" else 1.0
    at = [(getattr(point, cost) * scale, point.accuracy) for point in front]
    ax.step(*zip(*at, strict=True), where="post", color=INK, linewidth=0.9, alpha=0.5)
    for point in points:
        shade, marker = _look(point.chapter)
        x, named = getattr(point, cost) * scale, point in front
        half = spread(point.accuracies)
        faint = 1.0 if named else 0.35
        ax.plot([x, x], [point.accuracy - half, point.accuracy + half], color=shade, alpha=faint)
        ax.plot(x, point.accuracy, marker, color=shade, alpha=faint, markersize=6)
    for number, point in enumerate(front, start=1):
        ax.annotate(
            point.name,
            (getattr(point, cost) * scale, point.accuracy),
            xytext=(6, 5 if number == len(front) else -14),
            textcoords="offset points",
            fontsize=9,
            path_effects=HALO,
        )
