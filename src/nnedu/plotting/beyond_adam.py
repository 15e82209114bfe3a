"""The figures of the chapter beyond Adam; its small multiples are in ``method_cards``."""

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from nnedu._typing import Array
from nnedu.data import Surface
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.gradient_descent import thin
from nnedu.plotting.paths import HALO, contours, path
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, color, subplots
from nnedu.races import Race


def blind_spots(
    noise: Array,
    left: Array,
    wanted: float,
    spectra: Mapping[str, tuple[str, Array]],
    runs: Mapping[str, tuple[str, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Three things that Adam does not see: a penalty, a matrix, a valley across the axes.

    Parameters
    ----------
    noise, left : arrays, shape (K,)
        The size of the gradients of a weight, and what is left of it.
    wanted : float
        What should be left.
    spectra : dict of str to (rule, array of shape (R,))
        Singular values relative to the largest, by label.
    runs : dict of str to (rule, array of shape (T,))
        Losses, by label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, 3, width=8.6, height=3.1)
    ax = axes[0]
    ax.plot(noise, left, "o-", color=color("adam"), linewidth=1.4)
    ax.axhline(wanted, color=INK, linewidth=0.9, linestyle=":")
    ax.text(noise[-1], wanted - 0.03, "wanted", ha="right", va="top")
    ax.set(xscale="log", ylim=(0, 1.08), title="A penalty", ylabel="share of the weight left")
    ax.set_xlabel("size of its gradients (log)")
    spectrum(axes[1], spectra)
    axes[1].set_title("A matrix")
    for label, (rule, losses) in runs.items():
        t, y = thin(np.arange(len(losses)), losses)
        curve(axes[2], t, y, color=color(rule), label=label, linewidth=1.6)
    axes[2].set(yscale="log", title="A valley", xlabel="update", ylabel="loss (log)")
    direct_labels(axes[2])
    return Picture(figure, alt=alt, caption=caption, wide=True)


def spectrum(ax: object, spectra: Mapping[str, tuple[str, Array]]) -> None:
    """Singular values in falling order, named at their ends."""
    names = {"gradient": INK}
    for label, (rule, values) in spectra.items():
        shade = names.get(rule) or color(rule)
        curve(ax, np.arange(1, len(values) + 1), values, color=shade, label=label, linewidth=1.8)
    ax.set(yscale="log", xlabel="singular value, by rank")  # type: ignore[attr-defined]
    ax.set_ylabel("relative to the largest (log)")  # type: ignore[attr-defined]
    direct_labels(ax)


def signs(
    ratio: Array,
    lengths: Mapping[str, Array],
    floor: float,
    beta1: Array,
    rest: Mapping[str, tuple[str, Array]],
    marks: Mapping[str, float],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: the length of a step against signal over noise. Right: where skewed noise lets it rest.

    Parameters
    ----------
    ratio : array, shape (K,)
        Mean of the gradients over their standard deviation.
    lengths : dict of rule to array, shape (K,)
        Root mean square of a step over lr.
    floor : float
        What theory says of Adam at ratio 0.
    beta1 : array, shape (B,)
    rest : dict of str to (rule, array of shape (B,))
        Where runs rest, by label.
    marks : dict of str to float
        Heights to be named, such as the mean.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (ax, right) = subplots(1, 2, width=7.4, height=3.1)
    for rule, y in lengths.items():
        curve(ax, ratio, y, color=color(rule), label=rule.capitalize(), marker="o")
    ax.axhline(floor, color=INK, linewidth=0.9, linestyle=":")
    ax.set(xscale="log", ylim=(0, 1.12), xlabel="signal over noise (log)")
    ax.set_ylabel("length of a step, in lr")
    direct_labels(ax)
    for name, height in marks.items():
        right.axhline(height, color=INK, linewidth=0.9, linestyle=":")
        right.text(0.3, height + 0.006, name, va="bottom")
    for label, (rule, y) in rest.items():
        curve(right, beta1, y, color=color(rule), label=label, marker="o")
    right.set(xlabel="beta1", ylabel="where θ comes to rest", xlim=(-0.05, 1.0))
    direct_labels(right)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def orthogonalized(
    x: Array,
    polynomials: Mapping[int, Array],
    spectra: Mapping[str, tuple[str, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: what so many Newton-Schulz steps make of a singular value. Right: spectra of steps.

    Parameters
    ----------
    x : array, shape (K,)
        Singular values before.
    polynomials : dict of steps to array, shape (K,)
        Singular values after.
    spectra : dict of str to (rule, array of shape (R,))
        Relative to the largest, by label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (ax, right) = subplots(1, 2, width=7.6, height=3.2)
    for position, (steps, y) in enumerate(polynomials.items()):
        words = f"{steps} step" + ("s" if steps > 1 else "")
        last = position == len(polynomials) - 1
        shade = color("muon") if last else OTHERS[(0, 3, 4)[position % 3]]
        ax.plot(x, y, color=shade, linewidth=2.2 if last else 1.4)
        top = int(np.argmax(y > 0.98 * y.max()))  # the first peak
        ax.annotate(
            words,
            (x[top], y[top]),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            color=shade,
            fontweight="bold",
            path_effects=HALO,
        )
    ax.axhline(1, color=INK, linewidth=0.9, linestyle=":")
    ax.set(xscale="log", ylim=(0, 1.35), xlabel="singular value before (log)", ylabel="after")
    spectrum(right, spectra)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def newton(
    surface: Surface,
    paths: Mapping[str, tuple[str, Array]],
    gaps: Mapping[str, tuple[str, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: paths over a surface. Right: distances of the loss from its minimum.

    Parameters
    ----------
    surface : Surface
    paths : dict of str to (rule, array of shape (T, 2))
    gaps : dict of str to (rule, array of shape (T,))
        By label; one that contains "batch" is dashed.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (ax, right) = subplots(1, 2, width=8.2, height=3.4)
    contours(ax, surface)
    for position, (label, (rule, points)) in enumerate(paths.items()):
        shown = points[np.unique(np.linspace(0, len(points) - 1, 250).astype(int))]
        path(ax, shown, color=color(rule))
        ax.text(
            0.03,
            0.12 - 0.08 * position,
            label,
            color=color(rule),
            transform=ax.transAxes,
            fontweight="bold",
            path_effects=HALO,
        )
    for label, (rule, y) in gaps.items():
        line = "--" if "batch" in label else "-"
        t, y = thin(np.arange(1, len(y) + 1), y)
        curve(right, t, y, color=color(rule), label=label, linestyle=line, linewidth=1.6)
    right.set(yscale="log", xlabel="update", ylabel="loss above the minimum (log)")
    right.set_ylim(1e-10, None)
    direct_labels(right)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def race_panels(races: Mapping[str, Race], *, alt: str, caption: str) -> Picture:
    """The times of several races with the same contestants, a panel each.

    Parameters
    ----------
    races : dict of str to Race
        By title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(races), width=8.6, height=3.4, sharey=True)
    for ax, (title, race) in zip(np.atleast_1d(axes), races.items(), strict=True):
        for place, result in enumerate(race.results[::-1]):
            shade = color(result.contestant.rule, place)
            heights = place + np.linspace(-0.2, 0.2, len(result.times))
            hit, missed = ~result.missed, result.missed
            ax.plot(result.times[hit], heights[hit], "o", color=shade, alpha=0.7, markersize=3.5)
            ax.plot(result.times[missed], heights[missed], ">", mfc="none", mec=shade, ms=5)
            middle = float(np.exp(np.log(result.times).mean()))
            ax.plot([middle, middle], [place - 0.36, place + 0.36], color=shade, linewidth=3)
        ax.set(xscale="log", title=title, xlabel="updates (log)")
        spread = race.limit / min(result.times.min() for result in race.results)
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if spread < 30 else (1, 3)))
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.axvline(race.limit, color=INK, linewidth=0.8, linestyle=":")
        ax.grid(axis="x", which="both")
    titles = [result.contestant.title for result in race.results[::-1]]
    np.atleast_1d(axes)[0].set_yticks(range(len(titles)), titles)
    return Picture(figure, alt=alt, caption=caption, wide=True)
