"""Mean squared error, for targets that are real numbers."""

import numpy as np

from nnedu._check import examples, same_shape
from nnedu._typing import Array


def mse(predictions: Array, targets: Array) -> tuple[float, Array]:
    """Mean squared error: the squared distance to the target, averaged over every entry.

    ``loss = mean((y - t)**2)`` and ``d_y = 2 (y - t) / y.size``

    Parameters
    ----------
    predictions : array, shape (N, O) or (N,)
        The network's outputs ``y``, any real number.
    targets : array, same shape as ``predictions``
        The values ``t`` to be predicted.

    Returns
    -------
    loss : float
        The mean over all ``N * O`` entries, at least 0.
    d_predictions : array, shape and dtype of ``predictions``
        The gradient of ``loss``.

    Raises
    ------
    TypeError
        If ``predictions`` is not a float array.
    ValueError
        If there is no example, or the shapes differ: NumPy would broadcast (N,) against (N, 1) to
        (N, N) and say nothing.

    Notes
    -----
    **Conventions.** The mean is over entries, as in ``torch.nn.MSELoss`` and
    ``keras.losses.MeanSquaredError``; some texts write one half of it, so that the factor 2
    disappears from the gradient. A float32 error above 1.8e19 has no finite square:
    :func:`huber` takes none.

    Source: Gauss (1809), Theoria motus, section 179 (least squares).

    Examples
    --------
    >>> mse(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    (2.0, array([0., 2.]))
    """
    examples("predictions", predictions)
    same_shape("predictions", predictions, "targets", targets)
    difference = predictions - targets
    loss = np.mean(difference**2).item()
    d_predictions = (2 / difference.size) * difference
    return loss, d_predictions.astype(predictions.dtype, copy=False)
