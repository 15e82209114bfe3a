"""One palette and one set of sizes for every figure.

Each colour has a contrast of at least 3 : 1 both on white and on the dark theme's background, and
any two differ clearly (CIELAB distance above 20) to the three kinds of dichromats too; tests
check both.
"""

from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

INK = "#010203"
"""Stands for the colour of the page's text; a picture replaces it when it is shown."""

PAPER = "#fdfcfb"
"""Stands for the colour of the page's background; likewise replaced."""

COLORS = {
    "sgd": "#8d939e",
    "momentum": "#1694f1",
    "heavy_ball": "#1694f1",
    "nesterov": "#10735b",
    "nesterov_velocity": "#10735b",
    "adagrad": "#a38b4d",
    "rmsprop": "#aa42a6",
    "rmsprop_centered": "#aa42a6",
    "rmsprop_momentum": "#aa42a6",
    "rmsprop_velocity": "#aa42a6",
    "adadelta": "#a38b4d",
    "adam": "#cb2b09",
    "adamax": "#a38b4d",
    "amsgrad": "#cb2b09",
    "amsgrad_corrected": "#cb2b09",
    "nadam": "#10735b",
    "adamw": "#cb2b09",
    "lion": "#8d939e",
    "schedule_free_sgd": "#8d939e",
    "schedule_free_adamw": "#1694f1",
    "lars": "#1694f1",
    "lamb": "#cb2b09",
    "adafactor": "#a38b4d",
    "shampoo": "#aa42a6",
    "soap": "#aa42a6",
    "muon": "#10735b",
    "lbfgs": "#a38b4d",
    "sam": "#8d939e",
}
"""The colour of each optimizer, the same in every figure of the book. There are more optimizers
than colours that every eye can tell apart: relatives share one, and differ in their dashes."""

_LONG = (0, (8, 1.5))

DASHES: dict[str, Any] = {
    "heavy_ball": "--",
    "nesterov_velocity": "--",
    "nadam": "-.",
    "adadelta": "--",
    "adamax": "-.",
    "rmsprop_centered": "--",
    "rmsprop_momentum": "-.",
    "rmsprop_velocity": ":",
    "adamw": "--",
    "amsgrad": "-.",
    "amsgrad_corrected": ":",
    "lion": "--",
    "schedule_free_sgd": "-.",
    "schedule_free_adamw": "-.",
    "lars": ":",
    "lamb": _LONG,
    "adafactor": ":",
    "shampoo": (0, (5, 1, 1, 1)),
    "soap": _LONG,
    "muon": _LONG,
    "lbfgs": _LONG,
    "sam": ":",
}
"""How the line of an optimizer is dashed, as Matplotlib says it, where it is not solid."""

OTHERS = ("#1694f1", "#cb2b09", "#10735b", "#a38b4d", "#aa42a6", "#8d939e")
"""Colours for what is not an optimizer, in the order of use."""

_RC: Any = {
    "figure.dpi": 72,  # one figure point is one SVG point
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",  # text stays text: searchable, in the page's font
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "lines.linewidth": 2.0,
    "lines.markersize": 4,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.15,
    "legend.frameon": False,
}


def color(name: str, position: int = 0) -> str:
    """The colour of an optimizer, or the colour at a position for anything else.

    Parameters
    ----------
    name : str
        A rule's name, such as ``"adam"``; matched without regard to case.
    position : int, at least 0
        Which of the other colours, where ``name`` is no optimizer.

    Returns
    -------
    str
        ``#rrggbb``.
    """
    key = name.lower().replace(" ", "_")
    return COLORS.get(key, OTHERS[position % len(OTHERS)])


def dashes(name: str) -> Any:
    """The line style of an optimizer; solid for anything else.

    Parameters
    ----------
    name : str
        A rule's name, matched as by :func:`color`.

    Returns
    -------
    str or tuple
        For Matplotlib's ``linestyle``.
    """
    return DASHES.get(name.lower().replace(" ", "_"), "-")


def subplots(
    rows: int = 1, columns: int = 1, *, width: float = 6.2, height: float = 3.6, **keywords: Any
) -> tuple[Any, Any]:
    """Matplotlib's ``subplots`` in the style of the book, kept out of pyplot's list of figures.

    Parameters
    ----------
    rows, columns : int
    width, height : float
        Of the whole figure, in inches of 72 points; 6.2 fills the text column.
    **keywords
        For ``Figure.subplots``, such as ``sharey=True``.

    Returns
    -------
    figure, axes
    """
    with mpl.rc_context(_RC):
        figure = plt.figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, columns, **keywords)
        plt.close(figure)  # a notebook would show it a second time
    return figure, axes


def mosaic(
    layout: Any, *, width: float = 7.2, height: float = 4.2, **keywords: Any
) -> tuple[Any, dict[str, Any]]:
    """Like :func:`subplots`, for panels of unlike sizes.

    Parameters
    ----------
    layout : list of rows of names
        A panel covers every place that bears its name.
    width, height : float
        Of the whole figure, in inches of 72 points.
    **keywords
        For ``Figure.subplot_mosaic``, such as ``width_ratios=[2, 1]``.

    Returns
    -------
    figure, dict of str to axes
    """
    with mpl.rc_context(_RC):
        figure = plt.figure(figsize=(width, height), layout="constrained")
        axes = figure.subplot_mosaic(layout, **keywords)
        plt.close(figure)
    return figure, axes
