"""Activations: elementwise functions between layers, each with its own derivative.

Each is ``f(x) -> (y, backward)`` with ``backward(d_y) -> (d_x,)``: leaving the derivative out of
``backward`` is the commonest mistake in hand-written backpropagation.
"""

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array, Backward


def relu(x: Array) -> tuple[Array, Backward]:
    """Rectified linear unit: what is positive passes, the rest becomes 0.

    ``y = max(x, 0)`` and ``d_x = d_y`` where ``x > 0``, else 0

    Parameters
    ----------
    x : float array, any shape

    Returns
    -------
    y : array, shape of ``x``, at least 0
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    **Conventions.** The derivative at exactly 0 is 0, as in PyTorch, Keras and JAX.

    Source: Nair & Hinton (2010), "Rectified linear units improve restricted Boltzmann machines".

    Examples
    --------
    >>> y, backward = relu(np.array([-1.0, 0.0, 2.0]))
    >>> y, backward(np.ones(3))
    (array([0., 0., 2.]), (array([0., 0., 1.]),))
    """
    floating("x", x)

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (d_y * (x > 0),)

    return np.maximum(x, 0), backward


def sigmoid(x: Array) -> tuple[Array, Backward]:
    """Logistic sigmoid: from log-odds to a probability.

    ``y = 1 / (1 + exp(-x))`` and ``d_x = d_y y (1 - y)``

    Parameters
    ----------
    x : float array, any shape

    Returns
    -------
    y : array, shape of ``x``, in [0, 1]
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    **Conventions.** The exponential is taken of ``-abs(x)``, so it never overflows.

    Source: Rumelhart, Hinton & Williams (1986), "Learning representations by back-propagating
    errors", equation 2.

    Examples
    --------
    >>> y, backward = sigmoid(np.array([0.0, -1000.0]))
    >>> y, backward(np.ones(2))
    (array([0.5, 0. ]), (array([0.25, 0.  ]),))
    """
    floating("x", x)
    decay = np.exp(-np.abs(x))
    y = np.where(x >= 0, 1, decay) / (1 + decay)
    y = y.astype(x.dtype, copy=False)

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (d_y * y * (1 - y),)

    return y, backward


def tanh(x: Array) -> tuple[Array, Backward]:
    """Hyperbolic tangent: a sigmoid centred at 0.

    ``y = tanh(x)`` and ``d_x = d_y (1 - y**2)``

    Parameters
    ----------
    x : float array, any shape

    Returns
    -------
    y : array, shape of ``x``, in [-1, 1]
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    Source: LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.4 (why centred).

    Examples
    --------
    >>> y, backward = tanh(np.array([0.0]))
    >>> y, backward(np.ones(1))
    (array([0.]), (array([1.]),))
    """
    floating("x", x)
    y = np.tanh(x)

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (d_y * (1 - y**2),)

    return y, backward
