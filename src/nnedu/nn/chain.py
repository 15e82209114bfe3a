"""Layers one after the other: a layer again."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from nnedu._typing import Array, Backward
from nnedu.nn.layer import Layer, Plain, PlainLayer, Shape

Value = TypeVar("Value")


class Chain(Layer):
    """Layers one after the other, each fed with what came out of the one before.

    ``y = f_L(... f_2(f_1(x)))``; backward runs through them in the opposite order

    Parameters
    ----------
    layers : sequence of Layer or callable
        From input to output. A callable is a layer without parameters, such as ``relu``. An empty
        chain hands its input on.

    Notes
    -----
    Layers that have parameters are counted from 1, and ``W`` of the second is ``W.2``; of the
    second in a chain that is the third of another, ``W.3.2``.

    Examples
    --------
    >>> from nnedu.nn import Dense, relu
    >>> chain = Chain([Dense(3), relu, Dense(1)])
    >>> chain.shapes((2,))
    {'W.1': (2, 3), 'b.1': (3,), 'W.2': (3, 1), 'b.2': (1,)}
    >>> chain.output_shape((2,))
    (1,)
    """

    def __init__(self, layers: Sequence[Layer | PlainLayer]) -> None:
        self.layers = tuple(f if isinstance(f, Layer) else Plain(f) for f in layers)
        self._places: dict[Shape, list[tuple[Layer, Shape, int, int]]] = {}

    def places(self, inputs: Shape) -> list[tuple[Layer, Shape, int, int]]:
        """Each layer, the shape it is given, and how many parameters and statistics it has."""
        if inputs not in self._places:
            found, at = [], inputs
            for layer in self.layers:
                found.append((layer, at, len(layer.shapes(at)), len(layer.statistics(at))))
                at = layer.output_shape(at)
            self._places[inputs] = found
        return self._places[inputs]

    def counts(self, inputs: Shape) -> tuple[int, int]:
        """How many arrays are parameters, and how many statistics."""
        places = self.places(inputs)
        return sum(place[2] for place in places), sum(place[3] for place in places)

    def output_shape(self, inputs: Shape) -> Shape:
        """The shape of one output of the last layer."""
        for layer in self.layers:
            inputs = layer.output_shape(inputs)
        return inputs

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """The shapes of all parameters by name."""
        return self._numbered(inputs, lambda layer, at: layer.shapes(at))

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """First values of all parameters by name."""
        return self._numbered(inputs, lambda layer, at: layer.init(rng, at))

    def statistics(self, inputs: Shape) -> dict[str, Array]:
        """First values of all statistics by name."""
        return self._numbered(inputs, lambda layer, at: layer.statistics(at))

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Inference through all layers."""
        y, backward = self._through(lambda layer, first, x, *own: layer(x, *own), x, arrays)
        return y, backward

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Training through all layers."""
        return self._through(lambda layer, first, *x: layer.training(rng, *x), x, arrays)

    def entrance(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Training through all layers, the first of which leaves out what nobody asks for."""

        def call(layer: Layer, first: bool, *x: Array) -> Any:
            return layer.entrance(rng, *x) if first else layer.training(rng, *x)

        return self._through(call, x, arrays)

    def _numbered(
        self, inputs: Shape, of: Callable[[Layer, Shape], dict[str, Value]]
    ) -> dict[str, Value]:
        """What each layer says, under names that carry its number."""
        named: dict[str, Value] = {}
        number = 0
        for layer, at, parameters, statistics in self.places(inputs):
            number += parameters + statistics > 0
            for name, value in of(layer, at).items():
                word, dot, inner = name.partition(".")
                named[f"{word}.{number}{dot}{inner}"] = value
        return named

    def _through(self, call: Callable[..., Any], x: Array, arrays: tuple[Array, ...]) -> Any:
        """Forward, with the arrays of each layer handed to it; parameters of all come first."""
        places, given = self.places(x.shape[1:]), iter(arrays)
        parameters = [tuple(islice(given, count)) for _, _, count, _ in places]
        statistics = [tuple(islice(given, count)) for _, _, _, count in places]
        backwards: list[Backward] = []
        new: list[Array] = []
        for layer, own, remembered in zip(self.layers, parameters, statistics, strict=True):
            x, backward_layer, *fresh = call(layer, not backwards, x, *own, *remembered)
            backwards.append(backward_layer)
            new += fresh

        def backward(d_y: Array) -> tuple[Array, ...]:
            gradients: list[Array] = []
            for backward_layer in reversed(backwards):
                d_y, *d_parameters = backward_layer(d_y)
                gradients = d_parameters + gradients
            return d_y, *gradients

        return x, backward, *new
