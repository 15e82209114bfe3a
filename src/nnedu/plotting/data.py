"""The figures of the chapter on data about scales, splits and folds."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.gradient_descent import thin
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, mosaic, subplots


def scales(
    clouds: Mapping[str, Array],
    runs: Mapping[str, tuple[Array, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Above: two features under each map. Below: the loss left in each run, and its ceiling.

    Parameters
    ----------
    clouds : dict of str to array, shape (N, 2)
        By title.
    runs : dict of str to (losses (T,), ceilings (T,))
        Shares of the first loss above the minimum, from update 0, by label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    names = [str(k) for k in range(len(clouds))]
    figure, axes = mosaic(
        [names, ["below"] * len(names)], width=7.4, height=5.2, height_ratios=[1, 1.5]
    )
    for name, (title, points) in zip(names, clouds.items(), strict=True):
        ax = axes[name]
        ax.plot(*points.T, ".", color=OTHERS[0], markersize=2.5, alpha=0.7)
        ax.set_title(title)
        reach = 1.1 * np.abs(points).max()
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax = axes["below"]
    for position, (label, (y, ceiling)) in enumerate(runs.items()):
        shade, t = OTHERS[position], np.arange(len(y))
        shown = np.arange(len(y)) <= int(np.argmax(np.append(y, 0) < 1e-6))  # to the lower edge
        ax.plot(*thin(t[shown], np.maximum(y[shown], 1e-6)), color=shade, linewidth=2)
        below = ceiling > 1e-6
        ax.plot(*thin(t[below], ceiling[below]), color=shade, linewidth=1, linestyle="--")
        at = int(np.flatnonzero(shown)[-1])
        ax.annotate(
            label,
            (t[at], max(y[at], 3e-6)),
            xytext=(6, 0),
            textcoords="offset points",
            color=shade,
            fontweight="bold",
            va=("bottom", "top", "center", "bottom")[position % 4],
            annotation_clip=False,
            path_effects=HALO,
        )
    ax.set_xticks(np.linspace(0, len(t) - 1, 6))
    ax.set(yscale="log", ylim=(1e-6, 2), xlabel="update", xlim=(-15, 1.28 * len(t)))
    ax.set_ylabel("share of the loss left (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def whitened(
    images: Mapping[str, Array],
    eps: Array,
    accuracies: Mapping[str, Array],
    levels: Mapping[str, float],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Above: one digit under each map. Below: accuracy on unseen digits against eps.

    Parameters
    ----------
    images : dict of str to array, shape (8, 8)
        By title.
    eps : array, shape (K,)
    accuracies : dict of str to array, shape (K,)
        By label.
    levels : dict of str to float
        Accuracies without whitening, under the labels of ``accuracies``.
    alt, caption : str

    Returns
    -------
    Picture
    """
    names = [str(k) for k in range(len(images))]
    figure, axes = mosaic(
        [names, ["below"] * len(names)], width=7.2, height=4.8, height_ratios=[1, 1.9]
    )
    for name, (title, image) in zip(names, images.items(), strict=True):
        reach = np.abs(image).max()
        axes[name].imshow(image, cmap="RdBu_r", vmin=-reach, vmax=reach)
        axes[name].set_title(title, fontsize=10)
        axes[name].set_xticks([])
        axes[name].set_yticks([])
    ax = axes["below"]
    for position, (label, y) in enumerate(accuracies.items()):
        shade = OTHERS[position]
        ax.plot(eps, 100 * y, "o-", color=shade, markersize=5)
        ax.axhline(100 * levels[label], color=shade, linewidth=1, linestyle=":")
        at = len(eps) // 3
        ax.annotate(
            label,
            (eps[at], 100 * y[at]),
            xytext=(0, 10 if position == 0 else 18),
            textcoords="offset points",
            color=shade,
            fontweight="bold",
            ha="right" if position else "center",
            va="top" if position == 0 else "bottom",
            path_effects=HALO,
        )
    ax.texts[0].set_position((0, -8))
    ax.set(xscale="log", ylim=(0, 105), xlabel="eps (log)", ylabel="unseen digits right, %")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def leaks(
    found: Sequence[tuple[str, Array, Array, float | None]], *, alt: str, caption: str
) -> Picture:
    """Two scores of one pipeline: with the leak, and without.

    Parameters
    ----------
    found : sequence of (label, leaky (S,), honest (S,), truth or None)
        Accuracies by repetition, and what can be known of the truth.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=0.9 + 0.72 * len(found))
    for position, (_, leaky, honest, truth) in enumerate(found[::-1]):
        for y, shade in ((leaky, OTHERS[1]), (honest, OTHERS[0])):
            low, high = 100 * np.quantile(y, [0.05, 0.95])
            up = position + (0.13 if shade == OTHERS[1] else -0.13)
            ax.plot([low, high], [up, up], color=shade, linewidth=2)
            ax.plot(100 * y.mean(), up, "o", color=shade, markersize=9)
        if truth is not None:
            ends = [position - 0.35, position + 0.35]
            ax.plot([100 * truth] * 2, ends, color=INK, linewidth=1.5, linestyle=":")
    ax.set_yticks(range(len(found)), [row[0] for row in found[::-1]])
    ax.set(xlabel="accuracy that is reported, %", xlim=(30, 103), ylim=(-0.6, len(found) - 0.2))
    top = len(found) - 0.5
    ax.text(66, top, "with the leak", color=OTHERS[1], fontweight="bold", ha="left")
    ax.text(64, top, "without", color=OTHERS[0], fontweight="bold", ha="right")
    return Picture(figure, alt=alt, caption=caption)


def folds(
    means: Array,
    errors: Array,
    truth: float,
    ratios: Mapping[str, float],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: estimates with the interval that the folds' spread gives. Right: how far it is off.

    Parameters
    ----------
    means, errors : arrays, shape (S,)
        Of cross-validation on S data sets, and what is taken for its standard error.
    truth : float
        The expected error rate.
    ratios : dict of str to float
        Real spread over the spread that is said, by label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.7, width_ratios=[1.7, 1])
    for position, (mean, error) in enumerate(zip(means, errors, strict=True)):
        hit = abs(mean - truth) <= 2 * error
        shade = OTHERS[0] if hit else OTHERS[1]
        ends = [100 * (mean - 2 * error), 100 * (mean + 2 * error)]
        left.plot([position] * 2, ends, color=shade, linewidth=2)
        left.plot(position, 100 * mean, "o" if hit else "X", color=shade, markersize=6)
    left.axhline(100 * truth, color=INK, linewidth=1.2, linestyle=":")
    left.text(len(means), 100 * truth, "truth", ha="left", va="center", path_effects=HALO)
    left.set(xlabel="data set", ylabel="error rate, %", xticks=[])
    for position, (label, ratio) in enumerate(ratios.items()):
        right.barh(-position, ratio, height=0.5, color=OTHERS[position])
        words = f"{label}: {ratio:.1f}"
        y = -position + 0.33
        right.text(0.05, y, words, fontweight="bold", va="bottom", path_effects=HALO)
    right.axvline(1, color=INK, linewidth=1.2, linestyle=":")
    right.set(yticks=[], ylim=(0.6 - len(ratios), 0.75), xlabel="real spread / spread said")
    return Picture(figure, alt=alt, caption=caption, wide=True)
