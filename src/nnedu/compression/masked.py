"""Masks that survive training: an optimizer whose pruned weights stay exactly 0."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._check import same_shape, whole
from nnedu._typing import Array, Objective
from nnedu.compression.masks import cut_theta
from nnedu.nn import Network
from nnedu.optim import ClosureMethod, State
from nnedu.pruning import magnitude
from nnedu.train import Steps

Choose = Callable[[Array, Array, int], Array]
"""``choose(theta, mask, t) -> mask``: a new mask after ``t`` updates."""


class Masked:
    """An optimizer under a mask: what is pruned is 0 after every step, whatever its state says.

    A gradient set to 0 is not enough: momentum goes on for a while, and an optimizer may add decay
    or noise. Here a masked parameter's gradient is 0 *and* its value is put to 0 after the step.

    Parameters
    ----------
    optimizer : Optimizer, TensorOptimizer, or another with the same ``init`` and ``step``
    mask : boolean array, shape of ``theta``
        True where the parameter stays.
    choose : callable, optional
        ``choose(theta, mask, t) -> mask``, called after every ``every`` updates with the mask so
        far; what is gone stays gone. :func:`gradual` makes one.
    every : int, at least 1
        Updates between two choices.

    Raises
    ------
    TypeError, ValueError
        If ``mask`` does not hold booleans, or ``every`` is below 1.

    Examples
    --------
    >>> from nnedu.optim import Optimizer
    >>> opt = Masked(Optimizer("momentum", lr=0.5), np.array([True, False]))
    >>> theta = np.array([1.0, 3.0])
    >>> state = opt.init(theta)
    >>> theta, state = opt.step(theta, np.array([1.0, 1.0]), state)
    >>> theta
    array([0.5, 0. ])
    """

    def __init__(
        self, optimizer: Steps, mask: Array, *, choose: Choose | None = None, every: int = 1
    ) -> None:
        self.optimizer, self.mask = optimizer, _booleans(mask)
        whole("every", every, least=1)
        self.choose, self.every = choose, every

    def __repr__(self) -> str:
        """What steps, and how much is left."""
        return f"Masked({self.optimizer!r}, {self.mask.sum()} of {self.mask.size} left)"

    def init(self, theta: Array) -> State:
        """The optimizer's state, and the mask as its array ``mask``."""
        same_shape("mask", self.mask, "theta", theta)
        state = self.optimizer.init(theta)
        return State(state.t, {**state.arrays, "mask": self.mask.copy()})

    def step(
        self, theta: Array, g: Array, state: State, *, inplace: bool = False
    ) -> tuple[Array, State]:
        """One update, as :meth:`nnedu.optim.Optimizer.step`; 0 where the new mask is False."""
        mask = state.arrays["mask"]
        inner = State(state.t, {k: array for k, array in state.arrays.items() if k != "mask"})
        g = np.where(mask, g, np.zeros((), g.dtype))
        theta, inner = self.optimizer.step(theta, g, inner, inplace=inplace)
        if self.choose is not None and inner.t % self.every == 0:
            mask = mask & _booleans(self.choose(np.where(mask, theta, 0), mask, inner.t))
        if inplace:
            theta[~mask] = 0
        else:
            theta = np.where(mask, theta, np.zeros((), theta.dtype))
        return theta, State(inner.t, {**inner.arrays, "mask": mask})


class MaskedClosure(ClosureMethod):
    """SAM or L-BFGS under a fixed mask: the method sees the loss of the weights that are left.

    Parameters
    ----------
    method : ClosureMethod
    mask : boolean array, shape of ``theta``

    Examples
    --------
    >>> from nnedu.optim import SAM, Optimizer
    >>> opt = MaskedClosure(SAM(Optimizer("sgd", lr=0.25)), np.array([True, False]))
    >>> theta = np.array([1.0, 0.0])
    >>> theta, _ = opt.step(lambda w: (float(w @ w), 2 * (w - 1)), theta, opt.init(theta))
    >>> float(theta[1])
    0.0
    """

    def __init__(self, method: ClosureMethod, mask: Array) -> None:
        self.method, self.mask = method, _booleans(mask)

    def init(self, theta: Array) -> State:
        """The method's own state."""
        same_shape("mask", self.mask, "theta", theta)
        return self.method.init(np.where(self.mask, theta, np.zeros((), theta.dtype)))

    def step(
        self, objective: Objective, theta: Array, state: State, *, known: Any = None
    ) -> tuple[Array, State]:
        """One update; ``known`` is used where ``theta`` is already masked."""
        start = np.where(self.mask, theta, np.zeros((), theta.dtype))

        def inside(at: Array) -> tuple[float, Array]:
            value, g = objective(np.where(self.mask, at, np.zeros((), at.dtype)))
            return value, np.where(self.mask, g, np.zeros((), g.dtype))

        if known is not None:
            g = np.where(self.mask, known[1], np.zeros((), theta.dtype))
            known = (known[0], g) if np.array_equal(start, theta) else None
        theta, state = self.method.step(inside, start, state, known=known)
        return np.where(self.mask, theta, np.zeros((), theta.dtype)), state


def gradual(
    network: Network,
    schedule: Callable[[int], float],
    *,
    may: Array | None = None,
    layer_wise: bool = False,
) -> Choose:
    """Gradual magnitude pruning, as the ``choose`` of :class:`Masked`.

    Parameters
    ----------
    network : Network
    schedule : callable
        Sparsity of the prunable parameters after ``t`` updates, such as
        ``partial(cubic, final=0.9, total=1000)``.
    may : boolean array, shape (P,), optional
        What may be pruned; by default all weights, no bias.
    layer_wise : bool
        The same share of every array, as in the paper.

    Returns
    -------
    callable
        ``choose(theta, mask, t) -> mask``.

    Notes
    -----
    **Conventions.** As ``tfmot.sparsity.keras.prune_low_magnitude`` with ``layer_wise=True``, but
    ties are cut exactly and a pruned weight never returns.

    Source: Zhu & Gupta (2018), "To prune, or not to prune", section 3.

    Examples
    --------
    >>> from nnedu.nn import Dense
    >>> choose = gradual(Network([Dense(1)], inputs=2), lambda t: 0.5)
    >>> choose(np.array([2.0, -1.0, 0.0]), np.ones(3, bool), 1)
    array([ True, False,  True])
    """

    def choose(theta: Array, mask: Array, t: int) -> Array:
        return cut_theta(
            network,
            magnitude(theta),
            sparsity=schedule(t),
            may=may,
            mask=mask,
            layer_wise=layer_wise,
        )

    return choose


def _booleans(mask: Array) -> Array:
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool:
        got = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
        raise TypeError(f"mask is {got}; expected an array of booleans, True where it stays.")
    return mask
