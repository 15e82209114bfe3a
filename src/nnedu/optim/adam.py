"""Adam: momentum and RMSProp together, each corrected for its start at zero."""

from numpy import sqrt

from nnedu._typing import Array


def adam(
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
) -> tuple[Array, Array, Array]:
    """Adam: a step by a moving mean of the gradients, scaled by a moving mean of their squares.

    ``m <- beta1 m + (1 - beta1) g`` and ``v <- beta2 v + (1 - beta2) g**2``, then
    ``theta <- theta - lr m_hat / (sqrt(v_hat) + eps)`` with ``m_hat = m / (1 - beta1**t)`` and
    ``v_hat = v / (1 - beta2**t)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    m, v : float arrays, shape of ``theta``
        The moving means of the gradients and of their squares; both start at 0.
    t : int, at least 1
        The number of this update: 1 at the first, where ``m_hat`` is ``g`` and ``v_hat`` is
        ``g**2``.
    lr : float, above 0
        The learning rate: about the length of a step under steady gradients.
    beta1, beta2 : floats in [0, 1)
        What remains of ``m`` and ``v`` after one update.
    eps : float, at least 0
        Added to the root after the correction. A coordinate whose gradients stay below it moves
        less than ``lr``; one whose only gradient equals it moves ``lr / 2``.

    Returns
    -------
    theta, m, v : arrays
        The parameters and the moving means after the update.

    Notes
    -----
    **Conventions.** Equals ``torch.optim.Adam`` and ``optax.adam``. ``keras.optimizers.Adam`` adds
    its epsilon (1e-7) to the *uncorrected* root: the paper's "epsilon hat", which is
    ``eps=lambda k: 1e-7 / sqrt(1 - beta2**(k + 1))`` here.

    Source: Kingma & Ba (2015), "Adam: a method for stochastic optimization", Algorithm 1.

    Examples
    --------
    The first step has length ``lr`` in each coordinate, whatever the gradient.

    >>> import numpy as np
    >>> zero = np.zeros(2)
    >>> theta, m, v = adam(zero, np.array([2.0, -1e-3]), zero, zero, t=1, lr=0.5, eps=0.0)
    >>> theta
    array([-0.5,  0.5])
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (sqrt(v_hat) + eps), m, v
