"""Distillation: the distance between two softened predictions."""

import numpy as np

from nnedu._check import examples, same_shape
from nnedu._typing import Array
from nnedu.losses.cross_entropy import log_softmax


def distillation(
    logits: Array, teacher_logits: Array, *, temperature: float = 4.0
) -> tuple[float, Array]:
    """Distillation: the divergence of the softened predictions from a teacher's, averaged.

    With ``q = softmax(teacher_logits / T)`` and ``p = softmax(logits / T)``:
    ``loss = T**2 mean_n(sum_c q (log q - log p))`` and ``d_logits = T (p - q) / N``

    A high temperature shows how the teacher ranks the wrong classes. The factor ``T**2`` undoes the
    ``1 / T**2`` by which softening shrinks the gradient, so that its size beside the labels' loss
    does not depend on ``T``.

    Parameters
    ----------
    logits : float array, shape (N, C)
        The student's.
    teacher_logits : float array, shape (N, C)
        The teacher's: constants.
    temperature : float, above 0
        ``T``.

    Returns
    -------
    loss : float
        In nats times ``T**2``, at least 0; 0 where both predict alike.
    d_logits : array, shape (N, C), dtype of ``logits``
        The gradient of ``loss``; each row sums to 0.

    Raises
    ------
    TypeError
        If ``logits`` is not a float array.
    ValueError
        If there is no example, the shapes differ, or ``temperature`` is not above 0.

    Notes
    -----
    **Conventions.** Equals ``T**2 torch.nn.KLDivLoss(reduction="batchmean")`` of the softened
    log-probabilities. The cross-entropy with soft targets of the paper differs by the teacher's
    entropy, a constant: the gradient is the same.

    Source: Hinton, Vinyals & Dean (2015), "Distilling the knowledge in a neural network",
    section 2.

    Examples
    --------
    At T = 1 against a certain-looking teacher; a student of equal logits has lost log 2 of it.

    >>> loss, d_logits = distillation(np.zeros((1, 2)), np.array([[50.0, 0.0]]), temperature=1.0)
    >>> round(loss, 6), d_logits
    (0.693147, array([[-0.5,  0.5]]))
    """
    examples("logits", logits)
    same_shape("logits", logits, "teacher_logits", teacher_logits)
    if logits.ndim != 2:
        raise ValueError(f"logits has shape {logits.shape}; expected (N, C): one row an example.")
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature is {temperature}; expected a finite number above 0.")
    T, N = float(temperature), len(logits)
    log_p = log_softmax(logits / T)
    log_q = log_softmax(teacher_logits / T)
    q = np.exp(log_q)
    loss = T**2 * np.mean(np.sum(q * (log_q - log_p), axis=1)).item()
    d_logits: Array = (T / N * (np.exp(log_p) - q)).astype(logits.dtype, copy=False)
    return max(loss, 0.0), d_logits  # rounding may leave -1e-17 where both are alike
