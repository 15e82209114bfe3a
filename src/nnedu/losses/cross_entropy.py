"""Cross-entropy from logits, for two classes and for many.

Both losses start from *logits* (any real numbers), never from probabilities: a probability
rounds to exactly 0 or 1 long before its logarithm stops mattering.
"""

import numpy as np

from nnedu._check import class_labels, examples, same_shape
from nnedu._typing import Array


def log_softmax(logits: Array) -> Array:
    """Logarithms of the softmax probabilities, safe for logits of any size.

    ``log p_c = z_c - log(sum_k exp(z_k))``, computed after subtracting each row's maximum, which
    changes nothing in exact arithmetic and keeps every exponential in [0, 1].

    Parameters
    ----------
    logits : array, shape (N, C)
        One row of unnormalised log-probabilities ``z`` an example.

    Returns
    -------
    array, shape (N, C)
        Each entry at most 0; the exponentials of each row sum to 1.

    Notes
    -----
    Source: Blanchard, Higham & Higham (2021), "Accurately computing the log-sum-exp and softmax
    functions", section 1 (the shift).

    Examples
    --------
    >>> log_softmax(np.array([[1000.0, 1000.0]]))
    array([[-0.69314718, -0.69314718]])
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_p


def softmax(logits: Array) -> Array:
    """Probabilities proportional to ``exp(logits)``; see :func:`log_softmax`.

    Parameters
    ----------
    logits : array, shape (N, C)

    Returns
    -------
    array, shape (N, C)
        Each row is at least 0 and sums to 1.

    Examples
    --------
    >>> softmax(np.array([[0.0, np.log(3.0)]]))
    array([[0.25, 0.75]])
    """
    p: Array = np.exp(log_softmax(logits))
    return p


def softmax_cross_entropy(
    logits: Array, labels: Array, *, label_smoothing: float = 0.0
) -> tuple[float, Array]:
    """Softmax cross-entropy: minus the log-probability given to the true class, averaged.

    ``loss = -mean_n(log p[n, label_n])`` and ``d_logits = (p - one_hot(labels)) / N``; with label
    smoothing ``s`` the one-hot target becomes ``q = (1 - s) one_hot(labels) + s / C``, and
    ``loss = -mean_n(sum_c(q log p))``, ``d_logits = (p - q) / N``

    Parameters
    ----------
    logits : array, shape (N, C)
        Unnormalised log-probabilities, any real numbers.
    labels : integer array, shape (N,)
        The true classes, in 0 .. C-1.
    label_smoothing : float, 0 to 1
        The share ``s`` of the target that is spread evenly over all ``C`` classes. Above 0 the
        loss is least at a finite gap between the logits: ``log(1 + C (1 - s) / s)``.

    Returns
    -------
    loss : float
        In nats, at least 0; ``log(C)`` for equal logits.
    d_logits : array, shape (N, C), dtype of ``logits``
        The gradient of ``loss``; each row sums to 0.

    Raises
    ------
    TypeError
        If ``logits`` is not a float array.
    ValueError
        If ``labels`` is not one integer class an example (one-hot labels, say), or
        ``label_smoothing`` lies outside [0, 1].

    Notes
    -----
    **Conventions.** Equals ``torch.nn.CrossEntropyLoss(label_smoothing=s)``. Without smoothing,
    ``keras.losses.SparseCategoricalCrossentropy(from_logits=True)`` and the mean of
    ``optax.softmax_cross_entropy_with_integer_labels``; with it, one-hot labels in
    ``keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=s)``, and in
    ``optax.softmax_cross_entropy`` with the labels of ``optax.smooth_labels``.

    Source: Bridle (1990), "Probabilistic interpretation of feedforward classification network
    outputs"; label smoothing: Szegedy et al. (2016), "Rethinking the Inception architecture for
    computer vision", section 7.

    Examples
    --------
    >>> loss, d_logits = softmax_cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    >>> round(loss, 6), d_logits
    (0.693147, array([[ 0.5, -0.5]]))
    """
    examples("logits", logits)
    class_labels(labels, logits)
    _share("label_smoothing", label_smoothing)
    s, (N, C) = float(label_smoothing), logits.shape  # a float64 of NumPy's would promote
    log_p = log_softmax(logits)
    loss = -(1 - s) * np.mean(log_p[np.arange(N), labels]).item()
    if s > 0:  # 0 times the -inf of a class ruled out is NaN
        loss = loss - s * np.mean(log_p).item()
    one_hot = (labels[:, np.newaxis] == np.arange(C)).astype(logits.dtype)
    d_logits = np.exp(log_p) - s / C - (1 - s) * one_hot
    return loss, d_logits / N


def binary_cross_entropy(
    logits: Array, labels: Array, *, label_smoothing: float = 0.0
) -> tuple[float, Array]:
    """Binary cross-entropy: minus the log-probability given to the true answer, averaged.

    With ``p = sigmoid(z)``: ``loss = mean(max(z, 0) - z y + log(1 + exp(-|z|)))``, which is
    ``-mean(y log p + (1 - y) log(1 - p))`` without its overflow, and ``d_z = (p - y) / z.size``;
    label smoothing ``s`` replaces ``y`` by ``(1 - s) y + s / 2``

    Parameters
    ----------
    logits : array, shape (N,) or (N, 1)
        The log-odds ``z``, any real numbers.
    labels : array, same shape
        The truth ``y``, in [0, 1]; usually 0 or 1.
    label_smoothing : float, 0 to 1
        The share ``s`` of the target that is spread evenly over the two answers.

    Returns
    -------
    loss : float
        In nats, at least 0.
    d_logits : array, shape and dtype of ``logits``
        The gradient of ``loss``.

    Raises
    ------
    TypeError
        If ``logits`` is not a float array.
    ValueError
        If there is no example, the shapes differ, or a label (-1/+1 labels, say) or
        ``label_smoothing`` lies outside [0, 1].

    Notes
    -----
    **Conventions.** Equals ``torch.nn.BCEWithLogitsLoss()``,
    ``keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=s)`` and the mean of
    ``optax.sigmoid_binary_cross_entropy``. PyTorch and Optax smooth no binary labels: give them
    ``(1 - s) y + s / 2``.

    Source: Cox (1958), "The regression analysis of binary sequences".

    Examples
    --------
    >>> loss, d_logits = binary_cross_entropy(np.array([0.0, -1000.0]), np.array([1.0, 0.0]))
    >>> round(loss, 6), d_logits
    (0.346574, array([-0.25,  0.  ]))
    """
    examples("logits", logits)
    same_shape("logits", logits, "labels", labels)
    if not np.all((labels >= 0) & (labels <= 1)):  # put so that NaN fails it
        raise ValueError(
            f"labels run from {np.min(labels)} to {np.max(labels)}; expected values in [0, 1]. "
            "Labels of -1 and +1? Pass (labels + 1) / 2."
        )
    _share("label_smoothing", label_smoothing)
    labels = (1 - label_smoothing) * labels + label_smoothing / 2
    decay = np.exp(-np.abs(logits))  # in (0, 1], whatever the sign and size of the logit
    loss = np.mean(np.maximum(logits, 0) - logits * labels + np.log1p(decay)).item()
    p = np.where(logits >= 0, 1, decay) / (1 + decay)
    d_logits: Array = ((p - labels) / logits.size).astype(logits.dtype, copy=False)
    return loss, d_logits


def _share(name: str, value: float) -> None:
    """Raise ValueError unless ``value`` is a share of the whole."""
    if not 0 <= value <= 1:  # put so that NaN fails it
        raise ValueError(f"{name} is {value}; expected a share from 0 to 1, such as 0.1.")
