"""RMSProp with momentum, in the two forms in use (see ``momentum``)."""

from numpy import sqrt

from nnedu._typing import Array


def rmsprop_momentum(
    theta: Array,
    g: Array,
    v: Array,
    b: Array,
    *,
    t: int,
    lr: float,
    rho: float = 0.9,
    momentum: float = 0.9,
    eps: float = 1e-8,
    eps_root: float = 0.0,
) -> tuple[Array, Array, Array]:
    """RMSProp with momentum: a step along a decaying sum of gradients that were scaled first.

    ``v <- rho v + (1 - rho) g**2``, ``b <- momentum b + g / (sqrt(v + eps_root) + eps)``, then
    ``theta <- theta - lr b``

    Adam does it the other way round: it averages first and scales what it has averaged.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    v : float array, shape of ``theta``, at least 0
        The moving mean of squared gradients; starts at 0.
    b : float array, shape of ``theta``
        The momentum buffer; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate. Against a constant gradient the steps grow to ``lr / (1 - momentum)``.
    rho : float in [0, 1)
        What remains of ``v`` after one update.
    momentum : float in [0, 1)
        What remains of the buffer after one update.
    eps : float, at least 0
        Added to the root.
    eps_root : float, at least 0
        Added inside the root.

    Returns
    -------
    theta, v, b : arrays
        The parameters, the moving mean and the buffer after the update.

    Notes
    -----
    **Conventions.** Equals ``torch.optim.RMSprop(momentum=...)``. Keras and Optax keep the
    learning rate inside the buffer: see :func:`rmsprop_velocity`.

    Source: Tieleman & Hinton (2012), "Neural networks for machine learning", lecture 6e; this form
    with the learning rate outside is PyTorch's.

    Examples
    --------
    >>> import numpy as np
    >>> zero, g = np.zeros(1), np.array([8.0])
    >>> rmsprop_momentum(zero, g, zero, zero + 3, t=1, lr=1.0, rho=0.75, momentum=0.5, eps=0.0)
    (array([-3.5]), array([16.]), array([3.5]))
    """
    v = rho * v + (1 - rho) * g**2
    b = momentum * b + g / (sqrt(v + eps_root) + eps)
    return theta - lr * b, v, b


def rmsprop_velocity(
    theta: Array,
    g: Array,
    v: Array,
    u: Array,
    *,
    t: int,
    lr: float,
    rho: float = 0.9,
    momentum: float = 0.9,
    eps: float = 1e-8,
    eps_root: float = 0.0,
) -> tuple[Array, Array, Array]:
    """RMSProp with momentum and the learning rate inside the velocity.

    ``v <- rho v + (1 - rho) g**2``, ``u <- momentum u - lr g / (sqrt(v + eps_root) + eps)``, then
    ``theta <- theta + u``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    v : float array, shape of ``theta``, at least 0
        The moving mean of squared gradients; starts at 0.
    u : float array, shape of ``theta``
        The velocity: the last step; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate.
    rho : float in [0, 1)
        What remains of ``v`` after one update.
    momentum : float in [0, 1)
        What remains of the velocity after one update.
    eps : float, at least 0
        Added to the root.
    eps_root : float, at least 0
        Added inside the root.

    Returns
    -------
    theta, v, u : arrays
        The parameters, the moving mean and the velocity after the update.

    Notes
    -----
    **Conventions.** Equals ``keras.optimizers.RMSprop(momentum=...)`` and
    ``optax.rmsprop(momentum=...)``, both with epsilon inside the root (``eps_root``), and
    :func:`rmsprop_momentum` while the learning rate does not change.

    Source: Graves (2013), "Generating sequences with recurrent neural networks", equations 38 to
    41, not centred.

    Examples
    --------
    >>> import numpy as np
    >>> zero, g = np.zeros(1), np.array([8.0])
    >>> rmsprop_velocity(zero, g, zero, zero - 3, t=1, lr=1.0, rho=0.75, momentum=0.5, eps=0.0)
    (array([-3.5]), array([16.]), array([-3.5]))
    """
    v = rho * v + (1 - rho) * g**2
    u = momentum * u - lr * g / (sqrt(v + eps_root) + eps)
    return theta + u, v, u
