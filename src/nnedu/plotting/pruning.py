"""The figures of the chapter on pruning."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import FixedLocator, NullFormatter, PercentFormatter

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.pareto import spread
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

Runs = Mapping[str, Sequence[tuple[float, Array]]]
"""By method: (sparsity, accuracies of the seeds), from the lowest sparsity up."""

DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1)), (0, (8, 2)))


def kept_axis(ax: Any, sparsities: Sequence[float]) -> None:
    """A logarithmic axis of what is left, so that 90, 95 and 98 per cent stand apart."""
    ax.set_xscale("log")
    ax.set_xlim(1.1, 0.9 * (1 - max(sparsities)))
    ax.xaxis.set_major_locator(FixedLocator([1 - s for s in sparsities]))
    ax.set_xticklabels([f"{s:.0%}" for s in sparsities])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.tick_params(axis="x", which="minor", length=0)


def methods(
    panels: Mapping[str, Runs],
    *,
    sparsities: Sequence[float],
    dense: float,
    alt: str,
    caption: str,
    points: Runs | None = None,
) -> Picture:
    """What is wrong against sparsity by method, with Student's 95 per cent interval over the seeds.

    Parameters
    ----------
    panels : dict of str to runs
        By title; a method in both panels has one colour.
    sparsities : sequence of float
        The ticks.
    dense : float
        Accuracy of the dense network: a dotted line.
    alt, caption : str
    points : runs, optional
        Single dots, drawn in the first panel only.

    Returns
    -------
    Picture
    """
    names = list(dict.fromkeys(name for runs in panels.values() for name in runs))
    figure, axes = subplots(1, len(panels), width=8.2, height=4.4, sharey=True, squeeze=False)
    for ax, (title, runs) in zip(axes[0], panels.items(), strict=True):
        kept_axis(ax, sparsities)
        ax.set(title=title, xlabel="sparsity (log of what is left)", yscale="log")
        ax.axhline(1 - dense, color=INK, linewidth=0.8, linestyle=":")
        for name, row in runs.items():
            at = names.index(name)
            shade, line = OTHERS[at % len(OTHERS)], DASHES[at // len(OTHERS)]
            x = np.array([1 - s for s, _ in row])
            _errors(ax, x, [each for _, each in row], color=shade)
            wrong = np.array([1 - np.mean(each) for _, each in row])
            curve(ax, x, wrong, color=shade, label=name, linestyle=line)
    ax = axes[0][0]
    for number, (name, row) in enumerate((points or {}).items()):
        x = np.array([1 - s for s, _ in row])
        _errors(ax, x, [each for _, each in row], color=INK)
        wrong = np.array([1 - np.mean(each) for _, each in row])
        ax.plot(x, wrong, "D", color=INK, markersize=5)
        where = (-10, -24 - 14 * number)
        ax.annotate(name, (x[0], wrong[0]), where, textcoords="offset points", path_effects=HALO)
    axes[0][0].set_ylim(0.007, 1)
    axes[0][0].set_ylabel("test digits wrong (log)")
    axes[0][0].yaxis.set_major_locator(FixedLocator([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]))
    axes[0][0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[0][0].yaxis.set_minor_formatter(NullFormatter())
    for ax in axes[0]:
        direct_labels(ax, gap=12)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def _errors(ax: Any, x: Array, runs: Sequence[Array], *, color: str) -> None:
    """The intervals of the means, cut off where an error of 0 would leave the axis."""
    wrong = np.array([1 - np.mean(each) for each in runs])
    half = np.array([spread(each) for each in runs])
    ax.vlines(x, np.maximum(wrong - half, 0.002), wrong + half, color=color, linewidth=1.2)


def patterns(masks: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Masks side by side: dark where a weight stays; inputs downward, outputs to the right.

    Parameters
    ----------
    masks : dict of str to boolean array, shape (I, O)
        By title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(masks), width=7.8, height=2.5)
    for ax, (title, mask), shade in zip(axes, masks.items(), OTHERS, strict=False):
        rows, columns = np.nonzero(mask)
        for i, o in zip(rows, columns, strict=True):
            ax.fill([o, o + 0.9, o + 0.9, o], [i, i, i + 0.9, i + 0.9], color=shade, linewidth=0)
        ax.set(xlim=(0, mask.shape[1]), ylim=(mask.shape[0], 0), title=title, aspect="equal")
        ax.set_xticks([])
        ax.set_yticks([])
        for side in ax.spines.values():
            side.set_visible(True)
    axes[0].set_ylabel("inputs")
    for ax in axes:
        ax.set_xlabel("outputs")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def predictions(
    panels: Mapping[str, tuple[Array, Array]], *, xlabels: Sequence[str], alt: str, caption: str
) -> Picture:
    """How far the loss rises without one weight, against what a score says; log-log.

    Parameters
    ----------
    panels : dict of str to (scores, rises), both above 0
        By title.
    xlabels : sequence of str, one a panel
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(panels), width=7.6, height=3.4, sharey=True)
    for ax, (title, (scores, rises)), xlabel, shade in zip(
        axes, panels.items(), xlabels, OTHERS, strict=False
    ):
        ax.plot(scores, rises, ".", color=shade, alpha=0.6, markersize=6)
        ax.set(xscale="log", yscale="log", title=title, xlabel=xlabel)
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.yaxis.set_minor_formatter(NullFormatter())
    span = np.array([min(axes[1].get_xlim()[0], axes[1].get_ylim()[0]), axes[1].get_xlim()[1]])
    axes[1].plot(span, span, color=INK, linewidth=0.8, linestyle=":")
    axes[0].set_ylabel("rise of the loss without it (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def costs(
    sparsities: Array,
    bytes_by_format: Mapping[str, Array],
    seconds: Mapping[str, Mapping[str, tuple[Array, Array]]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Bytes and seconds against sparsity, the dense layer being 1.

    Parameters
    ----------
    sparsities : array, shape (S,)
    bytes_by_format : dict of str to array, shape (S,)
    seconds : dict of str to dict of str to (sparsities, ratios)
        By title, by form: a panel each, logarithmic.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, 1 + len(seconds), width=8.4, height=3.5)
    for number, (name, y) in enumerate(bytes_by_format.items()):
        curve(axes[0], sparsities, y, color=OTHERS[number], label=name)
    axes[0].set(title="bytes, dense = 1", ylabel="share of the dense layer", ylim=(0, 2.1))
    for ax, (title, forms) in zip(axes[1:], seconds.items(), strict=True):
        for number, (name, (x, y)) in enumerate(forms.items()):
            curve(ax, x, y, color=OTHERS[number], label=name, marker="o")
        ax.set(title=title, yscale="log")
        ax.yaxis.set_minor_formatter(NullFormatter())
    for ax in axes:
        ax.axhline(1, color=INK, linewidth=0.8, linestyle=":")
        ax.set_xlabel("sparsity")
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        direct_labels(ax, gap=12)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def pixels(images: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Small images side by side, each on its own scale: the darker, the larger.

    Parameters
    ----------
    images : dict of str to array, shape (height, width), at least 0
        By title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(images), width=7.8, height=2.4)
    for ax, (title, image), shade in zip(axes, images.items(), (INK, *OTHERS), strict=False):
        for (row, column), value in np.ndenumerate(image):
            strength = float(value / image.max())
            x, y = [column, column + 1, column + 1, column], [row, row, row + 1, row + 1]
            ax.fill(x, y, color=shade, alpha=strength, linewidth=0)
        ax.set(xlim=(0, image.shape[1]), ylim=(image.shape[0], 0), title=title, aspect="equal")
        ax.set_xticks([])
        ax.set_yticks([])
        for side in ax.spines.values():
            side.set_visible(True)
    return Picture(figure, alt=alt, caption=caption, wide=True)
