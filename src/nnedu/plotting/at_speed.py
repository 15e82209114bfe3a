"""The figures of the chapter on TensorFlow."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots


def timeline(
    rows: Mapping[str, tuple[float, Array]], *, unit: str = "calls", alt: str, caption: str
) -> Picture:
    """One stretch of work a row, on one axis of time, with a stroke where Python called something.

    Parameters
    ----------
    rows : dict of str to (float, float array, shape (C,))
        By name: how long it took, and when each call began, both in microseconds.
    unit : str
        What the strokes are.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=7.2, height=0.9 + 0.62 * len(rows))
    longest = max(length for length, _ in rows.values()) / 1000
    for place, (name, (length, starts)) in enumerate(rows.items()):
        shade = OTHERS[place % len(OTHERS)]
        ax.barh(place, length / 1000, height=0.62, color=shade, alpha=0.3)
        ax.vlines(starts / 1000, place - 0.31, place + 0.31, color=shade, linewidth=1.1)
        count = f"{len(starts):,} {unit if len(starts) != 1 else unit.removesuffix('s')}"
        words = f"{name}: {count}, {length / 1000:.2g} ms"
        inside = length / 1000 > 0.6 * longest
        ax.annotate(
            words,
            (0 if inside else length / 1000, place - (0.42 if inside else 0)),
            xytext=(0 if inside else 6, 0),
            textcoords="offset points",
            va="bottom" if inside else "center",
            color=INK,
            path_effects=HALO,
        )
    ax.set(xlabel="milliseconds since the update began", ylim=(len(rows) - 0.5, -0.8))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def ratios(
    values: Mapping[str, float],
    *,
    xlabel: str,
    alt: str,
    caption: str,
    beside: Mapping[str, Mapping[str, float]] | None = None,
    here: str = "this run",
) -> Picture:
    """A dot for each contender on a logarithmic axis, its number beside it.

    Parameters
    ----------
    values : dict of str to float
        By name, from the top down.
    xlabel, alt, caption : str
    beside : dict of str to dict of str to float, optional
        More columns of open marks, by their words.
    here : str
        The words for ``values``, where there are other columns.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=7.2, height=1.0 + 0.4 * len(values))
    names = list(values)
    everything = [*values.values()]
    for number, (words, column) in enumerate((beside or {}).items()):
        shade, mark = OTHERS[1 + number], "sDv^"[number % 4]
        places = [names.index(name) for name in column]
        ax.plot([*column.values()], places, mark, mfc="none", mec=shade, ms=7, mew=1.6, label=words)
        everything += column.values()
    label = here if beside else None
    ax.plot([*values.values()], range(len(names)), "o", color=OTHERS[0], ms=8, label=label)
    for place, value in enumerate(values.values()):
        ax.annotate(
            f"{value:.2g}" if value < 100 else f"{value:.0f}",
            (value, place),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            path_effects=HALO,
        )
    ax.axvline(1, color=INK, linewidth=0.8, linestyle=":")
    ax.set(xscale="log", xlabel=xlabel, ylim=(len(names) - 0.5, -0.7))
    ax.set_xlim(min(everything) / 1.6, max(everything) * 1.6)
    ax.set_yticks(range(len(names)), names)
    ax.grid(axis="x")
    if beside:
        ax.legend(loc="lower right", frameon=False)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def stages(
    seconds: Mapping[str, float], *, xlabel: str, alt: str, caption: str, mark: Sequence[str] = ()
) -> Picture:
    """Bars from the top down, each with its number.

    Parameters
    ----------
    seconds : dict of str to float
        By name.
    xlabel, alt, caption : str
    mark : sequence of str
        Names whose bars have the second colour.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=7.2, height=0.9 + 0.38 * len(seconds))
    shades = [OTHERS[name in mark] for name in seconds]
    values = np.array([*seconds.values()])
    ax.barh(range(len(seconds)), values, height=0.66, color=shades, alpha=0.85)
    for place, value in enumerate(values):
        ax.annotate(
            f"{value:.2g}" if value < 100 else f"{value:.0f}",
            (value, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            path_effects=HALO,
        )
    ax.set_yticks(range(len(seconds)), list(seconds))
    ax.set(xlabel=xlabel, ylim=(len(seconds) - 0.5, -0.5), xlim=(0, values.max() * 1.12))
    return Picture(figure, alt=alt, caption=caption, wide=True)


def intervals(
    rows: Mapping[str, tuple[float, float, float]],
    *,
    xlabel: str,
    margin: float,
    alt: str,
    caption: str,
) -> Picture:
    """Ratios with their intervals on a logarithmic axis, and the stretch that counts as equal.

    Parameters
    ----------
    rows : dict of str to (low, middle, high)
        By name, from the top down.
    xlabel : str
    margin : float, at least 1
        Ratios from ``1 / margin`` to ``margin`` count as equal.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=7.2, height=1.0 + 0.44 * len(rows))
    ax.axvspan(1 / margin, margin, color=INK, alpha=0.08, linewidth=0)
    ax.axvline(1, color=INK, linewidth=0.8, linestyle=":")
    for place, (low, middle, high) in enumerate(rows.values()):
        ax.plot([low, high], [place, place], color=OTHERS[0], linewidth=3, alpha=0.6)
        ax.plot(middle, place, "o", color=OTHERS[0], ms=7)
        ax.annotate(
            f"{middle:.2f}",
            (middle, place),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            path_effects=HALO,
        )
    ends = [end for row in rows.values() for end in row]
    ticks = [t for t in (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10) if min(ends) / 1.3 < t]
    ticks = [t for t in ticks if t < max(*ends, margin) * 1.3]
    ax.set(xscale="log", xlabel=xlabel, ylim=(len(rows) - 0.5, -0.7))
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks(range(len(rows)), list(rows))
    ax.grid(axis="x")
    return Picture(figure, alt=alt, caption=caption, wide=True)
