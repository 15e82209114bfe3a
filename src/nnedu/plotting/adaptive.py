"""Figures of the chapter on adaptive optimizers, in the order of their appearance."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, color, subplots

_DOTTED: Any = {"linestyle": ":", "linewidth": 1.2}


def rarity(frequency: Array, updates: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Updates until a weight is learned, against how often its feature occurs.

    Parameters
    ----------
    frequency : array, shape (K,), in (0, 1]
        The share of examples in which each feature is present.
    updates : dict of str to array, shape (K,)
        By optimizer.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.4)
    for position, (title, counts) in enumerate(updates.items()):
        curve(ax, 1 / frequency, counts, color=color(title, position), label=title, marker="o")
    ax.set(xscale="log", yscale="log", xlabel="one example in ... has the feature")
    ax.set_ylabel("updates until learned")
    ax.set_xticks(1 / frequency, [f"{1 / f:.0f}" for f in frequency], minor=False)
    ax.minorticks_off()
    ax.grid(axis="y")
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def following(target: Array, paths: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """A parameter that follows a minimum which moves.

    Parameters
    ----------
    target : array, shape (T,)
        Where the minimum is at each update.
    paths : dict of str to array, shape (T,)
        The parameter after each update, by optimizer.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.2)
    updates = np.arange(1, len(target) + 1)
    ax.plot(updates, target, color=INK, **_DOTTED)
    _name(ax, "the minimum", (updates[0], target[0]), (30, 8), INK, fontweight="normal")
    jump = int(np.argmax(np.abs(np.diff(target)))) + 1
    for position, (title, theta) in enumerate(paths.items()):
        shade = color(title, position)
        # Early paths over later ones: a calm one must not hide under a restless one.
        curve(ax, updates, theta, color=shade, linewidth=1.2, zorder=3 - position / 10)
        level = target[-1] + (0.7, 0.3)[position % 2] * (target[0] - target[-1])
        passing = jump + int(np.argmin(np.abs(theta[jump:] - level)))
        where = (updates[passing], theta[passing])
        _name(ax, title, where, (8, 0), shade, va="center", path_effects=HALO, zorder=4)
    ax.set(xlabel="update", ylabel="theta")
    ax.margins(y=0.14)
    return Picture(figure, alt=alt, caption=caption)


def moments(trace: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """One coordinate of Adam, step by step: the gradient, both moving means, the step.

    Parameters
    ----------
    trace : dict of str to array, shape (T,)
        ``g``, ``m``, ``m_hat``, ``v``, ``v_hat`` and ``step``, the step in units of lr.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, axes = subplots(3, 1, height=6.0, sharex=True)
    t = np.arange(1, len(trace["g"]) + 1)
    axes[0].plot(t, trace["g"], ".", color=INK, alpha=0.45, markersize=6)
    _name(axes[0], "g", (t[1], trace["g"][1]), (5, 5), INK, fontweight="normal")
    curve(axes[0], t, trace["m"], color=OTHERS[0], label="m", linestyle="--")
    curve(axes[0], t, trace["m_hat"], color=OTHERS[1], label="m_hat")
    axes[0].set_ylabel("gradient")
    curve(axes[1], t, np.sqrt(trace["v"]), color=OTHERS[0], label="sqrt(v)", linestyle="--")
    curve(axes[1], t, np.sqrt(trace["v_hat"]), color=OTHERS[1], label="sqrt(v_hat)")
    axes[1].set_ylabel("size of the gradient")
    bare = trace["m"] / np.sqrt(trace["v"])
    curve(axes[2], t, bare, color=OTHERS[0], linestyle="--")
    curve(axes[2], t, trace["step"], color=OTHERS[1])
    axes[2].set(xlabel="update t", ylabel="step / lr")
    for ax in (axes[0], axes[2]):
        ax.axhline(0, color=INK, linewidth=0.6, alpha=0.5)
    _name(axes[2], "without correction", (t[46], bare[46]), (-4, 26), OTHERS[0])
    _name(axes[2], "Adam", (t[12], trace["step"][12]), (0, -16), OTHERS[1])
    for ax in axes[:2]:
        direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def correction(factors: Mapping[str, Array], t: Array, *, alt: str, caption: str) -> Picture:
    """How many times too long the step without bias correction is.

    Parameters
    ----------
    factors : dict of str to array, shape (T,)
        By setting.
    t : array, shape (T,)
        Updates.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.2)
    for position, (title, factor) in enumerate(factors.items()):
        curve(ax, t, factor, color=OTHERS[(1 + position) % len(OTHERS)], label=title)
    ax.axhline(1, color=INK, **_DOTTED)
    ax.set(xscale="log", xlabel="update t (log scale)", ylabel="uncorrected / corrected step")
    ax.grid(axis="y")
    _name_peaks(ax)
    return Picture(figure, alt=alt, caption=caption)


def first_steps(g: Array, steps: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """The length of the first step against the size of the gradient.

    Parameters
    ----------
    g : array, shape (K,), above 0
        Sizes of the gradient.
    steps : dict of str to array, shape (K,)
        Length of the first step over lr, by setting.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.6)
    for position, (title, length) in enumerate(steps.items()):
        curve(ax, g, length, color=OTHERS[(1 + position) % len(OTHERS)], label=title)
        middle = int(np.argmin(np.abs(length - 0.02)))
        shade = OTHERS[(1 + position) % len(OTHERS)]
        _name(ax, title, (g[middle], length[middle]), (7, -4), shade)
    ax.axhline(0.5, color=INK, **_DOTTED)
    _name(ax, "half of lr", (g[-1], 0.5), (0, -12), INK, ha="right", fontweight="normal")
    ax.set(xscale="log", yscale="log", xlabel="|g| (log scale)", ylabel="first step / lr")
    ax.set_ylim(1e-4, 2)
    return Picture(figure, alt=alt, caption=caption)


def tilts(degrees: Array, updates: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Updates to the target against the angle by which a bowl is turned.

    Parameters
    ----------
    degrees : array, shape (K,)
    updates : dict of str to array, shape (K,)
        By optimizer.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.6)
    for position, (title, counts) in enumerate(updates.items()):
        curve(ax, degrees, counts, color=color(title, position), label=title, marker="o")
    ax.set(yscale="log", xlabel="tilt of the valley, degrees", ylabel="updates to the target")
    ax.set_xticks([0, 15, 30, 45])
    ax.grid(axis="y")
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def memories(paths: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """A parameter in [-1, 1] whose best value is -1, under several memories of Adam.

    Parameters
    ----------
    paths : dict of str to array, shape (T,)
        By setting.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.2)
    for position, (title, theta) in enumerate(paths.items()):
        shown = np.unique(np.linspace(0, len(theta) - 1, 250).astype(int))
        shade = OTHERS[(1 + position) % len(OTHERS)]
        curve(ax, shown, theta[shown], color=shade, label=title)
    ax.axhline(-1, color=INK, **_DOTTED)
    _name(ax, "the best value", (len(theta) / 2, -1), (0, 5), INK, fontweight="normal")
    ax.set(xlabel="update", ylabel="theta", ylim=(-1.12, 1.12))
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def _name(
    ax: Any, text: str, where: Any, offset: tuple[float, float], shade: str, **keywords: Any
) -> None:
    """Write a line's name, ``offset`` points away from a point of it."""
    keywords = {"xytext": offset, "textcoords": "offset points", "fontweight": "bold"} | keywords
    ax.annotate(text, where, color=shade, **keywords)


def _name_peaks(ax: Any) -> None:
    """Write each line's label above its highest point."""
    for line in ax.get_lines():
        if line.get_label().startswith("_"):
            continue
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        top = int(np.argmax(y))
        flat = y[top] < 1.2 * y[-1]  # no peak: the label goes under the beginning of the line
        where = (x[0], y[0]) if flat else (x[top], y[top])
        side = {"ha": "left" if flat else "center"}
        _name(ax, line.get_label(), where, (0, -13 if flat else 5), line.get_color(), **side)
    ax.margins(y=0.15)
