"""What shrinks, and by how much: figures of the chapter on regularisation; zeros: ``sparsity``."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from nnedu._typing import Array
from nnedu.plotting.curves import curve
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

BLUE, RED, GREEN = OTHERS[:3]


def _fit(ax: Any, points: tuple[Array, Array], grid: Array, truth: Array, fit: Array) -> None:
    """Points, the curve that they come from, and a fit that may leave the panel."""
    ax.plot(grid, truth, color=INK, linewidth=1.2, linestyle="--", alpha=0.7)
    ax.plot(grid, fit, color=RED, linewidth=1.8)
    ax.plot(*points, "o", color=BLUE, markersize=5)
    ax.set(ylim=(-2.6, 2.6), xlabel="x")


def memorises(
    points: tuple[Array, Array],
    curves: tuple[Array, Array, Array],
    losses: tuple[Array, Array, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """A fit through noise, and what more coefficients do to training and held-out loss.

    Parameters
    ----------
    points : (x, y), shape (N,)
    curves : (grid, truth, fit), shape (G,)
    losses : (degrees, training, held out), shape (D,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.1)
    _fit(left, points, *curves)
    left.set(ylabel="y", title=f"degree {losses[0][-1]}")
    degrees, training, held_out = losses
    curve(right, degrees, training, color=BLUE, marker="o")
    curve(right, degrees, held_out, color=RED, marker="o")
    middle = len(degrees) // 2
    for y, shade, words, factor in (
        (training, BLUE, "training", 0.28),
        (held_out, RED, "held out", 6.0),
    ):
        at = (degrees[middle], y[middle] * factor)
        right.text(*at, words, color=shade, fontweight="bold", ha="center", path_effects=HALO)
    right.set(yscale="log", xlabel="degree", ylabel="mean squared error (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def shrunk(
    points: tuple[Array, Array],
    grid: Array,
    truth: Array,
    fits: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """The same model under several strengths, a panel each.

    Parameters
    ----------
    points : (x, y), shape (N,)
    grid, truth : arrays, shape (G,)
    fits : dict of str to array, shape (G,)
        By title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(fits), width=7.6, height=2.9, sharey=True)
    for ax, (title, fit) in zip(axes, fits.items(), strict=True):
        _fit(ax, points, grid, truth, fit)
        ax.set_title(title)
    axes[0].set_ylabel("y")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def stopped(
    factors: tuple[Array, Array, Array],
    losses: tuple[Array, Array, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """A penalty and a number of updates, on one axis: what is kept, and the held-out loss.

    Parameters
    ----------
    factors : (curvature over strength, kept by L2, kept by stopping), shape (F,)
    losses : (1 / strength, held out with L2, held out after stopping), shape (S,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.2)
    ratio, penalty, early = factors
    left.plot(ratio, penalty, color=BLUE)
    left.plot(ratio, early, color=RED, linestyle="--")
    left.text(1.3, 0.30, "L2", color=BLUE, fontweight="bold", path_effects=HALO)
    left.text(1.2, 0.86, "early\nstopping", color=RED, fontweight="bold", ha="right")
    left.set(xscale="log", xlabel="curvature × (1/λ, or lr t), log", ylabel="share kept of the fit")
    inverse, with_penalty, after = losses
    right.plot(inverse, with_penalty, color=BLUE)
    right.plot(inverse, after, color=RED, linestyle="--")
    for y, shade in ((with_penalty, BLUE), (after, RED)):
        least = int(np.argmin(y))
        right.plot(inverse[least], y[least], "o", color=shade, markersize=7)
    right.set(xscale="log", xlabel="1/λ, or lr t (log)", ylabel="held-out mean squared error")
    right.set_ylim(0, None)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def decays(
    sizes: Mapping[str, tuple[Array, Array]],
    lrs: Array,
    grids: Mapping[str, tuple[Array, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: what decays under Adam. Right: error over learning rate and decay, a map each.

    Parameters
    ----------
    sizes : dict of str to (quiet, loud), shape (T,)
        Sizes of a weight without and with gradients, by the kind of decay.
    lrs : array, shape (R,)
    grids : dict of str to (strengths (K,), errors (R, K))
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, 1 + len(grids), width=7.8, height=3.3)
    for (name, pair), shade in zip(sizes.items(), (RED, BLUE), strict=True):
        for y, line in zip(pair, ("-", "--"), strict=True):
            t = np.arange(len(y))
            axes[0].plot(
                t[:: max(1, len(t) // 200)], y[:: max(1, len(t) // 200)], line, color=shade
            )
        at = (0.97 * len(pair[0]), 0.9 if shade == RED else 0.48)
        axes[0].text(*at, name, color=shade, fontweight="bold", ha="right", va="top")
    axes[0].set(xlabel="update", ylabel="size of the weight", ylim=(0, 1.12))
    axes[0].set_title("quiet: solid, loud: dashed", fontsize=10)
    for ax, (name, (strengths, errors)) in zip(axes[1:], grids.items(), strict=True):
        _map(ax, lrs, strengths, errors)
        ax.set_title(name, fontsize=10)
        if ax is not axes[1]:
            ax.set_yticks([])
    axes[1].set_ylabel("lr")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def _map(ax: Any, lrs: Array, strengths: Array, errors: Array) -> None:
    """Errors in per cent: the best of each row in bold, darker the nearer to the best of all."""
    for row, column in np.ndindex(errors.shape):
        value = errors[row, column]
        strength = 0.75 * max(0.0, 1 - (value - errors.min()) / (2 * errors.min()))
        place = (column - 0.5, row - 0.5)
        ax.add_patch(Rectangle(place, 1, 1, color=BLUE, alpha=strength, linewidth=0))
        weight = "bold" if value == errors[row].min() else "normal"
        words = f"{100 * value:.0f}"
        ax.text(column, row, words, ha="center", va="center", fontsize=9, fontweight=weight)
    ax.set_xticks(range(len(strengths)), [_short(s) for s in strengths], fontsize=8)
    ax.set_yticks(range(len(lrs)), [_short(lr) for lr in lrs], fontsize=8)
    ax.set(xlim=(-0.5, len(strengths) - 0.5), ylim=(-0.5, len(lrs) - 0.5), xlabel="weight_decay")


def _short(number: float) -> str:
    """0.0316 as .032, 1 as 1."""
    text = f"{number:.2g}" if number >= 0.0095 else f"{number:.1g}"
    return text.removeprefix("0") or "0"


def cards(
    twins: Mapping[str, Array],
    norms: tuple[Array, Mapping[str, Sequence[Array]], float],
    smoothing: tuple[Array, Array, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Three small panels: twin features, norms of units, certainty under label smoothing.

    Parameters
    ----------
    twins : dict of str to array, shape (2,)
        The two coefficients, by penalty.
    norms : (updates (T,), largest norm of a unit by label (T,), limit)
    smoothing : (shares, mean certainty, accuracy), shape (S,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, middle, right) = subplots(1, 3, width=7.8, height=2.9)
    for position, pair in enumerate(twins.values()):
        left.bar([position - 0.17, position + 0.17], pair, width=0.3, color=[BLUE, RED])
        for x, height in zip((position - 0.17, position + 0.17), pair, strict=True):
            if height == 0:
                left.text(x, 0.005, "0", ha="center", va="bottom", color=INK)
    left.set_xticks(range(len(twins)), list(twins))
    left.set(ylabel="coefficient", title="twin features")
    updates, runs, limit = norms
    for (name, y), shade, line in zip(runs.items(), (RED, BLUE), ("--", "-"), strict=True):
        middle.plot(updates, y, color=shade, linestyle=line)
        at = (updates[-1], float(y[-1]) * (0.93 if shade == RED else 0.9))
        middle.text(*at, name, color=shade, fontweight="bold", ha="right", va="top")
    middle.axhline(limit, color=INK, linewidth=0.8, linestyle=":")
    middle.set(xlabel="update", title="norm of the longest unit", ylim=(0, None))
    shares, certainty, accuracy = smoothing
    right.plot(shares, certainty, "o--", color=RED)
    right.plot(shares, accuracy, "o-", color=BLUE)
    right.text(shares[-1], certainty[-1] - 0.02, "certainty", color=RED, ha="right", va="top")
    right.text(shares[-1], accuracy[-1] + 0.02, "accuracy", color=BLUE, ha="right")
    right.set(xlabel="label smoothing", title="held-out digits", ylim=(0, 1.05))
    return Picture(figure, alt=alt, caption=caption, wide=True)
