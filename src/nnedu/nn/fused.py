"""The fast engine of a network: its layers compiled into two functions, forward and backward.

The reference engine calls NumPy for one operation after the other. In a small network that takes
longer than the arithmetic. Here the layers are run once on arrays that write down what is done to
them (``_record.py``); the list becomes the text of two functions, in which elementwise operations
that follow from one another are one loop; Numba compiles them. The layers' own functions stay the
only place where the mathematics is written.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from nnedu._check import same_dtype, same_shape
from nnedu._compile import UntranslatableError, defined
from nnedu._typing import Array, Backward, Loss
from nnedu.nn._given import check_inputs, check_size
from nnedu.nn._record import Recording, record
from nnedu.nn._text import text
from nnedu.nn.layer import Shape

Call = Callable[..., tuple[Array, Backward]]


class FusedLayers:
    """Layers over one flat vector, as two compiled functions.

    Parameters
    ----------
    call : callable
        ``call(x, *parameters) -> (y, backward)``: the layers.
    shapes : sequence of tuple
        Those of the parameters, in the order in which they lie in ``theta``.
    inputs : tuple of int
        The shape of one example.

    Attributes
    ----------
    source : str
        What is compiled, as Python text.

    Raises
    ------
    UntranslatableError
        If a layer does something that is not known; the message says what and where.

    Notes
    -----
    Compiled at the first call with each dtype, in some seconds, and kept for the life of the
    process, for all networks with the same text.

    Examples
    --------
    >>> from nnedu.nn import dense
    >>> layers = FusedLayers(dense, [(2, 3), (3,)], (2,))
    >>> print(layers.source)
    def forward(theta, x):
        p0 = theta[0:6].reshape((2, 3))
        p1 = theta[6:9]
        v0 = np.dot(x, p0)
        v1 = np.empty((len(x), 3), real)
        for i in range(len(x)):
            for j in range(3):
                v1[i, j] = v0[i, j] + p1[j]
        return (v1,)
    <BLANKLINE>
    def backward(theta, x, d_y, g):
        g0 = g[0:6].reshape((2, 3))
        g1 = g[6:9]
        v3 = np.dot(x.T, d_y, g0)
        v4 = columns(d_y)
        g1[...] = v4
    <BLANKLINE>
    """

    def __init__(self, call: Call, shapes: Sequence[Shape], inputs: Shape) -> None:
        some, more = (record(call, shapes, inputs, N) for N in (2, 3))
        if some != more or not _differ_in_the_batch_alone(some, more):
            raise UntranslatableError(
                "the layers do other things to two examples than to three, so that they cannot be "
                "compiled for any number; engine='reference' runs any layer."
            )
        self.source = text(some, more, shapes)

    def forward(self, theta: Array, x: Array) -> tuple[Array, ...]:
        """The outputs, followed by what backward needs.

        Parameters
        ----------
        theta : float32 or float64 array, shape (P,)
        x : array of that dtype, shape (N, ``*inputs``)

        Returns
        -------
        tuple of arrays
        """
        run, _ = compiled(self.source, theta.dtype.name)
        kept: tuple[Array, ...] = run(np.ascontiguousarray(theta), np.ascontiguousarray(x))
        return kept

    def backward(self, theta: Array, x: Array, kept: Sequence[Array], d_y: Array) -> Array:
        """The gradient with respect to ``theta``.

        Parameters
        ----------
        theta, x : as for :meth:`forward`
        kept : sequence of arrays
            What forward gave beside the outputs.
        d_y : array, shape and dtype of the outputs

        Returns
        -------
        array, shape (P,)
        """
        g = np.empty(theta.shape, theta.dtype)
        _, run = compiled(self.source, theta.dtype.name)
        run(
            np.ascontiguousarray(theta),
            np.ascontiguousarray(x),
            *kept,
            np.ascontiguousarray(d_y),
            g,
        )
        return g


def _differ_in_the_batch_alone(some: Recording, more: Recording) -> bool:
    """Whether sizes that differ between two recordings are their numbers of examples, 2 and 3."""
    return all(
        size == other or (size, other) == (2, 3)
        for name in some.shapes
        for size, other in zip(some.shapes[name], more.shapes[name], strict=True)
    )


def fused_objective(
    call: Call, shapes: Mapping[str, Shape], inputs: Shape, loss: Loss
) -> Callable[[Array, Array, Array], tuple[float, Array]]:
    """Loss and gradient of a network by compiled layers.

    Parameters
    ----------
    call, inputs : as for :class:`FusedLayers`
    shapes : mapping of str to tuple
        Names and shapes of the parameters.
    loss : callable
        ``loss(outputs, targets) -> (value, d_outputs)``; it is not compiled.

    Returns
    -------
    callable
        ``objective(theta, x, targets) -> (value, g)``.

    Raises
    ------
    UntranslatableError
        By :class:`FusedLayers`.
    """
    layers, size = FusedLayers(call, list(shapes.values()), inputs), sum(map(prod, shapes.values()))

    def objective(theta: Array, x: Array, targets: Array) -> tuple[float, Array]:
        check_inputs(theta, x, inputs)
        check_size(theta, size, shapes)
        if theta.dtype.char not in "fd":
            raise TypeError(
                f"theta has dtype {theta.dtype}; the fused engine expected float32 or float64. "
                "engine='reference' takes any floats."
            )
        outputs, *kept = layers.forward(theta, x)
        value, d_outputs = loss(outputs, targets)
        same_shape("the gradient of the loss", d_outputs, "the outputs", outputs)
        same_dtype("the gradient of the loss", d_outputs, "the outputs", outputs)
        return value, layers.backward(theta, x, kept, d_outputs)

    return objective


@functools.cache
def compiled(source: str, dtype: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Forward and backward as machine code for arrays of one dtype."""
    import numba

    compiler: Any = numba.njit(error_model="numpy")
    known = {"real": getattr(np, dtype), "columns": compiler(_columns)}
    forward, backward = defined(source, "forward", "backward", **known)
    return compiler(forward), compiler(backward)


def _columns(x: Array) -> Array:
    """The sum over rows."""
    total = np.zeros(x.shape[1], x.dtype)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            total[j] += x[i, j]
    return total
