"""Experiments behind the claims of the chapter beyond Adam."""

from itertools import repeat

import numpy as np

from nnedu._typing import Array, Objective
from nnedu.claims import Finding
from nnedu.contests import recorded
from nnedu.contests.beyond_adam import TASKS
from nnedu.data import load_digits
from nnedu.losses import softmax, softmax_cross_entropy
from nnedu.nn import Dense, Network, relu
from nnedu.optim import LBFGS, SAM, Optimizer
from nnedu.sharpness import sharpness
from nnedu.train import Method, descend, minibatches, train


def lion_memory(*, count: str = "training") -> Finding:
    """Lion needs half of Adam's memory.

    Counts the bytes of a training step of a small network: the parameters, the gradient and the
    optimizer's state, or, with ``count="state"``, the state alone.

    Returns
    -------
    Finding
        Holds if Lion's share is at most 0.55. The number: Lion's bytes over Adam's.
    """
    theta = np.zeros(10_000, np.float32)
    beside = 0 if count == "state" else 2 * theta.nbytes
    lion, adam = (beside + Optimizer(rule, lr=1e-3).init(theta).nbytes for rule in ("lion", "adam"))
    return Finding(lion / adam <= 0.55, lion / adam)


def second_order_dear(*, method: str = "lbfgs") -> Finding:
    """Second-order methods take fewer updates, but each costs too much.

    Softmax regression on 300 digits with a penalty, all examples at once, from 0 until the loss is
    within a millionth of its minimum. The price is counted in multiplications: ``2 N I C`` for a
    loss with its gradient, ``4 M P`` for the two loops of L-BFGS, and ``N P**2 + P**3 / 3`` for a
    Hessian and its solution (``method="newton"``). Against them runs Nesterov's momentum, the best
    of nine settings.

    Returns
    -------
    Finding
        Holds if the second-order method takes fewer updates and more multiplications. The number:
        its multiplications over Nesterov's; beside it the updates of both.
    """
    digits = load_digits()
    x, y = digits.x_train[:300], digits.y_train[:300]
    net = Network([Dense(10)], inputs=64)
    N, P = len(x), net.size
    data_loss = net.objective(softmax_cross_entropy)

    def penalised(theta: Array) -> tuple[float, Array]:
        loss, g = data_loss(theta, x, y)
        return loss + 0.005 * float(theta @ theta), g + 0.01 * theta

    f, zero = Counted(penalised), np.zeros(P)
    lowest = f(descend(f, zero, LBFGS(), steps=120)[-1])[0]
    once = 2 * N * 64 * 10
    first = min(
        _updates(f, lowest, Optimizer("nesterov", lr=lr, momentum=mu), zero)
        for lr in (0.8, 1.2, 1.6)
        for mu in (0.75, 0.8, 0.85)
    )
    if method == "newton":
        updates = _newton(net, x, y, f, lowest)
        price = updates * (once + N * P**2 + P**3 / 3)
    else:
        f = Counted(penalised)
        updates = _updates(f, lowest, LBFGS(), zero)
        price = f.calls * once + updates * 4 * 10 * P
    ratio = price / (first * once)
    also = {"updates": updates, "first": first}
    return Finding(updates < first and ratio > 1, ratio, also)


class Counted:
    """An objective that counts where it is evaluated; the same point twice running counts once."""

    def __init__(self, objective: Objective) -> None:
        self.objective, self.calls = objective, 0
        self.last: tuple[Array, tuple[float, Array]] | None = None

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Loss and gradient."""
        if self.last is None or not np.array_equal(theta, self.last[0]):
            self.calls += 1
            self.last = theta.copy(), self.objective(theta)
        return self.last[1]


def _updates(f: Objective, lowest: float, optimizer: Method, theta: Array, most: int = 300) -> int:
    """Updates until the loss is within a millionth of the lowest; ``most`` if it never is."""
    try:
        reached = train(
            f,
            theta,
            optimizer,
            repeat(()),
            steps=most,
            evaluate=lambda theta: {"loss": f(theta)[0]},
            target=lambda metrics: metrics["loss"] < lowest + 1e-6,
        ).reached
    except FloatingPointError:
        return most
    return most if reached is None else reached


def _newton(net: Network, x: Array, y: Array, f: Objective, lowest: float) -> int:
    """Newton's updates, each with the Hessian and the solution of its equations."""
    theta, ones = np.zeros(net.size), np.column_stack([x, np.ones(len(x))])
    for t in range(30):
        value, g = f(theta)
        if value < lowest + 1e-6:
            return t
        p = softmax(net.predict(theta, x))
        # Parameter (i, c) of the 65 by 10: weights row by row, then the biases, as theta lies.
        H = np.zeros((65, 10, 65, 10))
        for c in range(10):
            for d in range(10):
                weight = p[:, c] * ((c == d) - p[:, d]) / len(x)
                H[:, c, :, d] = (ones * weight[:, None]).T @ ones
        H = H.reshape(net.size, net.size) + 0.01 * np.eye(net.size)
        theta = theta - np.linalg.solve(H, g)
    return 30


def sam_flat(*, rescale: float = 1.0) -> Finding:
    """Sharpness-aware minimisation finds flatter minima.

    A network of 16 ReLU units learns 512 digits to a training loss of 0.1, from three starts, by
    momentum and by SAM with the same momentum; the largest eigenvalue of the Hessian is measured
    there. ``rescale`` then divides the first layer of SAM's networks by a number and multiplies
    the second by it, which changes no output.

    Returns
    -------
    Finding
        Holds if SAM's mean eigenvalue is below 0.9 of momentum's. The number: their ratio; beside
        it the largest change of an output by the rescaling.
    """
    digits = load_digits()
    x, y = digits.x_train[:512], digits.y_train[:512]
    net = Network([Dense(16), relu, Dense(10)], inputs=64)
    objective = net.objective(softmax_cross_entropy)

    def whole(theta: Array) -> tuple[float, Array]:
        return objective(theta, x, y)

    def trained(optimizer: Method, seed: int) -> Array:
        rng = np.random.default_rng(seed)
        return train(
            objective,
            net.init(rng),
            optimizer,
            minibatches(rng, 128, x, y),
            steps=600,
            evaluate=lambda theta: {"loss": whole(theta)[0]},
            every=5,
            target=lambda metrics: metrics["loss"] <= 0.1,
        ).theta

    base, found, changed = Optimizer("momentum", lr=0.1), {"sam": 0.0, "momentum": 0.0}, 0.0
    for seed in range(3):
        theta = trained(SAM(base, radius=0.1), seed)
        before = net.predict(theta, x)
        views = net.views(theta)
        for name in ("W1", "b1"):
            views[name] /= rescale
        views["W2"] *= rescale
        changed = max(changed, float(np.abs(net.predict(theta, x) - before).max()))
        found["sam"] += sharpness(whole, theta, rounds=20)[0]
        found["momentum"] += sharpness(whole, trained(base, seed), rounds=20)[0]
    ratio = found["sam"] / found["momentum"]
    return Finding(ratio < 0.9, ratio, {"changed": changed})


def muon_large(*, task: str = "digits") -> Finding:
    """Muon pays in large models only.

    Muon against Adam in a network of fewer than 10,000 parameters, as the recorded race of this
    task found: each with the best of twelve settings, on twenty seeds.

    Returns
    -------
    Finding
        Holds if Muon is not better by more than the race's margin. The number: the geometric mean
        of the ratios of updates; below 1 Muon needs fewer. Beside it the ends of its 95 per cent
        interval and the parameters of the network.
    """
    found = recorded("beyond_adam").races[task].compare("Muon", "Adam")
    also = {"low": found.low, "high": found.high, "parameters": TASKS[task].net.size}
    return Finding(found.verdict != "better", found.ratio, also)
