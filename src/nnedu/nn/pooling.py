"""Pooling: one number for each window and channel."""

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array, Backward
from nnedu.nn.layer import Layer, Shape
from nnedu.nn.windows import Padding, Pair, check_padding, output_places, pair, windows


def global_average_pool(x: Array) -> tuple[Array, Backward]:
    """The mean of every channel over all places.

    ``y = mean(x)`` over all axes but the first and last; ``d_x = d_y / places`` everywhere

    Parameters
    ----------
    x : float array, shape (N, ..., C)
        Images (N, H, W, C) or sequences (N, T, C).

    Returns
    -------
    y : array, shape (N, C)
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array of three axes or more.

    Notes
    -----
    **Conventions.** ``keras.layers.GlobalAveragePooling2D`` and ``1D``; in PyTorch
    ``x.mean(dim=(2, 3))``, channels being first.

    Source: Lin, Chen & Yan (2014), "Network in network", section 3.2.

    Examples
    --------
    >>> global_average_pool(np.array([[[1.0, 10.0], [3.0, 30.0]]]))[0]
    array([[ 2., 20.]])
    """
    floating("x", x)
    if x.ndim < 3:
        raise ValueError(f"x has shape {x.shape}; expected (N, ..., C) with places in between.")
    places = tuple(range(1, x.ndim - 1))
    share = x.dtype.type(x.shape[0] * x.shape[-1] / x.size)

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (np.broadcast_to(np.expand_dims(share * d_y, places), x.shape).copy(),)

    return x.mean(axis=places), backward


def average_pool(
    x: Array, *, size: int | Pair, stride: int | Pair | None = None, padding: Padding = "valid"
) -> tuple[Array, Backward]:
    """The mean of each window, for each channel.

    ``y = sum(window) / count``, counting places inside the image only

    Parameters
    ----------
    x : float array, shape (N, H, W, C)
    size : int or pair of int, at least 1
        Height and width of a window.
    stride : int or pair of int, optional
        From one window to the next; by default ``size``, so that they lie side by side.
    padding : {"valid", "same"} or int
        As in :func:`~nnedu.nn.windows.window_places`; a number is below ``size``.

    Returns
    -------
    y : array, shape (N, rows, columns, C)
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array (N, H, W, C), or no window fits.

    Notes
    -----
    **Conventions.** ``keras.layers.AveragePooling2D``. PyTorch's counts the padding too, unless
    told ``count_include_pad=False``.

    Source: LeCun et al. (1998), "Gradient-based learning applied to document recognition",
    section II.A (sub-sampling).

    Examples
    --------
    >>> average_pool(np.array([1.0, 3.0, 5.0]).reshape(1, 1, 3, 1), size=(1, 2), padding="same")[
    ...     0
    ... ].ravel()
    array([2., 5.])
    """
    size, stride = _geometry(size, stride, padding)
    view, back = windows(x, size, stride, padding)
    inside, _ = windows(np.ones((1, *x.shape[1:3], 1), x.dtype), size, stride, padding)
    share = 1 / inside.sum(axis=(3, 4))

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (back(np.broadcast_to((share * d_y)[:, :, :, None, None], view.shape)),)

    return view.sum(axis=(3, 4)) * share, backward


def max_pool(
    x: Array, *, size: int | Pair, stride: int | Pair | None = None, padding: Padding = "valid"
) -> tuple[Array, Backward]:
    """The largest number of each window, for each channel; the gradient goes to its place.

    ``y = max(window)``; ``d_x`` collects ``d_y`` at the first place that has the maximum

    Parameters
    ----------
    x : float array, shape (N, H, W, C)
    size : int or pair of int, at least 1
        Height and width of a window.
    stride : int or pair of int, optional
        From one window to the next; by default ``size``, so that they lie side by side.
    padding : {"valid", "same"} or int
        As in :func:`~nnedu.nn.windows.window_places`, but with minus infinity; a number is below
        ``size``.

    Returns
    -------
    y : array, shape (N, rows, columns, C)
    backward : callable
        ``backward(d_y) -> (d_x,)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array (N, H, W, C), or no window fits.

    Notes
    -----
    **Conventions.** ``keras.layers.MaxPooling2D``, ``torch.nn.functional.max_pool2d``: of equal
    numbers in a window the first, row by row, gets the gradient.

    Source: Ranzato, Huang, Boureau & LeCun (2007), "Unsupervised learning of invariant feature
    hierarchies with applications to object recognition".

    Examples
    --------
    >>> y, backward = max_pool(np.array([1.0, 3.0, 5.0, 2.0]).reshape(1, 2, 2, 1), size=2)
    >>> y.ravel(), backward(y)[0].ravel()
    (array([5.]), array([0., 0., 5., 0.]))
    """
    size, stride = _geometry(size, stride, padding)
    view, back = windows(x, size, stride, padding, fill=-np.inf)
    rows = view.reshape(*view.shape[:3], -1, x.shape[-1])
    largest = rows.argmax(axis=3)[:, :, :, None]
    y = np.take_along_axis(rows, largest, axis=3)[:, :, :, 0]

    def backward(d_y: Array) -> tuple[Array, ...]:
        d_rows = np.zeros_like(rows)
        np.put_along_axis(d_rows, largest, d_y[:, :, :, None], axis=3)
        return (back(d_rows.reshape(view.shape)),)

    return y, backward


def _geometry(size: int | Pair, stride: int | Pair | None, padding: Padding) -> tuple[Pair, Pair]:
    """Size and stride as pairs, once all three have been checked."""
    both = pair("size", size)
    check_padding(padding)
    if not isinstance(padding, str) and padding >= min(both):
        raise ValueError(f"padding is {padding}; expected less than size, which is {size}.")
    return both, both if stride is None else pair("stride", stride)


class AveragePool(Layer):
    """:func:`average_pool` as a layer; parameters as there.

    Examples
    --------
    >>> AveragePool(2).output_shape((8, 8, 3))
    (4, 4, 3)
    """

    apply = staticmethod(average_pool)

    def __init__(
        self,
        size: int | Pair,
        *,
        stride: int | Pair | None = None,
        padding: Padding = "valid",
    ) -> None:
        self.size, self.stride = _geometry(size, stride, padding)
        self.padding = padding

    def output_shape(self, inputs: Shape) -> Shape:
        """Rows, columns, channels."""
        return (*output_places(inputs, self.size, self.stride, self.padding), inputs[-1])

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply the function."""
        return self.apply(x, size=self.size, stride=self.stride, padding=self.padding)


class MaxPool(AveragePool):
    """:func:`max_pool` as a layer; parameters as there.

    Examples
    --------
    >>> MaxPool(3, stride=2, padding="same").output_shape((8, 8, 3))
    (4, 4, 3)
    """

    apply = staticmethod(max_pool)
