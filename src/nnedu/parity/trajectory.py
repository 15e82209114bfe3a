"""The gradients both sides of a comparison are given, and the run of a rule over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.optim import Optimizer

STEPS = 64


@dataclass(frozen=True)
class Trajectory:
    """A start, and a gradient and a learning rate for each of ``T`` updates.

    The gradients are given, not computed at the parameters: a difference between two optimizers
    then adds up instead of being amplified, and its size means something.

    Attributes
    ----------
    theta : float64 array, shape (P,)
        The first parameters.
    g : float64 array, shape (T, P)
        The gradient of each update.
    lr : float64 array, shape (T,), at least 0
        The learning rate of each update; exact in float32, since Keras keeps it in float32.
    """

    theta: Array
    g: Array
    lr: Array

    @classmethod
    def hard(cls) -> "Trajectory":
        """The trajectory on which optimizers are compared: every coordinate a different trap.

        Gradients of 1e3 and 1e-8 side by side, comparable to any epsilon in the table; sparse
        ones, some that begin late or never; signs that flip; magnitudes that fall and rise by
        seven decades. The learning rate warms up, falls, is 0 once and jumps.
        """
        rng = np.random.default_rng(20261121)
        k = np.arange(STEPS)
        noise = rng.uniform(0.5, 1.5, size=(STEPS, 14))
        signs = rng.choice([-1.0, 1.0], size=STEPS)
        columns = [
            np.zeros(STEPS),  # never touched
            np.where(k % 7 == 3, 2.0, 0.0),  # sparse
            np.where(k >= 20, -0.5, 0.0),  # late
            np.where(k < 5, 1.0, 0.0),  # early, then never again
            1e3 * signs,
            1e3 * np.where(k % 11 == 0, signs, 0.0),
            np.full(STEPS, 1e-4),
            1e-4 * signs,
            (-1.0) ** k,
            10.0 ** (3 - 7 * k / STEPS),
            -(10.0 ** (-4 + 7 * k / STEPS)),
            np.full(STEPS, 1e-3),
            1e-6 * signs,
            np.full(STEPS, -1e-8),
        ]
        g = np.stack(columns, axis=1) * noise
        lr = 0.02 * np.minimum((k + 1) / 8, 1) * (0.55 + 0.45 * np.cos(np.pi * k / STEPS))
        lr[40] = 0.0
        lr[48:] *= 3
        theta = np.linspace(-1.0, 1.0, len(columns))
        return cls(theta, g, lr.astype(np.float32).astype(np.float64))

    @classmethod
    def near_ties(cls, beta1: float, beta2: float) -> "Trajectory":
        """The hard trajectory, and coordinates for a rule that looks at a sign only.

        Where nothing but the sign of ``beta1 m + (1 - beta1) g`` counts, a beta that is slightly
        wrong is seen only where the two parts all but cancel: at every other update of these
        coordinates they do, up to 3e-7 of them, to either side.

        Parameters
        ----------
        beta1, beta2 : floats in [0, 1)
            Lion's.
        """
        hard = cls.hard()
        excess = 3e-7 * np.array([1.0, -1.0, 2.0, -2.0])
        m, rows = np.zeros(4), []
        for k in range(STEPS):
            even = (1 + 0.5 * np.cos(k)) * np.array([1.0, -1.0, 1.0, -1.0])
            g = -beta1 / (1 - beta1) * m * (1 + excess) if k % 2 else even
            m = beta2 * m + (1 - beta2) * g
            rows.append(g)
        theta = np.concatenate([hard.theta, [0.5, -0.5, 0.25, -0.25]])
        return cls(theta, np.concatenate([hard.g, rows], axis=1), hard.lr)

    def run(
        self, rule: Any, hyper: Mapping[str, Any], initial: Mapping[str, float] | None = None
    ) -> Array:
        """The parameters after each update of one of the library's rules.

        Parameters
        ----------
        rule : str or callable
            As for :class:`nnedu.optim.Optimizer`.
        hyper : dict
            Hyper-parameters other than ``lr``: numbers or schedules.
        initial : dict, optional
            Start values of the state, as for ``Optimizer.init``.

        Returns
        -------
        array, shape (T, P)
        """
        optimizer = Optimizer(rule, lr=lambda k: float(self.lr[k]), **hyper)
        theta = self.theta
        state = optimizer.init(theta, **(initial or {}))
        path = []
        for g in self.g:
            theta, state = optimizer.step(theta, g, state)
            path.append(theta)
        return np.array(path)


def deviation(ours: Array, theirs: Array) -> float:
    """The largest difference at any update, relative to the largest parameter at that update.

    Parameters
    ----------
    ours, theirs : arrays, shape (T, P)

    Returns
    -------
    float
        Infinite if either has an entry that is not finite.

    Examples
    --------
    >>> deviation(np.array([[4.0, 0.0]]), np.array([[4.0, 1.0]]))
    0.25
    """
    if ours.shape != theirs.shape:
        raise ValueError(f"ours has shape {ours.shape} and theirs {theirs.shape}; expected one.")
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return float("inf")
    return float((np.abs(ours - theirs).max(axis=1) / np.abs(theirs).max(axis=1)).max())
