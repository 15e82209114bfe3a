"""The pictures that stand where a live figure will be: what is seen without scripts."""

from typing import Any

import numpy as np

from nnedu.data import bowl
from nnedu.optim import Optimizer
from nnedu.plotting.style import COLORS, DASHES, INK, OTHERS, mosaic
from nnedu.train import descend


def still_bowl() -> Any:
    """Gradient descent on the bowl of condition 20 at lr 0.09, as the live figure starts.

    Returns
    -------
    matplotlib.figure.Figure
    """
    condition, lr, updates = 20.0, 0.09, 40
    surface, (flat, steep) = bowl(condition), OTHERS[:2]
    path = descend(surface, np.array([1.0, 1.0]), Optimizer("sgd", lr=lr), steps=updates)
    figure, axes = mosaic([["plane", "factors"], ["plane", "distances"]], height=3.6)
    plane, factors, distances = (axes[name] for name in ("plane", "factors", "distances"))
    grid = np.linspace(-1.3, 1.3, 161)
    heights = surface.f(grid[None, :], grid[:, None])
    levels = surface.f(1.3, 1.3) * 0.55 ** np.arange(8, -1, -1.0)
    plane.contour(grid, grid, heights, levels, colors=INK, alpha=0.3, linewidths=0.8)
    plane.plot(*path.T, "o-", color=INK, markersize=3, linewidth=1)
    plane.set(aspect="equal", xlabel="flat direction, curvature 1", ylabel="steep direction, 20")
    limit = 2 / condition
    lrs = np.linspace(0, 1.3 * limit, 131)
    factors.axvspan(limit, lrs[-1], color=steep, alpha=0.13, linewidth=0)
    for curvature, colour, name in ((1.0, flat, "flat"), (condition, steep, "steep")):
        factors.plot(lrs, np.abs(1 - lrs * curvature), color=colour, label=name)
    worst = max(abs(1 - lr), abs(1 - lr * condition))
    factors.plot([lr], [worst], "o", color=INK, markersize=8)
    factors.set(xlabel="learning rate", ylabel="factor, size", ylim=(0, 1.5))
    factors.set_xticks([0, lr, limit], ["0", "0.09", "2/L"])
    factors.legend(loc="lower left", fontsize=9)
    for i, colour, dash in ((0, flat, "-"), (1, steep, "--")):
        distances.semilogy(np.abs(path[:, i]), color=colour, linestyle=dash)
    distances.set(xlabel="updates", ylabel="distance", ylim=(1e-6, 1e2))
    return figure


def still_race(
    surface: Any, start: tuple[float, float], rates: dict[str, float], updates: int = 150
) -> Any:
    """Ways down a surface and their losses, as the live race starts.

    Parameters
    ----------
    surface : Surface
    start : (float, float)
    rates : dict of str to float
        The learning rate of each optimizer.
    updates : int

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = mosaic([["plane", "losses"]], height=3.4)
    grids = [np.linspace(low, high, 121) for low, high in surface.window]
    heights = surface.f(grids[0][None, :], grids[1][:, None])
    levels = np.unique(np.quantile(heights, (np.arange(14) + 0.3) / 14))
    axes["plane"].contour(*grids, heights, levels, colors=INK, alpha=0.3, linewidths=0.8)
    lowest = min(surface.f(*minimum) for minimum in surface.minima)
    for name, lr in rates.items():
        path = descend(surface, np.array(start), Optimizer(name, lr=lr), steps=updates)
        loss = np.maximum(surface.f(*path.T) - lowest, 1e-9)
        line = {"color": COLORS[name], "linestyle": DASHES.get(name, "-"), "linewidth": 1.5}
        axes["plane"].plot(*path.T, **line)
        axes["losses"].semilogy(loss, label=name, **line)
    axes["plane"].set(aspect="equal", xlim=surface.window[0], ylim=surface.window[1])
    axes["losses"].set(xlabel="updates", ylabel="loss above the minimum")
    axes["losses"].legend(fontsize=9)
    return figure
