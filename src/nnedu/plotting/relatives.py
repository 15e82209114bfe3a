"""Figures of the relatives of AdaGrad and Adam: AdaDelta, AMSGrad, Adamax, Nadam."""

from collections.abc import Mapping

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, color, dashes, subplots


def constant(steps: Mapping[str, Array], *, alt: str, caption: str) -> Picture:
    """Lengths of the steps under a gradient that never changes.

    Parameters
    ----------
    steps : dict of str to array, shape (T,)
        By optimizer.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, ax = subplots(height=3.2)
    for title, lengths in steps.items():
        t = np.unique(np.geomspace(1, len(lengths), 120).astype(int))
        curve(ax, t, lengths[t - 1], color=color(title), label=title, linestyle=dashes(title))
    ax.set(xscale="log", yscale="log", xlabel="update t (log scale)", ylabel="length of the step")
    ax.grid(axis="y")
    direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)


def spike_and_turn(
    scales: Mapping[str, Array],
    spike: int,
    steps: Mapping[str, Array],
    turn: int,
    *,
    alt: str,
    caption: str,
) -> Picture:
    """What the gradient is divided by around one large gradient, and the steps as it turns.

    Parameters
    ----------
    scales : dict of str to array, shape (T,)
        What each optimizer divides by at updates 1 .. T.
    spike : int
        The update with the large gradient.
    steps : dict of str to array, shape (S,)
        Each optimizer's step in units of lr, at updates 1 .. S.
    turn : int
        The first update after the gradient's sign has turned.
    alt, caption : str
        As for :class:`~nnedu.plotting.Picture`.

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, 2, height=3.3)
    for ax, lines, event, text in (
        (axes[0], scales, spike, "one large gradient"),
        (axes[1], steps, turn, "the gradient turns"),
    ):
        for title, values in lines.items():
            t = np.arange(1, len(values) + 1)
            curve(ax, t, values, color=color(title), label=title, linestyle=dashes(title))
        ax.axvline(event, color=INK, linestyle=":", linewidth=1.2)
        ax.set(xlabel="update", title=text)
        ax.grid(axis="y")
    axes[0].set(ylabel="the step is divided by", yscale="log")
    axes[1].set(ylabel="step / lr")
    axes[1].axhline(0, color=INK, linewidth=0.6, alpha=0.5)
    for ax in axes:
        direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption)
