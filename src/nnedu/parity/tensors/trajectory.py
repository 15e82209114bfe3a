"""The gradients of several tensors that both sides of a comparison are given."""

from dataclasses import dataclass

import numpy as np

from nnedu._typing import Array

STEPS = 52
SHAPES = {"W1": (3, 4), "W2": (9, 2), "b1": (4,)}
"""A wide matrix, a tall one and a vector."""


@dataclass(frozen=True)
class TensorTrajectory:
    """A start for each tensor, and gradients and a learning rate for each of ``T`` updates.

    Attributes
    ----------
    theta : dict of str to float64 array
        The first parameters, by tensor.
    g : dict of str to float64 array
        The gradients, by tensor, with a first axis of length T.
    lr : float64 array, shape (T,)
        The learning rate of each update.
    """

    theta: dict[str, Array]
    g: dict[str, Array]
    lr: Array

    @classmethod
    def hard(cls, scale: float = 1.0) -> "TensorTrajectory":
        """Norms over six decades, rows that are 0 at first and now and then, signs that flip.

        Parameters
        ----------
        scale : float
            What the learning rates are multiplied by.
        """
        rng = np.random.default_rng(20261122)
        k = np.arange(STEPS)
        theta, g = {}, {}
        for name, shape in SHAPES.items():
            theta[name] = rng.normal(size=shape)
            size = 10.0 ** rng.uniform(-3, 3, size=STEPS)
            each = size.reshape(-1, *(1 for _ in shape)) * rng.normal(size=(STEPS, *shape))
            each[:3, 0] = 0.0
            each[k % 7 == 5, -1] = 0.0
            g[name] = each
        g["b1"][9] = 0.0
        lr = scale * 0.02 * np.minimum((k + 1) / 8, 1) * (0.55 + 0.45 * np.cos(np.pi * k / STEPS))
        lr[30] = 0.0
        lr[40:] *= 3
        return cls(theta, g, lr)

    def flat(self, names: tuple[str, ...]) -> tuple[Array, Array]:
        """The chosen tensors one after another: the start (P,) and the gradients (T, P)."""
        theta = np.concatenate([self.theta[name].ravel() for name in names])
        g = np.concatenate([self.g[name].reshape(len(self.lr), -1) for name in names], axis=1)
        return theta, g
