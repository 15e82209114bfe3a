"""Convolution: one small set of weights, used at every place of an image."""

from collections.abc import Callable

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array, Backward
from nnedu.nn.initializers import glorot_uniform
from nnedu.nn.layer import Layer, Shape
from nnedu.nn.windows import Padding, Pair, check_padding, output_places, pair, windows


def conv2d(
    x: Array, W: Array, b: Array, *, stride: int | Pair = 1, padding: Padding = "valid"
) -> tuple[Array, Backward]:
    """Convolution of images: every output a weighted sum of a window, plus a bias.

    ``y[n, r, c] = sum(window[n, r, c] W) + b``: a matrix product, once the windows are rows

    Parameters
    ----------
    x : float array, shape (N, H, W, I)
        Images, channels last.
    W : float array, shape (h, w, I, O)
        Weights, the same at every place.
    b : float array, shape (O,)
        Biases.
    stride : int or pair of int, at least 1
        From one window to the next.
    padding : {"valid", "same"} or int
        Zeros around the image, as in :func:`~nnedu.nn.windows.window_places`.

    Returns
    -------
    y : array, shape (N, rows, columns, O)
    backward : callable
        ``backward(d_y) -> (d_x, d_W, d_b)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array, the shapes do not fit, or no window does.

    Notes
    -----
    **Conventions.** ``keras.ops.conv`` and ``jax.lax`` with "NHWC" and "HWIO". Nothing is mirrored:
    what is called a convolution here and in every framework is a cross-correlation. PyTorch has
    channels first and ``W`` (O, I, h, w); its ``padding=1`` with ``stride=2`` is not "same".

    Source: LeCun et al. (1998), "Gradient-based learning applied to document recognition",
    section II.A.

    Examples
    --------
    >>> x, W = np.array([1.0, 2.0, 4.0]).reshape(1, 1, 3, 1), np.array([[[[1.0]], [[10.0]]]])
    >>> y, backward = conv2d(x, W, np.array([100.0]))
    >>> y.ravel()  # 1 + 20 + 100, 2 + 40 + 100
    array([121., 142.])
    >>> [d.ravel() for d in backward(np.ones(y.shape))]
    [array([ 1., 11., 10.]), array([3., 6.]), array([2.])]
    """
    if W.ndim != 4 or x.shape[-1:] != W.shape[2:3] or b.shape != W.shape[3:]:
        raise ValueError(
            f"x has shape {x.shape}, W {W.shape} and b {b.shape}; expected (N, H, W, I), "
            "(h, w, I, O) and (O,). Weights from PyTorch? Pass W.transpose(2, 3, 1, 0)."
        )
    h, w, I, O = W.shape  # noqa: E741 (the names of the shapes above)
    view, back = windows(x, (h, w), pair("stride", stride), padding)
    places = view.shape[:3]
    rows = view.reshape(-1, h * w * I)
    weights = W.reshape(-1, O)
    y = rows @ weights + b

    def backward(d_y: Array) -> tuple[Array, ...]:
        d_y = d_y.reshape(-1, O)
        d_view = (d_y @ weights.T).reshape(*places, h, w, I)
        return back(d_view), (rows.T @ d_y).reshape(W.shape), d_y.sum(axis=0)

    return y.reshape(*places, O), backward


class Conv2D(Layer):
    """:func:`conv2d` as a layer; ``stride`` and ``padding`` as there.

    Parameters
    ----------
    outputs : int, at least 1
        ``O``, the number of channels that come out.
    size : int or pair of int
        Height and width of a window.
    weights : callable
        ``weights(rng, inputs, outputs)``: an initialiser for ``h w I`` inputs and ``h w O``
        outputs, as Keras and PyTorch count them, of which the first ``O`` columns are taken.
        Biases start at 0.

    Examples
    --------
    >>> layer = Conv2D(16, 3, stride=2, padding="same")
    >>> layer.shapes(inputs=(8, 8, 1)), layer.output_shape((8, 8, 1))
    ({'W': (3, 3, 1, 16), 'b': (16,)}, (4, 4, 16))
    """

    def __init__(
        self,
        outputs: int,
        size: int | Pair,
        *,
        stride: int | Pair = 1,
        padding: Padding = "valid",
        weights: Callable[[np.random.Generator, int, int], Array] = glorot_uniform,
    ) -> None:
        whole("outputs", outputs, least=1)
        check_padding(padding)
        self.outputs, self.padding, self.weights = int(outputs), padding, weights
        self.size, self.stride = pair("size", size), pair("stride", stride)

    def output_shape(self, inputs: Shape) -> Shape:
        """Rows, columns, channels."""
        return (*output_places(inputs, self.size, self.stride, self.padding), self.outputs)

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """The weights ``W`` and the biases ``b``."""
        self.output_shape(inputs)  # says so where the images do not fit
        return {"W": (*self.size, inputs[-1], self.outputs), "b": (self.outputs,)}

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """Weights from the initialiser, biases 0."""
        window = self.size[0] * self.size[1]
        W = self.weights(rng, window * inputs[-1], window * self.outputs)[:, : self.outputs]
        return {"W": W.reshape(self.shapes(inputs)["W"]), "b": np.zeros(self.outputs)}

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply :func:`conv2d`."""
        return conv2d(x, *arrays, stride=self.stride, padding=self.padding)
