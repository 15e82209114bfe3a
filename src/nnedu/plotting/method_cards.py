"""Small pictures of methods, one panel a method."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.gradient_descent import thin
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, color, subplots

Card = Callable[[Any], None]
"""Draws into one panel."""


def cards(drawn: Mapping[str, Card], *, alt: str, caption: str) -> Picture:
    """Six panels in two rows.

    Parameters
    ----------
    drawn : dict of str to callable
        By title.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(2, 3, width=8.6, height=5.4)
    for ax, (title, draw) in zip(axes.flat, drawn.items(), strict=True):
        ax.set_title(title)
        draw(ax)
    return Picture(figure, alt=alt, caption=caption, wide=True)


def estimated(true: Array, estimate: Array) -> Card:
    """Estimates over what they estimate, both positive; the diagonal is right."""

    def draw(ax: Any) -> None:
        ax.plot(true, estimate, ".", color=color("adafactor"), alpha=0.5, markersize=3)
        ends = [true.min(), true.max()]
        ax.plot(ends, ends, color=INK, linewidth=0.9, linestyle=":")
        ax.set(xscale="log", yscale="log", xlabel="mean square, entry by entry")
        ax.set_ylabel("from rows and columns")

    return draw


def shares(steps: Mapping[str, tuple[str, Array]]) -> Card:
    """The length of a step as a fraction of each layer's weights."""

    def draw(ax: Any) -> None:
        for label, (rule, y) in steps.items():
            layers = np.arange(1, len(y) + 1)
            curve(ax, layers, y, color=color(rule), label=label, marker="o", linewidth=1.4)
        ax.set(yscale="log", xlabel="layer", ylabel="step over weights (log)")
        ax.set_xticks(layers)
        direct_labels(ax)

    return draw


def cloud(points: Array, axes: Array) -> Card:
    """Gradients of two weights, and the directions of their eigenvectors."""

    def draw(ax: Any) -> None:
        ax.plot(*points.T, ".", color=OTHERS[5], alpha=0.5, markersize=3)
        reach = 2.2 * np.sqrt(np.mean((points @ axes) ** 2, axis=0))
        for direction, length in zip(axes.T, reach, strict=True):
            ends = np.array([-direction, direction]) * max(length, 0.4 * reach.max())
            ax.plot(*ends.T, color=color("soap"), linewidth=2)
        limit = 1.05 * np.abs(points).max()
        ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
        ax.set(xlabel="g of one weight", ylabel="g of its neighbour")
        ax.text(
            0.04,
            0.9,
            "its axes",
            transform=ax.transAxes,
            color=color("soap"),
            fontweight="bold",
            path_effects=HALO,
        )

    return draw


def losses(runs: Mapping[str, tuple[str, Array]], *, ylabel: str, log_x: bool = False) -> Card:
    """Curves over updates, on a logarithmic height."""

    def draw(ax: Any) -> None:
        for label, (rule, y) in runs.items():
            t, y = thin(np.arange(1, len(y) + 1), y, log=log_x)
            curve(ax, t, y, color=color(rule), label=label, linewidth=1.5)
        ax.set(yscale="log", xlabel="update", ylabel=ylabel)
        if log_x:
            ax.set(xscale="log", xlabel="update (log)")
        direct_labels(ax)

    return draw


def worst_nearby(x: Array, loss: Array, worst: Array) -> Card:
    """A loss of one parameter, and the highest loss within a radius of each point."""

    def draw(ax: Any) -> None:
        ax.plot(x, loss, color=INK, alpha=0.6, linewidth=1.4)
        ax.plot(x, worst, color=color("adam"), linewidth=2)
        at = int(0.3 * len(x))
        for words, y, shade, shift in (
            ("highest nearby", worst, color("adam"), (14, 34)),
            ("loss", loss, INK, (-14, -30)),
        ):
            ax.annotate(
                words,
                (x[at], y[at]),
                xytext=shift,
                textcoords="offset points",
                ha="center",
                color=shade,
                fontweight="bold",
                path_effects=HALO,
            )
        ax.plot(x[worst.argmin()], worst.min(), "o", color=color("adam"))
        ax.plot(x[loss.argmin()], loss.min(), "o", color=INK)
        ax.set(xlabel="θ", ylabel="loss")

    return draw
