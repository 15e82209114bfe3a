"""Networks whose numbers are stored in 16 bits, while their sums are carried in 32."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from nnedu._check import positive
from nnedu._typing import Array, Backward, Loss
from nnedu.nn import Network

Rounding: TypeAlias = Callable[[Array], Array]
"""To the nearest number that a format can store, such as ``nnedu.quantization.float16``."""


def stored(rounding: Rounding) -> Callable[[Array], tuple[Array, Backward]]:
    """A layer that stands for memory: what passes is rounded, forward and on the way back.

    ``y = rounding(x)``, ``d_x = rounding(d_y)``

    Parameters
    ----------
    rounding : callable
        Such as ``nnedu.quantization.float16``, ``bfloat16``.

    Returns
    -------
    callable
        ``layer(x) -> (y, backward)``, for a :class:`~nnedu.nn.Network`.

    Examples
    --------
    >>> from nnedu.quantization import float16
    >>> y, backward = stored(float16)(np.array([2049.0]))
    >>> y, backward(np.array([1e-8]))
    (array([2048.]), (array([0.]),))
    """

    def layer(x: Array) -> tuple[Array, Backward]:
        return rounding(x), lambda d_y: (rounding(d_y),)

    return layer


def mixed_objective(
    net: Network, loss: Loss, rounding: Rounding
) -> Callable[..., tuple[float, Array]]:
    """Loss and scaled gradient of a network in mixed precision.

    ``outputs = net(rounding(theta), rounding(x))``, everything between two layers rounded;
    ``value, d_outputs = loss(outputs, targets)`` unrounded; ``g = rounding(backward(rounding(scale
    d_outputs)))``

    Sums are carried in the dtype of ``theta`` and rounded where they are stored, as matrix units
    for 16-bit numbers do. So one function shows every format, at the speed of float32; what it
    saves is told by counting bytes, not by running it.

    Parameters
    ----------
    net : Network
        Without running statistics and without drawing.
    loss : callable
        ``loss(outputs, targets) -> (value, d_outputs)``, such as ``losses.softmax_cross_entropy``.
    rounding : callable
        Such as ``nnedu.quantization.float16``.

    Returns
    -------
    callable
        ``objective(theta, x, targets, *, scale=1.0) -> (value, g)``: ``theta`` are the float32
        (or float64) master weights, ``g`` of shape (P,) and their dtype is the gradient of
        ``scale`` times the loss, every entry a number of the format.

    Raises
    ------
    ValueError
        When called, if ``scale`` is not above 0.

    Notes
    -----
    Source: Micikevicius et al. (2018), "Mixed precision training", section 3.

    Examples
    --------
    A gradient of 1e-8 is lost; of 1,024 times the loss it is not.

    >>> from nnedu.losses import mse
    >>> from nnedu.nn import Dense
    >>> from nnedu.quantization import float16
    >>> objective = mixed_objective(Network([Dense(1)], inputs=1), mse, float16)
    >>> theta, x, y = np.array([0.0, 0.0]), np.array([[1.0]]), np.array([[5e-9]])
    >>> objective(theta, x, y)[1].any(), objective(theta, x, y, scale=1024.0)[1].any()
    (np.False_, np.True_)
    """
    parts = [part for layer in net.layers for part in (layer, stored(rounding))]
    low = Network(parts, inputs=net.inputs)

    def objective(
        theta: Array, x: Array, targets: Array, *, scale: float = 1.0
    ) -> tuple[float, Array]:
        positive(scale=scale)
        # An overflow is no accident here: whoever holds the scale looks for it.
        with np.errstate(over="ignore", invalid="ignore"):
            outputs, backward, _ = low.forward_training(rounding(theta), rounding(x))
            value, d_outputs = loss(outputs, targets)
            return value, rounding(backward(scale * d_outputs))

    return objective
