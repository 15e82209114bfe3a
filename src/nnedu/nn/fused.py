"""The fast engine of a network: its layers compiled into two functions, forward and backward.

The reference engine calls NumPy for one operation after the other. In a small network that takes
longer than the arithmetic. Here the layers are run once on arrays that write down what is done to
them (``_record.py``); the list becomes the text of two functions, in which elementwise operations
that follow from one another are one loop; Numba compiles them. The layers' own functions stay the
only place where the mathematics is written. A loss of the library is compiled in the same way.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from nnedu import losses
from nnedu._check import same_dtype, same_shape
from nnedu._compile import UntranslatableError, check_compilable, defined
from nnedu._typing import Array, Backward, Loss
from nnedu.nn._given import check_inputs, check_size
from nnedu.nn._record import record_layers, record_loss
from nnedu.nn._text import layers_text, loss_text, objective_text
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
    outputs : tuple of int, or None
        The shape of one example's outputs; None where it depends on the batch.

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
        some, more = record_layers(call, shapes, inputs)
        self.source = layers_text(some, more, shapes)
        few, many = some.shapes[some.output], more.shapes[more.output]
        self.outputs = few[1:] if few[1:] == many[1:] and few[:1] != many[:1] else None

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


def loss_source(loss: Loss, outputs: Shape, targets: Array) -> str | None:
    """A loss as the text of a function; None where it does something that is not known.

    Parameters
    ----------
    loss : callable
        ``loss(outputs, targets) -> (value, d_outputs)``, without effects beside what it returns
        and without memory.
    outputs : tuple of int
        The shape of one example's outputs.
    targets : array, shape (N, ...)
        Such as the loss accepts, of whole numbers or of the outputs' dtype.

    Returns
    -------
    str, or None
        ``loss(x, t) -> (known, value, d_x)``. A branch, such as a check of the labels, goes as it
        went with these targets; ``known`` is whether it would, and without it there is no value.

    Examples
    --------
    >>> from nnedu.losses import mse
    >>> print(loss_source(mse, (1,), np.array([[1.0], [3.0]])))
    def loss(x, t):
        v0 = np.empty((len(x), 1), real)
        for i in range(len(x)):
            for j in range(1):
                v0[i, j] = x[i, 0] - t[i, 0]
        v1 = np.empty((len(x), 1), real)
        for i in range(len(x)):
            for j in range(1):
                v1[i, j] = v0[i, 0] * v0[i, 0]
        v2 = real(mean(v1))
        v3 = np.float64(v2)
        v4 = np.empty((len(x), 1), real)
        for i in range(len(x)):
            for j in range(1):
                v4[i, j] = real(2.0 / len(x)) * v0[i, 0]
        return True, v3, v4
    <BLANKLINE>
    """
    try:
        return loss_text(*record_loss(loss, outputs, targets))
    except UntranslatableError:
        return None


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
        ``loss(outputs, targets) -> (value, d_outputs)``. One of ``nnedu.losses``, also bound by
        :func:`functools.partial`, is compiled too; others may have effects, and run as they are.

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
    function = loss.func if isinstance(loss, functools.partial) else loss
    ours = layers.outputs is not None and function in map(vars(losses).get, losses.__all__)
    whole: dict[Any, Callable[..., Any] | None] = {}  # by kind of targets, with the loss
    from numba.core.errors import NumbaError

    def objective(theta: Array, x: Array, targets: Array) -> tuple[float, Array]:
        try:
            return asked(theta, x, targets)
        except NumbaError as error:
            raise UntranslatableError(
                f"Numba cannot compile what the layers do: {str(error).splitlines()[0]} "
                "engine='reference' runs any layer."
            ) from error

    def asked(theta: Array, x: Array, targets: Array) -> tuple[float, Array]:
        check_inputs(theta, x, inputs)
        check_size(theta, size, shapes)
        check_compilable(theta)
        kind = _kind(theta.dtype, targets, len(x)) if ours else None
        run = whole.get(kind)
        if run is not None:
            g = np.empty(theta.shape, theta.dtype)
            known, value = run(*map(np.ascontiguousarray, (theta, x, targets)), g)
            if known:
                return value, g
        outputs, *kept = layers.forward(theta, x)
        value, d_outputs = loss(outputs, targets)  # or what is wrong with the targets
        same_shape("the gradient of the loss", d_outputs, "the outputs", outputs)
        same_dtype("the gradient of the loss", d_outputs, "the outputs", outputs)
        if kind is not None and kind not in whole:
            source = loss_source(loss, outputs.shape[1:], targets)
            if source is not None:
                parts = layers.source, source
                (run,) = compiled(objective_text(len(kept)), theta.dtype.name, *parts)
            whole[kind] = run
        return value, layers.backward(theta, x, kept, d_outputs)

    return objective


def _kind(dtype: Any, targets: Any, N: int) -> tuple[Any, ...] | None:
    """What a compiled loss depends on; None for targets that none is compiled for."""
    if type(targets) is not np.ndarray or not targets.ndim or not len(targets) == N > 0:
        return None
    if targets.dtype != dtype and (targets.dtype.kind not in "iu" or not targets.dtype.isnative):
        return None
    return dtype.char, targets.dtype.char, *targets.shape[1:]


@functools.cache
def compiled(source: str, dtype: str, *parts: str) -> list[Callable[..., Any]]:
    """The functions of a text as machine code for arrays of one dtype; it may call its parts'."""
    helpers = {f.__name__.strip("_"): _machine_code(f) for f in HELPERS}
    names = [line[4:].split("(")[0] for line in source.splitlines() if line.startswith("def ")]
    called = {f.__name__: f for part in parts for f in compiled(part, dtype)}
    known = {"real": getattr(np, dtype), **helpers, **called}
    return [_machine_code(function) for function in defined(source, *names, **known)]


@functools.cache
def _machine_code(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled at its first call with each dtype; what texts share is shared."""
    import numba

    made: Callable[..., Any] = numba.njit(error_model="numpy")(function)
    return made


def _columns(x: Array) -> Array:
    """The sum of every column."""
    total = np.zeros(x.shape[1], x.dtype)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            total[j] += x[i, j]
    return total


def _row_sums(x: Array) -> Array:
    """The sum of every row."""
    sums = np.empty(x.shape[0], x.dtype)
    for i in range(x.shape[0]):
        total = 0.0
        for j in range(x.shape[1]):
            total += x[i, j]
        sums[i] = total
    return sums


def _row_max(x: Array) -> Array:
    """The greatest of every row."""
    most = x[:, 0].copy()
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            most[i] = np.maximum(most[i], x[i, j])
    return most


def _mean(x: Array) -> Any:
    """The mean of all elements."""
    total = 0.0
    for element in x.flat:
        total += element
    return total / x.size


def _picked(x: Array, places: Array) -> Array:
    """Of every row one element."""
    chosen = np.empty(x.shape[0], x.dtype)
    for i in range(x.shape[0]):
        if not 0 <= places[i] < x.shape[1]:
            raise IndexError("a place lies outside its row")
        chosen[i] = x[i, places[i]]
    return chosen


HELPERS = (_columns, _row_sums, _row_max, _mean, _picked)
"""What a text may call."""
