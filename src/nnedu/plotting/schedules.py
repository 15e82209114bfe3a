"""The figures of the chapter on schedules."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import FixedLocator, NullFormatter, StrMethodFormatter

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.gradient_descent import thin
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots


def two_constants(
    bowl: Mapping[str, Array],
    digits: Mapping[str, tuple[Array, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Losses under constant learning rates: on a noisy bowl, and held out on noisy digits.

    Parameters
    ----------
    bowl : dict of str to array, shape (T,)
        Expected loss after each update, by label.
    digits : dict of str to (updates (E,), losses (E,))
        By label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.6, height=3.2)
    for shade, (label, y) in zip(OTHERS, bowl.items(), strict=False):
        curve(left, *thin(np.arange(1, len(y) + 1), y, log=True), color=shade, label=label)
    for shade, (label, (t, y)) in zip(OTHERS, digits.items(), strict=False):
        curve(right, t, y, color=shade, label=label)
    left.set(xscale="log", yscale="log", title="noisy bowl", xlabel="update (log)")
    left.set_ylabel("expected loss (log)")
    right.set(title="noisy digits", xlabel="update", ylabel="held-out loss")
    for ax in (left, right):
        direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def best_schedules(found: Mapping[str, Array], law: Array, *, alt: str, caption: str) -> Picture:
    """Computed best learning rates over the updates, and the 1/t law for the first of them.

    Parameters
    ----------
    found : dict of str to array, shape (T,)
        lr times the largest curvature, by label.
    law : array, shape (T,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.2)
    for shade, (label, y) in zip(OTHERS, found.items(), strict=False):
        curve(ax, np.arange(len(y)), y, color=shade, label=label)
    ax.plot(np.arange(len(law))[::3], law[::3], ".", color=INK, markersize=4)
    ax.annotate("1/t", (8, law[8]), xytext=(14, 0.24), arrowprops={"arrowstyle": "-"})
    ax.set(xlabel="updates already made", ylabel="lr · largest curvature", ylim=(0, 1.08))
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def gallery(schedules: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Every schedule in a panel of its own, all on the same axes.

    Parameters
    ----------
    schedules : dict of str to array, shape (T,)
        Values over the updates, by title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    rows = -(-len(schedules) // 3)
    figure, axes = subplots(rows, 3, width=7.4, height=1.36 * rows, sharex=True, sharey=True)
    panels = list(np.ravel(axes))
    for ax, (title, y) in zip(panels, schedules.items(), strict=False):
        ax.plot(*thin(np.arange(len(y)), y), color=OTHERS[0], linewidth=1.8)
        ax.fill_between(np.arange(len(y))[::2], y[::2], color=OTHERS[0], alpha=0.13, linewidth=0)
        ax.set_title(title, fontsize=10, fontweight="bold")
        ax.set(ylim=(0, 1.1), yticks=(0, 1), xticks=(0, len(y) // 2, len(y) - 1))
    for ax in panels[len(schedules) :]:
        ax.set_visible(False)
    figure.supxlabel("updates already made", fontsize=11)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def range_and_sweep(
    tests: Sequence[tuple[Array, Array]],
    suggested: tuple[float, float],
    sweep: tuple[Array, Mapping[str, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: range tests. Right: what constant learning rates come to, by length of the run.

    Parameters
    ----------
    tests : sequence of (lrs (T,), smoothed losses (T,))
        One a seed.
    suggested : (low, high)
        The range of the learning rates of lowest loss; shaded in both panels.
    sweep : (lrs (K,), dict of str to losses (K,))
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.6, height=3.3)
    for lrs, losses in tests:
        left.plot(lrs[5:], losses[5:], color=OTHERS[0], linewidth=1, alpha=0.6)
    lrs, by_length = sweep
    for shade, (label, losses) in zip(OTHERS, by_length.items(), strict=False):
        good = losses < 1.05 * losses.min()
        curve(right, lrs, losses, color=shade, label=label, linewidth=1.4)
        right.plot(lrs[good], losses[good], "o", mfc="none", mec=shade, ms=7, mew=1.6)
    for ax, title in ((left, "range test, 8 seeds"), (right, "constant lr, by length of run")):
        ax.axvspan(*suggested, color=OTHERS[3], alpha=0.25, linewidth=0)
        ax.set(xscale="log", xlabel="lr (log)", title=title, ylim=(0.7, 4))
    left.set_ylabel("smoothed loss while lr rises")
    right.set(ylabel="held-out loss at the end", ylim=(0.7, 2.7))
    direct_labels(right)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def warming(
    lrs: Array,
    ends: Mapping[str, Array],
    limit: Array,
    sharpness: Mapping[str, tuple[Array, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: final loss against lr with and without warm-up. Right: sharpness on the way.

    Parameters
    ----------
    lrs : array, shape (K,)
    ends : dict of str to array, shape (K,)
        Final losses, infinite where the run exploded; by label.
    limit : array, shape (T,)
        ``2 / lr`` at each update of the run with warm-up.
    sharpness : dict of str to (updates, values)
        By label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.6, height=3.3)
    top = 1.5 * max(y[np.isfinite(y)].max() for y in ends.values())
    for position, (label, y) in enumerate(ends.items()):
        shade, lost = OTHERS[1 - position], ~np.isfinite(y)
        curve(left, lrs[~lost], y[~lost], color=shade, label=label, marker="o")
        height = top * (1.0 if position == 0 else 1.25)
        left.plot(lrs[lost], np.full(lost.sum(), height), "x", color=shade, ms=7, mew=2)
    left.set(xscale="log", yscale="log", xlabel="lr (log)", ylabel="loss at the end (log)")
    left.set_title("× exploded")
    for axis, ticks in ((left.xaxis, lrs[::2].tolist()), (left.yaxis, [0.02, 0.03, 0.04, 0.06])):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())
    right.plot(np.arange(len(limit)), limit, color=INK, linestyle="--", linewidth=1.2)
    for position, (label, (t, y)) in enumerate(sharpness.items()):
        curve(right, t, y, color=OTHERS[1 - position], label=label)
    highest = 1.25 * max(y.max() for _, y in sharpness.values())
    right.set(ylim=(0, highest), xlabel="update", ylabel="sharpness", title="largest curvature")
    inside = int(np.argmax(limit < 0.97 * highest))
    right.text(inside + 5, 0.93 * highest, "2 / lr", path_effects=HALO)
    for ax in (left, right):
        direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def past_the_end(runs: Mapping[str, Array], total: int, *, alt: str, caption: str) -> Picture:
    """The same cosine in two frameworks, long past its end.

    Parameters
    ----------
    runs : dict of str to array, shape (T,)
    total : int
        Where it ends.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(runs), width=7.4, height=2.5, sharey=True)
    for ax, shade, (title, y) in zip(axes, (OTHERS[1], OTHERS[0]), runs.items(), strict=False):
        ax.plot(np.arange(len(y)), y, ".-", color=shade, linewidth=1.4, markersize=3)
        ax.axvline(total, color=INK, linestyle=":", linewidth=0.9)
        ax.set_title(title, color=shade, fontweight="bold")
        ax.set(xlabel="epoch", ylabel="lr" if ax is axes[0] else "")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def race_and_budgets(
    ends: Mapping[str, Array],
    budgets: Mapping[str, tuple[Any, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: final losses of tuned schedules. Right: what stopping early costs.

    Parameters
    ----------
    ends : dict of str to array, shape (S,)
        One loss a seed, by schedule.
    budgets : dict of str to (updates, losses)
        By label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.6, height=3.3)
    names = list(ends)[::-1]
    for position, name in enumerate(names):
        y, shade = ends[name], OTHERS[0]
        left.plot(y, position + np.linspace(-0.16, 0.16, len(y)), "o", color=shade, alpha=0.6)
        left.plot([y.mean()] * 2, [position - 0.32, position + 0.32], color=INK, linewidth=2.5)
    left.set_yticks(range(len(names)), names)
    left.set(xlabel="held-out loss at the end", title="equal steps, equal tuning")
    left.grid(axis="x")
    for shade, (label, (t, y)) in zip(OTHERS, budgets.items(), strict=False):
        curve(right, t, y, color=shade, label=label, marker="o", linewidth=1.5)
    right.set(xlabel="stopped after", ylabel="held-out loss", title="stopped early")
    direct_labels(right)
    return Picture(figure, alt=alt, caption=caption, wide=True)
