"""What a batch size costs and buys: figures of the chapter on mini-batches."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, StrMethodFormatter

from nnedu._typing import Array
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots


def heat(
    Bs: Sequence[int],
    lrs: Array,
    updates: Array,
    law: tuple[Array, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Updates to the target for every batch size and learning rate.

    Parameters
    ----------
    Bs : sequence of int, length K
    lrs : array, shape (R,)
        Evenly spaced in the logarithm, smallest first.
    updates : array, shape (R, K)
        Infinite where the target was missed.
    law : (batch sizes, learning rates)
        A curve to draw over the cells.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=4.1)
    best = updates.min(axis=0)
    for row, column in np.ndindex(updates.shape):
        value = updates[row, column]
        reached = np.isfinite(value)
        strength = 0.65 * (best[column] / value) ** 1.5 if reached else 0.0
        low_left = (column - 0.5, row - 0.5)
        ax.add_patch(Rectangle(low_left, 1, 1, color=OTHERS[0], alpha=strength, linewidth=0))
        text = f"{value:,.0f}" if reached else "–"
        weight = "bold" if value == best[column] else "normal"
        ax.text(column, row, text, ha="center", va="center", fontsize=10, fontweight=weight)
    columns = np.interp(np.log(law[0]), np.log(Bs), np.arange(len(Bs)))
    rows = np.interp(np.log(law[1]), np.log(lrs), np.arange(len(lrs)))
    ax.plot(columns, rows, color=OTHERS[1], linewidth=2, alpha=0.8, zorder=0.5)
    ax.set_xticks(range(len(Bs)), [f"{B:,}" for B in Bs])
    ax.set_yticks(range(len(lrs)), [_fraction(lr) for lr in lrs])
    ax.set(xlim=(-0.5, len(Bs) - 0.5), ylim=(-0.5, len(lrs) - 0.5))
    ax.set(xlabel="batch size B", ylabel="lr")
    return Picture(figure, alt=alt, caption=caption)


def _fraction(number: float) -> str:
    """1/8 for 0.125."""
    return f"{number:g}" if number >= 1 else f"1/{1 / number:g}"


def times(Bs: Array, costs: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """What it costs to reach the target against batch size, a panel for each way of counting.

    Parameters
    ----------
    Bs : array, shape (K,)
    costs : dict of str to array, shape (K,)
        By what is counted.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(costs), width=7.4, height=2.8)
    for position, (ax, (name, cost)) in enumerate(zip(axes, costs.items(), strict=True)):
        ax.plot(Bs, cost, "o-", color=OTHERS[position], markersize=6, linewidth=1.4)
        least = int(np.argmin(cost))
        ax.plot(Bs[least], cost[least], "o", mfc="none", mec=INK, markersize=12)
        ax.set(xscale="log", yscale="log", xlabel="batch size B", title=name)
        ax.set_xticks(Bs[::2], [f"{B:,}" for B in Bs[::2]])
        _plain(ax)
    axes[0].set_ylabel("to the target (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def critical(
    Bs: Array,
    updates: Array,
    fitted: tuple[float, float],
    noise: tuple[Array, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: updates against batch size and the fitted curve; right: the noise scale on the way.

    Parameters
    ----------
    Bs, updates : arrays, shape (K,)
    fitted : (least, critical)
    noise : (losses, noise scales)
        Along one run.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.0)
    least, size = fitted
    x = np.geomspace(Bs[0], Bs[-1], 100)
    left.plot(x, least * (1 + size / x), color=INK, linewidth=1.2)
    left.plot(Bs, updates, "o", color=OTHERS[0], markersize=6)
    for ax, line in ((left, left.axvline), (right, right.axhline)):
        line(size, color=OTHERS[1], linewidth=1.2, linestyle="--")
        ax.set(xscale="log", yscale="log")
        _plain(ax)
    left.text(size * 1.15, max(updates), f"critical\n{size:.0f}", color=OTHERS[1], va="top")
    left.set(xlabel="batch size B (log)", ylabel="updates to the target (log)")
    right.plot(*noise, "o-", color=OTHERS[0], markersize=4, linewidth=1.4)
    right.invert_xaxis()
    right.set(xlabel="training loss (log), falling", ylabel="noise scale (log)")
    ticks = [2, 1, 0.5, 0.3]
    right.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    right.minorticks_off()
    right.text(noise[0][0], size * 0.93, "critical", color=OTHERS[1], va="top")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def _plain(ax: Any) -> None:
    """Numbers 1, 2, 5, 10, ... on a logarithmic y axis, and no small ticks."""
    ax.minorticks_off()
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
