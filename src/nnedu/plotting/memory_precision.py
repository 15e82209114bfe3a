"""The figures of the chapter on memory and precision."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, PAPER, subplots
from nnedu.precision import Rounding


def shares(
    rows: Mapping[str, Mapping[str, float]], *, xlabel: str, alt: str, caption: str
) -> Picture:
    """A bar for each row, of parts laid end to end.

    Parameters
    ----------
    rows : dict of str to dict of str to float
        Sizes by part, by row; the first row stands on top, and a part has one colour in all.
    xlabel, alt, caption : str

    Returns
    -------
    Picture
    """
    parts = list(dict.fromkeys(part for row in rows.values() for part in row))
    figure, ax = subplots(width=6.4, height=1.1 + 0.42 * len(rows))
    longest = max(sum(row.values()) for row in rows.values())
    for place, row in enumerate(reversed(list(rows.values()))):
        start = 0.0
        for part, size in row.items():
            shade = OTHERS[parts.index(part)]
            ax.barh(place, size, left=start, height=0.66, color=shade, edgecolor=PAPER, linewidth=1)
            start += size
        ax.text(start + 0.01 * longest, place, f"{start:.1f}", va="center")
    for part in parts:
        ax.bar(0, 0, color=OTHERS[parts.index(part)], label=part)
    ax.set_yticks(range(len(rows)), list(reversed(list(rows))))
    ax.tick_params(axis="y", length=0)
    ax.set(xlabel=xlabel, xlim=(0, 1.1 * longest))
    figure.legend(loc="outside upper center", ncols=3, handlelength=1.2, frameon=False)
    return Picture(figure, alt=alt, caption=caption)


def magnitudes(
    numbers: Mapping[str, Array],
    formats: Mapping[str, Rounding],
    *,
    limits: Mapping[str, float],
    alt: str,
    caption: str,
) -> Picture:
    """How large numbers are, and below it how well each format holds a number of that size.

    Parameters
    ----------
    numbers : dict of str to float array
        By name; zeros are left out.
    formats : dict of str to callable
        Roundings by name. Drawn is the root of the mean squared relative error.
    limits : dict of str to float
        Vertical lines by their words: logarithms to base 2.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (top, bottom) = subplots(2, 1, width=7.0, height=4.6, sharex=True, height_ratios=[1, 1])
    places = np.arange(-40, 19)
    for (name, values), shade in zip(numbers.items(), OTHERS, strict=False):
        sizes = np.log2(np.abs(values[values != 0]).astype(float))
        share = np.histogram(sizes, bins=places)[0] / sizes.size
        top.stairs(share, places, color=shade, linewidth=2, label=name)
        peak = int(share.argmax())
        top.annotate(
            name,
            (places[peak] + 0.5, share[peak]),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            color=shade,
            fontweight="bold",
            path_effects=HALO,
        )
    top.set(ylabel="share of entries")
    top.margins(y=0.22)
    fractions = np.exp2(np.random.default_rng(0).uniform(size=1000)).astype(np.float32)
    for (name, rounding), shade in zip(formats.items(), OTHERS[3:], strict=False):
        errors = []
        for place in places[:-1]:
            x = fractions * np.float32(2.0**place)
            off = np.minimum(np.abs(rounding(x) - x) / x, 1.0)  # infinite: all of it is wrong
            errors.append(np.sqrt(np.mean(off**2)))
        curve(bottom, places[:-1] + 0.5, np.array(errors), color=shade, label=name)
    bottom.set(yscale="log", ylabel="relative error\nof rounding (log)")
    bottom.set(xlabel="size: logarithm to base 2", ylim=(5e-5, 3))
    for ax in (top, bottom):
        for place in limits.values():
            ax.axvline(place, color=INK, linewidth=0.8, linestyle=":")
    for words, place in limits.items():
        top.annotate(
            words,
            (place, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    direct_labels(bottom)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def scales(
    divisors: Array,
    losses: Mapping[str, Array],
    traces: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Losses against what they were divided by, and how loss scales move during training.

    Parameters
    ----------
    divisors : array, shape (K,)
        Logarithms to base 2.
    losses : dict of str to array, shape (K,)
        By name, drawn on the left.
    traces : dict of str to array, shape (T,)
        The scale at each update, by name, drawn on the right.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.8, height=3.3)
    for (name, y), shade in zip(losses.items(), OTHERS, strict=False):
        curve(left, divisors, y, color=shade, label=name, marker="o")
    left.set(xlabel="loss divided by 2 to this power", ylabel="training loss, 300 updates")
    left.set(ylim=(0, None), xticks=divisors)
    for (name, y), shade in zip(traces.items(), OTHERS[3:], strict=False):
        curve(right, np.arange(1, len(y) + 1), np.log2(y), color=shade, label=name)
    right.set(xlabel="update", ylabel="scale: logarithm to base 2")
    for ax in (left, right):
        direct_labels(ax, gap=14)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def points(
    groups: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    lines: Mapping[str, tuple[Array, Array]],
    *,
    xlabel: str,
    ylabel: str,
    ticks: Sequence[float],
    floor: tuple[str, float],
    alt: str,
    caption: str,
) -> Picture:
    """Measured points and the lines that an equation draws; the horizontal axis is logarithmic.

    Parameters
    ----------
    groups : dict of str to (x, y)
        Points by name.
    lines : dict of str to (x, y)
        Lines by name, each in the colour of the group at its place.
    xlabel, ylabel : str
    ticks : sequence of float
        Where the horizontal axis is labelled.
    floor : (str, float)
        The words and the height of a dotted line.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=6.2, height=3.5)
    for (name, (x, y)), shade in zip(groups.items(), OTHERS, strict=False):
        ax.plot(x, y, "o", color=shade, markersize=6)
        ax.annotate(
            name,
            (x[-1], y[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=shade,
            fontweight="bold",
            path_effects=HALO,
        )
    for (name, (at, height)), shade in zip(lines.items(), OTHERS, strict=False):
        ax.plot(at, height, color=shade, linewidth=1, linestyle="--", label=f"_{name}")
    words, level = floor
    ax.axhline(level, color=INK, linewidth=0.8, linestyle=":")
    ax.annotate(
        words,
        (0.5, level),
        xycoords=("axes fraction", "data"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        path_effects=HALO,
    )
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale="log")
    ax.set_xticks(list(ticks), [f"{tick:g}" for tick in ticks], minor=False)
    ax.minorticks_off()
    ax.set_ylim(bottom=0)
    return Picture(figure, alt=alt, caption=caption)
