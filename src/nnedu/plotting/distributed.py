"""The figures of the chapter on many workers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from nnedu._typing import Array
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import OTHERS, subplots


class Curve(NamedTuple):
    """One curve of a panel.

    Attributes
    ----------
    x, y : arrays, shape (T,)
    label : str
        At its right end; none if empty.
    shade : int
        Which colour.
    style : str
        "line", "dots" or "dashed".
    side : str
        Where the label stands: "" beside the end, clear of the others; "left" or "right" of the
        end, exactly there; "start": above the first point.
    """

    x: Array
    y: Array
    label: str = ""
    shade: int = 0
    style: str = "line"
    side: str = ""


def panels(
    each: Mapping[str, Sequence[Curve]],
    *,
    xlabels: Sequence[str],
    ylabels: Sequence[str],
    alt: str,
    caption: str,
    logs: Sequence[str] = ("",),
    width: float = 7.6,
    height: float = 3.4,
    gap: float = 13.0,
) -> Picture:
    """Panels side by side, each with curves that are named at their ends.

    Parameters
    ----------
    each : dict of str to sequence of Curve
        By title.
    xlabels, ylabels : sequences of str, one a panel
    alt, caption : str
    logs : sequence of str
        For each panel the axes that are logarithmic, some of "x" and "y"; one for all.
    width, height : float
        Of the figure, in inches.
    gap : float
        The least distance between two labels, in points.

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(each), width=width, height=height, squeeze=False)
    row = axes[0]
    all_logs = list(logs) * (len(each) if len(logs) == 1 else 1)
    for ax, (title, curves), xlabel, ylabel, log in zip(
        row, each.items(), xlabels, ylabels, all_logs, strict=True
    ):
        for one in curves:
            look: dict[str, Any] = {"linestyle": "--"} if one.style == "dashed" else {}
            if one.style == "dots":
                look = {"linestyle": "none", "marker": "o", "markersize": 5}
            label = "" if one.side else one.label
            curve(ax, one.x, one.y, color=OTHERS[one.shade], label=label, **look)
            if one.side:
                _beside(ax, one)
        ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
        ax.set_xscale("log" if "x" in log else "linear")
        ax.set_yscale("log" if "y" in log else "linear")
    for ax in row:
        direct_labels(ax, gap=gap)
    return Picture(figure, alt=alt, caption=caption, wide=len(each) > 1)


def _beside(ax: Any, one: Curve) -> None:
    at = 0 if one.side == "start" else -1
    ax.annotate(
        one.label,
        (one.x[at], one.y[at]),
        xytext={"start": (8, 3), "left": (-6, 0), "right": (6, 0)}[one.side],
        textcoords="offset points",
        ha="right" if one.side == "left" else "left",
        va="bottom" if one.side == "start" else "center",
        color=OTHERS[one.shade],
        fontweight="bold",
        annotation_clip=False,
        path_effects=HALO,
    )


def ring_steps(states: Array, sends: Sequence[Any], *, alt: str, caption: str) -> Picture:
    """How many workers' numbers each chunk holds, before the first step and after each.

    Parameters
    ----------
    states : int array, shape (steps + 1, n, n)
        ``states[s, w, c]``: contributions in chunk ``c`` at worker ``w`` after ``s`` steps.
    sends : sequence of Send
        What is sent; outlined where it leaves.
    alt, caption : str

    Returns
    -------
    Picture
    """
    steps, n, _ = states.shape
    figure, axes = subplots(1, steps, width=7.8, height=1.9)
    for s, ax in enumerate(axes):
        leaving = {(send.sender, send.chunk) for send in sends if send.step == s}
        for w in range(n):
            for c in range(n):
                box = {"color": OTHERS[0], "linewidth": 0, "alpha": 0.8 * (states[s, w, c] - 1) / n}
                ax.fill_between([c - 0.46, c + 0.46], w - 0.46, w + 0.46, **box)
                ax.text(c, w, str(states[s, w, c]), ha="center", va="center", fontsize=9)
                if (w, c) in leaving:
                    edge = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * 0.46
                    ax.plot(c + edge[:, 0], w + edge[:, 1], color=OTHERS[1], linewidth=1.6)
        ax.set(xlim=(-0.55, n - 0.45), ylim=(n - 0.45, -0.55), aspect="equal")
        ax.set_title("start" if s == 0 else f"step {s}", fontsize=10)
        ax.set_xticks([])
        ax.set_yticks(range(n) if s == 0 else [])
        ax.tick_params(length=0)
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
    axes[0].set_ylabel("worker")
    axes[0].set_xlabel("chunk")
    return Picture(figure, alt=alt, caption=caption, wide=True)
