"""The dense layer: every output a weighted sum of every input."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._check import floating, whole
from nnedu._typing import Array, Backward
from nnedu.nn.initializers import glorot_uniform
from nnedu.nn.layer import Layer, Shape


def dense(x: Array, W: Array, b: Array) -> tuple[Array, Backward]:
    """Dense layer: a matrix product and a bias.

    ``y = x W + b``; ``d_x = d_y W^T``, ``d_W = x^T d_y``, ``d_b`` the sum of ``d_y`` over rows

    Parameters
    ----------
    x : float array, shape (N, I)
        One row an example.
    W : float array, shape (I, O)
        Weights.
    b : float array, shape (O,)
        Biases.

    Returns
    -------
    y : array, shape (N, O)
    backward : callable
        ``backward(d_y) -> (d_x, d_W, d_b)``.

    Raises
    ------
    TypeError
        If ``x`` is not a float array.
    ValueError
        If the shapes do not fit: NumPy would broadcast a bias of another shape.

    Notes
    -----
    **Conventions.** ``W`` is (inputs, outputs) as in Keras; PyTorch stores its transpose.

    Examples
    --------
    >>> x, W, b = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([5.0])
    >>> y, backward = dense(x, W, b)
    >>> y
    array([[16.]])
    >>> d_x, d_W, d_b = backward(np.array([[1.0]]))
    >>> d_x, d_W.ravel(), d_b
    (array([[3., 4.]]), array([1., 2.]), array([1.]))
    """
    floating("x", x)
    if x.ndim != 2 or W.ndim != 2 or x.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        raise ValueError(
            f"x has shape {x.shape}, W {W.shape} and b {b.shape}; expected (N, I), (I, O) and (O,)."
        )
    y = x @ W + b

    def backward(d_y: Array) -> tuple[Array, ...]:
        return d_y @ W.T, x.T @ d_y, d_y.sum(axis=0)

    return y, backward


class Dense(Layer):
    """A dense layer of a :class:`~nnedu.nn.Network`: its size and how it starts.

    Parameters
    ----------
    outputs : int, at least 1
        ``O``, the number of units.
    weights : callable
        ``weights(rng, inputs, outputs) -> array (I, O)``: the initialiser. Biases start at 0.

    Examples
    --------
    >>> Dense(3).shapes(inputs=(2,))
    {'W': (2, 3), 'b': (3,)}
    """

    def __init__(
        self,
        outputs: int,
        *,
        weights: Callable[[np.random.Generator, int, int], Array] = glorot_uniform,
    ) -> None:
        whole("outputs", outputs, least=1)
        self.outputs = int(outputs)
        self.weights = weights

    def output_shape(self, inputs: Shape) -> Shape:
        """One number a unit."""
        return (self.outputs,)

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """The weights ``W`` and the biases ``b``."""
        if len(inputs) != 1:
            raise ValueError(
                f"Dense is given examples of shape {inputs}; expected rows of shape (I,). "
                "Put flatten before it."
            )
        return {"W": (*inputs, self.outputs), "b": (self.outputs,)}

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """Weights from the initialiser, biases 0."""
        return {"W": self.weights(rng, inputs[0], self.outputs), "b": np.zeros(self.outputs)}

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply :func:`dense`."""
        return dense(x, *arrays)

    def entrance(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """:func:`dense` without ``d_y W^T``, which is a third of its work."""
        y, _ = dense(x, *arrays)
        return y, lambda d_y: (None, x.T @ d_y, d_y.sum(axis=0))
