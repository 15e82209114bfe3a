"""The optimizer that shows a rule each named tensor of the flat parameter vector, in its shape."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from nnedu._check import floating, same_dtype, same_shape
from nnedu._typing import Array, Rule
from nnedu.optim._arguments import fits, writable_apart
from nnedu.optim._hyper import Hyper, numbers, settled, signature, words
from nnedu.optim.optimizer import Optimizer, State
from nnedu.optim.tensor_rules import Shape, TensorRow, tensor_row


@dataclass(frozen=True)
class _Part:
    """One tensor: where it lies, in which shape it is seen, and what updates it."""

    where: slice
    shape: Shape
    rule: Rule | None  # None: the optimizer of the others
    keys: tuple[str, ...]  # its arrays in the state
    start: Callable[[Shape], tuple[Array, ...]]


class TensorOptimizer:
    """A rule for whole tensors over a flat ``theta``: ``init(theta)``, ``step(theta, g, state)``.

    Parameters
    ----------
    rule : str or TensorRow
        A name in ``nnedu.optim.TENSOR_RULES``, or a row of one's own.
    shapes : mapping of str to tuple
        The shape of each tensor in the order in which they lie in ``theta``: ``network.shapes``.
    others : Optimizer, optional
        What updates the tensors that the rule cannot or should not: vectors, where it is for
        matrices only (Muon, SOAP), and ``others_take``.
    others_take : collection of str
        Tensors that are left to ``others`` whatever their shape: biases for LARS and LAMB,
        embeddings and the last layer for Muon.
    **hyper : float, float array of the shape of ``theta``, or callable
        The rule's keyword arguments, as for :class:`Optimizer`: a callable is a schedule of the
        updates already made. Of an array each tensor gets its own part.

    Raises
    ------
    TypeError
        If a hyper-parameter is not the rule's, or one without a default is missing.
    ValueError
        If a hyper-parameter is out of its range, a tensor needs ``others`` and there is none, or
        ``others`` or ``others_take`` name what is not there.

    Examples
    --------
    The matrix is Muon's, the bias Adam's, which steps by its lr in every entry.

    >>> adam = Optimizer("adam", lr=0.1)
    >>> opt = TensorOptimizer("muon", shapes={"W1": (2, 2), "b1": (2,)}, others=adam, lr=1.0)
    >>> theta = np.zeros(6)
    >>> state = opt.init(theta)
    >>> theta, state = opt.step(theta, np.array([1.0, 0.0, 0.0, -1.0, 3.0, -3.0]), state)
    >>> theta.round(2)
    array([-1.11,  0.  ,  0.  ,  1.11, -0.1 ,  0.1 ])
    >>> {name: array.shape for name, array in state.arrays.items()}
    {'W1.m': (2, 2), 'b1.m': (2,), 'b1.v': (2,)}
    """

    def __init__(
        self,
        rule: str | TensorRow,
        *,
        shapes: Mapping[str, Shape],
        others: Optimizer | None = None,
        others_take: Collection[str] = (),
        **hyper: Hyper,
    ) -> None:
        row = tensor_row(rule) if isinstance(rule, str) else rule
        self.name = row.name
        self.hyper = settled(self.name, signature(row.rule)[1], hyper)
        self.shapes, self.others, self.others_take = dict(shapes), others, tuple(others_take)
        unknown = [name for name in others_take if name not in shapes]
        if unknown or not shapes:
            raise ValueError(
                f"others_take names {', '.join(unknown) or 'nothing'} and shapes "
                f"{', '.join(shapes) or 'nothing'}; expected names among shapes, such as those of "
                "network.shapes."
            )
        self._parts: list[_Part] = []
        self.size = 0
        for name, shape in shapes.items():
            length = int(np.prod(shape))
            where = slice(self.size, self.size + length)
            self._parts.append(self._part(row, name, tuple(shape), where))
            self.size += length
        self._shapes = {key: array.shape for key, array in self._start()}  # of the state
        if others is not None and all(part.rule is not None for part in self._parts):
            raise ValueError(
                f"{self.name} updates every tensor, and nothing is left for others={others}. Name "
                "in others_take what it should have, or leave it out."
            )

    def _part(self, row: TensorRow, name: str, shape: Shape, where: slice) -> _Part:
        """Who updates a tensor, and from which state."""
        chosen: TensorRow | None = row
        if name in self.others_take:
            chosen = None
        elif row.matrices_only and len(shape) < 2:
            chosen = row.vectors
        if chosen is not None:
            seen = (where.stop - where.start,) if chosen is row.vectors else chosen.seen(shape)
            keys = tuple(f"{name}.{state}" for state in signature(chosen.rule)[0])
            return _Part(where, seen, chosen.rule, keys, chosen.start)
        if self.others is None:
            left = name in self.others_take
            why = "others_take leaves it out" if left else f"{self.name} updates matrices only"
            raise ValueError(
                f"{name} has shape {shape}; {why}. Say what updates the rest: "
                "others=Optimizer('adam', lr=...)."
            )
        keys = tuple(f"{name}.{state}" for state in self.others.state_names)
        return _Part(where, shape, None, keys, lambda seen: tuple(np.zeros(seen) for _ in keys))

    def __repr__(self) -> str:
        """The call that makes this optimizer."""
        given = [f"shapes={self.shapes}", *words(self.hyper)]
        if self.others is not None:
            given.insert(1, f"others={self.others}")
        if self.others_take:
            given.insert(2, f"others_take={self.others_take}")
        return f"TensorOptimizer({self.name!r}, {', '.join(given)})"

    def init(self, theta: Array) -> State:
        """The state before the first update.

        Parameters
        ----------
        theta : float array, shape (P,)
            The parameters that will be updated.

        Returns
        -------
        State
            Its arrays are named ``tensor.state``: ``W1.m``.

        Raises
        ------
        TypeError
            If ``theta`` is not a float array.
        ValueError
            If its shape is not (P,).
        """
        self._check_theta(theta)
        arrays = {key: array.astype(theta.dtype) for key, array in self._start()}
        return State(0, arrays)

    def step(
        self, theta: Array, g: Array, state: State, *, inplace: bool = False
    ) -> tuple[Array, State]:
        """One update of every tensor.

        Parameters
        ----------
        theta : float array, shape (P,)
            The parameters; not changed, unless ``inplace``.
        g : float array, shape (P,), dtype of ``theta``
            The gradient at ``theta``; never changed.
        state : State
            From :meth:`init` or from the last step; not changed, unless ``inplace``.
        inplace : bool
            Overwrite ``theta`` and the arrays of ``state``, and return these same arrays. Saves
            the memory of a second copy, not the time of the update.

        Returns
        -------
        theta : array, shape (P,)
            The parameters after the update.
        state : State
            The state after the update.

        Raises
        ------
        TypeError
            If an array is not of floats, or the dtypes differ.
        ValueError
            If the shapes differ, the state belongs to another optimizer, a schedule returned a
            value out of range, or ``inplace`` meets arrays that are read-only or share memory.
        """
        self._check_theta(theta)
        floating("g", g)
        same_shape("g", g, "theta", theta)
        same_dtype("g", g, "theta", theta)
        fits(self.name, state.arrays, self._shapes, theta)
        values = numbers(self.name, self.hyper, state.t)
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                same_shape(name, value, "theta", theta)
                values[name] = value.astype(theta.dtype, copy=False)
        if inplace:
            writable_apart({"theta": theta, **state.arrays}, {"g": g, **values})
        after = theta if inplace else np.empty_like(theta)
        arrays: dict[str, Array] = {}
        for part in self._parts:
            old, slope = theta[part.where], g[part.where]
            kept = {key: state.arrays[key] for key in part.keys}
            new = self._update(part, old, slope, kept, values, state.t)
            after[part.where] = new[0].reshape(-1)
            for key, result in zip(kept, new[1:], strict=True):
                if inplace:
                    state.arrays[key][...] = result
                arrays[key] = state.arrays[key] if inplace else result
        return after, State(state.t + 1, arrays)

    def _update(
        self,
        part: _Part,
        theta: Array,
        g: Array,
        kept: Mapping[str, Array],
        values: Mapping[str, float | Array],
        k: int,
    ) -> tuple[Array, ...]:
        """One tensor and its state after the update."""
        shape = part.shape
        if part.rule is None:
            assert self.others is not None
            state = State(k, dict(zip(self.others.state_names, kept.values(), strict=True)))
            new, after = self.others.step(theta.reshape(shape), g.reshape(shape), state)
            return new, *after.arrays.values()
        own = {
            name: value[part.where].reshape(shape) if isinstance(value, np.ndarray) else value
            for name, value in values.items()
        }
        return part.rule(theta.reshape(shape), g.reshape(shape), *kept.values(), t=k + 1, **own)

    def _start(self) -> Iterator[tuple[str, Array]]:
        """The arrays of the first state, one after another."""
        for part in self._parts:
            yield from zip(part.keys, part.start(part.shape), strict=True)

    def _check_theta(self, theta: Array) -> None:
        floating("theta", theta)
        if theta.shape != (self.size,):
            raise ValueError(
                f"theta has shape {theta.shape}; expected ({self.size},) for the tensors "
                f"{', '.join(self.shapes)}. Made for another network?"
            )
