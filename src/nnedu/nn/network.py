"""A chain of layers whose parameters live in one flat vector."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from nnedu._check import known, whole
from nnedu._compile import ENGINES, UntranslatableError, compiles
from nnedu._typing import Array, Backward, Loss
from nnedu.nn._given import check_inputs, check_size, check_statistics
from nnedu.nn._record import NoDraws
from nnedu.nn.chain import Chain
from nnedu.nn.fused import fused_objective
from nnedu.nn.layer import Layer, PlainLayer, Shape

Backpropagation = Callable[[Array], Array]  # from the gradient of the outputs to that of theta


class Network:
    """A chain of layers over one flat parameter vector ``theta`` of length ``P``.

    The mathematics speaks of one vector of parameters, and so does this class: an optimizer
    updates ``theta`` in one call however many layers there are, and a global norm is one dot
    product. The layers see named, shaped *views* of it: ``W1``, ``b1``, ``W2``, ...

    Parameters
    ----------
    layers : sequence of Layer or callable
        From input to output. A callable is a layer without parameters, such as ``relu``.
    inputs : int or tuple of int, at least 1
        The shape of one example: ``I`` features, or an image's ``(height, width, channels)``.

    Attributes
    ----------
    size : int
        ``P``, the number of parameters.
    shapes : dict of str to tuple
        The shape of each named parameter, in the order in which they lie in ``theta``. The number
        counts layers with parameters; inside a block the block's comes first, as in ``W2.1``.
    inputs, outputs : tuple of int
        The shapes of one example and of one output.

    Examples
    --------
    >>> from nnedu.nn import Dense, relu
    >>> net = Network([Dense(3), relu, Dense(1)], inputs=2)
    >>> net.size, net.shapes
    (13, {'W1': (2, 3), 'b1': (3,), 'W2': (3, 1), 'b2': (1,)})
    >>> theta = net.init(np.random.default_rng(0))
    >>> net.views(theta)["b2"][:] = 7.0  # a view: writing to it writes to theta
    >>> theta[-1]
    np.float64(7.0)
    """

    def __init__(self, layers: Sequence[Layer | PlainLayer], *, inputs: int | Shape) -> None:
        if not layers:
            raise ValueError("layers is empty; expected at least one, such as [Dense(1)].")
        self.inputs: Shape = inputs if isinstance(inputs, tuple) else (inputs,)
        for number in self.inputs or (0,):
            whole("inputs", number, least=1)
        self.layers = tuple(layers)
        self.chain = Chain(layers)
        self.shapes: dict[str, Shape] = _short(self.chain.shapes(self.inputs))
        self.outputs = self.chain.output_shape(self.inputs)
        self.size = sum(prod(shape) for shape in self.shapes.values())
        self._remembered = tuple(self.statistics())

    def init(self, rng: np.random.Generator, dtype: Any = np.float64) -> Array:
        """Draw a first parameter vector.

        Parameters
        ----------
        rng : numpy.random.Generator
        dtype : float dtype

        Returns
        -------
        theta : array, shape (P,)
        """
        theta = np.empty(self.size, dtype)
        first = self.chain.init(rng, self.inputs)
        for view, value in zip(self.views(theta).values(), first.values(), strict=True):
            view[...] = value
        return theta

    def statistics(self, dtype: Any = np.float64) -> dict[str, Array]:
        """First values of the running statistics, such as those of ``BatchNorm``.

        Parameters
        ----------
        dtype : float dtype
            That of ``theta``.

        Returns
        -------
        dict of str to array, such as ``mean2`` and ``var2``; empty if no layer has any
        """
        first = _short(self.chain.statistics(self.inputs))
        return {name: value.astype(dtype) for name, value in first.items()}

    def views(self, theta: Array) -> dict[str, Array]:
        """Named, shaped views of a flat vector: parameters or their gradient.

        Parameters
        ----------
        theta : array, shape (P,)

        Returns
        -------
        dict of str to array; writing to one writes to ``theta``

        Raises
        ------
        ValueError
            If ``theta`` does not have shape (P,).
        """
        check_size(theta, self.size, self.shapes)
        views, start = {}, 0
        for name, shape in self.shapes.items():
            stop = start + prod(shape)
            views[name] = theta[start:stop].reshape(shape)
            start = stop
        return views

    def forward(
        self, theta: Array, x: Array, statistics: Mapping[str, Array] | None = None
    ) -> tuple[Array, Backpropagation]:
        """Outputs for a batch in inference, and the function that carries a gradient back.

        Parameters
        ----------
        theta : float array, shape (P,)
        x : float array, shape (N, ``*inputs``)
        statistics : dict of str to array, for a network that has them

        Returns
        -------
        y : array, shape (N, ``*outputs``)
        backward : callable
            ``backward(d_y) -> g``, shape (P,): the gradient with respect to ``theta``.

        Raises
        ------
        TypeError, ValueError
            If a shape or dtype is another, or the statistics are missing.
        """
        y, backward = self.chain(x, *self._arrays(theta, x, statistics))
        return y, self._flat(theta, backward)

    def forward_training(
        self,
        theta: Array,
        x: Array,
        statistics: Mapping[str, Array] | None = None,
        *,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, Backpropagation, dict[str, Array]]:
        """:meth:`forward` as it is in training: Dropout drops, BatchNorm looks at the batch.

        Parameters
        ----------
        theta, x, statistics : as for :meth:`forward`; none is changed
        rng : numpy.random.Generator, optional
            For layers that draw.

        Returns
        -------
        y, backward, statistics : as for :meth:`forward`, and the new statistics
        """
        arrays = self._arrays(theta, x, statistics)
        y, backward, *new = self.chain.entrance(rng, x, *arrays)
        return y, self._flat(theta, backward), dict(zip(statistics or {}, new, strict=True))

    def predict(
        self, theta: Array, x: Array, statistics: Mapping[str, Array] | None = None
    ) -> Array:
        """Outputs for a batch: :meth:`forward` without the way back."""
        return self.forward(theta, x, statistics)[0]

    def objective(
        self,
        loss: Loss,
        *,
        rng: np.random.Generator | None = None,
        statistics: dict[str, Array] | None = None,
        engine: str = "reference",
    ) -> Callable[[Array, Array, Array], tuple[float, Array]]:
        """The function training minimises, and its gradient.

        Parameters
        ----------
        loss : callable
            ``loss(outputs, targets) -> (value, d_outputs)``, such as ``losses.mse``.
        rng : numpy.random.Generator, optional
            For layers that draw, such as ``Dropout``: every call draws anew.
        statistics : dict of str to array, optional
            For a network that has them. Every call replaces the arrays in this dict, ready for
            :meth:`predict`; ``dict(statistics)`` keeps what is there now.
        engine : {"reference", "fused"}
            What runs the layers. ``fused`` compiles them with Numba, and the loss where it is one
            of ``nnedu.losses``, for batches of any size: the same numbers up to rounding, sooner
            where the network is small. They are compiled as they are now: what is changed in a
            layer, or in a loss's arguments, later is not seen. Where Numba or SciPy, whose products
            it uses, is missing it warns and becomes ``reference``.

        Returns
        -------
        callable
            ``objective(theta, x, targets) -> (value, g)`` with ``g`` of shape (P,).

        Raises
        ------
        UntranslatableError
            If ``engine`` is ``fused`` and a layer draws numbers, keeps statistics, or does
            something else that cannot be compiled (a TypeError); the message says what and where.
        ValueError
            If the engine is not known.

        Warns
        -----
        UserWarning
            If ``engine`` is ``fused`` and a package that it needs cannot be imported.

        Examples
        --------
        >>> from nnedu.losses import mse
        >>> from nnedu.nn import Dense
        >>> net = Network([Dense(1)], inputs=1)
        >>> theta, one = np.array([2.0, 0.0]), np.array([[1.0]])
        >>> value, g = net.objective(mse)(theta, one, one)
        >>> value, g
        (1.0, array([2., 2.]))
        """
        known("engine", engine, ENGINES)
        if engine == "fused" and compiles("numba", "scipy"):
            if self._remembered:
                raise UntranslatableError(
                    f"the network keeps statistics ({', '.join(self._remembered)}), for which the "
                    "fused engine of a network has no place; engine='reference' has."
                )
            check_statistics(statistics or {}, (), np.empty(0))
            draws: Any = NoDraws()
            entrance = partial(self.chain.entrance, draws)
            return fused_objective(entrance, self.shapes, self.inputs, loss)
        held = {} if statistics is None else statistics

        def objective(theta: Array, x: Array, targets: Array) -> tuple[float, Array]:
            outputs, backward, new = self.forward_training(theta, x, held, rng=rng)
            held.update(new)
            value, d_outputs = loss(outputs, targets)
            return value, backward(d_outputs)

        return objective

    def _arrays(
        self, theta: Array, x: Array, statistics: Mapping[str, Array] | None
    ) -> tuple[Array, ...]:
        """Parameters and statistics in the chain's order, once they have been checked."""
        held = statistics or {}
        check_inputs(theta, x, self.inputs)
        check_statistics(held, self._remembered, theta)
        return (*self.views(theta).values(), *held.values())

    def _flat(self, theta: Array, backward: Backward) -> Backpropagation:
        """A chain's backward, its gradients written into one vector."""

        def flat(d_y: Array) -> Array:
            g = np.empty_like(theta)
            for view, d_parameter in zip(self.views(g).values(), backward(d_y)[1:], strict=True):
                view[...] = d_parameter
            return g

        return flat


def _short(named: dict[str, Any]) -> dict[str, Any]:
    """Names of a chain without their first dot: ``W.2.1`` becomes ``W2.1``."""
    return {name.replace(".", "", 1): value for name, value in named.items()}
