"""Residual blocks: layers that learn what to add to their input."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnedu._typing import Array, Backward
from nnedu.nn.chain import Chain
from nnedu.nn.layer import Layer, PlainLayer, Shape


class Residual(Layer):
    """A residual block: what its layers make of the input, added to the input.

    ``y = f(x) + s(x)``; ``d_x = f'(d_y) + s'(d_y)``, where the second term reaches ``x`` whole if
    ``s`` is the identity, however small the first

    Parameters
    ----------
    layers : sequence of Layer or callable
        ``f``, one layer after the other.
    shortcut : sequence of Layer or callable
        ``s``; by default the identity. Needed where ``f`` changes the shape, such as
        ``[Conv2D(32, 1, stride=2)]``.

    Notes
    -----
    Parameters of the shortcut have an ``s`` in their names: ``W3.s1``.

    Source: He, Zhang, Ren & Sun (2016), "Deep residual learning for image recognition", equations
    1 and 2.

    Examples
    --------
    >>> from nnedu.nn import Dense, relu
    >>> block = Residual([Dense(4), relu, Dense(2)])
    >>> block.shapes((2,))
    {'W.1': (2, 4), 'b.1': (4,), 'W.2': (4, 2), 'b.2': (2,)}
    >>> zeros = [np.zeros(shape) for shape in block.shapes((2,)).values()]
    >>> block(np.array([[3.0, 4.0]]), *zeros)[0]
    array([[3., 4.]])
    """

    def __init__(
        self, layers: Sequence[Layer | PlainLayer], *, shortcut: Sequence[Layer | PlainLayer] = ()
    ) -> None:
        if not layers:
            raise ValueError("layers is empty; expected at least one, such as [Dense(2)].")
        self.block, self.shortcut = Chain(layers), Chain(shortcut)

    def output_shape(self, inputs: Shape) -> Shape:
        """What both ways give."""
        through, past = self.block.output_shape(inputs), self.shortcut.output_shape(inputs)
        if through != past:
            raise ValueError(
                f"the layers give {through} and the shortcut {past}; expected one shape, to be "
                "added. Give a shortcut that changes it too, such as [Conv2D(C, 1, stride=2)]."
            )
        return through

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """The parameters of the block, then those of the shortcut."""
        return self.block.shapes(inputs) | _past(self.shortcut.shapes(inputs))

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """First values of both."""
        return self.block.init(rng, inputs) | _past(self.shortcut.init(rng, inputs))

    def statistics(self, inputs: Shape) -> dict[str, Array]:
        """Statistics of both."""
        return self.block.statistics(inputs) | _past(self.shortcut.statistics(inputs))

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Inference both ways, and the sum."""
        through, past = self._split(x, arrays)
        return _sum(self.block(x, *through), self.shortcut(x, *past))

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Training both ways, and the sum."""
        through, past = self._split(x, arrays)
        y, backward, *new = self.block.training(rng, x, *through)
        y_past, backward_past, *new_past = self.shortcut.training(rng, x, *past)
        return *_sum((y, backward), (y_past, backward_past)), *new, *new_past

    def _split(
        self, x: Array, arrays: tuple[Array, ...]
    ) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """The arrays of the block and those of the shortcut: parameters first in each."""
        p, s = self.block.counts(x.shape[1:])
        both = p + self.shortcut.counts(x.shape[1:])[0]
        parameters, statistics = arrays[:both], arrays[both:]
        return parameters[:p] + statistics[:s], parameters[p:] + statistics[s:]


def _sum(through: tuple[Array, Backward], past: tuple[Array, Backward]) -> tuple[Array, Backward]:
    """The sum of two layers of one input."""

    def backward(d_y: Array) -> tuple[Array, ...]:
        d_x, *d_parameters = through[1](d_y)
        d_x_past, *d_parameters_past = past[1](d_y)
        return d_x + d_x_past, *d_parameters, *d_parameters_past

    return through[0] + past[0], backward


def _past(named: dict[str, Any]) -> dict[str, Any]:
    """Names of the shortcut: ``W.1`` becomes ``W.s1``."""
    return {name.replace(".", ".s", 1): value for name, value in named.items()}
