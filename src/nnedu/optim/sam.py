"""SAM: a step by the gradient from the steepest point nearby."""

import numpy as np

from nnedu._typing import Array, Objective
from nnedu.optim._hyper import Hyper, numbers, settled
from nnedu.optim._norms import norm
from nnedu.optim.closure import ClosureMethod, Known, evaluated
from nnedu.optim.optimizer import Optimizer, State
from nnedu.optim.tensor import TensorOptimizer


def climb(theta: Array, g: Array, *, radius: float) -> Array:
    """The point at distance ``radius`` where the loss is highest, to first order.

    ``theta + radius g / ||g||``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    radius : float, above 0
        How far to climb.

    Returns
    -------
    array, shape of ``theta``
        A copy of ``theta`` where ``g`` is 0.

    Notes
    -----
    **Conventions.** One norm over all parameters, whatever tensors they form; Optax divides 0 by 0
    where ``g`` is 0.

    Source: Foret et al. (2021), "Sharpness-aware minimization for efficiently improving
    generalization", equation 2 with p = 2.

    Examples
    --------
    >>> climb(np.array([1.0, 1.0]), np.array([3.0, 4.0]), radius=0.5)
    array([1.3, 1.4])
    """
    length = norm(g)
    return theta + radius * g / length if length > 0 else theta.copy()


class SAM(ClosureMethod):
    """SAM: any optimizer, with the gradient taken at the top of a small climb.

    ``climbed = theta + radius g / ||g||``, then the ``base`` optimizer's step from ``theta`` with
    the gradient at ``climbed``

    A minimum that is narrower than ``radius`` has no such step that leads into it.

    Parameters
    ----------
    base : Optimizer or TensorOptimizer
        Makes the step; its state is this method's.
    radius : float, above 0, or callable
        How far to climb (the paper's rho), or a schedule of the updates already made.

    Raises
    ------
    TypeError
        If ``base`` is no optimizer.
    ValueError
        If ``radius`` is out of its range.

    Notes
    -----
    Two gradients an update, both of one batch: twice the time of the base.

    **Conventions.** Equals ``optax.contrib.sam(base, chain(normalize(), sgd(radius)),
    opaque_mode=True)``. Keras and PyTorch have no SAM. The paper's default radius is 0.05.

    Source: Foret et al. (2021), "Sharpness-aware minimization for efficiently improving
    generalization", Algorithm 1.

    Examples
    --------
    On ``f = x**2 / 2`` at 1 the gradient is taken at 1.5: a step of 0.15 in place of 0.1.

    >>> opt = SAM(Optimizer("sgd", lr=0.1), radius=0.5)
    >>> theta = np.array([1.0])
    >>> opt.step(lambda x: (float(x @ x / 2), x.copy()), theta, opt.init(theta))[0]
    array([0.85])
    """

    def __init__(self, base: Optimizer | TensorOptimizer, *, radius: Hyper = 0.05) -> None:
        if not isinstance(base, Optimizer | TensorOptimizer):
            raise TypeError(
                f"base is {base!r}; expected an optimizer, such as Optimizer('momentum', lr=0.1)."
            )
        self.name = f"sam({base.name})"
        self.base = base
        self.hyper = settled(self.name, {"radius": None}, {"radius": radius})

    def __repr__(self) -> str:
        """The call that makes this optimizer."""
        return f"SAM({self.base}, radius={self.hyper['radius']})"

    def init(self, theta: Array) -> State:
        """The state before the first update: the base's.

        Parameters
        ----------
        theta : float array
            The parameters that will be updated.

        Returns
        -------
        State
        """
        return self.base.init(theta)

    def step(
        self, objective: Objective, theta: Array, state: State, *, known: Known | None = None
    ) -> tuple[Array, State]:
        """One update: climb, take the gradient there, step from where the climb began.

        Parameters
        ----------
        objective : callable
            ``objective(theta) -> (value, g)``; called twice, or once where ``known`` is given.
        theta : float array
            The parameters; not changed.
        state : State
            From :meth:`init` or from the last step; not changed.
        known : tuple of float and array, optional
            What ``objective(theta)`` returns.

        Returns
        -------
        theta : array
            The parameters after the update.
        state : State
            The state after the update.

        Raises
        ------
        TypeError, ValueError
            As for the step of the base.
        """
        _, g = evaluated(objective, theta, known)
        radius = numbers(self.name, self.hyper, state.t)["radius"]
        assert not isinstance(radius, np.ndarray)
        _, at_top = objective(climb(theta, g, radius=radius))
        return self.base.step(theta, at_top, state)
