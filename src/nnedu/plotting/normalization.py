"""The figures of the chapter on dropout and normalisation."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.gradient_descent import thin
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

NORMS = {
    "none": OTHERS[5],
    "BatchNorm": OTHERS[0],
    "LayerNorm": OTHERS[1],
    "RMSNorm": OTHERS[3],
    "GroupNorm": OTHERS[2],
}
"""The colour of each normalisation, the same in every figure of the chapter."""


def two_failures(
    deep: Mapping[str, tuple[Array, Array]],
    memorising: Mapping[str, tuple[Array, Array]],
    *,
    chance: float,
    alt: str,
    caption: str,
) -> Picture:
    """Left: training losses of deep networks; right: training and validation loss of one.

    Parameters
    ----------
    deep, memorising : dict of str to (updates, losses)
        A run of ``deep`` that ends early, because it exploded, ends in a cross.
    chance : float
        The loss of an answer that knows nothing.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.1)
    end = max(x[-1] for x, _ in deep.values())
    left.axhline(chance, color=INK, linewidth=0.8, linestyle=":")
    for position, (name, (x, y)) in enumerate(deep.items()):
        shade = OTHERS[(1, 0, 4)[position]]
        curve(left, x, y, color=shade, label=name if x[-1] == end else "", linewidth=1.6)
        if x[-1] < end:
            left.plot(x[-1], y[-1], "x", color=shade, markersize=9, markeredgewidth=2)
            left.annotate(name, (x[-1], y[-1]), xytext=(9, -2), textcoords="offset points",
                          color=shade, fontweight="bold", path_effects=HALO)  # fmt: skip
    left.set(xlabel="update", ylabel="training loss", title="too deep: 20 layers")
    left.set(yscale="log", ylim=(1, 1000))
    for position, (name, (x, y)) in enumerate(memorising.items()):
        curve(right, *thin(x, y), color=OTHERS[position], label=name)
    right.set(xlabel="update", ylabel="loss", title="too eager: wrong labels", ylim=(0, None))
    for ax in (left, right):
        direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def dropout_rates(
    updates: Array,
    losses: Mapping[str, Array],
    rates: Sequence[float],
    accuracy: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: validation losses by rate over updates; right: accuracy against rate, by width.

    Parameters
    ----------
    updates : array, shape (T,)
    losses : dict of str to array, shape (T,)
    rates : sequence of float
    accuracy : dict of str to array, shape (R,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.1)
    for position, (name, y) in enumerate(losses.items()):
        curve(left, updates, y, color=OTHERS[(5, 3, 0, 4)[position]], label=name, linewidth=1.7)
    left.set(xlabel="update", ylabel="validation loss", ylim=(0, None), title="128 hidden units")
    for position, (name, y) in enumerate(accuracy.items()):
        curve(right, np.array(rates), 100 * y, color=OTHERS[(1, 2, 0)[position]], label=name,
              marker="o", markersize=6)  # fmt: skip
    right.set(xlabel="dropout rate", ylabel="validation accuracy (%)", title="three widths")
    right.set(ylim=(0, 100), xlim=(-0.05, 0.75))
    for ax in (left, right):
        direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def learning_rates(
    lrs: Array,
    panels: Mapping[str, Mapping[str, Array]],
    *,
    chance: float,
    alt: str,
    caption: str,
) -> Picture:
    """The loss after a fixed number of updates against the learning rate, a panel a depth.

    Parameters
    ----------
    lrs : array, shape (R,)
    panels : dict of str to dict of norm to array, shape (R,)
        Losses; inf for a run that exploded.
    chance : float
        Where losses are cut off, and the loss of an answer that knows nothing.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(panels), width=7.4, height=2.9, sharey=True)
    for ax, (title, runs) in zip(axes, panels.items(), strict=True):
        ax.axhline(chance, color=INK, linewidth=0.8, linestyle=":")
        for name, y in runs.items():
            curve(ax, lrs, np.minimum(y, chance), color=NORMS[name], label=name, marker="o",
                  markersize=5)  # fmt: skip
        ax.set(xscale="log", xlabel="lr (log)", title=title, ylim=(0, 1.15 * chance))
        direct_labels(ax)
    axes[0].set_ylabel("training loss at the end")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def spectra(values: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Sorted eigenvalues as shares of the largest, against their rank.

    Parameters
    ----------
    values : dict of norm to array, shape (P,)
        In falling order.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.2)
    for name, found in values.items():
        rank = np.linspace(0, 100, len(found))
        share = np.maximum(found / found[0], 1e-9)
        curve(ax, *thin(rank, share), color=NORMS[name])
        at, side, gap = (len(share) // 3, "left", 6) if name != "LayerNorm" else (
            len(share) // 4, "right", -8)  # fmt: skip
        ax.annotate(name, (rank[at], share[at]), xytext=(gap, abs(gap) * np.sign(gap)), ha=side,
                    textcoords="offset points", color=NORMS[name], fontweight="bold",
                    path_effects=HALO)  # fmt: skip
    ax.set(yscale="log", ylim=(1e-6, 1.6), xlabel="rank of the eigenvalue (% of all)")
    ax.set_ylabel("eigenvalue / largest (log)")
    return Picture(figure, alt=alt, caption=caption)


def norms_and_angles(
    runs: Mapping[str, tuple[Array, Array]],
    predicted: Mapping[str, float],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: the length of a weight matrix over updates; right: the angle it turns by.

    Parameters
    ----------
    runs : dict of str to (lengths, angles), each of shape (T,)
    predicted : dict of str to float
        Angles in balance, by the name of the run.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.0)
    for position, (name, (length, angle)) in enumerate(runs.items()):
        shade, t = OTHERS[(5, 0, 4)[position]], np.arange(1, len(length) + 1)
        curve(left, *thin(t, length), color=shade, label=name)
        smooth = np.sqrt(np.convolve(angle**2, np.ones(50) / 50, mode="valid"))
        curve(right, *thin(t[49:], smooth), color=shade, label=name)
        if name in predicted:
            right.axhline(predicted[name], color=shade, linewidth=1, linestyle=":")
    left.set(xlabel="update", ylabel="length of the weights", ylim=(0, None))
    right.set(xlabel="update", yscale="log", ylabel="angle a step, radians (log)")
    for ax in (left, right):
        direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def axes_picture(groups: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Which numbers share a mean: tables of examples by features, a panel a method.

    Parameters
    ----------
    groups : dict of str to bool array, shape (examples, features)
        True where a number is averaged with the first one.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, panels = subplots(1, len(groups), width=7.2, height=2.2, sharey=True)
    for ax, (name, together) in zip(panels, groups.items(), strict=True):
        shade = NORMS[name]
        for (row, column), marked in np.ndenumerate(together):
            fill = shade if marked else "none"
            place = (column + 0.06, row + 0.06)
            ax.add_patch(Rectangle(place, 0.88, 0.88, facecolor=fill, edgecolor=shade))
        rows, columns = together.shape
        ax.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal", xlabel="features")
        ax.set_title(name, color=shade, fontweight="bold")
        ax.set(xticks=[], yticks=[])
        ax.spines[["left", "bottom"]].set_visible(False)
    panels[0].set_ylabel("examples")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def group_sizes(
    sizes: Array, shared: Array, alone: Mapping[str, float], *, alt: str, caption: str
) -> Picture:
    """Accuracy by the number of examples that share BatchNorm's statistics; others as levels.

    Parameters
    ----------
    sizes, shared : arrays, shape (K,)
    alone : dict of norm to float
        Of normalisations whose statistics no other example enters.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.4)
    curve(ax, sizes, 100 * shared, color=NORMS["BatchNorm"], label="BatchNorm", marker="o",
          markersize=6)  # fmt: skip
    for name, level in alone.items():
        ends = np.array([sizes[0], sizes[-1]])
        curve(ax, ends, np.full(2, 100 * level), color=NORMS[name], label=name, linewidth=1.5,
              linestyle="--" if name == "none" else "-")  # fmt: skip
    ax.set(xscale="log", xlabel="examples that share their statistics (log)")
    ax.set_ylabel("validation accuracy (%)")
    ax.set_ylim(55, 105)
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.xaxis.set_minor_locator(NullLocator())
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)
