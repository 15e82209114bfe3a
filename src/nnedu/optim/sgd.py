"""Gradient descent: the rule every other rule modifies."""

from nnedu._typing import Array


def sgd(theta: Array, g: Array, *, t: int, lr: float) -> tuple[Array]:
    """Gradient descent: a step against the gradient, lr times as long as it.

    ``theta <- theta - lr g``

    Called *stochastic* gradient descent (SGD) when ``g`` comes from a mini-batch; the rule is
    the same.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient of the loss at ``theta``.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate.

    Returns
    -------
    theta : array
        The parameters after the update.

    Notes
    -----
    **Conventions.** The same in PyTorch, Keras and Optax.

    Source: Cauchy (1847), "Méthode générale pour la résolution des systèmes d'équations
    simultanées"; Robbins & Monro (1951) for gradients with noise.

    Examples
    --------
    >>> import numpy as np
    >>> sgd(np.array([1.0, 1.0]), np.array([4.0, -2.0]), t=1, lr=0.25)
    (array([0. , 1.5]),)
    """
    return (theta - lr * g,)
