"""RMSProp, centred: divided by what the gradients vary, not by how large they are."""

from numpy import maximum, sqrt

from nnedu._typing import Array


def rmsprop_centered(
    theta: Array,
    g: Array,
    v: Array,
    m: Array,
    *,
    t: int,
    lr: float,
    rho: float = 0.9,
    eps: float = 1e-8,
    eps_root: float = 0.0,
) -> tuple[Array, Array, Array]:
    """Centred RMSProp: each coordinate's step is divided by its gradients' standard deviation.

    ``v <- rho v + (1 - rho) g**2`` and ``m <- rho m + (1 - rho) g``, then
    ``theta <- theta - lr g / (sqrt(max(v - m**2, 0) + eps_root) + eps)``

    The mean of the squares less the square of the mean is a variance, so gradients that keep
    their size and sign make longer and longer steps.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    v, m : float arrays, shape of ``theta``
        The moving means of the squared gradients and of the gradients; both start at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate.
    rho : float in [0, 1)
        What remains of both means after one update.
    eps : float, at least 0
        Added to the root. It, or ``eps_root``, bounds the step where gradients hardly vary, and
        needs to be much larger than an epsilon that only keeps 0 from dividing 0.
    eps_root : float, at least 0
        Added inside the root.

    Returns
    -------
    theta, v, m : arrays
        The parameters and the moving means after the update.

    Notes
    -----
    **Conventions.** ``torch.optim.RMSprop(centered=True)`` has epsilon outside the root (``eps``);
    ``keras.optimizers.RMSprop(centered=True)`` and ``optax.rmsprop(centered=True)`` have it inside
    (``eps_root``). Where rounding makes the variance negative it counts as 0 here; the frameworks
    take the root of what they have.

    Source: Graves (2013), "Generating sequences with recurrent neural networks", equations 38 to
    41, without the momentum.

    Examples
    --------
    The mean of the squares is 16 and the mean 2; its square is taken off.

    >>> import numpy as np
    >>> zero, g = np.zeros(1), np.array([4.0])
    >>> rmsprop_centered(zero, g, np.array([16.0]), zero, t=1, lr=3.0, rho=0.5, eps=0.0, eps_root=4)
    (array([-3.]), array([16.]), array([2.]))
    """
    v = rho * v + (1 - rho) * g**2
    m = rho * m + (1 - rho) * g
    variance = maximum(v - m**2, 0)
    return theta - lr * g / (sqrt(variance + eps_root) + eps), v, m
