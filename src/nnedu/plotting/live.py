"""The pictures that stand where a live figure will be: what is seen without scripts."""

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from nnedu.compression.masks import prunable
from nnedu.data import bowl
from nnedu.gradient_noise import gradient_variance
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu, tanh
from nnedu.optim import Optimizer, adam
from nnedu.optim.stability import best, rate
from nnedu.plotting.style import COLORS, DASHES, INK, OTHERS, mosaic
from nnedu.pruning.threshold import cut_below
from nnedu.schedules import constant, cosine
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
    axes["map"].contourf(
        h, mu[:, 0], worst, levels, colors=COLORS["momentum"], alpha=0.25, extend="min"
    )
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
        axes["distance"].semilogy(size, color=COLORS[name], label=name)
    axes["run"].set(xlabel="flat direction", ylabel="steep")
    axes["distance"].set(xlabel="updates", ylabel="distance")
    axes["distance"].legend(fontsize=9)
    return figure


def still_adam() -> Any:
    """Adam's two means and its steps against sixty gradients of 1.

    Returns
    -------
    matplotlib.figure.Figure
    """
    t = np.arange(1, 61)
    m, v, rows = np.zeros(1), np.zeros(1), []
    theta = np.zeros(1)
    for k in t:
        before = theta
        theta, m, v = adam(theta, np.ones(1), m, v, t=int(k), lr=1.0)
        rows.append((m[0], np.sqrt(v[0]), (before - theta)[0], (m / np.sqrt(v))[0]))
    found = np.array(rows).T
    ones = np.ones(len(t))
    figure, axes = mosaic([["steps", "steps"], ["means", "squares"]], height=4.4)
    for name, colour, raw, label in (
        ("means", OTHERS[0], found[0], "m"),
        ("squares", OTHERS[4], found[1], "root of v"),
    ):
        axes[name].plot(t, raw, "--", color=colour, label=label)
        axes[name].plot(t, ones, color=colour, label=f"{label}, corrected")
        axes[name].set(xlabel="update t", ylim=(0, 1.15))
        axes[name].legend(fontsize=9)
    axes["steps"].plot(t, found[3], "--", color=COLORS["sgd"], label="without correction")
    axes["steps"].plot(t, found[2], color=COLORS["adam"], label="Adam")
    axes["steps"].set(xlabel="update t", ylabel="step / lr", ylim=(0, None))
    axes["steps"].legend(fontsize=9)
    return figure


def still_schedule() -> Any:
    """A cosine and a constant on the noisy bowl, by the recursion of expected squares.

    Returns
    -------
    matplotlib.figure.Figure
    """
    curvatures, total, base = np.array([1.0, 10.0]), 300, 0.1
    t = np.arange(total + 1)
    figure, axes = mosaic([["rate", "loss"]], height=3.0)
    for name, lrs, colour, dash in (
        ("constant", constant(t, base=base), COLORS["sgd"], "--"),
        ("cosine", cosine(t, base=base, total=total), OTHERS[0], "-"),
    ):
        v = np.full(2, 100.0)
        losses = [float(curvatures @ v / 2)]
        for lr in lrs[:-1]:
            v = (1 - lr * curvatures) ** 2 * v + lr**2
            losses.append(float(curvatures @ v / 2))
        axes["rate"].plot(t, lrs, dash, color=colour, label=name)
        axes["loss"].semilogy(t, losses, dash, color=colour)
    axes["rate"].set(xlabel="updates", ylabel="learning rate", ylim=(0, 0.2))
    axes["loss"].set(xlabel="updates", ylabel="loss on the noisy bowl")
    axes["rate"].legend(fontsize=9)
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
    axes["errors"].legend(fontsize=9)
    return figure


def still_network(sets: Any, updates: int = 400) -> Any:
    """A network of two times sixteen units on few points, trained by Adam: border and losses.

    Parameters
    ----------
    sets : dict
        ``window``, and ``train`` and ``test`` with ``x`` (N, 2) and ``labels`` (N,).
    updates : int

    Returns
    -------
    matplotlib.figure.Figure
    """
    net = Network([Dense(16), tanh, Dense(16), tanh, Dense(2)], inputs=2)
    objective = net.objective(softmax_cross_entropy)
    train, test = sets["train"], sets["test"]
    theta, optimizer = net.init(np.random.default_rng(1)), Optimizer("adam", lr=0.01)
    state, losses = optimizer.init(theta), []
    for _ in range(updates):
        loss, g = objective(theta, train["x"], train["labels"])
        losses.append((loss, objective(theta, test["x"], test["labels"])[0]))
        theta, state = optimizer.step(theta, g, state)
    figure, axes = mosaic([["plane", "losses"]], height=3.4)
    x, y = (np.linspace(low, high, 90) for low, high in sets["window"])
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    margin = np.diff(net.predict(theta, places), axis=1).reshape(len(y), len(x))
    plane = axes["plane"]
    plane.contourf(x, y, margin, [-1e9, 0, 1e9], colors=OTHERS[:2], alpha=0.25)
    for label, marker in ((0, "o"), (1, "^")):
        for part, size in ((test, 3), (train, 22)):
            some = part["x"][part["labels"] == label]
            edge = INK if size > 9 else "none"
            plane.scatter(
                *some.T, s=size, color=OTHERS[label], marker=marker, edgecolors=edge, zorder=size
            )
    axes["losses"].semilogy(np.array(losses)[:, 0], color=OTHERS[2], label="training")
    axes["losses"].semilogy(np.array(losses)[:, 1], "--", color=OTHERS[4], label="other points")
    axes["losses"].set(xlabel="updates", ylabel="loss")
    axes["losses"].legend(fontsize=9)
    return figure


def still_compress(reader: Any, sparsity: float = 0.5) -> Any:
    """The weights of a reader of digits, half of them pruned, and what pruning costs.

    Parameters
    ----------
    reader : dict
        ``theta``, ``hidden``, ``pixels`` and ``labels``, as the live figure gets them.
    sparsity : float in [0, 1)

    Returns
    -------
    matplotlib.figure.Figure
    """
    hidden, theta = reader["hidden"], reader["theta"]
    net = Network([Dense(hidden), relu, Dense(10)], inputs=64)
    x = (np.array([ord(each) for each in reader["pixels"]]) - ord("a")).reshape(-1, 64) / 16
    labels = np.array([int(each) for each in reader["labels"]])
    weights = prunable(net)
    scores = np.abs(theta[weights])

    def pruned(share: float) -> Any:
        made = theta.copy()
        made[weights] = theta[weights] * cut_below(scores, sparsity=share)
        return made

    figure, axes = mosaic([["tiles", "weights"], ["tiles", "accuracy"]], height=3.8)
    shown = pruned(sparsity)[: 64 * hidden].reshape(8, 8, hidden)
    sheet = np.full((9 * (hidden // 5), 45), np.nan)
    for unit in range(hidden):
        row, column = divmod(unit, 5)
        picture = np.where(shown[:, :, unit] == 0, np.nan, shown[:, :, unit])
        sheet[9 * row : 9 * row + 8, 9 * column : 9 * column + 8] = picture
    colours = LinearSegmentedColormap.from_list("signs", [OTHERS[1], "#bbbbbb", OTHERS[0]])
    axes["tiles"].imshow(sheet, cmap=colours, vmin=-scores.max() / 2, vmax=scores.max() / 2)
    axes["tiles"].set(xticks=[], yticks=[], xlabel="weights into each hidden unit")
    axes["weights"].hist(theta[weights], bins=61, color=OTHERS[0])
    for edge in (-1, 1):
        axes["weights"].axvline(edge * np.quantile(scores, sparsity), color=INK, linestyle=":")
    axes["weights"].set(xlabel="weight", yticks=[])
    shares = np.append(np.arange(0, 0.95, 0.05), (0.92, 0.94, 0.96, 0.98))
    right = [100 * np.mean(net.predict(pruned(s), x).argmax(axis=1) == labels) for s in shares]
    axes["accuracy"].plot(100 * shares, right, color=OTHERS[0])
    axes["accuracy"].set(xlabel="pruned, per cent", ylabel="read rightly, %", ylim=(0, 100))
    return figure
