"""Batch normalisation: in training by the batch, in inference by what training has seen."""

from typing import Any

import numpy as np

from nnedu._typing import Array, Backward
from nnedu.nn._given import check_features, check_number
from nnedu.nn.layer import Layer, Shape
from nnedu.nn.normalize import normalize


def batch_norm(
    x: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    var: Array,
    *,
    momentum: float = 0.9,
    eps: float = 1e-5,
    correction: int = 0,
) -> tuple[Array, Backward, Array, Array]:
    """Batch normalisation in training: each feature by its mean and variance in the batch.

    ``y = gamma x_hat + beta``; ``mean = momentum mean + (1 - momentum) batch_mean``, and so ``var``

    Parameters
    ----------
    x : float array, shape (N, ..., F)
        Rows, or images with channels last: mean and variance are over all axes but the last.
    gamma, beta : float arrays, shape (F,)
        Scale and shift; 1 and 0 at the start.
    mean, var : float arrays, shape (F,)
        Running statistics; 0 and 1 at the start. They do not enter ``y``.
    momentum : float in [0, 1)
        The share of the running statistics that stays.
    eps : float, at least 0
        Added to the variance.
    correction : int, at least 0
        The running variance takes the batch's times ``n / (n - correction)``, for ``n`` numbers a
        feature.

    Returns
    -------
    y : array, shape of ``x``
    backward : callable
        ``backward(d_y) -> (d_x, d_gamma, d_beta)``.
    mean, var : arrays, shape (F,)
        The new running statistics.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no float array of two axes or more, a parameter does not have shape (F,), or
        there are not more than ``correction`` numbers a feature.

    Notes
    -----
    **Conventions.** The running variance is biased (``correction=0``) as in
    ``keras.layers.BatchNormalization``; PyTorch's is unbiased (``correction=1``). What enters ``y``
    is biased in both. ``momentum`` is Keras's; PyTorch's is 1 minus it. Defaults are PyTorch's;
    Keras has momentum 0.99 and eps 1e-3.

    Source: Ioffe & Szegedy (2015), "Batch normalization", Algorithm 1.

    Examples
    --------
    >>> x, one, zero = np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1)
    >>> y, backward, mean, var = batch_norm(x, one, zero, zero, one, eps=0.0, correction=1)
    >>> y.ravel(), mean, var  # of the batch: mean 2, variance 1, unbiased 2
    (array([-1.,  1.]), array([0.2]), array([1.1]))
    """
    check_features(x, gamma=gamma, beta=beta, mean=mean, var=var)
    n = x.size // x.shape[-1]
    if n <= correction:
        raise ValueError(f"each feature has {n} numbers; expected more than {correction}.")
    batch = tuple(range(x.ndim - 1))
    x_hat, through, batch_mean, batch_var = normalize(x, batch, eps=eps)
    mean = momentum * mean + (1 - momentum) * batch_mean.reshape(-1)
    var = momentum * var + (1 - momentum) * (n / (n - correction)) * batch_var.reshape(-1)

    def backward(d_y: Array) -> tuple[Array, ...]:
        (d_x,) = through(gamma * d_y)
        return d_x, (d_y * x_hat).sum(axis=batch), d_y.sum(axis=batch)

    return gamma * x_hat + beta, backward, mean, var


def batch_norm_inference(
    x: Array, gamma: Array, beta: Array, mean: Array, var: Array, *, eps: float = 1e-5
) -> tuple[Array, Backward]:
    """Batch normalisation in inference: a fixed scale and shift for each feature.

    ``y = gamma (x - mean) / sqrt(var + eps) + beta``

    Parameters
    ----------
    x : float array, shape (N, ..., F)
    gamma, beta, mean, var : float arrays, shape (F,)
        As training has left them.
    eps : float, at least 0
        As in training.

    Returns
    -------
    y : array, shape of ``x``
        Each example's own: the others in the batch do not matter.
    backward : callable
        ``backward(d_y) -> (d_x, d_gamma, d_beta)``; the statistics are constants.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no float array of two axes or more, or another does not have shape (F,).

    Notes
    -----
    **Conventions.** ``keras.layers.BatchNormalization`` with ``training=False``, PyTorch's after
    ``eval()``.

    Source: Ioffe & Szegedy (2015), "Batch normalization", Algorithm 2.

    Examples
    --------
    >>> x, one, zero = np.array([[7.0]]), np.ones(1), np.zeros(1)
    >>> batch_norm_inference(x, 10 * one, zero, 5 * one, 4 * one, eps=0.0)[0]
    array([[10.]])
    """
    check_features(x, gamma=gamma, beta=beta, mean=mean, var=var)
    scale = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * scale
    batch = tuple(range(x.ndim - 1))

    def backward(d_y: Array) -> tuple[Array, ...]:
        return gamma * scale * d_y, (d_y * x_hat).sum(axis=batch), d_y.sum(axis=batch)

    return gamma * x_hat + beta, backward


class BatchNorm(Layer):
    """:func:`batch_norm` in training, :func:`batch_norm_inference` otherwise; parameters as there.

    Examples
    --------
    >>> layer = BatchNorm()
    >>> layer.shapes(inputs=(8, 8, 3)), list(layer.statistics((8, 8, 3)))
    ({'gamma': (3,), 'beta': (3,)}, ['mean', 'var'])
    """

    def __init__(self, *, momentum: float = 0.9, eps: float = 1e-5, correction: int = 0) -> None:
        check_number("momentum", momentum, 0, 1)
        check_number("eps", eps, 0, np.inf)
        check_number("correction", correction, 0, np.inf)
        self.momentum, self.eps, self.correction = momentum, eps, correction

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Scale ``gamma`` and shift ``beta``."""
        return {"gamma": inputs[-1:], "beta": inputs[-1:]}

    def init(self, rng: np.random.Generator, inputs: Shape) -> dict[str, Array]:
        """Scale 1, shift 0."""
        return {"gamma": np.ones(inputs[-1]), "beta": np.zeros(inputs[-1])}

    def statistics(self, inputs: Shape) -> dict[str, Array]:
        """Running mean 0, running variance 1."""
        return {"mean": np.zeros(inputs[-1]), "var": np.ones(inputs[-1])}

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Apply :func:`batch_norm_inference`."""
        return batch_norm_inference(x, *arrays, eps=self.eps)

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Apply :func:`batch_norm`."""
        momentum, eps, correction = self.momentum, self.eps, self.correction
        return batch_norm(x, *arrays, momentum=momentum, eps=eps, correction=correction)
