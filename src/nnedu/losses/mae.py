"""Mean absolute error, for real targets with a few that are far off."""

import numpy as np

from nnedu._check import examples, same_shape
from nnedu._typing import Array


def mae(predictions: Array, targets: Array) -> tuple[float, Array]:
    """Mean absolute error: the distance to the target, averaged over every entry.

    ``loss = mean(|y - t|)`` and ``d_y = sign(y - t) / y.size``

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
        A subgradient of ``loss``: its gradient, and 0 in each entry where ``y = t`` exactly.

    Raises
    ------
    TypeError
        If ``predictions`` is not a float array.
    ValueError
        If there is no example, or the shapes differ.

    Notes
    -----
    **Conventions.** Equals ``torch.nn.L1Loss()`` and ``keras.losses.MeanAbsoluteError()``, in the
    kink too: where ``y = t`` any number from -1 to 1 (over ``y.size``) would be a subgradient, and
    all of them take 0, as JAX does for the derivative of ``abs``. Optax has no such loss.

    Source: Edgeworth (1887), "On observations relating to several quantities" (least absolute
    deviations).

    Examples
    --------
    >>> mae(np.array([1.0, 3.0, 2.0, 0.0]), np.array([1.0, 1.0, 2.0, 4.0]))
    (1.5, array([ 0.  ,  0.25,  0.  , -0.25]))
    """
    examples("predictions", predictions)
    same_shape("predictions", predictions, "targets", targets)
    difference = predictions - targets
    loss = np.mean(np.abs(difference)).item()
    d_predictions = np.sign(difference) / difference.size
    return loss, d_predictions.astype(predictions.dtype, copy=False)
