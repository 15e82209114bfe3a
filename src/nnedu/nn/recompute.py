"""Recomputation: forget what a segment of layers computed, and compute it again on the way back."""

from collections.abc import Sequence
from copy import deepcopy
from itertools import pairwise
from math import isqrt
from typing import Any

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array, Backward
from nnedu.nn.chain import Chain
from nnedu.nn.layer import Layer, PlainLayer


class Recompute(Chain):
    """Layers of which only the input is kept: backward runs them forward once more.

    ``y = f_L(... f_1(x))``; ``backward(d_y)`` computes ``f_1(x), ..., f_L`` again from ``x``, then
    goes through them in the opposite order

    The gradient is that of the same layers in a :class:`Chain`, bit for bit; in between, what the
    layers would have kept is free. It costs one more forward pass.

    Parameters
    ----------
    layers : sequence of Layer or callable
        From input to output.

    Notes
    -----
    A layer that draws, such as ``Dropout``, draws the same numbers again: the generator is copied
    as it was. Running statistics are those of the first pass; the second one's are dropped.

    Source: Chen, Xu, Zhang & Guestrin (2016), "Training deep nets with sublinear memory cost",
    section 4; Griewank & Walther (2000), "Algorithm 799: revolve", for the idea in general.

    Examples
    --------
    >>> from nnedu.nn import tanh
    >>> y, backward = Recompute([tanh, tanh])(np.array([[0.5]]))
    >>> plain, plain_backward = Chain([tanh, tanh])(np.array([[0.5]]))
    >>> y == plain, backward(y)[0] == plain_backward(y)[0]
    (array([[ True]]), array([[ True]]))
    """

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Inference through all layers; what they kept is dropped."""
        y, _ = super().__call__(x, *arrays)

        def backward(d_y: Array) -> tuple[Array, ...]:
            _, again = super(Recompute, self).__call__(x, *arrays)
            return again(d_y)

        return y, backward

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Training through all layers; what they kept is dropped."""
        return self._twice(super().training, rng, x, arrays)

    def entrance(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Training as a network's first layers, likewise."""
        return self._twice(super().entrance, rng, x, arrays)

    @staticmethod
    def _twice(
        run: Any, rng: np.random.Generator | None, x: Array, arrays: tuple[Array, ...]
    ) -> Any:
        """Run now without what is kept, and again on the way back with the same drawings."""
        before = deepcopy(rng)
        y, _, *new = run(rng, x, *arrays)

        def backward(d_y: Array) -> tuple[Array, ...]:
            _, again, *_ = run(deepcopy(before), x, *arrays)
            gradients: tuple[Array, ...] = again(d_y)
            return gradients

        return y, backward, *new


def in_segments(layers: Sequence[Layer | PlainLayer], count: int | None = None) -> list[Recompute]:
    """Cut a chain of layers into segments, each of which is recomputed on its own.

    ``n`` layers in ``k`` segments keep ``k`` inputs, and on the way back the ``n / k`` layers of
    one segment at a time: ``k + n / k`` is least at ``k = sqrt(n)``, where it is ``2 sqrt(n)``

    Parameters
    ----------
    layers : sequence of Layer or callable, length ``n``
        From input to output.
    count : int, 1 to ``n``, optional
        Segments; by default ``sqrt(n)``, rounded down.

    Returns
    -------
    list of Recompute
        For a :class:`~nnedu.nn.Network`, whose parameters lie in ``theta`` as they did. The first
        ``n % count`` segments have a layer more than the others.

    Raises
    ------
    ValueError
        If ``layers`` is empty or ``count`` is not from 1 to ``n``.

    Notes
    -----
    **Conventions.** ``torch.utils.checkpoint.checkpoint_sequential`` cuts likewise, but lets the
    last segment keep everything, and gives it the layers left over. ``keras.remat``,
    ``tf.recompute_grad`` and ``jax.checkpoint`` wrap one function: the cutting is left to you.

    Source: Chen, Xu, Zhang & Guestrin (2016), "Training deep nets with sublinear memory cost",
    section 4.

    Examples
    --------
    >>> from nnedu.nn import tanh
    >>> [len(segment.layers) for segment in in_segments([tanh] * 11)]
    [4, 4, 3]
    """
    n = len(layers)
    if not n:
        raise ValueError("layers is empty; expected at least one, such as [Dense(1)].")
    k = isqrt(n) if count is None else count
    whole("count", k, least=1)
    if k > n:
        raise ValueError(f"count is {k}; expected at most {n}, the number of layers.")
    ends = [0]
    for i in range(k):
        ends.append(ends[-1] + n // k + (i < n % k))
    return [Recompute(layers[a:b]) for a, b in pairwise(ends)]
