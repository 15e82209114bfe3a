"""The pictures that stand where a live figure will be, of rates, rules and networks."""

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from nnedu.compression.masks import prunable
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, relu, tanh
from nnedu.optim import Optimizer, adam
from nnedu.plotting.style import COLORS, INK, OTHERS, mosaic
from nnedu.pruning.threshold import cut_below
from nnedu.schedules import constant, cosine


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
        axes[name].legend(fontsize=9, frameon=False)
    axes["steps"].plot(t, found[3], "--", color=COLORS["sgd"], label="without correction")
    axes["steps"].plot(t, found[2], color=COLORS["adam"], label="Adam")
    axes["steps"].set(xlabel="update t", ylabel="step / lr", ylim=(0, None))
    axes["steps"].legend(fontsize=9, frameon=False)
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
    axes["rate"].legend(fontsize=9, frameon=False)
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
    axes["losses"].set(xlabel="updates", ylabel="loss", ylim=(0.03, 1))
    axes["losses"].set_yticks([0.1, 1], ["0.1", "1"])
    axes["losses"].minorticks_off()
    axes["losses"].legend(fontsize=9, frameon=False)
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
