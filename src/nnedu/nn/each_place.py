"""Layers for rows, at every place of a sequence or an image."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnedu._typing import Array, Backward
from nnedu.nn.chain import Chain
from nnedu.nn.layer import Layer, PlainLayer, Shape


class EachPlace(Layer):
    """Layers for rows, applied to the features at every place with the same parameters.

    Places (N, ..., I) are rows (M, I) to the layers, and what comes out has the places back.

    Parameters
    ----------
    layers : sequence of Layer or callable
        From rows to rows, such as ``[Dense(64), relu, Dense(16)]``.

    Notes
    -----
    For images the same as convolutions of size 1.

    Source: Vaswani et al. (2017), "Attention is all you need", section 3.3.

    Examples
    --------
    >>> from nnedu.nn import Dense
    >>> layer = EachPlace([Dense(3)])
    >>> layer.shapes((10, 2)), layer.output_shape((10, 2))
    ({'W.1': (2, 3), 'b.1': (3,)}, (10, 3))
    """

    def __init__(self, layers: Sequence[Layer | PlainLayer]) -> None:
        self.rows = Chain(layers)

    def output_shape(self, inputs: Shape) -> Shape:
        """The same places, other features."""
        return (*inputs[:-1], *self.rows.output_shape(inputs[-1:]))

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """The parameters of the layers, for rows of as many features."""
        return self.rows.shapes(inputs[-1:])

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """First values of the parameters."""
        return self.rows.init(rng, inputs[-1:])

    def statistics(self, inputs: Shape) -> dict[str, Array]:
        """Statistics of the layers."""
        return self.rows.statistics(inputs[-1:])

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Inference at every place."""
        y, backward = self.rows(x.reshape(-1, x.shape[-1]), *arrays)
        return _with_places(x, y, backward)

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Training at every place."""
        y, backward, *new = self.rows.training(rng, x.reshape(-1, x.shape[-1]), *arrays)
        return *_with_places(x, y, backward), *new


def _with_places(x: Array, y: Array, through: Backward) -> tuple[Array, Backward]:
    """What a layer made of the rows of ``x``, in the places of ``x``."""

    def backward(d_y: Array) -> tuple[Array, ...]:
        d_x, *d_parameters = through(d_y.reshape(y.shape))
        return d_x.reshape(x.shape), *d_parameters

    return y.reshape(*x.shape[:-1], y.shape[-1]), backward
