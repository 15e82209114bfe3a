"""Loss scaling: gradients that a 16-bit float would lose are multiplied before they are stored."""

from dataclasses import dataclass

import numpy as np

from nnedu._check import floating, positive, whole
from nnedu._typing import Array
from nnedu.optim.optimizer import Optimizer, State
from nnedu.optim.tensor import TensorOptimizer


def next_scale(
    scale: float,
    good: int,
    finite: bool,
    *,
    grow_after: int = 2000,
    growth: float = 2.0,
    backoff: float = 0.5,
) -> tuple[float, int]:
    """The loss scale after one more gradient: down at once if it overflowed, up after a while.

    ``(backoff scale, 0)`` if the gradient is not ``finite``; ``(growth scale, 0)`` if it is the
    last of ``grow_after`` good ones in a row; otherwise ``(scale, good + 1)``

    Parameters
    ----------
    scale : float, above 0
        What the loss was multiplied with.
    good : int, at least 0
        Finite gradients in a row since the scale last changed.
    finite : bool
        Whether every entry of the scaled gradient is.
    grow_after : int, at least 1
        Good gradients in a row after which to try a larger scale.
    growth : float, at least 1
        With ``growth`` and ``backoff`` both 1 the scale is static.
    backoff : float, above 0, at most 1

    Returns
    -------
    scale : float
    good : int

    Notes
    -----
    **Conventions.** Equals ``keras.optimizers.LossScaleOptimizer`` (whose factors are 2 and a half)
    and PyTorch's ``torch.amp.GradScaler``. A scale that would leave float32's range does not grow,
    as in PyTorch; Keras's becomes infinite there.

    Source: Micikevicius et al. (2018), "Mixed precision training", section 3.2, which names the
    idea; the machine is that of the frameworks.

    Examples
    --------
    The third good gradient in a row doubles the scale, an overflow halves it.

    >>> next_scale(1024.0, 2, True, grow_after=3)
    (2048.0, 0)
    >>> next_scale(2048.0, 1, False, grow_after=3)
    (1024.0, 0)
    """
    if not finite:
        return scale * backoff, 0
    if good + 1 < grow_after:
        return scale, good + 1
    grown = scale * growth
    return (grown if grown <= float(np.finfo(np.float32).max) else scale), 0


@dataclass(frozen=True)
class ScaledState:
    """What :class:`LossScaled` carries from one gradient to the next.

    Attributes
    ----------
    inner : State
        The optimizer's, untouched by gradients that overflowed.
    scale : float
        What the next loss is to be multiplied with.
    good : int
        Finite gradients in a row since the scale last changed.
    skipped : int
        Gradients that overflowed so far.
    """

    inner: State
    scale: float
    good: int = 0
    skipped: int = 0

    @property
    def nbytes(self) -> int:
        """Bytes of the optimizer's arrays; the scale is two numbers."""
        return self.inner.nbytes


class LossScaled:
    """An optimizer that is given gradients of a multiple of the loss, and keeps the multiple.

    ``theta <- step(theta, g / scale)`` if every entry of ``g`` is finite, otherwise nothing; then
    ``scale, good <- next_scale(scale, good, finite)``

    Parameters
    ----------
    base : Optimizer or TensorOptimizer
        Makes the steps.
    initial : float, above 0
        The first scale. A high one is soon lowered; a low one takes ``grow_after`` steps to double.
    grow_after, growth, backoff : int, float, float
        As for :func:`next_scale`.
    least : float, above 0
        A scale below this ends the run: no gradient is too large because of such a scale.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    **Conventions.** ``keras.optimizers.LossScaleOptimizer`` and ``torch.amp.GradScaler`` do the
    same, and go on halving for ever where the loss itself is not finite.

    Source: Micikevicius et al. (2018), "Mixed precision training", sections 3.1 and 3.2.

    Examples
    --------
    The gradient of 4 times the loss; then one that overflowed.

    >>> opt = LossScaled(Optimizer("sgd", lr=1.0), initial=4.0)
    >>> theta = np.array([1.0])
    >>> state = opt.init(theta)
    >>> theta, state = opt.step(theta, state.scale * np.array([0.5]), state)
    >>> theta, state = opt.step(theta, np.array([np.inf]), state)
    >>> theta, state.scale, state.skipped
    (array([0.5]), 2.0, 1)
    """

    def __init__(
        self,
        base: Optimizer | TensorOptimizer,
        *,
        initial: float = 2.0**15,
        grow_after: int = 2000,
        growth: float = 2.0,
        backoff: float = 0.5,
        least: float = 2.0**-14,
    ) -> None:
        positive(initial=initial, growth=growth, backoff=backoff, least=least)
        whole("grow_after", grow_after, least=1)
        if growth < 1 or backoff > 1:
            raise ValueError(
                f"growth is {growth} and backoff {backoff}; expected growth >= 1 >= backoff. "
                "The wrong way round?"
            )
        self.base = base
        self.initial, self.least = float(initial), float(least)
        self.grow_after, self.growth, self.backoff = grow_after, float(growth), float(backoff)

    def init(self, theta: Array) -> ScaledState:
        """The state before the first gradient.

        Parameters
        ----------
        theta : float array, any shape
            The parameters that will be updated: the float32 ones.

        Returns
        -------
        ScaledState
        """
        return ScaledState(self.base.init(theta), self.initial)

    def step(self, theta: Array, g: Array, state: ScaledState) -> tuple[Array, ScaledState]:
        """One update, or none if the gradient overflowed.

        Parameters
        ----------
        theta : float array, any shape
            The parameters; not changed.
        g : float array, shape of ``theta``
            The gradient of ``state.scale`` times the loss, of any float dtype: it is divided in
            that of ``theta``.
        state : ScaledState
            From :meth:`init` or from the last step; not changed.

        Returns
        -------
        theta : array, shape and dtype of ``theta``
        state : ScaledState

        Raises
        ------
        FloatingPointError
            If the scale falls below ``least``.
        TypeError, ValueError
            As the optimizer's own step.
        """
        floating("g", g)
        finite = bool(np.isfinite(g).all())
        scale, good = next_scale(
            state.scale,
            state.good,
            finite,
            grow_after=self.grow_after,
            growth=self.growth,
            backoff=self.backoff,
        )
        if finite:
            unscaled = g.astype(theta.dtype) / state.scale
            theta, inner = self.base.step(theta, unscaled, state.inner)
            return theta, ScaledState(inner, scale, good, state.skipped)
        if scale < self.least:
            raise FloatingPointError(
                f"the gradient is not finite at a loss scale of {state.scale:g} either, after "
                f"{state.skipped + 1} skipped steps: the scale is not the cause. Look for a loss "
                "or inputs that are not finite."
            )
        return theta.copy(), ScaledState(state.inner, scale, good, state.skipped + 1)
