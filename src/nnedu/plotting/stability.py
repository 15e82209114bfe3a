"""Maps of a rule's rate over its hyper-parameters, and what the rate means in steps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, color, mosaic, subplots

_LEVELS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
_TICKS = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0, 3.0, 4.0)


def _map(ax: Any, h: Array, mu: Array, rates: Array, border: Array, meeting: Sequence[Any]) -> None:
    """Fill the stable region by rate; draw its border and where the two roots meet."""
    x = np.sqrt(h)
    shades = np.linspace(0.62, 0.06, len(_LEVELS) - 1)
    for low, high, alpha in zip(_LEVELS, _LEVELS[1:], shades, strict=False):
        ax.contourf(x, mu, rates, levels=[low, high], colors=[color("momentum")], alpha=alpha)
    ax.plot(np.sqrt(border), mu, color=INK, linewidth=2.2)
    for curve_h in meeting:
        ax.plot(np.sqrt(curve_h), mu, color=OTHERS[1], linewidth=1.8, linestyle="--")
    ax.set(xlim=(0, x[-1]), ylim=(0, 1), xlabel="lr · curvature", ylabel="momentum")
    ticks = [tick for tick in _TICKS if tick <= h[-1]]
    ax.set_xticks(np.sqrt(ticks), [f"{tick:g}" for tick in ticks])


def stability_map(
    h: Array,
    mu: Array,
    rates: Array,
    border: Array,
    meeting: Sequence[Array],
    runs: Mapping[str, tuple[float, float, str, Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """The rate over (lr curvature, momentum), and runs from six marked points of the map.

    Parameters
    ----------
    h, mu : arrays, shape (H,) and (M,)
        ``lr curvature`` and momentum.
    rates : array, shape (M, H)
    border, meeting : array and sequence of arrays, shape (M,)
        ``h`` at the stability limit, and on the curves where the two roots coincide.
    runs : dict of str to (h, momentum, title, distances of shape (T,))
        By the letter on the map; six of them.
    alt, caption : str

    Returns
    -------
    Picture
    """
    first, *rest = list(runs)
    layout = [["map", "map", first, rest[0]]]
    layout += [["map", "map", rest[i], rest[i + 1]] for i in (1, 3)]
    figure, axes = mosaic(layout, width=7.6, height=4.7, width_ratios=[1.25, 1.25, 1, 1])
    ax = axes["map"]
    _map(ax, h, mu, rates, border, meeting)
    for x, y, text, turn in (
        (0.1, 0.065, "crawls", 0),
        (0.72, 0.74, "swings", 0),
        (1.22, 0.065, "flips", 0),
        (1.8, 0.3, "diverges", 90),
    ):
        ax.text(x, y, text, rotation=turn, fontsize=10, style="italic", path_effects=HALO)
    lines = ax.contour(np.sqrt(h), mu, rates, levels=[0.5, 0.7, 0.9], colors=INK, linewidths=0)
    ax.clabel(lines, fmt="%.1f", fontsize=9)
    for letter, (at, momentum, title, distances) in runs.items():
        ax.plot(np.sqrt(at), momentum, "o", color=INK, markersize=5)
        ax.annotate(
            letter,
            (np.sqrt(at), momentum),
            xytext=(5, 4),
            textcoords="offset points",
            fontweight="bold",
            path_effects=HALO,
        )
        panel = axes[letter]
        panel.axhline(0, color=INK, linewidth=0.6)
        panel.plot(distances, ".-", color=color("momentum"), linewidth=1, markersize=4)
        panel.set(ylim=(-1.35, 1.35), xlim=(-1, len(distances)), yticks=[-1, 0, 1])
        panel.set_title(f"{letter}  {title}", fontsize=10, loc="left")
        if letter in rest[-2:]:
            panel.set_xlabel("update")
        else:
            panel.set_xticklabels([])
    return Picture(figure, alt=alt, caption=caption, wide=True)


def rates_and_steps(
    curvatures: Array,
    rates: Mapping[str, Array],
    kappas: Array,
    counted: Mapping[str, Array],
    predicted: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: each rule's rate over curvatures, at its best setting. Right: steps against kappa.

    Parameters
    ----------
    curvatures : array, shape (H,)
        The range that the settings are best for is from 1 to 20.
    rates : dict of str to array, shape (H,)
        By rule.
    kappas : array, shape (K,)
    counted, predicted : dict of str to array, shape (K,)
        Steps by rule.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.2)
    left.axvspan(1, 20, color=INK, alpha=0.07, linewidth=0)
    left.axhline(1, color=INK, linewidth=0.8, linestyle="--")
    for rule, values in rates.items():
        left.plot(curvatures, values, color=color(rule))
    left.set(xlabel="curvature", ylabel="rate", ylim=(0, 1.3), xlim=(0, curvatures[-1]))
    left.set_xticks([1, 5, 10, 15, 20, 25])
    left.text(10.5, 1.06, "the bowl's curvatures", ha="center")
    for rule, y in counted.items():
        right.plot(kappas, predicted[rule], color=color(rule), linewidth=1.2)
        right.plot(kappas, y, "o", color=color(rule), markersize=5)
        right.annotate(
            {"sgd": "SGD"}.get(rule, rule.capitalize()),
            (kappas[-1], y[-1]),
            xytext=(7, 3 if rule == "nesterov" else -3 if rule == "momentum" else 0),
            textcoords="offset points",
            color=color(rule),
            fontweight="bold",
            va="center" if rule == "sgd" else "bottom" if rule == "nesterov" else "top",
            annotation_clip=False,
        )
    right.set(xscale="log", yscale="log", xlabel="condition number κ (log)", ylabel="steps (log)")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def look_ahead(
    h: Array,
    mu: Array,
    rates: Array,
    border: Array,
    meeting: Sequence[Array],
    runs: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Nesterov's map, and one direction followed by both rules at one setting.

    Parameters
    ----------
    h, mu, rates, border, meeting
        As for :func:`stability_map`.
    runs : dict of str to array, shape (T,)
        Distances by rule.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.4)
    _map(left, h, mu, rates, border, meeting)
    left.text(1.33, 0.5, "diverges", fontsize=10, style="italic", path_effects=HALO)
    lines = left.contour(np.sqrt(h), mu, rates, levels=[0.5, 0.7, 0.9], colors=INK, linewidths=0)
    left.clabel(lines, fmt="%.1f", fontsize=9)
    right.axhline(0, color=INK, linewidth=0.6)
    for rule, y in runs.items():
        shade = color(rule)
        right.plot(y, ".-", color=shade, linewidth=1.3, markersize=5)
    for rule, height in (("momentum", 0.93), ("nesterov", 0.86)):
        right.text(
            0.97,
            height,
            rule.capitalize(),
            transform=right.transAxes,
            ha="right",
            color=color(rule),
            fontweight="bold",
        )
    right.set(xlabel="update", ylabel="distance")
    return Picture(figure, alt=alt, caption=caption, wide=True)
