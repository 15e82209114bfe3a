"""The figures of the chapter on data about examples that are not like the others."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from nnedu._typing import Array
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, mosaic, subplots


def exams(
    rows: Sequence[str],
    columns: Sequence[str],
    accuracies: Array,
    *,
    alt: str,
    caption: str,
    xlabel: str = "tested on",
    ylabel: str = "trained with",
    marked: Sequence[tuple[int, int]] = (),
) -> Picture:
    """A table of accuracies, the stronger the blue the higher.

    Parameters
    ----------
    rows, columns : sequences of str, lengths R and K
    accuracies : array, shape (R, K)
        In [0, 1].
    alt, caption : str
    xlabel, ylabel : str
    marked : sequence of (row, column)
        Cells to frame.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=6.6, height=1.3 + 0.42 * len(rows))
    _cells(ax, accuracies, marked)
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.set_label_position("top")
    ax.xaxis.tick_top()
    return Picture(figure, alt=alt, caption=caption, wide=True)


def _cells(ax: Any, accuracies: Array, marked: Sequence[tuple[int, int]] = ()) -> None:
    R, K = accuracies.shape
    for (row, column), value in np.ndenumerate(accuracies):
        corner = (column - 0.5, row - 0.5)
        ax.add_patch(
            Rectangle(corner, 1, 1, color=OTHERS[0], alpha=0.6 * float(value) ** 2, linewidth=0)
        )
        ax.text(column, row, f"{100 * value:.0f}", ha="center", va="center", fontsize=11)
    for row, column in marked:
        ax.add_patch(Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, fill=False, edgecolor=INK))
    ax.set(xlim=(-0.5, K - 0.5), ylim=(R - 0.5, -0.5))


def rare(
    curves: Mapping[str, tuple[Array, Array]],
    points: Mapping[str, tuple[float, float]],
    share: float,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Precision against recall, and where the decisions at one half stand.

    Parameters
    ----------
    curves : dict of str to (recalls, precisions)
        By label.
    points : dict of str to (recall, precision)
        By the labels of ``curves``, and others in ink.
    share : float
        Of the rare class: the precision of guessing.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.7)
    shades = dict(zip(curves, OTHERS, strict=False))
    for label, (recall, precision) in curves.items():
        ax.plot(recall, precision, color=shades[label], linewidth=1.6)
    crowded: list[tuple[float, float]] = []
    for label, at in points.items():
        shade = shades.get(label, INK)
        ax.plot(*at, "o", color=shade, markersize=9, zorder=4)
        beside = sum(abs(at[0] - x) + abs(at[1] - y) < 0.1 for x, y in crowded)
        crowded.append(at)
        ax.annotate(
            label,
            at,
            xytext=(10, 8 + 14 * beside),  # one above the other where points coincide
            textcoords="offset points",
            color=shade,
            fontweight="bold",
            path_effects=HALO,
        )
    ax.axhline(share, color=INK, linewidth=1, linestyle=":")
    ax.text(0.01, share + 0.015, "guessing", va="bottom")
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall: rare ones that are found")
    ax.set_ylabel("precision: alarms that are right")
    return Picture(figure, alt=alt, caption=caption)


def domains(
    images: Mapping[str, Array],
    columns: Sequence[str],
    accuracies: Array,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """A row for each domain: one of its digits, and the accuracies of each column.

    Parameters
    ----------
    images : dict of str to array, shape (8, 8)
        By title, R of them.
    columns : sequence of str, length K
    accuracies : array, shape (R, K)
    alt, caption : str

    Returns
    -------
    Picture
    """
    names = [str(k) for k in range(len(images))]
    figure, axes = mosaic(
        [[name, "cells"] for name in names],
        width=7.0,
        height=0.9 + 0.62 * len(names),
        width_ratios=[1, 6.2],
    )
    for name, image in zip(names, images.values(), strict=True):
        axes[name].imshow(image, cmap="gray_r", vmin=min(0, image.min()), vmax=max(1, image.max()))
        axes[name].set_xticks([])
        axes[name].set_yticks([])
    ax = axes["cells"]
    _cells(ax, accuracies)
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(images)), list(images))
    ax.xaxis.tick_top()
    return Picture(figure, alt=alt, caption=caption, wide=True)
