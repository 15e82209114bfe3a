"""Augmentation: the same example in another view, and examples between examples.

Images have shape (N, H, W) or (N, H, W, channels). Every call draws anew from ``rng``, once for
each image.
"""

import numpy as np

from nnedu._check import floating, not_negative, positive, whole
from nnedu._typing import Array


def flip(x: Array, *, rng: np.random.Generator, share: float = 0.5) -> Array:
    """Mirror images left to right, each with probability ``share``.

    Parameters
    ----------
    x : float array, shape (N, H, W, ...)
    rng : numpy.random.Generator
    share : float in [0, 1]
        A digit's mirror image is no digit: augment only by what keeps the label.

    Returns
    -------
    array, shape and dtype of ``x``

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no float array of images, or ``share`` is out of its range.

    Examples
    --------
    >>> flip(np.array([[[1.0, 2.0]]]), rng=np.random.default_rng(0), share=1.0)
    array([[[2., 1.]]])
    """
    _images(x)
    _share("share", share)
    chosen = rng.random(len(x)) < share
    return np.where(chosen[(...,) + (None,) * (x.ndim - 1)], x[:, :, ::-1], x)


def shift(x: Array, *, rng: np.random.Generator, most: int) -> Array:
    """Move each image by up to ``most`` pixels: pad with zeros, then crop at random.

    Parameters
    ----------
    x : float array, shape (N, H, W, ...)
    rng : numpy.random.Generator
    most : int, at least 0
        The largest move along each axis.

    Returns
    -------
    array, shape and dtype of ``x``

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no float array of images, or ``most`` is negative.

    Notes
    -----
    Source: Krizhevsky, Sutskever & Hinton (2012), "ImageNet classification with deep convolutional
    neural networks", section 4.1, for random crops.

    Examples
    --------
    >>> moved = shift(np.ones((100, 3, 3)), rng=np.random.default_rng(0), most=1)
    >>> sorted(set(moved.sum(axis=(1, 2)).tolist()))
    [4.0, 6.0, 9.0]
    """
    _images(x)
    whole("most", most, least=0)
    N, H, W = x.shape[:3]
    padded = np.pad(x, [(0, 0), (most, most), (most, most)] + [(0, 0)] * (x.ndim - 3))
    top, left = rng.integers(0, 2 * most + 1, size=(2, N))
    rows = top[:, None] + np.arange(H)
    columns = left[:, None] + np.arange(W)
    moved: Array = padded[np.arange(N)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return moved


def noise(x: Array, *, rng: np.random.Generator, scale: float) -> Array:
    """Add Gaussian noise of standard deviation ``scale`` to every number.

    Parameters
    ----------
    x : float array, any shape
    rng : numpy.random.Generator
    scale : float, at least 0

    Returns
    -------
    array, shape and dtype of ``x``

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not of floats, or ``scale`` is negative.

    Notes
    -----
    Source: Bishop (1995), "Training with noise is equivalent to Tikhonov regularization".

    Examples
    --------
    >>> noise(np.zeros(2), rng=np.random.default_rng(0), scale=0.0)
    array([0., 0.])
    """
    floating("x", x)
    not_negative(scale=scale)
    result: Array = x + (scale * rng.normal(size=x.shape)).astype(x.dtype)
    return result


def cutout(x: Array, *, rng: np.random.Generator, size: int) -> Array:
    """Set a square of each image to 0; its centre is any pixel, so it may hang over the edge.

    Parameters
    ----------
    x : float array, shape (N, H, W, ...)
    rng : numpy.random.Generator
    size : int, at least 1
        The side of the square, in pixels.

    Returns
    -------
    array, shape and dtype of ``x``

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no float array of images, or ``size`` is below 1.

    Notes
    -----
    **Conventions.** A square of even side reaches one pixel further up and left of its centre.

    Source: DeVries & Taylor (2017), "Improved regularization of convolutional neural networks with
    cutout", section 3.2.

    Examples
    --------
    >>> cut = cutout(np.ones((1, 4, 4)), rng=np.random.default_rng(1), size=1)
    >>> int((cut == 0).sum())
    1
    """
    _images(x)
    whole("size", size, least=1)
    N, H, W = x.shape[:3]
    inside = []
    for length in (H, W):
        begin = rng.integers(0, length, size=(N, 1)) - size // 2
        at = np.arange(length)
        inside.append((begin <= at) & (at < begin + size))
    hole = inside[0][:, :, None] & inside[1][:, None, :]
    return np.where(hole[(...,) + (None,) * (x.ndim - 3)], x.dtype.type(0), x)


def mixup(
    x: Array, targets: Array, *, rng: np.random.Generator, alpha: float
) -> tuple[Array, Array]:
    """Mixup: examples between pairs of examples, with targets between theirs.

    ``x <- lam x + (1 - lam) x[order]`` and likewise the targets, with ``lam ~ Beta(alpha, alpha)``

    Parameters
    ----------
    x : float array, first dimension N
        Inputs.
    targets : float array, first dimension N
        One-hot labels (N, C) or numbers: integer labels cannot be mixed.
    rng : numpy.random.Generator
        Draws a partner for each example, and one ``lam`` for each.
    alpha : float, above 0
        Small: nearly one of the two; large: nearly the middle.

    Returns
    -------
    x, targets : arrays of the shapes and dtypes given

    Raises
    ------
    TypeError, ValueError
        If an array is not of floats, the lengths differ, or ``alpha`` is not above 0.

    Notes
    -----
    **Conventions.** One ``lam`` an example, as ``keras.layers.MixUp``; the paper's code draws one a
    batch.

    Source: Zhang, Cisse, Dauphin & Lopez-Paz (2018), "mixup: beyond empirical risk minimization",
    equation 2 and figure 1.

    Examples
    --------
    >>> x, labels = np.eye(2), np.eye(2)
    >>> mixed, targets = mixup(x, labels, rng=np.random.default_rng(0), alpha=0.4)
    >>> bool(np.allclose(mixed, targets)), bool(np.allclose(targets.sum(axis=1), 1))
    (True, True)
    """
    floating("x", x)
    floating("targets", targets)
    if len(x) != len(targets):
        raise ValueError(f"x has {len(x)} examples and targets {len(targets)}; expected as many.")
    positive(alpha=alpha)
    order, lam = rng.permutation(len(x)), rng.beta(alpha, alpha, size=len(x))

    def mixed(array: Array) -> Array:
        part = lam.astype(array.dtype)[(...,) + (None,) * (array.ndim - 1)]
        result: Array = part * array + (1 - part) * array[order]
        return result

    return mixed(x), mixed(targets)


def _images(x: Array) -> None:
    floating("x", x)
    if x.ndim < 3:
        raise ValueError(
            f"x has shape {x.shape}; expected images, (N, H, W) or (N, H, W, channels). Flat "
            "digits? Pass x.reshape(-1, 8, 8)."
        )


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; expected a number in [0, 1].")
