"""The figures of AdaNet: what a newcomer is worth, and what the price of complexity does."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import PercentFormatter

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots


def weighing(
    weights: Array,
    panels: Mapping[str, Mapping[str, tuple[Array, float]]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """AdaNet's objective against the weight of a newcomer; a dot at its minimum.

    Parameters
    ----------
    weights : array, shape (T,)
    panels : dict of str to dict of str to (objective (T,), best weight)
        Curves by label, by title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(panels), width=7.6, height=3.3, sharey=True)
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        for (words, (values, best)), shade in zip(panel.items(), OTHERS, strict=False):
            curve(ax, weights, values, color=shade, label=words)
            lowest = float(np.interp(best, weights, values))
            ax.plot(best, lowest, "o", color=shade, mec=INK, markersize=8)
        ax.set(title=title, xlabel="weight of the newcomer", xlim=(weights[0], weights[-1]))
    start = np.interp(0, weights, next(iter(next(iter(panels.values())).values()))[0])
    axes[0].set(ylabel="objective", ylim=(-0.05 * start, 4.5 * start))
    for ax in axes:
        direct_labels(ax, gap=14)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def sweep(
    strengths: Sequence[float],
    tasks: Mapping[str, tuple[Array, Array, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """What the price of complexity does: depth and errors against lambda, a column a task.

    Parameters
    ----------
    strengths : sequence of float
    tasks : dict of str to (depths, training errors, test errors), each (seeds, strengths)
        By title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(2, len(tasks), width=7.6, height=4.6, sharex=True, sharey="row")
    for column, (title, (depths, training, test)) in zip(axes.T, tasks.items(), strict=True):
        top, bottom = column
        offsets = np.exp(np.linspace(-0.25, 0.25, len(depths)))
        for row, offset in zip(depths, offsets, strict=True):
            top.plot(np.array(strengths) * offset, row, "o", color=OTHERS[0], alpha=0.5)
        top.plot(strengths, depths.mean(axis=0), color=OTHERS[0])
        for values, words, shade in ((test, "test", OTHERS[1]), (training, "training", OTHERS[2])):
            curve(bottom, np.array(strengths), values.mean(axis=0), color=shade, label=words)
        top.set(title=title, xscale="log")
        bottom.set_xlabel("λ (log)")
        bottom.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[0, 0].set_ylabel("depth")
    axes[1, 0].set(ylabel="wrong answers", ylim=(0, None))
    for bottom in axes[1]:
        direct_labels(bottom)
    return Picture(figure, alt=alt, caption=caption, wide=True)
