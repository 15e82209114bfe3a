"""Smooth relatives of ReLU: the input times a gate between 0 and 1 that depends on the input.

Each is ``f(x) -> (y, backward)`` with ``backward(d_y) -> (d_x,)``, like the other activations.
ReLU is the gate that is 0 or 1; these open gradually, dip below 0 and have a derivative everywhere.
"""

import math

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array, Backward
from nnedu.nn.activations import sigmoid

_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def silu(x: Array) -> tuple[Array, Backward]:
    """SiLU, also called swish: the input times its own sigmoid.

    ``s = 1 / (1 + exp(-x))``, ``y = x s`` and ``d_x = d_y s (1 + x (1 - s))``

    Parameters
    ----------
    x : float array, any shape

    Returns
    -------
    y : array, shape of ``x``, at least -0.2785 (at x = -1.2785)
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    **Conventions.** The same in Keras (``silu``, ``swish``), PyTorch and JAX.

    Source: Hendrycks & Gimpel (2016), "Gaussian error linear units", section 2 (the name);
    Ramachandran, Zoph & Le (2017), "Searching for activation functions".

    Examples
    --------
    >>> y, backward = silu(np.array([0.0, 1000.0]))
    >>> y, backward(np.ones(2))
    (array([   0., 1000.]), (array([0.5, 1. ]),))
    """
    s = sigmoid(x)[0]

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (d_y * s * (1 + x * (1 - s)),)

    return x * s, backward


def gelu_tanh(x: Array) -> tuple[Array, Backward]:
    """GELU by its approximation with tanh, which needs no error function.

    ``u = sqrt(2 / pi) (x + 0.044715 x**3)``, ``y = x (1 + tanh(u)) / 2`` and
    ``d_x = d_y ((1 + tanh(u)) / 2 + x (1 - tanh(u)**2) / 2 * du)`` with
    ``du = sqrt(2 / pi) (1 + 3 * 0.044715 x**2)``

    Parameters
    ----------
    x : float array, any shape

    Returns
    -------
    y : array, shape of ``x``; at most 5e-4 from :func:`gelu`
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    **Conventions.** The default of ``jax.nn.gelu`` and of ``keras.ops.gelu``, but not of
    ``keras.activations.gelu``, ``tf.nn.gelu`` or PyTorch: these mean :func:`gelu`.

    Source: Hendrycks & Gimpel (2016), "Gaussian error linear units", section 2.

    Examples
    --------
    >>> y, backward = gelu_tanh(np.array([0.0, 1.0]))
    >>> y.round(4), backward(np.ones(2))[0].round(4)
    (array([0.    , 0.8412]), array([0.5  , 1.083]))
    """
    floating("x", x)
    near = np.clip(x, -10, 10)  # tanh(u) is -1 or 1 beyond, and the cube cannot overflow
    scale, cubic = math.sqrt(2 / math.pi), 0.044715
    gate = np.tanh(scale * (near + cubic * near * near * near))

    def backward(d_y: Array) -> tuple[Array, ...]:
        du = scale * (1 + 3 * cubic * near**2)
        return (d_y * ((1 + gate) / 2 + x * (1 - gate**2) / 2 * du),)

    return x * (1 + gate) / 2, backward


def gelu(x: Array) -> tuple[Array, Backward]:
    """GELU, exact: the input times the chance that a standard normal number lies below it.

    ``Phi = erfc(-x / sqrt(2)) / 2``, ``phi = exp(-x**2 / 2) / sqrt(2 pi)``, ``y = x Phi`` and
    ``d_x = d_y (Phi + x phi)``

    Parameters
    ----------
    x : float array, any shape

    Returns
    -------
    y : array, shape of ``x``, at least -0.1700 (at x = -0.7518)
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.

    Notes
    -----
    **Conventions.** The default of PyTorch, ``tf.nn.gelu`` and ``keras.activations.gelu``.
    ``jax.nn.gelu`` and ``keras.ops.gelu`` approximate unless told otherwise: :func:`gelu_tanh`.
    The complementary error function keeps its digits where the usual ``1 + erf`` cancels.

    Source: Hendrycks & Gimpel (2016), "Gaussian error linear units", section 2.

    Examples
    --------
    >>> y, backward = gelu(np.array([0.0, 1.0]))
    >>> y.round(4), backward(np.ones(2))[0].round(4)
    (array([0.    , 0.8413]), array([0.5   , 1.0833]))
    """
    floating("x", x)
    Phi = np.asarray(_erfc(-x / math.sqrt(2)) / 2, dtype=x.dtype)

    def backward(d_y: Array) -> tuple[Array, ...]:
        near = np.clip(x, -40, 40)  # the density is 0 beyond, and the square cannot overflow
        phi = np.exp(-(near**2) / 2) / math.sqrt(2 * math.pi)
        return (d_y * (Phi + x * phi),)

    return x * Phi, backward
