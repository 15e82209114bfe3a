"""Gradients in fewer bytes, and the memory of what was left out."""

from collections.abc import Callable

import numpy as np

from nnedu._check import floating, same_shape, whole
from nnedu._typing import Array

Compressor = Callable[[Array], tuple[Array, int]]
"""``compressor(g) -> (what arrives, bytes sent)``."""


def top_k(g: Array, k: int) -> tuple[Array, int]:
    """Send the ``k`` entries of largest magnitude, and their places.

    Parameters
    ----------
    g : float array, shape (P,)
    k : int, from 1 to P

    Returns
    -------
    sent : array, shape and dtype of ``g``
        0 where nothing was sent. Of equal magnitudes the earlier entries go.
    nbytes : int
        ``8 k``: a float32 and a place of four bytes each.

    Raises
    ------
    TypeError, ValueError
        If ``g`` is not a float array of one axis, or ``k`` not in 1 .. P.

    Notes
    -----
    **Conventions.** The largest of the whole vector, not of each layer.

    Source: Lin et al. (2018), "Deep gradient compression", section 3.1 (there a threshold for each
    layer, and momentum correction besides).

    Examples
    --------
    >>> top_k(np.array([1.0, -5.0, 3.0, 0.0]), 2)
    (array([ 0., -5.,  3.,  0.]), 16)
    """
    _vector(g)
    whole("k", k, least=1)
    if k > g.size:
        raise ValueError(f"k is {k}; expected at most {g.size}, the entries of g.")
    chosen = np.argsort(-np.abs(g), kind="stable")[:k]
    sent = np.zeros_like(g)
    sent[chosen] = g[chosen]
    return sent, 8 * k


def int8(
    g: Array, *, peak: float | None = None, rng: np.random.Generator | None = None
) -> tuple[Array, int]:
    """Send each entry as one of 255 codes, and their common scale.

    ``scale = peak / 127``, ``code = round(g / scale)``; with ``rng`` rounded up with the
    probability of the fraction, so that the mean of what arrives is ``g``

    Parameters
    ----------
    g : float array, shape (P,)
    peak : float, at least the largest ``|g|``, optional
        The largest magnitude. Workers that agree on one can add each other's codes as integers;
        by default each has its own.
    rng : numpy.random.Generator, optional
        Rounds stochastically; without it to the nearest code, halves to even.

    Returns
    -------
    sent : array, shape and dtype of ``g``
    nbytes : int
        ``P + 4``: a byte each, and a float32.

    Raises
    ------
    TypeError, ValueError
        If ``g`` is not a float array of one axis, or ``peak`` is below the largest magnitude.

    Notes
    -----
    **Conventions.** Symmetric, without the code -128, as :func:`nnedu.quantization.symmetric`.

    Source: Alistarh et al. (2017), "QSGD", for stochastic rounding (there scaled by the norm).

    Examples
    --------
    >>> int8(np.array([127.0, 0.4, -63.6]))
    (array([127.,   0., -64.]), 7)
    """
    _vector(g)
    largest = float(np.abs(g).max())
    if peak is None:
        peak = largest
    if not largest <= peak < np.inf:
        raise ValueError(
            f"peak is {peak}; expected a number of at least {largest}, the largest |g|."
        )
    scale = peak / 127
    if scale == 0:
        return np.zeros_like(g), g.size + 4
    codes = np.rint(g / scale) if rng is None else np.floor(g / scale + rng.random(g.shape))
    return np.asarray(np.clip(codes, -127, 127) * scale, dtype=g.dtype), g.size + 4


def sign(g: Array) -> tuple[Array, int]:
    """Send one bit an entry, and their mean magnitude.

    ``sent = mean(|g|) sign(g)``, 0 counting as positive

    Parameters
    ----------
    g : float array, shape (P,)

    Returns
    -------
    sent : array, shape and dtype of ``g``
    nbytes : int
        An eighth of P, rounded up, and 4 for the magnitude.

    Raises
    ------
    TypeError, ValueError
        If ``g`` is not a float array of one axis.

    Notes
    -----
    **Conventions.** One magnitude for the whole vector; Seide et al. have two for each column of a
    matrix.

    Source: Karimireddy et al. (2019), "Error feedback fixes SignSGD and other gradient compression
    schemes", the scaled sign; Seide et al. (2014), "1-bit stochastic gradient descent".

    Examples
    --------
    >>> sign(np.array([1.0, -5.0, 0.0]))
    (array([ 2., -2.,  2.]), 5)
    """
    _vector(g)
    magnitude = np.abs(g).mean()
    sent = np.where(g < 0, -magnitude, magnitude).astype(g.dtype)
    return sent, -(-g.size // 8) + 4


def with_feedback(compressor: Compressor, g: Array, memory: Array) -> tuple[Array, Array, int]:
    """Compress what is due, and remember what was not sent.

    ``due = g + memory``, ``sent = compressor(due)``, ``memory = due - sent``

    Parameters
    ----------
    compressor : callable
        ``compressor(g) -> (sent, nbytes)``.
    g : float array, shape (P,)
        A worker's gradient.
    memory : float array, shape (P,)
        What this worker has not sent so far; 0 at the start.

    Returns
    -------
    sent : array, shape (P,)
    memory : array, shape (P,)
        For the next update.
    nbytes : int

    Raises
    ------
    ValueError
        If the shapes differ.

    Notes
    -----
    **Conventions.** The memory is in units of gradients: with a learning rate that changes, what
    was left out is applied at the later rate. Karimireddy et al. remember ``lr g``.

    Source: Seide et al. (2014), "1-bit stochastic gradient descent"; Karimireddy et al. (2019),
    "Error feedback fixes SignSGD and other gradient compression schemes", Algorithm 2.

    Examples
    --------
    >>> from functools import partial
    >>> largest = partial(top_k, k=1)
    >>> sent, memory, _ = with_feedback(largest, np.array([3.0, 2.0]), np.zeros(2))
    >>> sent, with_feedback(largest, np.array([3.0, 2.0]), memory)[0]  # the 2 has become a 4
    (array([3., 0.]), array([0., 4.]))
    """
    same_shape("memory", memory, "g", g)
    due = g + memory
    sent, nbytes = compressor(due)
    return sent, due - sent, nbytes


def _vector(g: Array) -> None:
    floating("g", g)
    if g.ndim != 1 or g.size == 0:
        raise ValueError(
            f"g has shape {g.shape}; expected (P,), at least one entry. Pass g.ravel()."
        )
