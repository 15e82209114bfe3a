"""Huber's loss: squared for small errors, absolute for large ones."""

import numpy as np

from nnedu._check import examples, same_shape
from nnedu._typing import Array


def huber(
    predictions: Array,
    targets: Array,
    *,
    delta: float = 1.0,
) -> tuple[float, Array]:
    """Huber's loss: half the square of an error up to ``delta``, and a straight line beyond.

    With ``e = y - t`` and ``c = min(|e|, delta)``: ``loss = mean(c (|e| - c / 2))``, which is
    ``e**2 / 2`` where ``|e| <= delta`` and ``delta (|e| - delta / 2)`` elsewhere, without the
    square of a large number; ``d_y = clip(e, -delta, delta) / y.size``

    Parameters
    ----------
    predictions : array, shape (N, O) or (N,)
        The network's outputs ``y``, any real number.
    targets : array, same shape as ``predictions``
        The values ``t`` to be predicted.
    delta : float, above 0
        The error, in the units of the targets, from which on an example pulls no harder.

    Returns
    -------
    loss : float
        The mean over all ``N * O`` entries, at least 0.
    d_predictions : array, shape and dtype of ``predictions``
        The gradient of ``loss``; it is continuous, so that there is no kink to decide about.

    Raises
    ------
    TypeError
        If ``predictions`` is not a float array.
    ValueError
        If there is no example, the shapes differ, or ``delta`` is not above 0.

    Notes
    -----
    **Conventions.** Equals ``torch.nn.HuberLoss(delta=delta)``, ``keras.losses.Huber(delta)`` and
    the mean of ``optax.huber_loss``. Half of :func:`mse` for small errors, ``delta`` times
    :func:`mae` (and a constant) for large ones. PyTorch's ``SmoothL1Loss(beta)`` is this with
    ``delta = beta``, divided by ``beta``.

    Source: Huber (1964), "Robust estimation of a location parameter".

    Examples
    --------
    >>> huber(np.array([1.0, 5.0]), np.array([0.0, 0.0]), delta=2.0)
    (4.25, array([0.5, 1. ]))
    """
    examples("predictions", predictions)
    same_shape("predictions", predictions, "targets", targets)
    if not 0 < delta < np.inf:
        raise ValueError(f"delta is {delta}; expected a finite number above 0.")
    difference = predictions - targets
    size = np.abs(difference)
    capped = np.minimum(size, delta)
    loss = np.mean(capped * (size - capped / 2)).item()
    d_predictions = np.clip(difference, -delta, delta) / difference.size
    return loss, d_predictions.astype(predictions.dtype, copy=False)
