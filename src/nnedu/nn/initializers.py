"""Initialisers: how large the first weights are, so that signals keep their size.

Each is ``f(rng, inputs, outputs) -> W`` with ``W`` of shape (I, O). A sum of ``I`` terms has ``I``
times the variance of one, so what counts is the variance of a weight: ``1 / I`` keeps the signal's
size on the way forward, ``1 / O`` the gradient's on the way back, and ReLU needs twice as much.
"""

import numpy as np

from nnedu._typing import Array


def lecun_normal(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """LeCun normal: keeps the size of the signal on its way forward, for tanh and sums.

    ``W ~ N(0, 1 / inputs)``

    Parameters
    ----------
    rng : numpy.random.Generator
    inputs, outputs : int
        ``I`` and ``O``, both at least 1.

    Returns
    -------
    float64 array, shape (I, O)
        Variance ``1 / I``.

    Notes
    -----
    **Conventions.** ``jax.nn.initializers.lecun_normal`` and Keras's ``LecunNormal`` cut the normal
    off at two standard deviations; the variance is the same.

    Source: LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.6.

    Examples
    --------
    >>> lecun_normal(np.random.default_rng(0), 2, 4).shape
    (2, 4)
    """
    return rng.normal(0, np.sqrt(1 / inputs), size=(inputs, outputs))


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


def glorot_normal(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Glorot (Xavier) normal: the variance of :func:`glorot_uniform`, drawn from a normal.

    ``W ~ N(0, 2 / (inputs + outputs))``

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
    **Conventions.** ``torch.nn.init.xavier_normal_``; Keras's ``GlorotNormal`` cuts the normal
    off at two standard deviations.

    Source: Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward
    neural networks", equation 12 (the variance).

    Examples
    --------
    >>> glorot_normal(np.random.default_rng(0), 2, 4).shape
    (2, 4)
    """
    return rng.normal(0, np.sqrt(2 / (inputs + outputs)), size=(inputs, outputs))


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


def he_uniform(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """He uniform: the variance of :func:`he_normal`, drawn from an interval.

    ``W ~ U(-a, a)`` with ``a = sqrt(6 / inputs)``

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
    **Conventions.** ``keras.initializers.HeUniform`` is the same, and ``torch.nn.Linear`` starts
    from another: ``a = sqrt(1 / inputs)``, a sixth of the variance.

    Source: He et al. (2015), "Delving deep into rectifiers", equation 10 (the variance).

    Examples
    --------
    >>> W = he_uniform(np.random.default_rng(0), 6, 3)
    >>> W.shape, bool(np.abs(W).max() <= 1)
    ((6, 3), True)
    """
    limit = np.sqrt(6 / inputs)
    return rng.uniform(-limit, limit, size=(inputs, outputs))


def orthogonal(rng: np.random.Generator, inputs: int, outputs: int, *, gain: float = 1.0) -> Array:
    """Orthogonal: between equal widths every length is kept exactly, not only on average.

    ``Q, R = qr(N(0, 1))``, each column of ``Q`` times the sign of ``R``'s diagonal entry,
    ``W = gain Q``

    Parameters
    ----------
    rng : numpy.random.Generator
    inputs, outputs : int
        ``I`` and ``O``, both at least 1.
    gain : float, above 0
        The length of each column (or row, where ``I < O``); ``sqrt(2)`` suits ReLU.

    Returns
    -------
    float64 array, shape (I, O)
        ``W^T W = gain**2`` times the identity where ``I >= O``, else ``W W^T`` is.

    Raises
    ------
    ValueError
        If ``gain`` is not above 0.

    Notes
    -----
    **Conventions.** ``torch.nn.init.orthogonal_`` and Keras's ``Orthogonal`` draw from the same
    distribution: without the signs, ``Q`` is not equally likely to point anywhere.

    Source: Saxe, McClelland & Ganguli (2014), "Exact solutions to the nonlinear dynamics of
    learning in deep linear neural networks", section 3; the signs: Mezzadri (2007), "How to
    generate random matrices from the classical compact groups".

    Examples
    --------
    >>> W = orthogonal(np.random.default_rng(0), 3, 2)
    >>> np.abs(W.T @ W - np.eye(2)).max() < 1e-15
    np.True_
    """
    if not 0 < gain < np.inf:
        raise ValueError(f"gain is {gain}; expected a number above 0, such as 1 or sqrt(2).")
    tall = rng.normal(size=(max(inputs, outputs), min(inputs, outputs)))
    Q, R = np.linalg.qr(tall)
    Q = Q * np.sign(np.diag(R))
    return gain * (Q if inputs >= outputs else Q.T)
