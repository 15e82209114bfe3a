"""AdaGrad: a learning rate for every coordinate, shrinking with what it has seen."""

from numpy import sqrt

from nnedu._typing import Array


def adagrad(
    theta: Array, g: Array, G: Array, *, t: int, lr: float, eps: float = 1e-10
) -> tuple[Array, Array]:
    """AdaGrad: each coordinate's step is divided by the root of its summed squared gradients.

    ``G <- G + g**2``, then ``theta <- theta - lr g / (sqrt(G) + eps)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    G : float array, shape of ``theta``, at least 0
        The sum of squared gradients; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate: the length of the first step in every coordinate whose gradient is far
        above ``eps``.
    eps : float, at least 0
        Added to the root, so that a coordinate that has seen no gradient divides by it and not
        by 0.

    Returns
    -------
    theta, G : arrays
        The parameters and the sum after the update.

    Notes
    -----
    **Conventions.** Equals ``torch.optim.Adagrad``. Keras and Optax start the sum at 0.1 and put
    epsilon inside the root, ``sqrt(G + eps)``: that is the start value ``G = 0.1 + eps`` with
    ``eps=0`` here.

    Source: Duchi, Hazan & Singer (2011), "Adaptive subgradient methods for online learning and
    stochastic optimization", Figure 1, with diagonal matrices; their delta is ``eps``.

    Examples
    --------
    Two gradients a million times apart make the same first step.

    >>> import numpy as np
    >>> adagrad(np.zeros(2), np.array([1e3, 1e-3]), np.zeros(2), t=1, lr=0.5, eps=0.0)
    (array([-0.5, -0.5]), array([1.e+06, 1.e-06]))
    """
    G = G + g**2
    return theta - lr * g / (sqrt(G) + eps), G
