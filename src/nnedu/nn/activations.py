"""Activations: elementwise functions between layers, each with its own derivative.

Each is ``f(x) -> (y, backward)`` with ``backward(d_y) -> (d_x,)``: leaving the derivative out of
``backward`` is the commonest mistake in hand-written backpropagation. The smooth relatives of
ReLU are in ``smooth_rectifiers``.
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


def leaky_relu(x: Array, *, slope: float = 0.01) -> tuple[Array, Backward]:
    """Leaky ReLU: what is negative is not cut off but made small, so that no unit can die.

    ``y = x`` and ``d_x = d_y`` where ``x > 0``, else ``y = slope x`` and ``d_x = slope d_y``

    Parameters
    ----------
    x : float array, any shape
    slope : float, from 0 to 1
        The derivative on the negative side; 0 is ReLU and 1 is no activation at all.

    Returns
    -------
    y : array, shape of ``x``
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.
    ValueError
        If ``slope`` is outside [0, 1].

    Notes
    -----
    **Conventions.** The default slope is PyTorch's and JAX's 0.01; ``keras.ops.leaky_relu`` has
    0.2 and ``keras.layers.LeakyReLU`` 0.3. The derivative at exactly 0 is ``slope``, as in Keras
    and PyTorch; in JAX it is 1.

    Source: Maas, Hannun & Ng (2013), "Rectifier nonlinearities improve neural network acoustic
    models".

    Examples
    --------
    >>> y, backward = leaky_relu(np.array([-2.0, 3.0]), slope=0.25)
    >>> y, backward(np.ones(2))
    (array([-0.5,  3. ]), (array([0.25, 1.  ]),))
    """
    floating("x", x)
    if not 0 <= slope <= 1:
        raise ValueError(f"slope is {slope}; expected 0 to 1, such as 0.01. Its sign flipped?")
    positive = x > 0

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (np.where(positive, d_y, slope * d_y),)

    return np.where(positive, x, slope * x), backward


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
