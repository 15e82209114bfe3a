"""Adamax: Adam scaled by the largest recent gradient."""

from numpy import maximum

from nnedu._typing import Array


def adamax(
    theta: Array,
    g: Array,
    m: Array,
    u: Array,
    *,
    t: int,
    lr: float = 2e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    eps_max: float = 0.0,
) -> tuple[Array, Array, Array]:
    """Adamax: a step by a moving mean of the gradients, scaled by a decaying maximum of them.

    ``m <- beta1 m + (1 - beta1) g`` and ``u <- max(beta2 u, abs(g) + eps_max)``, then
    ``theta <- theta - lr m_hat / (u + eps)`` with ``m_hat = m / (1 - beta1**t)``

    The maximum is 0 only before the first gradient, so it needs no correction for its start, and
    no step is much longer than ``lr``.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    m : float array, shape of ``theta``
        The moving mean of the gradients; starts at 0.
    u : float array, shape of ``theta``, at least 0
        The largest gradient so far, each counting ``beta2`` times as much after every update;
        starts at 0.
    t : int, at least 1
        The number of this update: 1 at the first, where ``m_hat`` is ``g``.
    lr : float, above 0
        The learning rate: about the length of a step under steady gradients.
    beta1, beta2 : floats in [0, 1)
        What remains of ``m`` and ``u`` after one update.
    eps : float, at least 0
        Added to the maximum when it divides.
    eps_max : float, at least 0
        Added to the gradient's size inside the maximum, where it fades like a gradient does.

    Returns
    -------
    theta, m, u : arrays
        The parameters, the mean and the maximum after the update.

    Notes
    -----
    **Conventions.** The paper has no epsilon, and a coordinate that has seen no gradient would
    divide 0 by 0. ``keras.optimizers.Adamax`` adds it to the maximum (``eps``);
    ``torch.optim.Adamax`` and ``optax.adamax`` add it inside (``eps_max``, with ``eps=0``).

    Source: Kingma & Ba (2015), "Adam: a method for stochastic optimization", Algorithm 2.

    Examples
    --------
    After a gradient of 4 a gradient of 1 moves by a quarter of what it would have moved before.

    >>> import numpy as np
    >>> zero, u = np.zeros(1), np.array([8.0])
    >>> adamax(zero, np.array([1.0]), zero, u, t=1, lr=1.0, beta2=0.5, eps=0.0)
    (array([-0.25]), array([0.1]), array([4.]))
    """
    m = beta1 * m + (1 - beta1) * g
    u = maximum(beta2 * u, abs(g) + eps_max)
    m_hat = m / (1 - beta1**t)
    return theta - lr * m_hat / (u + eps), m, u
