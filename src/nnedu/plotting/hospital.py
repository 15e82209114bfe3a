"""The figures of the chapter on stability: gradients through time, clipping, and the wards."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.hospital.case import Case
from nnedu.hospital.history import SERIES, Pair, number
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

SICK, CURED = OTHERS[1], OTHERS[2]
SOLID = {"no-lr-decay": "evaluated loss"}
"""What is drawn as training loss where a batch's says too little."""
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain_ticks(ax: Any) -> None:
    """Two to five ticks with plain numbers on a logarithmic axis, even on less than a decade.

    Parameters
    ----------
    ax : matplotlib Axes
        Its limits are kept.
    """
    low, high = ax.get_ylim()
    decades = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    for factors in ((1,), (1, 3), (1, 2, 5), range(1, 10)):
        values = [k * 10.0**n for n in decades for k in factors]
        ticks = [value for value in values if low <= value <= high]
        if len(ticks) > 1:
            break
    ticks = ticks[:: 1 + (len(ticks) - 1) // 4]
    near = [1e-3 < value < 2e3 for value in ticks]
    labels = [
        f"{value:g}" if all(near) else "10" + f"{np.log10(value):.0f}".translate(RAISED)
        for value in ticks
    ]
    ax.set_yticks(ticks, labels)
    ax.set_yticks([], minor=True)
    ax.set_ylim(low, high)


def thinned(x: Array, y: Array, most: int = 50) -> tuple[Array, Array]:
    """Means over stretches of equal length, so that at most ``most`` points are left.

    Parameters
    ----------
    x, y : arrays, shape (T,)
    most : int, at least 1

    Returns
    -------
    x, y : arrays
        The middle and the mean of each stretch; what is left over at the end is in the last.
    """
    parts = min(most, len(x))
    return (
        np.array([part.mean() for part in np.array_split(x, parts)]),
        np.array([part.mean() for part in np.array_split(y, parts)]),
    )


def ward(
    cases: Sequence[Case],
    charts: Mapping[str, Pair],
    *,
    alt: str,
    caption: str,
    columns: int = 4,
) -> Picture:
    """Every patient of a ward: the losses above, the series that tells below.

    Parameters
    ----------
    cases : sequence of Case
    charts : dict of str to (broken, cured)
    alt, caption : str
    columns : int

    Returns
    -------
    Picture
    """
    rows = -(-len(cases) // columns)
    figure, axes = subplots(
        2 * rows,
        columns,
        width=2.25 * columns,
        height=2.9 * rows,
        gridspec_kw={"height_ratios": [3, 2] * rows},
    )
    for position in range(rows * columns):
        row, column = divmod(position, columns)
        pair = axes[2 * row, column], axes[2 * row + 1, column]
        if position < len(cases):
            _patient(pair, cases[position], charts[cases[position].id])
        else:
            for ax in pair:
                ax.axis("off")
    if rows * columns > len(cases):
        _key(axes[2 * rows - 2, columns - 1])
    return Picture(figure, alt=alt, caption=caption, wide=True)


def _patient(pair: tuple[Any, Any], case: Case, charts: Pair) -> None:
    upper, lower = pair
    for chart, shade in zip(charts, (SICK, CURED), strict=True):
        solid = SOLID.get(case.id, "training loss")
        upper.plot(*thinned(*chart.line(solid)), color=shade, linewidth=1.5)
        x, y = chart.line("validation loss")
        upper.plot(x, y, ":", color=shade, linewidth=1.8)
        lower.plot(*thinned(*chart.line(case.shows)), color=shade, linewidth=1.6)
    upper.set(yscale="log", xticks=[], title=f"{number(case)}. {case.title}")
    upper.title.set_fontsize(9.5)
    plain_ticks(upper)
    values = np.concatenate([chart.line(case.shows)[1] for chart in charts])
    positive = values[np.isfinite(values) & (values > 0)]
    spread = positive.max() / positive.min() if len(positive) else 1.0
    if len(positive) == len(values) and 30 < spread < 1e12:
        lower.set_yscale("log")
        plain_ticks(lower)
    lower.set_xlabel(SERIES.get(case.shows, case.shows), fontsize=9.5)
    for ax in pair:
        ax.tick_params(labelsize=8.5)


def _key(ax: Any) -> None:
    lines = (("broken", SICK, "-"), ("cured", CURED, "-"))
    for place, (text, shade, dash) in enumerate(lines):
        ax.plot([0, 0.2], [2 - place] * 2, dash, color=shade)
        ax.text(0.27, 2 - place, text, color=shade, fontweight="bold", va="center")
    for place, (text, dash) in enumerate((("training loss", "-"), ("validation loss", ":"))):
        ax.plot([0, 0.2], [0 - place] * 2, dash, color=INK)
        ax.text(0.27, 0 - place, text, va="center")
    ax.set(xlim=(0, 1), ylim=(-2, 3))


def through_time(
    back: Mapping[str, Array], losses: Mapping[str, Array], *, alt: str, caption: str
) -> Picture:
    """The slope against steps back in time, and how the cells train.

    Parameters
    ----------
    back : dict of str to array, shape (T,)
        RMS of the slope 0, 1, ... steps before the last, by label.
    losses : dict of str to array, shape (U,)
        Training losses, by label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.2)
    for (label, slopes), shade in zip(back.items(), (OTHERS[1], OTHERS[2], OTHERS[0]), strict=True):
        curve(left, np.arange(len(slopes)), slopes / slopes[0], color=shade, label=label)
        curve(right, *thinned(np.arange(1, len(losses[label]) + 1), losses[label], 60), color=shade)
    left.set(yscale="log", xlabel="steps back in time", ylabel="slope, last step's = 1 (log)")
    right.set(xlabel="update", ylabel="training loss", ylim=(0, None))
    direct_labels(left)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def clippings(
    parts: Mapping[str, int], bars: Mapping[str, Array], limit: float, *, alt: str, caption: str
) -> Picture:
    """A gradient before and after each way of clipping, entry by entry.

    Parameters
    ----------
    parts : dict of str to int
        The arrays of the gradient and how many entries each has.
    bars : dict of str to array, shape (P,)
        By title; the first is the gradient itself.
    limit : float
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(bars), width=7.6, height=2.7, sharey=True)
    whole = next(iter(bars.values()))
    ends = np.cumsum([0, *parts.values()])
    for ax, (title, g) in zip(axes, bars.items(), strict=True):
        at = np.arange(len(g))
        ax.bar(at, whole, color=INK, alpha=0.15)
        for (start, stop), shade in zip(pairwise(ends), OTHERS, strict=False):
            ax.bar(at[start:stop], g[start:stop], color=shade)
        cosine = np.clip(g @ whole / np.linalg.norm(g) / np.linalg.norm(whole), -1, 1)
        turned = f"turned by {np.degrees(np.arccos(cosine)):.0f}°"
        ax.set(title=title, xlabel=turned if ax is not axes[0] else "entry")
        ax.axhline(0, color=INK, linewidth=0.6)
        middles = (ends[1:] + ends[:-1] - 1) / 2
        ax.set_xticks(middles, list(parts))
    axes[0].set_ylabel("gradient")
    for sign in (-1, 1):
        axes[1].axhline(sign * limit, color=INK, linewidth=0.8, linestyle=":")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def cures(
    panels: Mapping[str, Mapping[str, tuple[str, Array]]], *, alt: str, caption: str
) -> Picture:
    """Where clipping cures and where it does not: a panel for each problem.

    Parameters
    ----------
    panels : dict of str to dict of str to (colour, array)
        By title (and the label of the axis after a bar), then by label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(panels), width=8.0, height=3.2)
    for ax, (title, runs) in zip(axes, panels.items(), strict=True):
        words, label = title.split("|")
        for place, (name, (shade, y)) in enumerate(runs.items()):
            x = np.arange(len(y))
            ax.plot(*(thinned(x, y, 90) if len(y) > 200 else (x, y)), color=shade, linewidth=1.6)
            at = {"transform": ax.transAxes, "path_effects": HALO, "fontweight": "bold"}
            ax.text(0.97, 0.97 - 0.09 * place, name, color=shade, ha="right", va="top", **at)
        ax.set(yscale="log", title=words, xlabel="update", ylabel=label)
        low, high = ax.get_ylim()
        ax.set_ylim(low, high * (high / low) ** 0.35)
    return Picture(figure, alt=alt, caption=caption, wide=True)
