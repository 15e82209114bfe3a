"""Normalisations of one example at a time: layer, RMS and group."""

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array, Backward
from nnedu.nn._given import check_features, check_number
from nnedu.nn.layer import Layer, Shape
from nnedu.nn.normalize import normalize


def layer_norm(x: Array, gamma: Array, beta: Array, *, eps: float = 1e-5) -> tuple[Array, Backward]:
    """Layer normalisation: every example on its own scale, the same in training and inference.

    ``y = gamma x_hat + beta`` with ``x_hat`` of mean 0 and variance 1 over the last axis

    Parameters
    ----------
    x : float array, shape (N, ..., F)
    gamma, beta : float arrays, shape (F,)
        Scale and shift; 1 and 0 at the start.
    eps : float, at least 0
        Added to the variance.

    Returns
    -------
    y : array, shape of ``x``
    backward : callable
        ``backward(d_y) -> (d_x, d_gamma, d_beta)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no float array of two axes or more, or a parameter does not have shape (F,).

    Notes
    -----
    **Conventions.** ``torch.nn.functional.layer_norm`` over the last axis, with PyTorch's epsilon;
    ``keras.layers.LayerNormalization`` has 1e-3.

    Source: Ba, Kiros & Hinton (2016), "Layer normalization", section 3.

    Examples
    --------
    >>> x, one, zero = np.array([[1.0, 3.0], [10.0, 30.0]]), np.ones(2), np.zeros(2)
    >>> layer_norm(x, one, zero, eps=0.0)[0]
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    check_features(x, gamma=gamma, beta=beta)
    x_hat, through, _, _ = normalize(x, (-1,), eps=eps)
    batch = tuple(range(x.ndim - 1))

    def backward(d_y: Array) -> tuple[Array, ...]:
        (d_x,) = through(gamma * d_y)
        return d_x, (d_y * x_hat).sum(axis=batch), d_y.sum(axis=batch)

    return gamma * x_hat + beta, backward


def rms_norm(x: Array, gamma: Array, *, eps: float = 1e-6) -> tuple[Array, Backward]:
    """Root-mean-square normalisation: layer normalisation without the mean.

    ``y = gamma x / r`` with ``r = sqrt(mean(x**2) + eps)`` over the last axis;
    ``d_x = (d - x mean(d x) / r**2) / r`` with ``d = gamma d_y``

    Parameters
    ----------
    x : float array, shape (N, ..., F)
    gamma : float array, shape (F,)
        Scale; 1 at the start.
    eps : float, at least 0
        Added to the mean square.

    Returns
    -------
    y : array, shape of ``x``
    backward : callable
        ``backward(d_y) -> (d_x, d_gamma)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no float array of two axes or more, or ``gamma`` does not have shape (F,).

    Notes
    -----
    **Conventions.** ``keras.layers.RMSNormalization`` with its epsilon; ``torch.nn.RMSNorm`` takes
    the smallest step of the dtype, 1.2e-7 in float32.

    Source: Zhang & Sennrich (2019), "Root mean square layer normalization", equation 4 (without
    epsilon).

    Examples
    --------
    >>> rms_norm(np.array([[1.0, 7.0]]), np.array([5.0, 5.0]), eps=0.0)[0]  # r = 5
    array([[1., 7.]])
    """
    check_features(x, gamma=gamma)
    r = np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
    x_hat = x / r
    batch = tuple(range(x.ndim - 1))

    def backward(d_y: Array) -> tuple[Array, ...]:
        d = gamma * d_y
        along = (d * x_hat).mean(axis=-1, keepdims=True)
        return (d - x_hat * along) / r, (d_y * x_hat).sum(axis=batch)

    return gamma * x_hat, backward


def group_norm(
    x: Array, gamma: Array, beta: Array, *, groups: int, eps: float = 1e-5
) -> tuple[Array, Backward]:
    """Group normalisation: each example, each group of channels over the whole image.

    ``y = gamma x_hat + beta``, ``x_hat`` of mean 0 and variance 1 over places and a group

    Parameters
    ----------
    x : float array, shape (N, ..., C)
        Such as images (N, H, W, C).
    gamma, beta : float arrays, shape (C,)
        Scale and shift; 1 and 0 at the start.
    groups : int, divides C
        1 takes an example whole; C each channel on its own (instance normalisation).
    eps : float, at least 0
        Added to the variance.

    Returns
    -------
    y : array, shape of ``x``
    backward : callable
        ``backward(d_y) -> (d_x, d_gamma, d_beta)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no float array of two axes or more, a parameter does not have shape (C,), or
        ``groups`` does not divide C.

    Notes
    -----
    **Conventions.** ``torch.nn.functional.group_norm`` (channels second there), with PyTorch's
    epsilon; ``keras.layers.GroupNormalization`` has 1e-3.

    Source: Wu & He (2018), "Group normalization", section 3.

    Examples
    --------
    >>> x, one, zero = np.array([[1.0, 3.0, 10.0, 30.0]]), np.ones(4), np.zeros(4)
    >>> group_norm(x, one, zero, groups=2, eps=0.0)[0]
    array([[-1.,  1., -1.,  1.]])
    """
    check_features(x, gamma=gamma, beta=beta)
    _divides(groups, x.shape[-1])
    grouped = x.reshape(len(x), -1, groups, x.shape[-1] // groups)
    hat, through, _, _ = normalize(grouped, (1, 3), eps=eps)
    x_hat = hat.reshape(x.shape)
    batch = tuple(range(x.ndim - 1))

    def backward(d_y: Array) -> tuple[Array, ...]:
        (d_x,) = through((gamma * d_y).reshape(grouped.shape))
        return d_x.reshape(x.shape), (d_y * x_hat).sum(axis=batch), d_y.sum(axis=batch)

    return gamma * x_hat + beta, backward


def _divides(groups: int, channels: int) -> None:
    whole("groups", groups, least=1)
    if channels % groups:
        raise ValueError(f"groups is {groups}; expected a divisor of {channels}, the channels.")


class LayerNorm(Layer):
    """:func:`layer_norm` as a layer; ``eps`` as there.

    Examples
    --------
    >>> LayerNorm().shapes(inputs=(5, 3))
    {'gamma': (3,), 'beta': (3,)}
    """

    def __init__(self, *, eps: float = 1e-5) -> None:
        check_number("eps", eps, 0, np.inf)
        self.eps = eps

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Scale ``gamma`` and shift ``beta``."""
        return {"gamma": inputs[-1:], "beta": inputs[-1:]}

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """Scale 1, shift 0."""
        return {"gamma": np.ones(inputs[-1]), "beta": np.zeros(inputs[-1])}

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply :func:`layer_norm`."""
        return layer_norm(x, *arrays, eps=self.eps)


class RMSNorm(Layer):
    """:func:`rms_norm` as a layer; ``eps`` as there.

    Examples
    --------
    >>> RMSNorm().shapes(inputs=(5, 3))
    {'gamma': (3,)}
    """

    def __init__(self, *, eps: float = 1e-6) -> None:
        check_number("eps", eps, 0, np.inf)
        self.eps = eps

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Scale ``gamma``."""
        return {"gamma": inputs[-1:]}

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """Scale 1."""
        return {"gamma": np.ones(inputs[-1])}

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply :func:`rms_norm`."""
        return rms_norm(x, *arrays, eps=self.eps)


class GroupNorm(LayerNorm):
    """:func:`group_norm` as a layer; ``groups`` and ``eps`` as there.

    Examples
    --------
    >>> GroupNorm(2).shapes(inputs=(8, 8, 6))
    {'gamma': (6,), 'beta': (6,)}
    """

    def __init__(self, groups: int, *, eps: float = 1e-5) -> None:
        super().__init__(eps=eps)
        whole("groups", groups, least=1)
        self.groups = groups

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Scale ``gamma`` and shift ``beta``."""
        _divides(self.groups, inputs[-1])
        return super().shapes(inputs)

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply :func:`group_norm`."""
        return group_norm(x, *arrays, groups=self.groups, eps=self.eps)
