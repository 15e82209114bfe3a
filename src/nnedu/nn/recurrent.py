"""A recurrent layer: one small network, applied to its own output step by step."""

from collections.abc import Callable

import numpy as np

from nnedu._check import floating, whole
from nnedu._typing import Array, Backward
from nnedu.nn.initializers import glorot_uniform, orthogonal
from nnedu.nn.layer import Layer, Shape


def recurrent(x: Array, W: Array, U: Array, b: Array) -> tuple[Array, Backward]:
    """A plain recurrent layer, unrolled over time; its state starts at 0.

    ``h_t = tanh(x_t W + h_(t-1) U + b)``; backward in time ``d_a_t = (d_y_t + d_h_t) (1 - h_t**2)``
    and ``d_h_(t-1) = d_a_t U^T``: every step multiplies the gradient by ``U``, so that it explodes
    or vanishes

    Parameters
    ----------
    x : float array, shape (N, T, I)
        Sequences of ``T`` steps.
    W : float array, shape (I, H)
        Weights of the input.
    U : float array, shape (H, H)
        Weights of the state before.
    b : float array, shape (H,)
        Biases.

    Returns
    -------
    h : array, shape (N, T, H)
        The state after each step.
    backward : callable
        ``backward(d_y) -> (d_x, d_W, d_U, d_b)``: backpropagation through time.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array, or the shapes do not fit.

    Notes
    -----
    **Conventions.** ``keras.layers.SimpleRNN`` with ``return_sequences=True``, whose ``kernel`` and
    ``recurrent_kernel`` are ``W`` and ``U``. ``torch.nn.RNN`` stores their transposes and has two
    biases, whose sum is ``b``.

    Source: Elman (1990), "Finding structure in time"; the gradient: Werbos (1990),
    "Backpropagation through time: what it does and how to do it".

    Examples
    --------
    >>> x, W, U, b = np.array([[[0.0], [0.0]]]), np.ones((1, 1)), np.full((1, 1), 3.0), np.zeros(1)
    >>> h, backward = recurrent(x, W, U, b)
    >>> backward(np.array([[[0.0], [1.0]]]))[0].ravel()  # three times as large one step earlier
    array([3., 1.])
    """
    floating("x", x)
    fits = x.ndim == 3 and W.ndim == 2 and x.shape[2] == W.shape[0]
    if not fits or U.shape != (*W.shape[1:], *W.shape[1:]) or b.shape != W.shape[1:]:
        raise ValueError(
            f"x has shape {x.shape}, W {W.shape}, U {U.shape} and b {b.shape}; expected "
            "(N, T, I), (I, H), (H, H) and (H,)."
        )
    N, T, _ = x.shape
    h = np.zeros((N, T + 1, len(b)), x.dtype)  # h[:, t] before step t; h[:, 0] is the start
    a = x @ W + b
    for t in range(T):
        h[:, t + 1] = np.tanh(a[:, t] + h[:, t] @ U)

    def backward(d_y: Array) -> tuple[Array, ...]:
        d_a = np.empty_like(a)
        d_h = np.zeros_like(a[:, 0])
        for t in reversed(range(T)):
            d_a[:, t] = (d_y[:, t] + d_h) * (1 - h[:, t + 1] ** 2)
            d_h = d_a[:, t] @ U.T
        d_W = np.einsum("nti,nth->ih", x, d_a)
        d_U = np.einsum("nti,nth->ih", h[:, :-1], d_a)
        return d_a @ W.T, d_W, d_U, d_a.sum(axis=(0, 1))

    return h[:, 1:].copy(), backward


def last_step(x: Array) -> tuple[Array, Backward]:
    """The last step of every sequence.

    ``y = x_T``; ``d_x`` is ``d_y`` at the last step and 0 before

    Parameters
    ----------
    x : float array, shape (N, T, H)

    Returns
    -------
    y : array, shape (N, H)
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array (N, T, H).

    Notes
    -----
    **Conventions.** After :func:`recurrent`, what ``keras.layers.SimpleRNN`` returns by default.

    Examples
    --------
    >>> last_step(np.array([[[1.0], [2.0]]]))[0]
    array([[2.]])
    """
    floating("x", x)
    if x.ndim != 3:
        raise ValueError(f"x has shape {x.shape}; expected (N, T, H): sequences.")

    def backward(d_y: Array) -> tuple[Array, ...]:
        d_x = np.zeros_like(x)
        d_x[:, -1] = d_y
        return (d_x,)

    return x[:, -1].copy(), backward


class Recurrent(Layer):
    """:func:`recurrent` as a layer; put :func:`last_step` after it for one output a sequence.

    Parameters
    ----------
    outputs : int, at least 1
        ``H``, the number of units.
    weights, recurrent_weights : callable
        ``weights(rng, inputs, outputs)``: initialisers of ``W`` and ``U``; Keras's defaults. Biases
        start at 0.

    Examples
    --------
    >>> Recurrent(3).shapes(inputs=(10, 2)), Recurrent(3).output_shape((10, 2))
    ({'W': (2, 3), 'U': (3, 3), 'b': (3,)}, (10, 3))
    """

    def __init__(
        self,
        outputs: int,
        *,
        weights: Callable[[np.random.Generator, int, int], Array] = glorot_uniform,
        recurrent_weights: Callable[[np.random.Generator, int, int], Array] = orthogonal,
    ) -> None:
        whole("outputs", outputs, least=1)
        self.outputs = int(outputs)
        self.weights, self.recurrent_weights = weights, recurrent_weights

    def output_shape(self, inputs: Shape) -> Shape:
        """As many steps, one number a unit."""
        return (*inputs[:1], self.outputs)

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Weights ``W`` of the input and ``U`` of the state, biases ``b``."""
        if len(inputs) != 2:
            raise ValueError(f"the sequences have shape {inputs}; expected (steps, features).")
        H = self.outputs
        return {"W": (inputs[1], H), "U": (H, H), "b": (H,)}

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """Weights from the initialisers, biases 0."""
        H = self.outputs
        W, U = self.weights(rng, inputs[1], H), self.recurrent_weights(rng, H, H)
        return {"W": W, "U": U, "b": np.zeros(H)}

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply :func:`recurrent`."""
        return recurrent(x, *arrays)
