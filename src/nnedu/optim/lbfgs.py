"""L-BFGS: Newton's method with a curvature remembered from the last few steps."""

import numpy as np

from nnedu._typing import Array, Objective
from nnedu.optim._arguments import fits
from nnedu.optim._hyper import Hyper, numbers, settled, words
from nnedu.optim._norms import norm
from nnedu.optim.closure import ClosureMethod, Known, evaluated, finite
from nnedu.optim.optimizer import State
from nnedu.optim.wolfe import wolfe

_DEFAULTS: dict[str, Hyper] = {"lr": 1.0, "memory": 10, "c1": 1e-4, "c2": 0.9, "tries": 25}


def two_loops(g: Array, s: Array, y: Array) -> Array:
    """``H g``, where H is the BFGS estimate of the inverse Hessian; H itself is never formed.

    ``q = g``; from the newest pair to the oldest ``alpha_i = s_i . q / (s_i . y_i)`` and
    ``q <- q - alpha_i y_i``; ``r = gamma q``; from the oldest to the newest
    ``r <- r + (alpha_i - y_i . r / (s_i . y_i)) s_i``

    Parameters
    ----------
    g : float array, shape (P,)
        The gradient.
    s, y : float arrays, shape (M, P)
        Steps, and the changes of the gradient along them, the oldest first. Rows of 0, not filled
        yet, are passed over.

    Returns
    -------
    array, shape (P,)

    Notes
    -----
    ``gamma`` is ``s . y / (y . y)`` of the newest pair, the size of the inverse Hessian along the
    last step. Without any pair it is ``min(1, 1 / ||g||)``: a first step of length 1 at most.

    **Conventions.** Equals ``optax.scale_by_lbfgs``. ``torch.optim.LBFGS`` without a line search
    goes the same way, with ``min(1, 1 / sum of abs(g))`` at its first step alone.

    Source: Nocedal & Wright (2006), "Numerical optimization", Algorithm 7.4; gamma is equation
    7.20, and its first value is Optax's.

    Examples
    --------
    A step of 1 along the first axis changed the gradient by 4: the curvature there is 4.

    >>> s, y = np.array([[1.0, 0.0]]), np.array([[4.0, 0.0]])
    >>> two_loops(np.array([8.0, 8.0]), s, y)
    array([2., 2.])
    """
    products = [float(a @ b) for a, b in zip(s, y, strict=True)]
    filled = [i for i, product in enumerate(products) if product != 0]
    q, alpha = g, {}
    for i in reversed(filled):
        alpha[i] = float(s[i] @ q) / products[i]
        q = q - alpha[i] * y[i]
    if filled:
        newest = filled[-1]
        r = products[newest] / float(y[newest] @ y[newest]) * q
    else:
        r = q / max(1.0, norm(g))
    for i in filled:
        r = r + (alpha[i] - float(y[i] @ r) / products[i]) * s[i]
    return r


class LBFGS(ClosureMethod):
    """L-BFGS with a line search: ``theta <- theta - lr H g``, H from the last ``memory`` steps.

    ``direction = -H g`` by :func:`two_loops`, ``lr`` by :func:`wolfe`; then the step
    ``s = lr direction`` and the change ``y`` of the gradient along it replace the oldest pair.

    Parameters
    ----------
    **hyper : number, or callable
        ``lr`` (1), above 0: the first trial of the line search. ``memory`` (10), at least 1: the
        pairs that are kept; a constant. ``c1`` (1e-4) and ``c2`` (0.9), in (0, 1): what the line
        search asks for, see :func:`wolfe`. ``tries`` (25), at least 1: trials of a line search.

    Raises
    ------
    TypeError
        If a hyper-parameter has another name, or ``memory`` is a schedule.
    ValueError
        If one is out of its range.

    Notes
    -----
    For a loss that does not change from one update to the next: the whole data set, or the pairs
    mix curvature with noise. Both gradients of a pair belong to one objective, whatever is passed
    to the next step. The line search keeps ``s . y`` above 0, and H with it positive definite.

    Where the drop that the slope promises is lost in the rounding of the loss, no line search can
    see it: ``theta`` is a minimum up to rounding, and the update leaves it where it is.

    **Conventions.** ``torch.optim.LBFGS`` makes up to 20 of these updates in one of its steps and
    has no line search unless asked; ``optax.lbfgs`` has one. Their directions agree with
    :func:`two_loops`, and their searches try other points. Keras has no L-BFGS.

    Source: Nocedal & Wright (2006), "Numerical optimization", Algorithm 7.5; Liu & Nocedal (1989),
    "On the limited memory BFGS method for large scale optimization".

    Examples
    --------
    The first step has length 1; the second knows the curvature of the parabola and ends it.

    >>> opt, theta = LBFGS(), np.array([3.0])
    >>> state = opt.init(theta)
    >>> theta, state = opt.step(lambda x: (float(2 * x @ x), 4 * x), theta, state)
    >>> theta, opt.step(lambda x: (float(2 * x @ x), 4 * x), theta, state)[0]
    (array([2.]), array([0.]))
    """

    def __init__(self, **hyper: Hyper) -> None:
        self.name = "lbfgs"
        self.hyper = settled(self.name, _DEFAULTS, hyper)
        memory = self.hyper["memory"]
        if callable(memory) or isinstance(memory, np.ndarray):
            raise TypeError(f"{self.name} got memory={memory!r}; expected one whole number.")
        self.memory = int(memory)

    def __repr__(self) -> str:
        """The call that makes this optimizer."""
        return f"LBFGS({', '.join(words(self.hyper))})"

    def init(self, theta: Array) -> State:
        """The state before the first update: no pairs.

        Parameters
        ----------
        theta : float array, any shape
            The parameters that will be updated.

        Returns
        -------
        State
            With the arrays ``s`` and ``y``, both of shape (memory, P).

        Raises
        ------
        TypeError
            If ``theta`` is not a float array.
        """
        evaluated(lambda theta: (0.0, theta), theta, None)
        empty = np.zeros((self.memory, theta.size), theta.dtype)
        return State(0, {"s": empty, "y": empty.copy()})

    def step(
        self, objective: Objective, theta: Array, state: State, *, known: Known | None = None
    ) -> tuple[Array, State]:
        """One update: a direction, a line search along it, a pair for the memory.

        Parameters
        ----------
        objective : callable
            ``objective(theta) -> (value, g)``; usually called twice, or once where ``known`` is
            given.
        theta : float array, any shape
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
        FloatingPointError
            If the loss or its gradient is not finite, or no step meets the Wolfe conditions
            although the slope promises more than rounding.
        TypeError, ValueError
            If arrays do not fit one another, or the state belongs to another optimizer.
        """
        value, g = evaluated(objective, theta, known)
        finite(value, g)
        expected = (self.memory, theta.size)
        fits(self.name, state.arrays, {"s": expected, "y": expected}, theta)
        s, y = state.arrays["s"], state.arrays["y"]
        given = numbers(self.name, self.hyper, state.t)
        lr, c1, c2 = (float(given[name]) for name in ("lr", "c1", "c2"))
        direction = -two_loops(g.reshape(-1), s, y).reshape(theta.shape)
        promised = -lr * float(np.vdot(g, direction))
        stays = theta.copy(), State(state.t + 1, {"s": s.copy(), "y": y.copy()})
        if promised <= 0:
            return stays
        try:
            point, _ = wolfe(
                objective,
                theta,
                direction,
                value=value,
                g=g,
                lr=lr,
                c1=c1,
                c2=c2,
                tries=int(given["tries"]),
            )
        except FloatingPointError:
            if promised > 1e4 * np.finfo(theta.dtype).eps * abs(value):
                raise
            return stays
        step, change = (point.theta - theta).reshape(-1), (point.g - g).reshape(-1)
        if float(step @ change) > np.finfo(theta.dtype).eps * norm(step) * norm(change):
            s, y = np.vstack([s[1:], step]), np.vstack([y[1:], change])
        return point.theta, State(state.t + 1, {"s": s, "y": y})
