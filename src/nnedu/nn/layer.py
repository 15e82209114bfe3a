"""What a network asks of a layer."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from nnedu._typing import Array, Backward

Shape: TypeAlias = tuple[int, ...]
"""The shape of one example: ``(I,)`` for a row, ``(H, W, C)`` for an image."""

PlainLayer: TypeAlias = Callable[[Array], tuple[Array, Backward]]
"""A layer without parameters, such as ``relu``: any ``f(x) -> (y, backward)``."""


class Layer:
    """A layer: what it does, and what it must be given to do it.

    Write a layer as a pure function ``f(x, *parameters) -> (y, backward)`` and a subclass that
    declares the rest. Every method has a default; a subclass gives ``__call__`` and whatever else
    differs. ``inputs`` is always the shape of one example, without the batch.

    Examples
    --------
    >>> class Shift(Layer):
    ...     "Adds a number of its own to every feature."
    ...     def shapes(self, inputs):
    ...         return {"b": inputs}
    ...     def init(self, rng, inputs):
    ...         return {"b": np.zeros(inputs)}
    ...     def __call__(self, x, b):
    ...         return x + b, lambda d_y: (d_y, d_y.sum(axis=0))
    >>> y, backward = Shift()(np.array([[1.0, 2.0]]), np.array([10.0, 20.0]))
    >>> y
    array([[11., 22.]])
    """

    def output_shape(self, inputs: Shape) -> Shape:
        """The shape of one output; by default that of the input."""
        return inputs

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """The shapes of the parameters by name; by default there are none."""
        return {}

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """First values of the parameters by name, in the order of :meth:`shapes`."""
        return {}

    def statistics(self, inputs: Shape) -> dict[str, Array]:
        """First values of what is remembered of training but not trained; by default nothing."""
        return {}

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Inference: ``(y, backward)`` from the input, the parameters and the statistics.

        ``backward(d_y) -> (d_x, *d_parameters)``: statistics are constants here.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__.")

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Training: ``(y, backward, *statistics)``, the statistics being new arrays.

        By default what inference does. A layer that draws takes its numbers from ``rng``.
        """
        return self(x, *arrays)

    def entrance(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """:meth:`training` as a network's first layer: nobody asks for ``d_x``, so it may be None.

        By default what training does. Worth a method of its own where ``d_x`` is costly.
        """
        return self.training(rng, x, *arrays)


class Plain(Layer):
    """A function ``f(x) -> (y, backward)`` as a layer without parameters."""

    def __init__(self, f: PlainLayer) -> None:
        if not callable(f):
            raise TypeError(
                f"a layer is {f!r}; expected a Layer such as Dense(3) or a function such as relu."
            )
        if isinstance(f, type):
            raise TypeError(f"a layer is the class {f.__name__}; expected {f.__name__}(...).")
        self.f = f

    def output_shape(self, inputs: Shape) -> Shape:
        """Found by a trial on one example of zeros."""
        with np.errstate(all="ignore"):
            return self.f(np.zeros((1, *inputs)))[0].shape[1:]

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply the function."""
        return self.f(x)
