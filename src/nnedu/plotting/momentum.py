"""The figures of the chapter on momentum that follow runs; its maps are in ``stability``."""

from collections.abc import Mapping

import numpy as np

from nnedu._typing import Array
from nnedu.data import Surface
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.gradient_descent import thin
from nnedu.plotting.paths import HALO, contours, path
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, color, subplots


def side_by_side(
    surface: Surface,
    paths: Mapping[str, tuple[str, Array]],
    *,
    alt: str,
    caption: str,
    window: tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> Picture:
    """Paths over a surface, a panel each, in the colours of their rules.

    Parameters
    ----------
    surface : Surface
    paths : dict of str to (rule, array of shape (T, 2))
        By title.
    alt, caption : str
    window : ((x0, x1), (y0, y1)), optional
        The part to draw; the surface's own by default.

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(paths), width=7.2, height=2.9, sharey=True)
    for ax, (title, (rule, points)) in zip(axes, paths.items(), strict=True):
        contours(ax, surface, window=window)
        path(ax, points, color=color(rule))
        ax.set_title(title, color=color(rule), fontweight="bold")
        ax.set_ylabel("y" if ax is axes[0] else "")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def memory(signals: Mapping[str, tuple[Array, Array]], *, alt: str, caption: str) -> Picture:
    """Gradients and the buffer they leave, a panel for each kind of gradient.

    Parameters
    ----------
    signals : dict of str to (gradients (T,), buffers (T,))
        By title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(signals), width=7.2, height=2.7, sharey=True)
    for ax, (title, (g, b)) in zip(axes, signals.items(), strict=True):
        t = np.arange(1, len(g) + 1)
        ax.vlines(t, 0, g, color=color("sgd"), linewidth=1.5)
        ax.plot(t, g, ".", color=color("sgd"), markersize=7)
        ax.plot(t, b, ".-", color=color("momentum"), linewidth=1.4, markersize=5)
        ax.axhline(0, color=INK, linewidth=0.6)
        ax.set(title=title, xlabel="update")
    names = (("buffer b", "momentum", 6.2), ("gradient g", "sgd", 1.9))
    for text, rule, height in names:
        axes[0].text(14.5, height, text, color=color(rule), fontweight="bold", path_effects=HALO)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def saddle_and_noise(
    starts: Array,
    leaving: Mapping[str, tuple[str, Array]],
    rms: Mapping[str, tuple[str, Array, float]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: updates to leave a saddle. Right: distances under noise, with predicted floors.

    Parameters
    ----------
    starts : array, shape (S,)
        Distances from the saddle's stable line.
    leaving : dict of str to (rule, array of shape (S,))
        Updates, by label.
    rms : dict of str to (rule, array of shape (T,), floor)
        Root mean square distances, by label.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.6, height=3.4)
    for position, (label, (rule, y)) in enumerate(leaving.items()):
        line = "o--" if position == 0 else "o-"
        left.plot(starts, y, line, color=color(rule), markersize=5, linewidth=1.3)
        at = {"xytext": (8, 0), "textcoords": "offset points", "va": "center"}
        words = label.replace(", ", ",\n")
        left.annotate(words, (starts[-1], y[-1]), color=color(rule), fontweight="bold", **at)
    left.set(xscale="log", ylim=(0, None), title="saddle", ylabel="updates to leave")
    left.invert_xaxis()
    left.set_xlabel("start: distance from the stable line")
    for position, (label, (rule, y, floor)) in enumerate(rms.items()):
        t = np.arange(1, len(y) + 1)
        curve(
            right,
            *thin(t, y, log=True),
            color=color(rule),
            linestyle="--" if position == 1 else "-",
        )
        right.axhline(floor, color=INK, linewidth=0.8, linestyle=":")
        place, side, va = (1.2, floor * 1.07), "left", "bottom"
        if position == 1:
            place, va = (1.2, floor * 0.9), "top"
        elif position == 2:  # on the right, where the run has come to rest
            place, side, label = (float(t[-1]), floor * 1.2), "right", label.replace(" ", "\n", 1)
            label = label.replace(", ", ",\n")
        right.text(*place, label, color=color(rule), fontweight="bold", ha=side, va=va)
    right.set(xscale="log", yscale="log", title="noise", xlabel="update (log)")
    right.set_ylabel("distance to the minimum (log)")
    right.set_ylim(0.09, None)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def cycle(
    x: Array, loss: Array, points: Array, runs: Mapping[str, Array], *, alt: str, caption: str
) -> Picture:
    """A convex loss and the cycle on it; the distances of three rules from its minimum.

    Parameters
    ----------
    x, loss : arrays, shape (X,)
    points : array, shape (K, 2)
        Points of the cycle and their losses.
    runs : dict of str to array, shape (T,)
        Distances by rule.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.4, height=3.1)
    left.plot(x, loss, color=INK, alpha=0.5, linewidth=1.4)
    for start, end in zip(points, np.roll(points, -1, axis=0), strict=True):
        left.annotate(
            "",
            end,
            start,
            arrowprops={"arrowstyle": "->", "color": color("momentum"), "shrinkB": 5},
        )
    left.plot(*points.T, "o", color=color("momentum"), markersize=7)
    left.set(xlabel="θ", ylabel="loss")
    for rule, y in runs.items():
        label = {"sgd": "SGD"}.get(rule, rule.capitalize())
        curve(right, np.arange(len(y)), y, color=color(rule), label=label, linewidth=1.5)
    right.set(yscale="log", xlabel="update", ylabel="distance to the minimum (log)")
    right.set_ylim(1e-9, 20)
    direct_labels(right)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def lr_drops(drop: int, inside: Array, outside: Array, *, alt: str, caption: str) -> Picture:
    """The length of each step around an update at which the learning rate falls.

    Parameters
    ----------
    drop : int
        The first update with the smaller learning rate.
    inside, outside : arrays, shape (T,)
        Step lengths of the form with lr inside the velocity, and with lr outside the buffer.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.0)
    t = np.arange(1, len(inside) + 1)
    for y, shade, words, at in (
        (inside, OTHERS[0], "lr inside: Keras, heavy_ball", (drop + 5, 0.66)),
        (outside, OTHERS[3], "lr outside: PyTorch, momentum", (drop + 3, 0.02)),
    ):
        ax.plot(t, y, ".-", color=shade, linewidth=1.5, markersize=5)
        ax.text(*at, words, color=shade, fontweight="bold", path_effects=HALO)
    ax.axvline(drop, color=INK, linewidth=0.8, linestyle=":")
    ax.text(drop - 1.5, 0.05, "lr falls to a tenth", ha="right", va="bottom")
    ax.set(xlabel="update", ylabel="length of the step", ylim=(0, None), xlim=(0, 1.15 * t[-1]))
    return Picture(figure, alt=alt, caption=caption)
