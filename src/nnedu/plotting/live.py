"""The pictures that stand where a live figure will be, of surfaces and steps on them."""

from itertools import pairwise
from typing import Any

import numpy as np

from nnedu.data import bowl
from nnedu.gradient_noise import gradient_variance
from nnedu.optim import Optimizer
from nnedu.optim.rules import row
from nnedu.optim.stability import best, rate
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
    factors.set_xticks([0, limit], ["0", "2/L"])
    factors.legend(loc="lower left", fontsize=9, frameon=False)
    for i, colour, dash in ((0, flat, "-"), (1, steep, "--")):
        distances.semilogy(np.abs(path[:, i]), color=colour, linestyle=dash)
    distances.set(xlabel="updates", ylabel="distance", ylim=(1e-6, 1e2))
    return figure


def still_batch(gradients: Any, best: Any, batch: int = 4) -> Any:
    """Steps of batches around the step of all examples, and the law of their scatter.

    Parameters
    ----------
    gradients : callable
        From weights (2,) to the gradient of each example, (N, 2).
    best : float array, shape (2,)
        The weights of the lowest loss.
    batch : int

    Returns
    -------
    matplotlib.figure.Figure
    """
    rng, theta = np.random.default_rng(0), np.array([-0.5, -0.3])
    each = gradients(theta)
    N, full = len(each), each.mean(axis=0)
    figure, axes = mosaic([["plane", "errors"]], height=3.4)
    ahead = theta - full
    for _ in range(60):
        tip = theta - each[rng.permutation(N)[:batch]].mean(axis=0)
        axes["plane"].plot(*np.stack([theta, tip]).T, ".-", color=OTHERS[0], lw=0.6, alpha=0.6)
    axes["plane"].plot(*np.stack([theta, ahead]).T, "o-", color=INK, linewidth=3)
    axes["plane"].plot(*best, "+", color=OTHERS[1], markersize=10)
    axes["plane"].set(aspect="equal", xlim=(-1, 2.6), ylim=(-1, 2.6))
    axes["plane"].set(xlabel="weight 1", ylabel="weight 2")
    sizes = np.geomspace(1, 63.5, 100)
    sigma2 = gradient_variance(each)
    axes["errors"].loglog(sizes, sigma2 / sizes, color=COLORS["sgd"], label="with replacement")
    without = sigma2 / sizes * (N - sizes) / (N - 1)
    axes["errors"].loglog(sizes, without, "--", color=OTHERS[0], label="without")
    axes["errors"].set(xlabel="batch size B", ylabel="squared error of the gradient")
    axes["errors"].legend(fontsize=9, frameon=False)
    return figure


def still_momentum() -> Any:
    """The map of momentum's settings on the bowl of condition 20, and the run at 0.9.

    Returns
    -------
    matplotlib.figure.Figure
    """
    condition, updates = 20.0, 100
    figure, axes = mosaic([["map", "run"], ["map", "distance"]], height=3.8)
    h, mu = np.linspace(0.02, 4.4, 150), np.linspace(0, 0.99, 120)[:, None]
    ends = [rate("momentum", c, lr=h / condition, momentum=mu) for c in (1.0, condition)]
    worst = np.maximum(*ends)
    levels = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
    axes["map"].contour(h, mu[:, 0], worst, levels, colors=INK, linewidths=0.8)
    for low, high in pairwise((0.0, *levels)):
        depth, band = 0.85 * ((1 - low) / (1 - 0.4)) ** 0.6, [COLORS["momentum"]]
        axes["map"].contourf(h, mu[:, 0], worst, (low, high), colors=band, alpha=min(depth, 0.85))
    axes["map"].contourf(h, mu[:, 0], worst, (1.0, 99.0), colors=[OTHERS[1]], alpha=0.16)
    axes["map"].plot([1.0], [0.9], "o", color=INK, markersize=8)
    tuned = best("momentum", 1.0, condition)
    axes["map"].plot([tuned["lr"] * condition], [tuned["momentum"]], "o", mfc="none", color=INK)
    axes["map"].annotate("fastest", (tuned["lr"] * condition, tuned["momentum"]), ha="right")
    axes["map"].set(xlabel="learning rate, times L", ylabel="momentum", ylim=(0, 1))
    for name, run in (
        ("momentum", Optimizer("momentum", lr=1 / condition, momentum=0.9)),
        ("sgd", Optimizer("sgd", lr=best("sgd", 1.0, condition)["lr"])),
    ):
        path = descend(bowl(condition), np.array([1.0, 1.0]), run, steps=updates)
        if name == "momentum":
            axes["run"].plot(*path.T, ".-", color=COLORS[name], linewidth=1)
        size = np.linalg.norm(path, axis=1)
        axes["distance"].semilogy(size, color=COLORS[name], label=row(name).title)
    axes["run"].set(xlabel="flat direction", ylabel="steep")
    axes["distance"].set(xlabel="updates", ylabel="distance")
    axes["distance"].legend(fontsize=9, frameon=False)
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
        axes["losses"].semilogy(loss, label=row(name).title, **line)
    axes["plane"].set(aspect="equal", xlim=surface.window[0], ylim=surface.window[1])
    axes["losses"].set(xlabel="updates", ylabel="loss above the minimum")
    figure.legend(loc="outside lower center", ncols=6, fontsize=9, frameon=False)
    return figure
