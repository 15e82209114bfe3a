"""Windows that slide over images: what convolution and pooling share."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnedu._check import floating, whole
from nnedu._typing import Array
from nnedu.nn.layer import Shape

Pair = tuple[int, int]
Padding = str | int


def pair(name: str, value: int | Pair) -> Pair:
    """One whole number of at least 1 for height and width, or two."""
    both = value if isinstance(value, tuple) else (value, value)
    if len(both) != 2:
        raise ValueError(f"{name} is {value!r}; expected one number, or two: height and width.")
    for number in both:
        whole(name, number, least=1)
    return both


def check_padding(padding: Padding) -> None:
    """Raise ValueError unless padding is "valid", "same" or a whole number of at least 0."""
    if padding not in ("valid", "same"):
        if isinstance(padding, str):
            raise ValueError(f"padding is {padding!r}; expected 'valid', 'same' or a number.")
        whole("padding", padding, least=0)


def window_places(length: int, size: int, stride: int, padding: Padding) -> tuple[int, int, int]:
    """How many windows fit along an axis, and the padding before and after it.

    ``count = (length + before + after - size) // stride + 1``

    Parameters
    ----------
    length, size, stride : int
        Of the axis, of a window, from one window to the next.
    padding : {"valid", "same"} or int
        "valid" pads nothing. "same" makes ``count = ceil(length / stride)``, and where the padding
        is odd, the one more comes after. A number is padded on both sides.

    Returns
    -------
    count, before, after : int

    Raises
    ------
    ValueError
        If no window fits.

    Notes
    -----
    **Conventions.** "same" is TensorFlow's, Keras's and JAX's. PyTorch pads by a number; with
    ``stride=2`` its usual 1 for windows of 3 starts one place earlier on axes of even length than
    "same" does. Both give as many windows, whose values differ.

    Examples
    --------
    >>> window_places(8, 3, 2, "same"), window_places(8, 3, 2, 1), window_places(8, 3, 2, "valid")
    ((4, 0, 1), (4, 1, 1), (3, 0, 0))
    """
    before = after = 0
    if padding == "same":
        total = max((-(-length // stride) - 1) * stride + size - length, 0)
        before, after = total // 2, total - total // 2
    elif not isinstance(padding, str):
        before = after = padding
    count = (length + before + after - size) // stride + 1
    if count < 1:
        raise ValueError(
            f"a window of {size} does not fit into {length + before + after}; expected a smaller "
            "window, a larger image or padding='same'. Pooled too often?"
        )
    return count, before, after


def output_places(inputs: Shape, size: Pair, stride: Pair, padding: Padding) -> Pair:
    """Height and width of what comes out for images of shape (H, W, C)."""
    if len(inputs) != 3:
        raise ValueError(
            f"the images have shape {inputs}; expected (height, width, channels). "
            "Grey images? Add the channel: x[..., np.newaxis]."
        )
    height, width = (
        window_places(*axis, padding)[0] for axis in zip(inputs[:2], size, stride, strict=True)
    )
    return height, width


def windows(
    x: Array, size: Pair, stride: Pair, padding: Padding, *, fill: float = 0.0
) -> tuple[Array, Callable[[Array], Array]]:
    """All windows of images, without a copy of what they share.

    Parameters
    ----------
    x : float array, shape (N, H, W, C)
    size, stride : pairs of int
    padding : {"valid", "same"} or int
        As for :func:`window_places`.
    fill : float
        What is padded.

    Returns
    -------
    view : array, shape (N, rows, columns, h, w, C)
        Read only.
    back : callable
        ``back(d_view) -> d_x``: each place collects from every window it lies in.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not a float array (N, H, W, C), or no window fits.

    Examples
    --------
    >>> view, back = windows(np.arange(3.0).reshape(1, 1, 3, 1), (1, 2), (1, 1), "valid")
    >>> view[0, 0, :, 0, :, 0], back(np.ones(view.shape)).ravel()
    (array([[0., 1.],
           [1., 2.]]), array([1., 2., 1.]))
    """
    floating("x", x)
    if x.ndim != 4:
        raise ValueError(
            f"x has shape {x.shape}; expected (N, H, W, C): images with channels last. "
            "Grey images? Pass x[..., np.newaxis]."
        )
    N, H, W, C = x.shape
    (h, w), (down, right) = size, stride
    rows, top, bottom = window_places(H, h, down, padding)
    columns, left, far = window_places(W, w, right, padding)
    padded = np.full((N, top + H + bottom, left + W + far, C), fill, x.dtype)
    padded[:, top : top + H, left : left + W] = x
    every: Any = sliding_window_view(padded, size, axis=(1, 2))
    view = every[:, ::down, ::right].transpose(0, 1, 2, 4, 5, 3)

    def back(d_view: Array) -> Array:
        d_padded = np.zeros(padded.shape, x.dtype)
        for i in range(h):
            for j in range(w):
                under = d_padded[:, i : i + down * rows : down, j : j + right * columns : right]
                under += d_view[:, :, :, i, j]
        return d_padded[:, top : top + H, left : left + W].copy()

    return view, back
