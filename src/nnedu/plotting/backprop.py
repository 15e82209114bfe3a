"""The figures of the chapter on backpropagation."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from nnedu._typing import Array, Backward
from nnedu.plotting.curves import curve, direct_labels
from nnedu.plotting.gradient_descent import thin
from nnedu.plotting.paths import HALO
from nnedu.plotting.picture import Picture
from nnedu.plotting.style import INK, OTHERS, subplots

CLASSES = (OTHERS[0], OTHERS[1])
MARKS = ("o", "s")


def stops(
    losses: Mapping[str, tuple[Array, float, str]],
    answers: Mapping[str, Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Left: losses above the floors they stop at; right: one answer for each input.

    Parameters
    ----------
    losses : dict of str to (array (T,), float, str)
        By name: the loss after each update, its floor, the floor's name.
    answers : dict of str to array, shape (T,)
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, (left, right) = subplots(1, 2, width=7.2, height=3.0)
    for position, (name, (loss, floor, text)) in enumerate(losses.items()):
        shade = OTHERS[position]
        at = np.arange(1, len(loss) + 1)
        left.axhline(floor, color=shade, linewidth=1, linestyle="--")
        curve(left, *thin(at, loss, log=True), color=shade)
        left.text(1.2, floor - 0.03, text, color=shade, va="top", path_effects=HALO)
        left.text(1, loss[0] + 0.05, name, color=shade, fontweight="bold", path_effects=HALO)
    left.set(xscale="log", xlabel="update (log)", ylabel="loss", ylim=(0, None))
    for position, (name, answer) in enumerate(answers.items()):
        at = np.arange(1, len(answer) + 1)
        curve(right, *thin(at, answer, log=True), color=OTHERS[2 + position])
        right.text(
            1.1, answer[0], f" {name}", color=OTHERS[2 + position], va="bottom", path_effects=HALO
        )
    right.set(xscale="log", xlabel="update (log)", ylabel="answer", ylim=(0, 1))
    return Picture(figure, alt=alt, caption=caption, wide=True)


def two_planes(
    x: Array,
    labels: Array,
    hidden: Callable[[Array], Array],
    output: Callable[[Array], Array],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """The same points as the input layer and as the hidden layer see them.

    Parameters
    ----------
    x : array, shape (N, 2)
    labels : int array, shape (N,)
        0 or 1.
    hidden : callable
        From inputs (M, 2) to hidden units (M, 2).
    output : callable
        From hidden units (M, 2) to log-odds (M,).
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, 2, width=7.2, height=3.5)
    for ax, points, log_odds in (
        (axes[0], x, lambda grid: output(hidden(grid))),
        (axes[1], hidden(x), output),
    ):
        _regions(ax, points, log_odds, margin=0.35)
        for point, label in zip(points, labels, strict=True):
            ax.plot(*point, MARKS[label], color=CLASSES[label], markersize=10, zorder=3)
        ax.set_aspect("equal")
    for ax, point, at in zip((axes[0],) * 4, x, x, strict=True):
        name = f"({point[0]:g}, {point[1]:g})"
        ax.annotate(name, at, (0, 9), textcoords="offset points", ha="center", path_effects=HALO)
    groups: dict[tuple[float, ...], list[str]] = {}
    for point, at in zip(x, hidden(x), strict=True):
        near = next((key for key in groups if np.abs(np.array(key) - at).max() < 0.15), tuple(at))
        groups.setdefault(near, []).append(f"({point[0]:g}, {point[1]:g})")
    for key, names in groups.items():
        axes[1].annotate(
            "\n".join(names),
            key,
            (0, 9),
            textcoords="offset points",
            ha="center",
            path_effects=HALO,
        )
    axes[0].set(title="what goes in", xlabel="x₁", ylabel="x₂")
    axes[1].set(title="what the last layer sees", xlabel="h₁", ylabel="h₂")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def boundaries(
    x: Array,
    labels: Array,
    models: Mapping[str, Callable[[Array], Array]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Where models change their mind about a plane of points.

    Parameters
    ----------
    x : array, shape (N, 2)
    labels : int array, shape (N,)
        0 or 1.
    models : dict of str to callable
        By title: from inputs (M, 2) to log-odds (M,).
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(models), width=7.2, height=2.9, sharey=True)
    for ax, (title, log_odds) in zip(axes, models.items(), strict=True):
        _regions(ax, x, log_odds, margin=0.25)
        for label in (0, 1):
            own = x[labels == label]
            ax.plot(*own.T, MARKS[label], color=CLASSES[label], markersize=3.5, linestyle="none")
        ax.set(title=title, xlabel="x₁")
        ax.set_aspect("equal")
    axes[0].set_ylabel("x₂")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def _regions(
    ax: object, points: Array, log_odds: Callable[[Array], Array], *, margin: float
) -> None:
    """Shade what is answered with class 1, and draw the line where the answer is one half."""
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    across, up = np.meshgrid(np.linspace(low[0], high[0], 90), np.linspace(low[1], high[1], 90))
    z = log_odds(np.column_stack([across.ravel(), up.ravel()])).reshape(across.shape)
    ax.contourf(across, up, z, levels=[-1e9, 0, 1e9], colors=list(CLASSES), alpha=0.13)  # type: ignore[attr-defined]
    ax.contour(across, up, z, levels=[0], colors=[INK], linewidths=1.2)  # type: ignore[attr-defined]


def activations(
    functions: Mapping[str, Callable[[Array], tuple[Array, Backward]]], *, alt: str, caption: str
) -> Picture:
    """Functions, solid, and their derivatives, dashed: a panel each.

    Parameters
    ----------
    functions : dict of str to activation
    alt, caption : str

    Returns
    -------
    Picture
    """
    columns = (len(functions) + 1) // 2
    figure, axes = subplots(2, columns, width=7.2, height=4.4, sharex=True, sharey=True)
    x = np.linspace(-4, 4, 161)
    for ax, (name, f) in zip(axes.flat, functions.items(), strict=True):
        y, backward = f(x)
        (slope,) = backward(np.ones_like(x))
        ax.axhline(0, color=INK, linewidth=0.6, alpha=0.4)
        ax.axhline(1, color=INK, linewidth=0.6, alpha=0.4, linestyle=":")
        ax.plot(x, y, color=OTHERS[0])
        for part in np.split(np.arange(len(x)), np.flatnonzero(np.abs(np.diff(slope)) > 0.4) + 1):
            ax.plot(x[part], slope[part], color=OTHERS[1], linestyle="--", linewidth=1.6)
        ax.set(title=name, xlim=(-4, 4), ylim=(-1.3, 2.3))
    axes.flat[0].text(-3.8, 1.75, "function", color=OTHERS[0], fontweight="bold")
    axes.flat[0].text(-3.8, 1.25, "derivative", color=OTHERS[1], fontweight="bold")
    for ax in axes[-1]:
        ax.set_xlabel("x")
    return Picture(figure, alt=alt, caption=caption, wide=True)


def through_layers(
    panels: Sequence[tuple[str, Mapping[str, Array]]],
    *,
    predicted: Mapping[str, Array] | None = None,
    alt: str,
    caption: str,
) -> Picture:
    """Sizes of signals or gradients layer by layer, on a logarithmic axis.

    Parameters
    ----------
    panels : sequence of (y label, dict of str to array, shape (L,))
        By name: the root mean square at layers 1 to ``L``.
    predicted : dict of str to array, optional
        Dotted lines of the first panel, by the same names.
    alt, caption : str

    Returns
    -------
    Picture
    """
    width = 6.2 if len(panels) == 1 else 7.4
    figure, axes = subplots(1, len(panels), width=width, height=3.1, squeeze=False)
    for ax, (label, runs) in zip(axes[0], panels, strict=True):
        for position, (name, sizes) in enumerate(runs.items()):
            at = np.arange(1, len(sizes) + 1)
            curve(ax, at, sizes, color=OTHERS[position], label=name, marker="o", markersize=3)
            if predicted and ax is axes[0, 0]:
                ax.plot(at, predicted[name], color=INK, linewidth=1, linestyle=":")
        ax.set(yscale="log", xlabel="layer", ylabel=label)
        ax.xaxis.set_major_locator(FixedLocator([1, 5, 10, 15, 20]))
        ax.xaxis.set_minor_locator(NullLocator())
        direct_labels(ax)
    return Picture(figure, alt=alt, caption=caption, wide=len(panels) > 1)


def held_out(
    panels: Sequence[tuple[str, Mapping[str, Array], Mapping[str, float]]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Training and held-out losses over updates, with levels to beat as dashed lines.

    Parameters
    ----------
    panels : sequence of (title, curves, levels)
        Curves are arrays of shape (T,) by name, levels numbers by name.
    alt, caption : str

    Returns
    -------
    Picture
    """
    figure, axes = subplots(1, len(panels), width=7.4, height=3.2)
    for ax, (title, curves, levels) in zip(axes, panels, strict=True):
        for position, (name, y) in enumerate(curves.items()):
            curve(ax, *thin(np.arange(len(y)), y), color=OTHERS[position], label=name)
        top = 1.35 * max(float(np.max(y[len(y) // 10 :])) for y in curves.values())
        ax.set(title=title, xlabel="update", ylim=(0, top))
        for name, level in levels.items():
            ax.axhline(level, color=INK, linewidth=1, linestyle="--")
            ax.text(
                0.98,
                level,
                name,
                ha="right",
                va="top",
                path_effects=HALO,
                transform=ax.get_yaxis_transform(),
            )
        direct_labels(ax)
    axes[0].set_ylabel("mean squared error")
    return Picture(figure, alt=alt, caption=caption, wide=True)
