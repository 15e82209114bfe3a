"""AdamW: Adam whose weight decay does not pass through its scaling."""

from numpy import sqrt

from nnedu._typing import Array


def adamw(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    *,
    t: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[Array, Array, Array]:
    """AdamW: Adam's step, and beside it every weight shrinks by the same fraction.

    ``m <- beta1 m + (1 - beta1) g`` and ``v <- beta2 v + (1 - beta2) g**2``, then
    ``theta <- theta - lr (m_hat / (sqrt(v_hat) + eps) + weight_decay theta)`` with
    ``m_hat = m / (1 - beta1**t)`` and ``v_hat = v / (1 - beta2**t)``

    A penalty ``weight_decay / 2 * sum(theta**2)`` in the loss adds ``weight_decay theta`` to the
    gradient instead, where Adam divides it by the root of ``v_hat``: weights with large gradients
    then hardly decay. *Decoupled* from the gradient, all decay alike.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta`` of the loss without a penalty.
    m, v : float arrays, shape of ``theta``
        The moving means of the gradients and of their squares; both start at 0.
    t : int, at least 1
        The number of this update.
    lr : float, above 0
        The learning rate.
    beta1, beta2 : floats in [0, 1)
        What remains of ``m`` and ``v`` after one update.
    eps : float, at least 0
        Added to the root after the correction.
    weight_decay : float, at least 0, or array of them, shape of ``theta``
        Each update takes away the fraction ``lr * weight_decay``. As an array it holds 0 for what
        is not to decay, as a rule biases and the scales of normalisation layers.

    Returns
    -------
    theta, m, v : arrays
        The parameters and the moving means after the update.

    Notes
    -----
    **Conventions.** Equals ``torch.optim.AdamW`` (default decay 0.01), ``optax.adamw`` (1e-4) and,
    with its "epsilon hat" (see :func:`adam`), ``keras.optimizers.AdamW`` (0.004). In the paper the
    decay is not multiplied by the learning rate alpha but only by the schedule's factor: its
    lambda is ``alpha * weight_decay`` here. The argument ``weight_decay`` of ``torch.optim.Adam``
    is the penalty in the gradient: :func:`nnedu.optim.with_l2`.

    Source: Loshchilov & Hutter (2019), "Decoupled weight decay regularization", Algorithm 2.

    Examples
    --------
    Two weights with very different gradients: Adam's step of 0.5, and half of each weight's half.

    >>> import numpy as np
    >>> zero, theta = np.zeros(2), np.array([4.0, -8.0])
    >>> adamw(theta, np.array([1e3, 1e-3]), zero, zero, t=1, lr=0.5, eps=0.0, weight_decay=0.5)[0]
    array([ 2.5, -6.5])
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * (m_hat / (sqrt(v_hat) + eps) + weight_decay * theta), m, v
