"""Nesterov's accelerated gradient, in the two forms in use (see ``momentum``).

Nesterov's method takes its gradient not where the parameters are but where momentum is about to
carry them. A training loop hands a rule the gradient at the parameters it holds, so both forms
hold the *look-ahead point*: ``theta`` here is Nesterov's ``theta + momentum v``.
"""

from nnedu._typing import Array


def nesterov(
    theta: Array, g: Array, b: Array, *, t: int, lr: float, momentum: float = 0.9
) -> tuple[Array, Array]:
    """Nesterov momentum: the momentum step, taken from one momentum step ahead.

    ``b <- momentum b + g``, then ``theta <- theta - lr (g + momentum b)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters at the look-ahead point.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    b : float array, shape of ``theta``
        The momentum buffer; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate.
    momentum : float in [0, 1)
        What remains of the buffer after one update.

    Returns
    -------
    theta, b : arrays
        The parameters and the buffer after the update.

    Notes
    -----
    **Conventions.** Equals ``torch.optim.SGD(nesterov=True)`` and ``optax.sgd(nesterov=True)``.
    Keras keeps the learning rate inside: see :func:`nesterov_velocity`.

    Source: Nesterov (1983), "A method for solving the convex programming problem with convergence
    rate O(1/k^2)"; in this form Bengio, Boulanger-Lewandowski & Pascanu (2013), "Advances in
    optimizing recurrent networks", section 3.5, with the learning rate taken out.

    Examples
    --------
    >>> import numpy as np
    >>> nesterov(np.array([0.0]), np.array([1.0]), np.array([0.0]), t=1, lr=1.0)
    (array([-1.9]), array([1.]))
    """
    b = momentum * b + g
    return theta - lr * (g + momentum * b), b


def nesterov_velocity(
    theta: Array, g: Array, v: Array, *, t: int, lr: float, momentum: float = 0.9
) -> tuple[Array, Array]:
    """Nesterov momentum with the learning rate inside the velocity.

    ``v <- momentum v - lr g``, then ``theta <- theta + momentum v - lr g``

    Parameters
    ----------
    theta : float array, any shape
        The parameters at the look-ahead point.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    v : float array, shape of ``theta``
        The velocity; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate.
    momentum : float in [0, 1)
        What remains of the velocity after one update.

    Returns
    -------
    theta, v : arrays
        The parameters and the velocity after the update.

    Notes
    -----
    **Conventions.** Equals ``keras.optimizers.SGD(nesterov=True)``, and :func:`nesterov` while the
    learning rate does not change.

    Source: Bengio, Boulanger-Lewandowski & Pascanu (2013), section 3.5; Sutskever et al. (2013),
    equations 3 and 4, seen from the look-ahead point.

    Examples
    --------
    >>> import numpy as np
    >>> nesterov_velocity(np.array([0.0]), np.array([1.0]), np.array([0.0]), t=1, lr=1.0)
    (array([-1.9]), array([-1.]))
    """
    v = momentum * v - lr * g
    return theta + momentum * v - lr * g, v
