"""Adaptation to a domain without labels: second moments made alike, statistics estimated anew."""

from collections.abc import Mapping

import numpy as np

from nnedu._check import not_negative
from nnedu._typing import Array
from nnedu.data.preprocessing import Affine, _covariance, _rows
from nnedu.nn import Network


def coral(source: Array, target: Array, *, eps: float = 1.0) -> Affine:
    """CORAL: recolour the source's inputs so that their covariance is the target's.

    ``(x - mean_s) Cs**-1/2 Ct**1/2 + mean_t`` with ``C = covariance + eps I``

    Parameters
    ----------
    source : float array, shape (N, I)
        Inputs with labels; a classifier is trained on them after the map.
    target : float array, shape (M, I)
        Inputs from where it will be used, without labels.
    eps : float, at least 0
        Added to both covariances' diagonals; above 0 where features are fewer than directions.

    Returns
    -------
    Affine
        Maps the source's inputs; the target's stay as they are.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not float arrays of shapes (N, I) and (M, I), or ``eps`` is negative.

    Notes
    -----
    **Conventions.** The paper assumes standardised features and moves no mean; here the mean is
    moved too, which changes nothing where both are 0. The covariances are divided by N.

    Source: Sun, Feng & Saenko (2016), "Return of frustratingly easy domain adaptation",
    Algorithm 1.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> source, target = rng.normal(size=(500, 2)), 3 * rng.normal(size=(500, 2)) + 1
    >>> mapped = coral(source, target, eps=0.0)(source)
    >>> bool(np.allclose(np.cov(mapped.T), np.cov(target.T)))
    True
    """
    _rows("source", source)
    _rows("target", target, source.shape[1])
    not_negative(eps=eps)
    unit = eps * np.eye(source.shape[1])
    whitening = _power(_covariance(source) + unit, -0.5)
    A = whitening @ _power(_covariance(target) + unit, 0.5)
    mean_s, mean_t = (x.mean(axis=0, dtype=np.float64) for x in (source, target))
    # (x - mean) A with the target's mean put in: x A - (mean_s A - mean_t)
    return Affine(mean_s - mean_t @ np.linalg.inv(A), A)


def reestimate(
    network: Network,
    theta: Array,
    x: Array,
    statistics: Mapping[str, Array],
    *,
    rng: np.random.Generator | None = None,
) -> dict[str, Array]:
    """Running statistics estimated anew, as if ``x`` were the only batch of training.

    Nothing is trained: BatchNorm's layers see the new domain's means and variances, each
    layer after the ones before it have been adapted.

    Parameters
    ----------
    network : Network
        With running statistics, such as those of ``BatchNorm``.
    theta : float array, shape (P,)
        Its parameters, which stay.
    x : float array, shape (N, ``*inputs``)
        Inputs of the new domain, without labels: all of them at once.
    statistics : dict of str to array
        Those of training; not changed.
    rng : numpy.random.Generator, optional
        For layers that draw.

    Returns
    -------
    dict of str to array

    Raises
    ------
    ValueError
        If there are no statistics to estimate.

    Notes
    -----
    Source: Li, Wang, Shi, Liu & Hou (2016), "Revisiting batch normalization for practical domain
    adaptation" (AdaBN).

    Examples
    --------
    >>> from nnedu.nn import BatchNorm
    >>> network = Network([BatchNorm()], inputs=1)
    >>> theta = network.init(np.random.default_rng(0))
    >>> x = np.array([[1.0], [3.0]])
    >>> reestimate(network, theta, x, network.statistics())
    {'mean1': array([2.]), 'var1': array([1.])}
    """
    if not statistics:
        raise ValueError("statistics is empty; expected those of a network with BatchNorm layers.")

    # Training moves them from s to m s + (1 - m) b: from 0 and from 1 both m and b can be told.
    def moved(start: float) -> dict[str, Array]:
        held = {name: np.full_like(value, start) for name, value in statistics.items()}
        return network.forward_training(theta, x, held, rng=rng)[2]

    from_zero, from_one = moved(0.0), moved(1.0)
    return {name: value / (1 - (from_one[name] - value)) for name, value in from_zero.items()}


def _power(C: Array, power: float) -> Array:
    d, V = np.linalg.eigh(C)
    if d[0] <= 0:
        raise ValueError(
            f"a covariance has the eigenvalue {d[0]:.2g}; expected all above 0. Pass a larger eps."
        )
    result: Array = (V * d**power) @ V.T
    return result
