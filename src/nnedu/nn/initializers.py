"""Initialisers: how large the first weights are, so that signals keep their size."""

import numpy as np

from nnedu._typing import Array


def glorot_uniform(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Glorot (Xavier) uniform: keeps the variance of signals and gradients, for tanh.

    ``W ~ U(-a, a)`` with ``a = sqrt(6 / (inputs + outputs))``

    Parameters
    ----------
    rng : numpy.random.Generator
    inputs, outputs : int
        ``I`` and ``O``, both at least 1.

    Returns
    -------
    float64 array, shape (I, O)
        Variance ``2 / (I + O)``.

    Notes
    -----
    **Conventions.** The default of ``keras.layers.Dense``.

    Source: Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward
    neural networks", equation 16.

    Examples
    --------
    >>> W = glorot_uniform(np.random.default_rng(0), 3, 3)
    >>> W.shape, bool(np.abs(W).max() <= 1)
    ((3, 3), True)
    """
    limit = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, size=(inputs, outputs))


def he_normal(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """He normal: twice the variance, because ReLU sets half of the signal to 0.

    ``W ~ N(0, 2 / inputs)``

    Parameters
    ----------
    rng : numpy.random.Generator
    inputs, outputs : int
        ``I`` and ``O``, both at least 1.

    Returns
    -------
    float64 array, shape (I, O)
        Variance ``2 / I``.

    Notes
    -----
    **Conventions.** ``torch.nn.init.kaiming_normal_(nonlinearity="relu")``; Keras's ``HeNormal``
    cuts the normal off at two standard deviations.

    Source: He et al. (2015), "Delving deep into rectifiers", equation 10.

    Examples
    --------
    >>> W = he_normal(np.random.default_rng(0), 2, 4)
    >>> W.shape
    (2, 4)
    """
    return rng.normal(0, np.sqrt(2 / inputs), size=(inputs, outputs))
