"""Figures of the chapter on quantization: what was recorded, and cards."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots


def by_bits(
    bits: Sequence[int], accuracy: Mapping[str, Array], base: Array, *, alt: str, caption: str
) -> Picture:
    """Accuracy by number of bits, a dot a seed and a bar at the mean, side by side by method.

    Parameters
    ----------
    bits : sequence of int
    accuracy : dict of str to array, shape (len(bits), seeds)
    base : array, shape (seeds,)
        Of the network in floats.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(width=6.8, height=3.5)
    ax.axhline(100 * base.mean(), color=INK, linewidth=0.8, linestyle=":")
    ax.annotate(
        "float32",
        (0.0, 100 * base.mean()),
        xycoords=("axes fraction", "data"),
        xytext=(4, 4),
        textcoords="offset points",
        path_effects=HALO,
    )
    for number, (name, rows) in enumerate(accuracy.items()):
        shade, marker = OTHERS[(1, 3, 0)[number]], "osD"[number]
        for position, row in enumerate(rows):
            middle = position + 0.24 * (number - 1)
            spread = middle + np.linspace(-0.07, 0.07, len(row))
            ax.plot(spread, 100 * row, marker, color=shade, alpha=0.6, markersize=3.5)
            ax.plot([middle - 0.1, middle + 0.1], 2 * [100 * row.mean()], color=shade, linewidth=3)
        ax.plot([], [], marker, color=shade, label=name)
    ax.set_xticks(range(len(bits)), [f"{b} bits" for b in bits])
    ax.set(ylabel="test digits right (%)", ylim=(None, 101.5))
    ax.legend(loc="lower left", frameon=False)
    return Picture(figure, alt=alt, caption=caption)


def weight_cards(
    halves: Mapping[str, tuple[Array, Array]],
    groups: tuple[Array, Mapping[str, Array]],
    weights: Array,
    centres: Array,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Relative errors of formats, errors of four bits by group size, and a clustered histogram.

    Parameters
    ----------
    halves : dict of str to (magnitudes, relative errors)
    groups : (sizes, dict of str to errors)
    weights, centres : arrays
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, middle, right) = subplots(1, 3, width=9.0, height=3.1)
    for position, (name, (x, y)) in enumerate(halves.items()):
        curve(left, x, y, color=OTHERS[(0, 2, 1)[position]], label="", linewidth=1.5)
        at = int(0.5 * len(x))
        left.annotate(name, (x[at], y[at]), xytext=(0, (-14, 8, 8)[position]), ha="center",
                      textcoords="offset points", color=OTHERS[(0, 2, 1)[position]],
                      fontweight="bold", path_effects=HALO)  # fmt: skip
    left.set(xscale="log", yscale="log", xlabel="magnitude (log)", ylim=(1e-5, 3))
    left.set(ylabel="largest relative error (log)", title="floats and int8")
    sizes, lines = groups
    for position, (name, y) in enumerate(lines.items()):
        curve(middle, sizes, y, color=OTHERS[(1, 0)[position]], label=name, marker="o")
    middle.set(xscale="log", ylim=(0, None), xlabel="weights a group (log)")
    middle.set(ylabel="rms error / rms weight", title="four bits, groups")
    middle.set_xticks(sizes, [f"{s:g}" for s in sizes])
    middle.minorticks_off()
    direct_labels(middle)
    right.hist(weights.ravel(), bins=80, color=OTHERS[5])
    for centre in centres:
        right.axvline(centre, color=OTHERS[1], linewidth=0.9)
    right.set(xlabel="weight", ylabel="weights", title=f"{len(centres)} shared values")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def paired(rows: Mapping[str, Any], *, margin: float, alt: str, caption: str) -> Picture:
    """Paired differences with their intervals, beside the margin within which nothing matters.

    Parameters
    ----------
    rows : dict of str to (low, mean, high)
        In points of accuracy.
    margin : float
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=0.9 + 0.42 * len(rows))
    ax.axvspan(-margin, margin, color=INK, alpha=0.12, linewidth=0)
    ax.axvline(0, color=INK, linewidth=0.8)
    for position, (low, middle, high) in enumerate(rows.values()):
        ax.plot([low, high], [-position, -position], color=OTHERS[0], linewidth=3)
        ax.plot(middle, -position, "o", color=OTHERS[0], markersize=7)
    ax.set_yticks(-np.arange(len(rows)), list(rows))
    ax.set(xlabel="difference in points of accuracy", ylim=(0.5 - len(rows), 0.5))
    return Picture(figure, alt=alt, caption=caption)
