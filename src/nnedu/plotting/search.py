"""The figures of the chapter on search."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import NullFormatter, PercentFormatter, StrMethodFormatter

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

METHOD_COLORS = {
    "grid": OTHERS[1],
    "random": OTHERS[0],
    "halving": OTHERS[2],
    "hyperband": OTHERS[4],
    "twice": OTHERS[5],
}
"""The colour of each kind of search, the same in every figure."""


def projections(
    searches: Mapping[str, tuple[Mapping[str, Array], Array]],
    labels: Mapping[str, str],
    *,
    worst: float,
    alt: str,
    caption: str,
) -> Picture:
    """The loss of every trial against one hyper-parameter at a time; a row for each search.

    Parameters
    ----------
    searches : dict of str to (settings, losses)
        By kind ("grid", "random"): the values of each hyper-parameter, shape (T,), and losses.
    labels : dict of str to str
        Axis labels of the hyper-parameters to be shown.
    worst : float
        Losses above it are drawn there.
    alt, caption : str

    Returns
    -------
    Picture
    """
    rows, columns = len(searches), len(labels)
    figure, axes = subplots(rows, columns, width=7.6, height=4.6, sharey=True, sharex="col")
    for ax, words in zip(axes[-1], labels.values(), strict=True):
        ax.set_xlabel(words)
    for row, (kind, (settings, losses)) in zip(axes, searches.items(), strict=True):
        shown, best = np.minimum(losses, worst), int(np.argmin(losses))
        for ax, name in zip(row, labels, strict=True):
            values = settings[name]
            ax.plot(values, shown, "o", color=METHOD_COLORS[kind], alpha=0.75, markersize=5)
            ax.plot(values[best], shown[best], "o", mfc="none", mec=INK, markersize=11, mew=1.5)
            ax.axhline(shown[best], color=INK, linewidth=0.8, linestyle=":")
            ax.set(xscale="log", yscale="log")
            ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
            ax.yaxis.set_minor_formatter(NullFormatter())
            ax.set_yticks([0.1, 0.2, 0.5, 1, 2])
        tried = len(np.unique(settings[next(iter(labels))]))
        row[0].set_ylabel("validation loss (log)")
        row[0].set_title(f"{kind}: {tried} learning rates in {len(losses)} runs", loc="left")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def chances(
    knobs: Sequence[int],
    exact: Mapping[str, Sequence[float]],
    counted: Mapping[str, Sequence[float]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """The chance of a hit against how many hyper-parameters matter: lines, and counts as dots.

    Parameters
    ----------
    knobs : sequence of int
    exact, counted : dict of str to sequence of float
        By kind of search.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=5.6, height=3.1)
    for kind, values in exact.items():
        curve(ax, np.array(knobs), np.array(values), color=METHOD_COLORS[kind], label=kind)
        ax.plot(knobs, counted[kind], "o", color=METHOD_COLORS[kind], markersize=6)
    ax.set(xlabel="knobs that matter, of three", ylabel="chance of a hit", ylim=(0, 0.65))
    ax.set_xticks(list(knobs))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def field(
    budgets: Sequence[int],
    losses: Array,
    survivors: Sequence[Sequence[int]],
    *,
    worst: float,
    alt: str,
    caption: str,
) -> Picture:
    """Losses of all settings as their runs get longer, and who is still there.

    Parameters
    ----------
    budgets : sequence of int, length R
        Of the rungs.
    losses : array, shape (S, R)
        Of every setting at every rung, as if all were run to the end.
    survivors : sequence of sequences of int, length R
        Who is run in each rung.
    worst : float
        Losses above it are drawn there.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=6.6, height=3.8)
    shown, at = np.minimum(losses, worst), np.array(budgets)
    ends = {i: sum(i in rung for rung in survivors) for i in range(len(losses))}
    for i, row in enumerate(shown):
        ax.plot(at, row, color=OTHERS[5], linewidth=0.7, alpha=0.45)
        if ends[i] > 1:
            ax.plot(at[: ends[i]], row[: ends[i]], color=METHOD_COLORS["halving"], linewidth=1.1)
    last = survivors[-1]
    chosen = last[int(np.argmin(losses[last, -1]))]
    best = int(np.argmin(losses[:, -1]))
    ax.plot(at, shown[chosen], "o-", color=METHOD_COLORS["halving"], linewidth=2.4, markersize=5)
    if best != chosen:
        ax.plot(at, shown[best], "s--", color=OTHERS[1], linewidth=2.0, markersize=5)
        _name(ax, at[-1], shown[best, -1], "the best,\ndropped", OTHERS[1], down=True)
    _name(ax, at[-1], shown[chosen, -1], "chosen", METHOD_COLORS["halving"])
    for budget, rung in zip(budgets, survivors, strict=True):
        ax.text(budget, worst * 1.12, f"{len(rung)} left", ha="center", color=INK)
    ax.set(xscale="log", yscale="log", xlabel="units of 15 updates (log)")
    ax.set(ylabel="validation loss (log)", ylim=(None, worst * 1.35))
    ax.set_xticks(list(budgets), [str(b) for b in budgets])
    ax.set_yticks([0.1, 0.2, 0.5, 1, 2], ["0.1", "0.2", "0.5", "1", "2"])
    ax.minorticks_off()
    return Picture(figure, alt=alt, caption=caption)


def _name(ax: Any, x: float, y: float, words: str, shade: str, *, down: bool = False) -> None:
    ax.annotate(
        words,
        (x, y),
        xytext=(8, -10 if down else 8),
        textcoords="offset points",
        va="center",
        color=shade,
        fontweight="bold",
        annotation_clip=False,
        path_effects=HALO,
    )


def ratios(
    panels: Mapping[str, Mapping[str, tuple[str, Array, tuple[float, float, float]]]],
    *,
    margin: float,
    xlabel: str,
    alt: str,
    caption: str,
) -> Picture:
    """Paired ratios with their intervals; a dot for each repetition, the margin shaded.

    Parameters
    ----------
    panels : dict of str to dict of str to (title, ratios (S,), (low, middle, high))
        By the panel's title, then by kind of search.
    margin : float
        Ratios from ``1 / margin`` to ``margin`` do not matter.
    xlabel, alt, caption : str

    Returns
    -------
    Picture
    """
    rows = max(len(panel) for panel in panels.values())
    figure, axes = subplots(1, len(panels), width=7.8, height=1.2 + 0.5 * rows, sharey=True)
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        ax.axvspan(1 / margin, margin, color=INK, alpha=0.08, linewidth=0)
        ax.axvline(1, color=INK, linewidth=0.8, linestyle=":")
        for place, (kind, (_, each, (low, middle, high))) in enumerate(panel.items()):
            shade, offsets = METHOD_COLORS[kind], np.linspace(-0.22, 0.22, len(each))
            inside = np.clip(each, 0.2, 5)
            ax.plot(inside, place + offsets, "o", color=shade, alpha=0.35, markersize=4)
            ax.plot([low, high], [place, place], color=INK, linewidth=2.6)
            ax.plot(middle, place, "D", color=shade, mec=INK, markersize=7)
        ax.set(title=title, xscale="log", xlim=(0.18, 5.6), ylim=(rows - 0.5, -0.5))
        ax.set_xticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
        ax.minorticks_off()
        ax.set_xlabel(xlabel)
    titles = [title for title, _, _ in next(iter(panels.values())).values()]
    axes[0].set_yticks(range(rows), titles)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def optimism(
    counts: Sequence[int], lines: Mapping[str, Array], *, alt: str, caption: str
) -> Picture:
    """Errors of the best of n settings against n: where they were chosen, and elsewhere.

    Parameters
    ----------
    counts : sequence of int
    lines : dict of str to array, shape (splits, counts)
        Errors by label; the mean is drawn with its 95 per cent interval over the splits.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=6.2, height=3.3)
    for (words, values), shade in zip(lines.items(), OTHERS, strict=False):
        mean = values.mean(axis=0)
        half = 2 * values.std(axis=0, ddof=1) / np.sqrt(len(values))
        ax.fill_between(counts, mean - half, mean + half, color=shade, alpha=0.2, linewidth=0)
        curve(ax, np.array(counts), mean, color=shade, label=words, marker="o")
    ax.set(xscale="log", xlabel="settings to choose from (log)", ylabel="wrong answers")
    ax.set_xticks(list(counts), [f"{n:,}" for n in counts])
    ax.minorticks_off()
    ax.set_ylim(0, None)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    direct_labels(ax, gap=26)
    return Picture(figure, alt=alt, caption=caption)
