"""A chain of layers whose parameters live in one flat vector."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnedu._check import floating, same_dtype, whole
from nnedu._typing import Array, Backward, Loss
from nnedu.nn.dense import Dense

Layer = Dense | Callable[[Array], tuple[Array, Backward]]


class Network:
    """A chain of layers over one flat parameter vector ``theta`` of length ``P``.

    The mathematics speaks of one vector of parameters, and so does this class: an optimizer
    updates ``theta`` in one call however many layers there are, and a global norm is one dot
    product. The layers see named, shaped *views* of it: ``W1``, ``b1``, ``W2``, ...

    Parameters
    ----------
    layers : sequence of Dense or callable
        From input to output. A callable is a layer without parameters, such as ``relu``.
    inputs : int, at least 1
        ``I``, the number of input features.

    Attributes
    ----------
    size : int
        ``P``, the number of parameters.
    shapes : dict of str to tuple
        The shape of each named parameter, in the order in which they lie in ``theta``.

    Examples
    --------
    >>> from nnedu.nn import relu
    >>> net = Network([Dense(3), relu, Dense(1)], inputs=2)
    >>> net.size, net.shapes
    (13, {'W1': (2, 3), 'b1': (3,), 'W2': (3, 1), 'b2': (1,)})
    >>> theta = net.init(np.random.default_rng(0))
    >>> net.views(theta)["b2"][:] = 7.0  # a view: writing to it writes to theta
    >>> theta[-1]
    np.float64(7.0)
    """

    def __init__(self, layers: Sequence[Layer], *, inputs: int) -> None:
        if not layers:
            raise ValueError("layers is empty; expected at least one, such as [Dense(1)].")
        whole("inputs", inputs, least=1)
        self.layers = tuple(layers)
        self.inputs = inputs
        self.shapes: dict[str, tuple[int, ...]] = {}
        self._names: list[tuple[str, ...]] = []  # of each layer's parameters
        self._widths: list[int] = []  # of each layer's input
        width = inputs
        for layer in self.layers:
            self._widths.append(width)
            names: dict[str, tuple[int, ...]] = {}
            if isinstance(layer, Dense):
                number = 1 + sum(bool(given) for given in self._names)
                names = {f"{k}{number}": shape for k, shape in layer.shapes(width).items()}
                width = layer.outputs
            self._names.append(tuple(names))
            self.shapes |= names
        self.outputs = width
        self.size = sum(int(np.prod(shape)) for shape in self.shapes.values())

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
        views = self.views(theta)
        for layer, width, names in zip(self.layers, self._widths, self._names, strict=True):
            if isinstance(layer, Dense):
                for name, value in zip(names, layer.init(rng, width).values(), strict=True):
                    views[name][...] = value
        return theta

    def views(self, theta: Array) -> dict[str, Array]:
        """Named, shaped views of a flat vector: parameters or their gradient.

        Parameters
        ----------
        theta : array, shape (P,)

        Returns
        -------
        dict of str to array
            Writing to one writes to ``theta``.

        Raises
        ------
        ValueError
            If ``theta`` does not have shape (P,).
        """
        if theta.shape != (self.size,):
            raise ValueError(
                f"theta has shape {theta.shape}; expected ({self.size},) for the parameters "
                f"{', '.join(self.shapes)}. Made for another network?"
            )
        views, start = {}, 0
        for name, shape in self.shapes.items():
            stop = start + int(np.prod(shape))
            views[name] = theta[start:stop].reshape(shape)
            start = stop
        return views

    def forward(self, theta: Array, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        """Outputs for a batch, and the function that carries a gradient back.

        Parameters
        ----------
        theta : float array, shape (P,)
        x : float array, shape (N, I)

        Returns
        -------
        y : array, shape (N, O)
        backward : callable
            ``backward(d_y) -> g``, shape (P,): the gradient with respect to ``theta``.

        Raises
        ------
        TypeError, ValueError
            If ``x`` is not a float array of shape (N, I), or ``theta`` not one of shape (P,) and
            the same dtype.
        """
        floating("x", x)
        floating("theta", theta)
        same_dtype("x", x, "theta", theta)
        if x.ndim != 2 or x.shape[1] != self.inputs:
            raise ValueError(
                f"x has shape {x.shape}; expected (N, {self.inputs}): one row an example. "
                "Images? Pass x.reshape(len(x), -1)."
            )
        parameters = self.views(theta)
        backwards = []
        for layer, names in zip(self.layers, self._names, strict=True):
            x, backward_layer = layer(x, *(parameters[name] for name in names))
            backwards.append(backward_layer)

        def backward(d_y: Array) -> Array:
            g = np.empty_like(theta)
            gradients = self.views(g)
            for backward_layer, names in zip(backwards[::-1], self._names[::-1], strict=True):
                d_y, *d_parameters = backward_layer(d_y)
                for name, d_parameter in zip(names, d_parameters, strict=True):
                    gradients[name][...] = d_parameter
            return g

        return x, backward

    def predict(self, theta: Array, x: Array) -> Array:
        """Outputs for a batch: :meth:`forward` without the way back."""
        return self.forward(theta, x)[0]

    def objective(self, loss: Loss) -> Callable[[Array, Array, Array], tuple[float, Array]]:
        """The function training minimises, and its gradient.

        Parameters
        ----------
        loss : callable
            ``loss(outputs, targets) -> (value, d_outputs)``, such as ``losses.mse``.

        Returns
        -------
        callable
            ``objective(theta, x, targets) -> (value, g)`` with ``g`` of shape (P,).

        Examples
        --------
        >>> from nnedu.losses import mse
        >>> net = Network([Dense(1)], inputs=1)
        >>> theta, one = np.array([2.0, 0.0]), np.array([[1.0]])
        >>> value, g = net.objective(mse)(theta, one, one)
        >>> value, g
        (1.0, array([2., 2.]))
        """

        def objective(theta: Array, x: Array, targets: Array) -> tuple[float, Array]:
            outputs, backward = self.forward(theta, x)
            value, d_outputs = loss(outputs, targets)
            return value, backward(d_outputs)

        return objective
