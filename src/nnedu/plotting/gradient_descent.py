"""The figures of the chapter on gradient descent."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, color, subplots

MOST = 250
"""Points a curve is thinned to: more cannot be told apart in print and make the page heavy."""


def thin(x: Array, y: Array, *, log: bool = False) -> tuple[Array, Array]:
    """At most ``MOST`` points of a curve, evenly spaced (in the logarithm of their number).

    Parameters
    ----------
    x, y : arrays, shape (T,)
    log : bool
        For a logarithmic x axis.

    Returns
    -------
    x, y : arrays, first and last point kept

    Examples
    --------
    >>> thin(np.arange(3), np.arange(3))
    (array([0, 1, 2]), array([0, 1, 2]))
    """
    if len(x) <= MOST:
        return x, y
    last = len(x) - 1
    at = np.geomspace(1, last + 1, MOST) - 1 if log else np.linspace(0, last, MOST)
    kept = np.unique(at.round().astype(int))
    return x[kept], y[kept]


def bounces(curvature: float, paths: Mapping[float, Array], *, alt: str, caption: str) -> Picture:
    """Steps on the parabola ``curvature x**2 / 2``, a panel for each learning rate.

    Parameters
    ----------
    curvature : float
    paths : dict of float to array, shape (T,)
        Positions by learning rate, the start first.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(paths), width=7.2, height=2.5, sharey=True)
    grid = np.linspace(-1.75, 1.75, 80)
    for ax, (lr, x) in zip(axes, paths.items(), strict=True):
        ax.plot(grid, curvature * grid**2 / 2, color=INK, alpha=0.35, linewidth=1.2)
        ax.plot(x, curvature * x**2 / 2, ".-", color=color("sgd"), linewidth=1.3, markersize=7)
        ax.plot(x[0], curvature * x[0] ** 2 / 2, "o", color=OTHERS[1], markersize=7)
        ax.set_title(f"lr = {lr:g}\nfactor {1 - lr * curvature:+.1f}".replace("-", "−"))
        ax.set(xlim=(-1.75, 1.75), ylim=(-0.6, curvature * 1.75**2 / 2), xlabel="distance e")
    axes[0].set_ylabel("loss")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def rate_and_steps(
    ell: float,
    L: float,
    kappas: Array,
    measured: Array,
    predicted: Array,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: each direction's factor against lr; right: steps against the condition number.

    Parameters
    ----------
    ell, L : float
        Smallest and largest curvature of the left panel.
    kappas, measured, predicted : arrays, shape (K,)
        Condition numbers, counted and predicted steps.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.1)
    lr = np.linspace(0, 2.3 / L, 200)
    flat, steep = np.abs(1 - lr * ell), np.abs(1 - lr * L)
    left.fill_between(lr, 0, np.maximum(flat, steep), color=INK, alpha=0.07, linewidth=0)
    for values, shade, text, at in (
        (flat, OTHERS[0], f"flat, curvature {ell:g}", (0.012, 1.03)),
        (steep, OTHERS[1], f"steep, curvature {L:g}", (0.018, 0.12)),
    ):
        left.plot(lr, values, color=shade)
        left.text(*at, text, color=shade, fontweight="bold", path_effects=HALO)
    for x, text in ((2 / (L + ell), "best"), (2 / L, "limit")):
        left.axvline(x, color=INK, linewidth=0.8, linestyle=":")
        left.text(x, 1.24, text, ha="right" if text == "best" else "left")
    left.axhline(1, color=INK, linewidth=0.8, linestyle="--")
    left.set(ylim=(0, 1.32), xlim=(0, lr[-1]), xlabel="lr", ylabel="|1 − lr · curvature|")
    right.plot(kappas, predicted, color=INK, linewidth=1.2)
    right.plot(kappas, measured, "o", color=OTHERS[1], markersize=6)
    right.set(xscale="log", yscale="log", xlabel="condition number κ", ylabel="steps")
    right.text(kappas[0], measured[-1], "dots: counted\nline: predicted", va="top")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def promises(
    panels: Sequence[tuple[str, str, str, Array, Array]], *, alt: str, caption: str
) -> Any:
    """Runs under the ceilings that theorems promise.

    Parameters
    ----------
    panels : sequence of (title, y label, x scale, measured, ceiling)
        The arrays have shape (T,), from update 0.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(panels), width=7.4, height=2.8)
    for ax, (title, label, scale, run, ceiling) in zip(axes, panels, strict=True):
        k = np.arange(len(run)) + (scale == "log")
        curve(ax, *thin(k, ceiling, log=scale == "log"), color=INK, linewidth=1.2, linestyle="--")
        curve(ax, *thin(k, run, log=scale == "log"), color=OTHERS[0])
        ax.set(yscale="log", xscale=scale, xlabel="update", ylabel=label, title=title)
    axes[0].text(0.97, 0.93, "promised", transform=axes[0].transAxes, ha="right", va="top")
    axes[0].text(0.05, 0.1, "run", color=OTHERS[0], fontweight="bold", transform=axes[0].transAxes)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def saddle_and_plateau(
    starts: Array,
    leaving: Array,
    line: Array,
    depths: Array,
    flat: Array,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Updates until a run leaves a saddle, and until it leaves a plateau.

    Parameters
    ----------
    starts, leaving, line : arrays, shape (S,)
        Distances from the stable line, updates counted, updates predicted.
    depths, flat : arrays, shape (D,)
        Starts on the plateau, updates counted.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.0)
    left.plot(starts, line, color=INK, linewidth=1.2)
    left.plot(starts, leaving, "o", color=OTHERS[0], markersize=6)
    left.set(xscale="log", title="saddle", ylim=(0, None))
    left.set(xlabel="start: distance from the stable line", ylabel="updates to leave")
    left.text(0.97, 0.95, "line: predicted", transform=left.transAxes, ha="right", va="top")
    right.plot(depths, flat, "o-", color=OTHERS[1], markersize=6, linewidth=1.2)
    right.set(yscale="log", xlabel="start: −z on the sigmoid's flat side", title="plateau")
    right.set_ylabel("updates to leave (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def noisy_distances(distances: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Root mean square distances to the minimum over updates, both axes logarithmic.

    Parameters
    ----------
    distances : dict of str to array, shape (T,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.4)
    for position, (label, y) in enumerate(distances.items()):
        k = np.arange(1, len(y) + 1)
        curve(ax, *thin(k, y, log=True), color=OTHERS[position % 6], label=label)
    ax.set(xscale="log", yscale="log", xlabel="update (log)", ylabel="distance to the minimum")
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def where_it_breaks(
    lrs: Array, gaps: Array, limits: Mapping[str, float], *, alt: str, caption: str
) -> Picture:
    """What is left of the loss after a fixed number of updates, against the learning rate.

    Parameters
    ----------
    lrs, gaps : arrays, shape (R,)
        Learning rates; loss above the minimum at the end.
    limits : dict of str to float
        Predicted limits, drawn as vertical lines with their names.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.3)
    ax.plot(lrs, gaps, "o-", color=OTHERS[0], linewidth=1, markersize=5)
    ax.set(xscale="log", yscale="log", xlabel="lr (log)", ylabel="loss above the minimum")
    ax.set_ylim(gaps.min() / 30, gaps.max() * 300)
    for position, (name, x) in enumerate(limits.items()):  # the last one to the right of its line
        last = position == len(limits) - 1
        ax.axvline(x, color=INK, linewidth=1, linestyle=":")
        at, side = (x * 1.03, "left") if last else (x * 0.97, "right")
        ax.text(at, gaps.max() * 80, name, ha=side, va="top", path_effects=HALO)
    ticks = [0.2, 0.5, 1, 2, 5]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    return Picture(figure, alt=alt, caption=caption)


def edge(runs: Mapping[float, tuple[Array, Array, Array]], *, alt: str, caption: str) -> Picture:
    """Loss and largest curvature along training runs, with ``2 / lr`` of each as a dashed line.

    Parameters
    ----------
    runs : dict of float to (losses (T,), updates (E,), curvatures (E,))
        By learning rate.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (top, below) = subplots(2, 1, height=4.6, sharex=True)
    for position, (lr, (losses, at, curvatures)) in enumerate(runs.items()):
        shade = OTHERS[position]
        curve(top, *thin(np.arange(len(losses)), losses), color=shade, linewidth=1.3)
        curve(below, at, curvatures, color=shade, label=f"lr = {lr:g}")
        below.axhline(2 / lr, color=shade, linewidth=1, linestyle="--")
        below.text(0, 2 / lr, f"2/lr = {2 / lr:.3g}", color=shade, va="bottom", path_effects=HALO)
    top.set(yscale="log", ylabel="loss (log)")
    below.set(xlabel="update", ylabel="largest curvature", ylim=(0, None))
    direct_labels(below)
    return Picture(figure, alt=alt, caption=caption)
