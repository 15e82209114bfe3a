"""A whole network in int8: observed, calibrated, and run in integers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array
from nnedu.compression.curvature import _layers
from nnedu.nn import Dense, Network
from nnedu.nn.layer import Plain
from nnedu.quantization import Grid, affine, integer_matmul, min_max, quantize, symmetric
from nnedu.quantization.calibration import Range


@dataclass(frozen=True)
class IntegerDense:
    """A dense layer in int8 and int32.

    Attributes
    ----------
    inputs : Grid
        For the inputs: affine, one for all.
    weights : Grid
        For the weights: symmetric, one for each output.
    q_W : int8 array, shape (I, O)
    q_b : int32 array, shape (O,)
        Biases in units of ``inputs.scale weights.scale``.
    """

    inputs: Grid
    weights: Grid
    q_W: Array
    q_b: Array

    def __call__(self, x: Array) -> Array:
        """``scale_x scale_W (sum of code products + q_b)``, in the dtype of ``x``."""
        zero = int(self.inputs.zero_point)
        sums = integer_matmul(quantize(x, self.inputs), self.q_W, zero_x=zero)
        with_biases = sums + self.q_b.astype(np.int64)  # a bias may fill int32 by itself
        y: Array = (with_biases * (self.inputs.scale * self.weights.scale)).astype(x.dtype)
        return y

    @property
    def nbytes(self) -> int:
        """Codes, biases, and scales of four bytes each."""
        return self.q_W.nbytes + self.q_b.nbytes + 4 * (1 + self.weights.scale.size)


@dataclass(frozen=True)
class IntegerNetwork:
    """A network that multiplies in integers; what lies between is in floats.

    Attributes
    ----------
    layers : tuple of IntegerDense or Plain
    """

    layers: tuple[IntegerDense | Plain, ...]

    def predict(self, x: Array) -> Array:
        """Outputs (N, O) for inputs (N, I)."""
        floating("x", x)
        for layer in self.layers:
            x = layer(x) if isinstance(layer, IntegerDense) else layer(x)[0]
        return x

    @property
    def nbytes(self) -> int:
        """Bytes of all parameters."""
        return sum(layer.nbytes for layer in self.layers if isinstance(layer, IntegerDense))


def observe(
    network: Network, theta: Array, x: Array, *, calibrate: Callable[[Array], Range] = min_max
) -> list[Grid]:
    """Grids for the inputs of every dense layer, from a sample of examples.

    Parameters
    ----------
    network : Network
        Of ``Dense`` layers and layers without parameters.
    theta : float array, shape (P,)
    x : float array, shape (N, I)
        Examples such as those to come; a few hundred are enough.
    calibrate : callable
        ``min_max``, ``percentile`` or ``least_error`` of ``nnedu.quantization``.

    Returns
    -------
    list of Grid
        Affine, int8, one a dense layer.

    Raises
    ------
    TypeError
        If the network has another kind of layer with parameters.

    Notes
    -----
    **Conventions.** What PyTorch calls observers and TensorFlow a representative data set.

    Source: Krishnamoorthi (2018), "Quantizing deep convolutional networks for efficient inference:
    a whitepaper", section 3.

    Examples
    --------
    >>> net = Network([Dense(1)], inputs=1)
    >>> (grid,) = observe(net, np.ones(2), np.array([[0.0], [255.0]]))
    >>> float(grid.scale), int(grid.zero_point)
    (1.0, -128)
    """
    views, grids = network.views(theta), []
    for number, layer in _layers(network):
        if isinstance(layer, Dense):
            grids.append(affine(*calibrate(x)))
            x = layer(x, views[f"W{number}"], views[f"b{number}"])[0]
        else:
            x = layer(x)[0]
    return grids


def quantize_network(network: Network, theta: Array, grids: list[Grid]) -> IntegerNetwork:
    """Post-training quantization: the network in int8, its sums in int32.

    Parameters
    ----------
    network : Network
        Of ``Dense`` layers and layers without parameters.
    theta : float array, shape (P,)
    grids : list of Grid
        From :func:`observe`, one a dense layer.

    Returns
    -------
    IntegerNetwork

    Raises
    ------
    TypeError
        If the network has another kind of layer with parameters.
    ValueError
        If there are not as many grids as dense layers.

    Notes
    -----
    **Conventions.** Weights symmetric for each output, inputs affine, biases in int32 with the
    product of both scales: as LiteRT. Its activations are requantized to int8 in integer
    arithmetic; here they pass through floats between the layers.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", section 2.

    Examples
    --------
    >>> net = Network([Dense(1)], inputs=1)
    >>> theta, x = np.array([2.0, 0.5]), np.array([[0.0], [255.0]])
    >>> small = quantize_network(net, theta, observe(net, theta, x))
    >>> small.predict(np.array([[10.0]])).round(2), small.nbytes
    (array([[20.5]]), 13)
    """
    layers = _layers(network)
    dense = sum(isinstance(layer, Dense) for _, layer in layers)
    if len(grids) != dense:
        raise ValueError(f"there are {len(grids)} grids; expected {dense}, one a dense layer.")
    views = network.views(theta)
    made: list[IntegerDense | Plain] = []
    for number, layer in layers:
        if isinstance(layer, Dense):
            W, inputs = views[f"W{number}"], grids[number - 1]
            weights = weight_grid(W)
            unit = inputs.scale * weights.scale
            most = float(np.iinfo(np.int32).max)
            # A bias beyond int32 belongs to weights so small that no code of theirs matters.
            q_b = np.rint(views[f"b{number}"] / unit).clip(-most, most).astype(np.int32)
            made.append(IntegerDense(inputs, weights, quantize(W, weights), q_b))
        else:
            made.append(layer)
    return IntegerNetwork(tuple(made))


def weight_grid(W: Array, *, bits: int = 8) -> Grid:
    """The grid of a dense layer's weights: symmetric, one for each output.

    Parameters
    ----------
    W : float array, shape (I, O)
    bits : int, 2 to 16

    Returns
    -------
    Grid
        Its largest code stands for each column's largest magnitude: nothing is clipped.

    Notes
    -----
    **Conventions.** As :func:`~nnedu.quantization.symmetric` along the last axis.

    Source: Krishnamoorthi (2018), "Quantizing deep convolutional networks for efficient inference:
    a whitepaper", section 3.

    Examples
    --------
    >>> weight_grid(np.array([[1.0, -254.0], [127.0, 0.0]])).scale
    array([1., 2.])
    """
    return symmetric(np.abs(W).max(axis=0), bits=bits, axis=-1)
