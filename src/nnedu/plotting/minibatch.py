"""The figures of the chapter on mini-batches."""

from collections.abc import Mapping

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve
from nnedu.plotting.gradient_descent import thin
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots


def growing_data(curves: Mapping[int, Array], *, alt: str, caption: str) -> Picture:
    """Full-batch runs by the number of examples: against updates, and against the work done.

    Parameters
    ----------
    curves : dict of int to array, shape (T,)
        The losses on other points, from update 0, by the number of examples.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=2.9, sharey=True)
    for position, (N, losses) in enumerate(curves.items()):
        k, shade = np.arange(len(losses)), OTHERS[position]
        curve(left, k, losses, color=shade, linewidth=1.6)
        curve(right, N * k[1:], losses[1:], color=shade)
        place = (N * k[-1], losses[-1])
        right.annotate(
            f"{N:,}",
            place,
            xytext=(-2, -14),
            textcoords="offset points",
            ha="center",
            color=shade,
            fontweight="bold",
            path_effects=HALO,
        )
    left.set(xlabel="update", ylabel="loss on other points", ylim=(0, None))
    right.set(xscale="log", xlabel="examples processed (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def clouds(g: Array, estimates: Mapping[int, Array], *, alt: str, caption: str) -> Picture:
    """Gradients of random mini-batches about the full gradient, in a plane that contains it.

    Parameters
    ----------
    g : array, shape (2,)
        The full gradient.
    estimates : dict of int to array, shape (K, 2)
        The gradients of ``K`` batches, by batch size.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(estimates), width=7.2, height=2.7, sharex=True, sharey=True)
    for ax, (B, points) in zip(axes, estimates.items(), strict=True):
        ax.plot(*points.T, "o", color=OTHERS[0], alpha=0.45, markersize=3.5, markeredgewidth=0)
        ax.annotate(
            "", g, (0, 0), arrowprops={"arrowstyle": "-|>", "color": OTHERS[1], "linewidth": 2}
        )
        ax.plot(0, 0, "+", color=INK, markersize=8)
        ax.set(title=f"B = {B}", xlabel="along the full gradient", aspect="equal")
    axes[0].set_ylabel("across it")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def variances(
    B: Array,
    measured: Mapping[str, Array],
    lines: Mapping[str, tuple[Array, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Measured dots on the two lines of theory.

    Parameters
    ----------
    B : array, shape (K,)
    measured : dict of str to array, shape (K,)
    lines : dict of str to (batch sizes, variances)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.4)
    for position, (name, (x, y)) in enumerate(lines.items()):
        shade = OTHERS[position]
        curve(ax, x, y, color=shade, linewidth=1.4)
        kept = measured[name] > 1e-12 * measured[name][0]
        ax.plot(B[kept], measured[name][kept], "o", color=shade, markersize=6)
        at = len(x) // 5 if position == 0 else 9 * len(x) // 10
        ax.annotate(
            name,
            (x[at], y[at]),
            xytext=(6, 8) if position == 0 else (-8, -14),
            textcoords="offset points",
            ha="left" if position == 0 else "right",
            color=shade,
            fontweight="bold",
            path_effects=HALO,
        )
    ax.set(xscale="log", yscale="log", xlabel="batch size B (log)")
    ax.set_ylabel("squared error of the gradient")
    return Picture(figure, alt=alt, caption=caption)


def shuffling(
    losses: Mapping[str, tuple[Array, Array]],
    lrs: Array,
    floors: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: loss over passes by the order of the examples; right: where a constant lr stalls.

    Parameters
    ----------
    losses : dict of str to (passes, losses)
    lrs : array, shape (R,)
    floors : dict of str to array, shape (R,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.1)
    for position, (name, (x, y)) in enumerate(losses.items()):
        curve(left, *thin(x, y), color=OTHERS[position], linewidth=1.3)
        left.text(0.97, 0.95 - 0.1 * position, name, color=OTHERS[position], ha="right", va="top",
                  fontweight="bold", transform=left.transAxes, path_effects=HALO)  # fmt: skip
    left.set(xlabel="passes over the data", ylabel="training loss", ylim=(0, None))
    for position, (name, y) in enumerate(floors.items()):
        shade = OTHERS[(1, 4)[position] if len(losses) < 4 else position + 1]
        right.plot(lrs, y, "o-", color=shade, markersize=6, linewidth=1.4)
        right.text(lrs[-1], y[-1], name + " ", color=shade, fontweight="bold", ha="right",
                   va="bottom" if position == 0 else "top", path_effects=HALO)  # fmt: skip
    right.set(xscale="log", yscale="log", xlabel="lr (log)", ylabel="loss above the minimum (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def noise(
    twins: Mapping[str, tuple[Array, Array]],
    Bs: Array,
    shares: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: a network whose hidden units are alike; right: which of two minima runs end in.

    Parameters
    ----------
    twins : dict of str to (updates, losses)
    Bs : array, shape (K,)
    shares : dict of str to array, shape (K,)
        Shares of runs that end in the deeper minimum.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.0)
    for position, (name, (x, y)) in enumerate(twins.items()):
        style = "--" if position == 0 else "-"  # the first two lie on each other
        curve(
            left, x, y, color=OTHERS[position], linewidth=1.6, linestyle=style, zorder=3 - position
        )
        left.text(0.97, 0.95 - 0.1 * position, name, color=OTHERS[position], ha="right", va="top",
                  fontweight="bold", transform=left.transAxes, path_effects=HALO)  # fmt: skip
    top = max(y.max() for _, y in twins.values())
    left.set(xlabel="update", ylabel="training loss", ylim=(0, 1.5 * top))
    for position, (name, y) in enumerate(shares.items()):
        shade = OTHERS[3 + position]
        curve(right, Bs, y, color=shade, marker="o", markersize=6)
        right.text(0.98, 0.62 - 0.1 * position, name, color=shade, fontweight="bold", ha="right",
                   transform=right.transAxes, path_effects=HALO)  # fmt: skip
    right.set(xscale="log", xlabel="batch size B, of 64 examples", ylim=(-0.05, 1.05))
    right.set_ylabel("runs that end in the deeper one")
    right.set_xticks(Bs, [str(B) for B in Bs])
    right.minorticks_off()
    return Picture(figure, alt=alt, caption=caption, wide=True)
