"""The figures of the chapter on architecture."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

Lines = Mapping[str, tuple[Array, Array]]


def lines(
    panels: Mapping[str, Lines],
    *,
    xlabel: str,
    ylabels: Sequence[str],
    alt: str,
    caption: str,
    log: str = "",
    floors: Mapping[str, float] | None = None,
    width: float = 7.6,
    same_y: bool = False,
) -> Picture:
    """Labelled curves, a panel for each title; a name has one colour in all panels.

    Parameters
    ----------
    panels : dict of str to dict of str to (x, y)
        Curves by label, by title.
    xlabel : str
    ylabels : sequence of str, one a panel
    alt, caption : str
    log : str
        The axes that are logarithmic: some of "x" and "y".
    floors : dict of str to float, optional
        Dotted horizontal lines by their words, in every panel.
    width : float
        Of the figure, in inches.
    same_y : bool
        Whether the panels share their vertical axis.

    Returns
    -------
    Picture
    """
    names = list(dict.fromkeys(name for panel in panels.values() for name in panel))
    figure, axes = subplots(1, len(panels), width=width, height=3.3, squeeze=False, sharey=same_y)
    for ax, (title, panel), ylabel in zip(axes[0], panels.items(), ylabels, strict=True):
        for name, (x, y) in panel.items():
            shade = OTHERS[names.index(name) % len(OTHERS)]
            dots = {"marker": "o"} if len(x) < 12 else {}
            curve(ax, x, y, color=shade, label=name, **dots)
        for words, height in (floors or {}).items():
            ax.axhline(height, color=INK, linewidth=0.8, linestyle=":")
            ax.annotate(
                words,
                (0.02, height),
                xycoords=("axes fraction", "data"),
                xytext=(0, 3),
                textcoords="offset points",
                path_effects=HALO,
            )
        ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
        ax.set_xscale("log" if "x" in log else "linear")
        ax.set_yscale("log" if "y" in log else "linear")
    for ax in axes[0]:
        direct_labels(ax, gap=13)
    return Picture(figure, alt=alt, caption=caption, wide=len(panels) > 1)


def sawtooth(
    t: Array,
    deep: Array,
    shallow: Array,
    units: Array,
    most: Mapping[str, Array],
    random: Array,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """A folded line and what as many units in one layer make of it; pieces against units.

    Parameters
    ----------
    t, deep, shallow : arrays, shape (T,)
        The two functions.
    units : array, shape (U,)
    most : dict of str to array, shape (U,)
        Pieces that so many units reach at most, or as constructed, by kind.
    random : array, shape (U,)
        Pieces of deep networks as they are drawn.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.6, height=3.3, width_ratios=[3, 2])
    left.plot(t, deep, color=OTHERS[0], linewidth=1.4)
    left.plot(t, shallow, color=OTHERS[1], linewidth=1.8)
    left.set(xlabel="x", ylabel="y", ylim=(-0.05, 1.25))
    left.text(0.0, 1.14, "five layers of 2 units", color=OTHERS[0], fontweight="bold")
    left.text(1.0, 1.14, "one layer of 10", color=OTHERS[1], fontweight="bold", ha="right")
    for (name, pieces), shade in zip(most.items(), OTHERS, strict=False):
        curve(right, units, pieces, color=shade, label=name)
    curve(right, units, random, color=OTHERS[2], label="deep,\nas drawn", marker="o")
    right.set(yscale="log", xlabel="units", ylabel="linear pieces (log)")
    direct_labels(right, gap=26)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def shapes(tasks: Mapping[str, tuple[Sequence[int], Array]], *, alt: str, caption: str) -> Picture:
    """Training losses of networks of one size by their depth, a dot for each start.

    Parameters
    ----------
    tasks : dict of str to (depths (D,), losses (D, S))
        By title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(tasks), width=7.4, height=3.1)
    for ax, (title, (depths, losses)), shade in zip(axes, tasks.items(), OTHERS, strict=False):
        middle = np.exp(np.log(losses).mean(axis=1))
        ax.plot(depths, middle, color=shade, linewidth=1.6)
        for depth, row in zip(depths, losses, strict=True):
            ax.plot(np.full(len(row), depth), row, "o", color=shade, markersize=5, alpha=0.8)
        ax.set(title=title, xlabel="hidden layers", xscale="log", yscale="log")
        ax.set_xticks(depths, [str(depth) for depth in depths])
        ax.minorticks_off()
    axes[0].set_ylabel("training loss (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def grid(
    values: Mapping[str, Sequence[float]],
    columns: Sequence[str],
    *,
    best: float,
    worst: float,
    alt: str,
    caption: str,
) -> Picture:
    """A table of losses in which a darker cell is a lower loss.

    Parameters
    ----------
    values : dict of str to sequence of float
        One row each.
    columns : sequence of str
    best, worst : float
        The losses of full colour and of none; between them the scale is logarithmic.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=0.7 + 0.42 * len(values))
    for row, losses in enumerate(values.values()):
        for column, loss in enumerate(losses):
            share = np.log(worst / max(loss, 1e-12)) / np.log(worst / best)
            strength = float(np.clip(share, 0, 1)) * 0.55
            box = {"color": OTHERS[0], "alpha": strength, "linewidth": 0}
            ax.fill_between([column - 0.48, column + 0.48], row - 0.44, row + 0.44, **box)
            ax.text(column, row, f"{loss:.2f}", ha="center", va="center", color=INK)
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(values)), list(values))
    ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(values) - 0.5, -0.5))
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    return Picture(figure, alt=alt, caption=caption)
