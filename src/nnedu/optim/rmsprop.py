"""RMSProp: AdaGrad that forgets."""

from numpy import sqrt

from nnedu._typing import Array


def rmsprop(
    theta: Array,
    g: Array,
    v: Array,
    *,
    t: int,
    lr: float,
    rho: float = 0.9,
    eps: float = 1e-8,
    eps_root: float = 0.0,
) -> tuple[Array, Array]:
    """RMSProp: each coordinate's step is divided by the root of a moving mean of its squares.

    ``v <- rho v + (1 - rho) g**2``, then ``theta <- theta - lr g / (sqrt(v + eps_root) + eps)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    v : float array, shape of ``theta``, at least 0
        The moving mean of squared gradients; starts at 0, so that the first step is
        ``lr / sqrt(1 - rho)`` long (3.2 lr at 0.9), not lr.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate.
    rho : float in [0, 1)
        What remains of ``v`` after one update; the mean reaches back about ``1 / (1 - rho)``
        updates.
    eps : float, at least 0
        Added to the root.
    eps_root : float, at least 0
        Added inside the root.

    Returns
    -------
    theta, v : arrays
        The parameters and the moving mean after the update.

    Notes
    -----
    **Conventions.** ``torch.optim.RMSprop`` has ``rho = 0.99`` (its alpha) and epsilon outside the
    root (``eps``); ``keras.optimizers.RMSprop`` has 0.9 and epsilon inside (``eps_root``), and so
    has ``optax.rmsprop`` unless told otherwise.

    Source: Tieleman & Hinton (2012), "Neural networks for machine learning", lecture 6e, slide 29.

    Examples
    --------
    >>> import numpy as np
    >>> rmsprop(np.array([0.0]), np.array([8.0]), np.array([0.0]), t=1, lr=1.0, rho=0.75, eps=0.0)
    (array([-2.]), array([16.]))
    """
    v = rho * v + (1 - rho) * g**2
    return theta - lr * g / (sqrt(v + eps_root) + eps), v
