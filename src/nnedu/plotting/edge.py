"""The figures of the chapter on edge devices."""

from collections.abc import Mapping

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, mosaic, subplots


def seen(rows: Mapping[str, tuple[Array, Array]], *, alt: str, caption: str) -> Picture:
    """Images, a row for each way of looking at them, framed where they are named wrongly.

    Parameters
    ----------
    rows : dict of str to (array of shape (K, H, W), bool array of shape (K,))
        By the words beside a row: images with values from 0 to 1, and which are named rightly.
    alt, caption : str

    Returns
    -------
    Picture
    """
    count = len(next(iter(rows.values()))[0])
    places = [[f"{row} {k}" for k in range(count)] for row in range(len(rows))]
    figure, axes = mosaic(places, width=7.4, height=0.3 + 0.8 * len(rows))
    for row, (words, (images, right)) in enumerate(rows.items()):
        for k in range(count):
            ax = axes[f"{row} {k}"]
            ax.imshow(images[k], cmap="Greys", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[])
            for spine in ax.spines.values():
                spine.set_visible(True)
                spine.set(color=INK if right[k] else OTHERS[1], linewidth=0.6 if right[k] else 3)
        axes[f"{row} 0"].set_ylabel(words, rotation=0, ha="right", va="center", labelpad=8)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def parts(files: Mapping[str, Mapping[str, int]], *, alt: str, caption: str) -> Picture:
    """One bar a file, made of what its bytes are for.

    Parameters
    ----------
    files : dict of str to dict of str to int
        By file and by use; all have the same uses.
    alt, caption : str

    Returns
    -------
    Picture
    """
    uses = list(next(iter(files.values())))
    figure, ax = subplots(width=7.2, height=1.2 + 0.44 * len(files))
    for place, sizes in enumerate(files.values()):
        left = 0.0
        for use, shade in zip(uses, OTHERS, strict=False):
            ax.barh(place, sizes[use] / 1000, left=left, height=0.62, color=shade)
            left += sizes[use] / 1000
        rest = sum(sizes.values()) - sizes[uses[0]]
        ax.annotate(
            f"{left:.1f}, of which {rest / 1000:.1f} no weights",
            (left, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
        )
    for use, shade in zip(uses, OTHERS, strict=False):
        ax.barh(0, 0, color=shade, label=use)
    ax.set_yticks(range(len(files)), list(files))
    most = max(sum(sizes.values()) for sizes in files.values()) / 1000
    ax.set(xlabel="kilobytes", ylim=(len(files) - 0.5, -0.5), xlim=(0, 1.45 * most))
    ax.legend(loc="lower right", frameon=False)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def shares(
    rows: Mapping[str, tuple[float, float, float]],
    notes: Mapping[str, str],
    *,
    level: float,
    xlabel: str,
    alt: str,
    caption: str,
) -> Picture:
    """Shares with their intervals from the top down, a note beside each, and a line to compare.

    Parameters
    ----------
    rows : dict of str to (low, share, high)
    notes : dict of str to str
        By the same names.
    level : float
        Where the line stands.
    xlabel, alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=7.4, height=1.0 + 0.4 * len(rows))
    ax.axvline(100 * level, color=INK, linewidth=0.8, linestyle=":")
    for place, (name, (low, share, high)) in enumerate(rows.items()):
        shade = OTHERS[0] if high >= level else OTHERS[1]
        ax.plot([100 * low, 100 * high], [place, place], color=shade, linewidth=3, alpha=0.6)
        ax.plot(100 * share, place, "o" if high >= level else "X", color=shade, markersize=8)
        ax.text(106, place, notes[name], va="center", fontsize=10)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set(xlabel=xlabel, xlim=(0, 104), ylim=(len(rows) - 0.5, -0.6))
    ax.grid(axis="x")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def times_faster(
    sizes: Array, ratios: Mapping[str, Array], *, xlabel: str, ylabel: str, alt: str, caption: str
) -> Picture:
    """How many times faster, against a size, both logarithmic; above the line at 1 it pays.

    Parameters
    ----------
    sizes : array, shape (K,)
    ratios : dict of str to array, shape (K,)
    xlabel, ylabel, alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.4)
    ax.axhline(1, color=INK, linewidth=0.8, linestyle=":")
    for position, (name, values) in enumerate(ratios.items()):
        curve(ax, sizes, values, color=OTHERS[position], label=name, marker="oDs"[position])
    ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
    every = np.concatenate([*ratios.values(), [1.0]])
    ticks = [t for t in (0.25, 0.5, 1, 2, 4, 8) if every.min() / 1.5 < t < every.max() * 1.5]
    ax.set_xticks(sizes, [f"{size:g}" for size in sizes])
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.grid(axis="y")
    direct_labels(ax, gap=14)
    return Picture(figure, alt=alt, caption=caption)
