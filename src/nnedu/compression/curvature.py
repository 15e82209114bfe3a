"""Second derivatives for optimal brain damage: by differences, and carried back layer by layer."""

import numpy as np

from nnedu._check import floating, same_shape
from nnedu._typing import Array, Objective
from nnedu.nn import Dense, Network
from nnedu.nn.layer import Plain


def second_derivatives(objective: Objective, theta: Array, *batch: Array, h: float = 1e-4) -> Array:
    """The Hessian's diagonal by central differences of the gradient: exact, and slow.

    ``h_i = (g_i(theta + h e_i) - g_i(theta - h e_i)) / (2 h)``

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (value, g)``.
    theta : float64 array, shape (P,)
    *batch : arrays
        Handed on.
    h : float, above 0
        Half the width of the difference.

    Returns
    -------
    float64 array, shape (P,)

    Raises
    ------
    TypeError
        If ``theta`` is not float64.
    ValueError
        If ``h`` is not above 0.

    Notes
    -----
    **Conventions.** ``2 P`` evaluations: an oracle for small networks.

    Source: LeCun, Denker & Solla (1990), "Optimal brain damage", section 2, for what it is needed
    for.

    Examples
    --------
    >>> second_derivatives(lambda w: (float(w[0] ** 3), 3 * w**2), np.array([2.0])).round(6)
    array([12.])
    """
    floating("theta", theta)
    if theta.dtype != np.float64:
        raise TypeError(
            f"theta has dtype {theta.dtype}; expected float64. Pass theta.astype(float)."
        )
    if not 0 < h < np.inf:
        raise ValueError(f"h is {h}; expected a number above 0, such as 1e-4.")
    found = np.empty_like(theta)
    for i in range(theta.size):
        above, below = theta.copy(), theta.copy()
        above[i] += h
        below[i] -= h
        rise = objective(above, *batch)[1][i] - objective(below, *batch)[1][i]
        found[i] = rise / (above[i] - below[i])
    return found


def backpropagated_curvature(network: Network, theta: Array, x: Array, h_outputs: Array) -> Array:
    """The Hessian's diagonal by one pass backward, as optimal brain damage computes it.

    From the outputs down, for each example: ``h_W[i, o] = sum_n x[n, i]**2 h_y[n, o]``,
    ``h_b = sum_n h_y``, ``h_x = h_y (W**2)^T`` through a dense layer, and ``h_x = f'(x)**2 h_y``
    through an activation, whose own curvature ``f''`` is left out so that no term is below 0.

    Parameters
    ----------
    network : Network
        Of ``Dense`` layers and elementwise activations.
    theta : float array, shape (P,)
    x : float array, shape (N, I)
    h_outputs : array, shape (N, O)
        Second derivatives of the loss with respect to each output; for ``losses.mse``
        ``2 / (N O)`` everywhere.

    Returns
    -------
    array, shape (P,), dtype of ``theta``
        At least 0 where ``h_outputs`` is.

    Raises
    ------
    TypeError
        If the network has another kind of layer.
    ValueError
        If ``h_outputs`` does not have the shape of the outputs.

    Notes
    -----
    **Conventions.** Terms between different units are left out too. Exact for the last layer, and
    through one hidden layer where the activation is piecewise linear and the loss a sum over the
    outputs.

    Source: LeCun, Denker & Solla (1990), "Optimal brain damage", section 2.1.

    Examples
    --------
    >>> net = Network([Dense(1)], inputs=2)
    >>> backpropagated_curvature(net, np.ones(3), np.array([[2.0, 3.0]]), np.array([[1.0]]))
    array([4., 9., 1.])
    """
    views = network.views(theta)
    found = np.empty_like(theta)
    curvature = network.views(found)
    inputs, at = [], x
    for number, layer in _layers(network):
        inputs.append(at)
        arrays = (views[f"W{number}"], views[f"b{number}"]) if isinstance(layer, Dense) else ()
        at = layer(at, *arrays)[0]
    h = h_outputs
    same_shape("h_outputs", h, "the outputs", at)
    for (number, layer), at in zip(reversed(_layers(network)), reversed(inputs), strict=True):
        if isinstance(layer, Dense):
            curvature[f"W{number}"][...] = (at**2).T @ h
            curvature[f"b{number}"][...] = h.sum(axis=0)
            h = h @ (views[f"W{number}"] ** 2).T
        else:
            y, backward = layer(at)
            slope = backward(np.ones_like(y))[0]
            same_shape("an activation's gradient", slope, "its output", y)
            h = slope**2 * h
    return found


def _layers(network: Network) -> list[tuple[int, Dense | Plain]]:
    """Each layer with the number of its parameters' names."""
    found: list[tuple[int, Dense | Plain]] = []
    number = 0
    for layer in network.chain.layers:
        if not isinstance(layer, Dense | Plain):
            raise TypeError(
                f"the network has a {type(layer).__name__}; expected Dense layers and elementwise "
                "activations: nothing is known of its second derivatives."
            )
        number += isinstance(layer, Dense)
        found.append((number, layer))
    return found
