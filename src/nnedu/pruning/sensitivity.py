"""What a weight is worth to the loss: by its curvature, its slope, its slopes over time.

A score is one number a weight; low goes first. Optimal brain damage is for the end of training,
SNIP for its beginning, movement for the time between.
"""

import numpy as np

from nnedu._check import floating, same_dtype, same_shape
from nnedu._typing import Array


def obd(w: Array, h: Array) -> Array:
    """Optimal brain damage: how much the loss rises when the weight goes, to second order.

    ``score = h w**2 / 2``

    Parameters
    ----------
    w : float array, any shape
        The weights, near a minimum of the loss, where the first-order term vanishes.
    h : float array, shape of ``w``
        Second derivatives of the loss with respect to each weight: the Hessian's diagonal
        (``nnedu.compression.second_derivatives``).

    Returns
    -------
    array, shape and dtype of ``w``
        In units of the loss. At a minimum of a quadratic loss it is exactly the rise when this
        weight alone is set to 0.

    Raises
    ------
    TypeError
        If an array is not of floats, or the dtypes differ.
    ValueError
        If the shapes differ.

    Notes
    -----
    **Conventions.** No framework has it. Off-diagonal terms are dropped, as in the paper: weights
    that stand in for one another look cheaper than they are together.

    Source: LeCun, Denker & Solla (1990), "Optimal brain damage", section 2.

    Examples
    --------
    A large weight on a flat direction is cheaper than a small one on a steep direction.

    >>> obd(np.array([3.0, 1.0]), np.array([0.1, 4.0]))
    array([0.45, 2.  ])
    """
    _pair(w, h, "h")
    scores: Array = h * w**2 / 2
    return scores


def snip(w: Array, g: Array) -> Array:
    """SNIP: how much the loss would notice if the connection faded, before any training.

    ``score = |g w| / sum(|g w|)``: the loss's derivative with respect to a switch ``c`` that
    multiplies the weight, at ``c = 1``, is ``g w``

    Parameters
    ----------
    w : float array, any shape
        The weights as they were drawn: all that compete, in one array.
    g : float array, shape of ``w``
        The gradient of the loss at ``w``, on one batch.

    Returns
    -------
    array, shape and dtype of ``w``
        At least 0; the sum is 1.

    Raises
    ------
    TypeError
        If an array is not of floats, or the dtypes differ.
    ValueError
        If the shapes differ, or every product is 0.

    Notes
    -----
    **Conventions.** No framework has it.

    Source: Lee, Ajanthan & Torr (2019), "SNIP: single-shot network pruning based on connection
    sensitivity", section 4.1 (connection sensitivity) and Algorithm 1.

    Examples
    --------
    >>> snip(np.array([1.0, -2.0, 3.0]), np.array([3.0, 0.5, 0.0]))
    array([0.75, 0.25, 0.  ])
    """
    _pair(w, g, "g")
    felt = np.abs(g * w)
    total = felt.sum()
    if not 0 < total < np.inf:
        raise ValueError(
            f"the products of weights and gradients sum to {total}; expected a finite number above "
            "0. Is the loss flat here, or has it exploded?"
        )
    scores: Array = felt / total
    return scores


def movement(s: Array, w: Array, g: Array, *, lr: float = 1.0) -> Array:
    """Movement: a weight that moves away from 0 under training is worth keeping.

    ``s <- s - lr g w``

    Parameters
    ----------
    s : float array, any shape
        The scores so far; 0 at first.
    w : float array, shape of ``s``
        The weights, the masked ones with the value they had: they may come back.
    g : float array, shape of ``s``
        The gradient of the loss with respect to the *masked* weights, taken at them: the mask is
        passed straight through.
    lr : float, above 0
        The step of the scores. It scales all of them alike, so it matters only beside scores that
        did not start at 0.

    Returns
    -------
    array, shape and dtype of ``s``
        Grows where a step of gradient descent increases ``|w|``; any sign.

    Raises
    ------
    TypeError
        If an array is not of floats, or the dtypes differ.
    ValueError
        If the shapes differ, or ``lr`` is not above 0.

    Notes
    -----
    **Conventions.** No framework has it. The signed score is compared, not its magnitude.

    Source: Sanh, Wolf & Rush (2020), "Movement pruning: adaptive sparsity by fine-tuning",
    section 4.

    Examples
    --------
    Descent moves the first weight up, away from 0, and the second down, towards it.

    >>> movement(np.zeros(2), np.array([1.0, 1.0]), np.array([-0.5, 0.5]))
    array([ 0.5, -0.5])
    """
    _pair(w, g, "g")
    _pair(w, s, "s")
    if not 0 < lr < np.inf:
        raise ValueError(f"lr is {lr}; expected a finite number above 0.")
    scores: Array = s - float(lr) * g * w
    return scores


def _pair(w: Array, other: Array, name: str) -> None:
    """Raise unless both are float arrays of one shape and dtype."""
    floating("w", w)
    floating(name, other)
    same_shape(name, other, "w", w)
    same_dtype(name, other, "w", w)
