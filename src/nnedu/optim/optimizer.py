"""The object a training loop holds: an update rule, its hyper-parameters and its engine."""

from dataclasses import dataclass

import numpy as np

from nnedu import _compile
from nnedu._check import floating, known
from nnedu._typing import Array, Rule
from nnedu.optim._arguments import check_alike, in_order, like, stand_alone, writable_apart
from nnedu.optim._hyper import Hyper, numbers, settled, signature, words
from nnedu.optim.fused import Fused
from nnedu.optim.rules import row

ENGINES = _compile.ENGINES
"""The engines that can run a rule. ``reference`` calls the rule itself on NumPy arrays; ``fused``
compiles it with Numba into one loop (``nnedu.optim.fused``) that gives the same numbers sooner."""


@dataclass(frozen=True)
class State:
    """What an optimizer carries from one update to the next.

    Attributes
    ----------
    t : int
        The number of updates made so far.
    arrays : dict of str to array
        The rule's state by the names in its signature, each of the shape of ``theta``.
    """

    t: int
    arrays: dict[str, Array]

    @property
    def nbytes(self) -> int:
        """Bytes held besides the parameters themselves."""
        return sum(array.nbytes for array in self.arrays.values())


class Optimizer:
    """An update rule with its hyper-parameters: ``init(theta)``, then ``step(theta, g, state)``.

    Parameters
    ----------
    rule : str or callable
        A name in ``nnedu.optim.RULES``, or any function with the signature of a rule:
        ``rule(theta, g, *state, *, t, lr, **hyper) -> (theta, *state)``.
    engine : {"reference", "fused"}
        What runs the rule. Where Numba is missing, ``fused`` warns and becomes ``reference``; the
        attribute of this name says which it is.
    **hyper : float, float array of the shape of ``theta``, or callable
        The rule's keyword arguments. A callable is a schedule: it is called with the number of
        updates already made (0 at the first) and returns the value for this update. An array gives
        every parameter a value of its own, where other libraries have groups of parameters and
        masks: a weight decay that spares the biases (``nnedu.nn.per_parameter`` makes it), a
        learning rate for each layer. It should have the dtype of ``theta``, or it is converted at
        every step.

    Raises
    ------
    TypeError
        If a hyper-parameter is not the rule's, or one without a default is missing.
    UntranslatableError
        If the fused engine cannot run the rule (a TypeError); it names the expression.
    ValueError
        If a hyper-parameter is out of its range. A constant learning rate must be above 0; a
        schedule or an array may hold 0.

    Warns
    -----
    UserWarning
        If the engine is ``fused`` and Numba cannot be imported.

    Examples
    --------
    >>> opt = Optimizer("momentum", lr=0.5)
    >>> theta = np.array([1.0, 2.0])
    >>> state = opt.init(theta)
    >>> theta, state = opt.step(theta, np.array([1.0, 0.0]), state)
    >>> theta, state.t, state.arrays["b"]
    (array([0.5, 2. ]), 1, array([1., 0.]))

    The state is a value, not a secret: the same call with the same state gives the same answer.
    """

    def __init__(self, rule: str | Rule, *, engine: str = "reference", **hyper: Hyper) -> None:
        known("engine", engine, ENGINES)
        self.rule: Rule = row(rule).rule if isinstance(rule, str) else rule
        self.name = self.rule.__name__
        fused = engine == "fused" and _compile.compiles("numba")
        self.engine = "fused" if fused else "reference"
        self._fused = Fused(self.rule) if fused else None
        self.state_names, defaults = signature(self.rule)
        self.hyper = settled(self.name, defaults, hyper)

    def __repr__(self) -> str:
        """The call that makes this optimizer."""
        given = words(self.hyper)
        if self.engine != ENGINES[0]:
            given.append(f"engine={self.engine!r}")
        return f"Optimizer({self.name!r}, {', '.join(given)})"

    def init(self, theta: Array, **initial: float) -> State:
        """The state before the first update: every array at 0.

        Parameters
        ----------
        theta : float array, any shape
            The parameters that will be updated.
        **initial : float
            Another start value for a state array (AdaGrad's sum in Keras: ``G=0.1``).

        Returns
        -------
        State

        Raises
        ------
        TypeError
            If ``theta`` is not a float array, or a name is not one of the rule's states.
        """
        floating("theta", theta)
        for name in initial:
            if name not in self.state_names:
                has = ", ".join(self.state_names) or "none"
                raise TypeError(f"{self.name} has no state {name!r}; it has {has}.")
        return State(
            t=0,
            arrays={name: np.full_like(theta, initial.get(name, 0.0)) for name in self.state_names},
        )

    def step(
        self, theta: Array, g: Array, state: State, *, inplace: bool = False
    ) -> tuple[Array, State]:
        """One update.

        Parameters
        ----------
        theta : float array, any shape
            The parameters; not changed, unless ``inplace``.
        g : float array, shape and dtype of ``theta``
            The gradient at ``theta``; never changed.
        state : State
            From :meth:`init` or from the last step; not changed, unless ``inplace``.
        inplace : bool
            Overwrite ``theta`` and the arrays of ``state``, and return these same arrays (in a
            State with the next ``t``). Saves copying them, which takes longer than the update
            itself when the engine is ``fused``. What else refers to them sees the new values.

        Returns
        -------
        theta : array, shape and dtype of ``theta``
            The parameters after the update.
        state : State
            The state after the update.

        Raises
        ------
        TypeError
            If an array is not of floats, or the dtypes differ.
        ValueError
            If the shapes differ (a hyper-parameter's too), the state belongs to another rule, a
            schedule returned a value out of range, or ``inplace`` meets arrays that are read-only
            or share memory.
        """
        arrays = in_order(self.name, self.state_names, state.arrays)
        plain = inplace and stand_alone([theta, g, *arrays])
        if not plain:
            check_alike(self.state_names, theta, g, arrays)
        values, read = self.values(state.t), {"g": g}
        for name, value in values.items():
            if type(value) is not float and isinstance(value, np.ndarray):
                values[name] = read[name] = like(self.name, name, value, theta)
                plain = False
        if inplace and not plain:
            writable_apart({"theta": theta, **state.arrays}, read)
        if self._fused is None:
            new = self.rule(theta, g, *arrays, t=state.t + 1, **values)
            if theta.ndim == 0:  # arithmetic on 0-d arrays gives NumPy scalars
                new = tuple(np.asarray(array) for array in new)
            if inplace:
                for array, result in zip((theta, *arrays), new, strict=True):
                    array[...] = result
                new = (theta, *arrays)
        else:
            new = (theta, *arrays) if inplace else tuple(a.copy() for a in (theta, *arrays))
            values["t"] = state.t + 1
            self._fused(new[0], g, *new[1:], values=values, flat=plain and theta.ndim == 1)
        held = state.arrays if inplace else dict(zip(self.state_names, new[1:], strict=True))
        return new[0], State(state.t + 1, held)

    def values(self, k: int) -> dict[str, float | Array]:
        """Every hyper-parameter after ``k`` updates: a number, or an array as it was given.

        Plain Python floats: a float64 NumPy scalar would promote float32 parameters.
        """
        return numbers(self.name, self.hyper, k)
