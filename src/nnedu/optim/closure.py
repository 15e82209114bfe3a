"""Methods that ask for the loss again within one update: SAM and L-BFGS.

A rule is handed one gradient. These are handed the objective, evaluate it where they like, and
need it to stay the same meanwhile: one batch for the whole of an update.
"""

from abc import ABC, abstractmethod

import numpy as np

from nnedu._check import floating, same_dtype, same_shape
from nnedu._typing import Array, Objective
from nnedu.optim.optimizer import State

Known = tuple[float, Array]
"""The loss and the gradient where an update starts, for whoever has them already."""


class ClosureMethod(ABC):
    """What a training loop asks of such a method: ``init``, and ``step`` with the objective."""

    @abstractmethod
    def init(self, theta: Array) -> State:
        """The state before the first update.

        Parameters
        ----------
        theta : float array
            The parameters that will be updated.

        Returns
        -------
        State
        """

    @abstractmethod
    def step(
        self, objective: Objective, theta: Array, state: State, *, known: Known | None = None
    ) -> tuple[Array, State]:
        """One update.

        Parameters
        ----------
        objective : callable
            ``objective(theta) -> (value, g)``; the same throughout the update.
        theta : float array
            The parameters; not changed.
        state : State
            From :meth:`init` or from the last step; not changed.
        known : tuple of float and array, optional
            What ``objective(theta)`` returns, if you have it: saves one evaluation.

        Returns
        -------
        theta : array
            The parameters after the update.
        state : State
            The state after the update.
        """


def evaluated(objective: Objective, theta: Array, known: Known | None) -> Known:
    """Loss and gradient at ``theta``, evaluated unless they are known, and checked.

    Raises
    ------
    TypeError
        If ``theta`` or the gradient is not a float array, or their dtypes differ.
    ValueError
        If their shapes differ.
    """
    floating("theta", theta)
    value, g = objective(theta) if known is None else known
    floating("g", g)
    same_shape("g", g, "theta", theta)
    same_dtype("g", g, "theta", theta)
    return value, g


def finite(value: float, g: Array) -> None:
    """Raise FloatingPointError unless a loss and its gradient are finite."""
    if not (np.isfinite(value) and np.isfinite(g).all()):
        raise FloatingPointError(
            f"the loss at theta is {value}, or its gradient is not finite; expected finite "
            "numbers. An earlier step was too long, or the inputs are not finite."
        )
