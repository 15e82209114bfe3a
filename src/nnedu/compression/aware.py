"""Quantization-aware training: forward rounds, backward passes straight through."""

from collections.abc import Callable
from functools import partial

import numpy as np

from nnedu._typing import Array, Objective
from nnedu.compression.curvature import _layers
from nnedu.compression.integers import weight_grid
from nnedu.nn import Dense, Network
from nnedu.quantization import Grid, fake_quantize


def with_fake_inputs(network: Network, grids: list[Grid]) -> Network:
    """The network with its dense layers' inputs rounded to their grids.

    Parameters
    ----------
    network : Network
        Of ``Dense`` layers and layers without parameters.
    grids : list of Grid
        From :func:`~nnedu.compression.observe`, one a dense layer.

    Returns
    -------
    Network
        With the same parameters by the same names: ``theta`` serves both.

    Raises
    ------
    ValueError
        If there are not as many grids as dense layers.

    Notes
    -----
    **Conventions.** What PyTorch's ``prepare_qat`` and tfmot's ``quantize_model`` insert, with
    grids that stay as they were calibrated instead of moving averages.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", section 3.

    Examples
    --------
    >>> from nnedu.quantization import symmetric
    >>> net = with_fake_inputs(Network([Dense(1)], inputs=1), [symmetric(127.0)])
    >>> net.predict(np.array([1.0, 0.0]), np.array([[3.4]]))
    array([[3.]])
    """
    layers: list[object] = []
    waiting = list(grids)
    for _, layer in _layers(network):
        if isinstance(layer, Dense):
            if not waiting:
                raise ValueError(f"there are {len(grids)} grids; expected one a dense layer.")
            layers.append(partial(fake_quantize, grid=waiting.pop(0)))
        layers.append(layer)
    if waiting:
        raise ValueError(f"there are {len(grids)} grids; expected one a dense layer.")
    return Network(layers, inputs=network.inputs)  # type: ignore[arg-type]


def fake_weights(network: Network, theta: Array, *, bits: int = 8) -> Array:
    """The parameters with their weights rounded to few bits, one grid an output.

    Parameters
    ----------
    network : Network
    theta : float array, shape (P,)
    bits : int, 2 to 16

    Returns
    -------
    array, shape (P,), dtype of ``theta``
        Arrays with one axis, such as biases, are unchanged.

    Notes
    -----
    **Conventions.** Symmetric along the last axis, from each column's own largest magnitude.

    Source: Krishnamoorthi (2018), "Quantizing deep convolutional networks for efficient inference:
    a whitepaper", section 3.

    Examples
    --------
    Two bits: -1, 0 and 1 times the largest weight of the output.

    >>> net = Network([Dense(1)], inputs=3)
    >>> fake_weights(net, np.array([1.0, 0.6, 0.4, 0.3]), bits=2)
    array([1. , 1. , 0. , 0.3])
    """
    rounded = theta.copy()
    for view in network.views(rounded).values():
        if view.ndim > 1:
            flat = view.reshape(-1, view.shape[-1])
            view[...] = fake_quantize(flat, weight_grid(flat, bits=bits))[0].reshape(view.shape)
    return rounded


def aware_objective(
    network: Network,
    objective: Objective,
    *,
    bits: int = 8,
    project: Callable[[Array], Array] | None = None,
) -> Objective:
    """An objective for quantization-aware training: hand it to ``train`` in place of the loss.

    ``value, g = objective(round(theta))``: the loss of the rounded weights, and its gradient there
    taken for the gradient at ``theta``, which stays in full precision and collects small steps
    until they change a code.

    Parameters
    ----------
    network : Network
    objective : callable
        ``objective(theta, *batch) -> (value, g)``, such as ``network.objective(loss)``; for inputs
        that are rounded too, of :func:`with_fake_inputs`.
    bits : int, 2 to 16
        Of the weights.
    project : callable, optional
        Another rounding, ``project(theta) -> theta``, in place of :func:`fake_weights`.

    Returns
    -------
    callable
        ``objective(theta, *batch) -> (value, g)``.

    Notes
    -----
    **Conventions.** Nothing is clipped, since each grid reaches the largest weight; the
    straight-through estimator is the identity then. Scales are taken from the weights at every
    call and get no gradient.

    Source: Bengio, Léonard & Courville (2013), "Estimating or propagating gradients through
    stochastic neurons for conditional computation", section 4; Jacob et al. (2018), "Quantization
    and training of neural networks for efficient integer-arithmetic-only inference", section 3.

    Examples
    --------
    >>> net = Network([Dense(1)], inputs=2)
    >>> bowl = lambda w: (float(w @ w), 2 * w)
    >>> aware_objective(net, bowl, bits=2)(np.array([1.0, 0.4, 0.0]))
    (1.0, array([2., 0., 0.]))
    """
    rounding = partial(fake_weights, network, bits=bits) if project is None else project

    def aware(theta: Array, *batch: Array) -> tuple[float, Array]:
        value, g = objective(np.asarray(rounding(theta)), *batch)
        return value, g

    return aware
