"""Momentum: steps that remember the steps before, in the two forms in use.

The forms differ in where the learning rate stands. With a constant one they make the same steps;
when it changes, ``momentum`` rescales the whole memory at once, while ``heavy_ball`` rescales only
what is added from then on.
"""

from nnedu._typing import Array


def momentum(
    theta: Array,
    g: Array,
    b: Array,
    *,
    t: int,
    lr: float,
    momentum: float = 0.9,
    dampening: float = 0.0,
) -> tuple[Array, Array]:
    """Momentum: a step along a decaying sum of all gradients so far.

    ``b <- momentum b + (1 - dampening) g``, then ``theta <- theta - lr b``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    b : float array, shape of ``theta``
        The momentum buffer; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate. Against a constant gradient the steps grow to ``lr / (1 - momentum)``.
    momentum : float in [0, 1)
        What remains of the buffer after one update.
    dampening : float in [0, 1]
        What is withheld of each new gradient; ``dampening=momentum`` makes ``b`` an exponential
        moving average.

    Returns
    -------
    theta, b : arrays
        The parameters and the buffer after the update.

    Notes
    -----
    **Conventions.** Equals ``torch.optim.SGD`` and ``optax.sgd`` (which has no dampening).
    PyTorch starts its buffer at the whole first gradient even when dampened: that is
    ``dampening=lambda k: 0 if k == 0 else d`` here. Keras keeps the learning rate inside the
    buffer: see :func:`heavy_ball`.

    Source: Polyak (1964), "Some methods of speeding up the convergence of iteration methods"; this
    form with the learning rate outside is PyTorch's.

    Examples
    --------
    The second of two equal gradients moves 1.9 times as far as the first.

    >>> import numpy as np
    >>> theta, b = momentum(np.array([0.0]), np.array([1.0]), np.array([0.0]), t=1, lr=1.0)
    >>> momentum(theta, np.array([1.0]), b, t=2, lr=1.0)
    (array([-2.9]), array([1.9]))
    """
    b = momentum * b + (1 - dampening) * g
    return theta - lr * b, b


def heavy_ball(
    theta: Array, g: Array, v: Array, *, t: int, lr: float, momentum: float = 0.9
) -> tuple[Array, Array]:
    """Heavy ball: momentum with the learning rate inside the velocity.

    ``v <- momentum v - lr g``, then ``theta <- theta + v``

    Since ``v`` is the last step taken, this is ``theta - lr g + momentum (theta - theta_before)``.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    v : float array, shape of ``theta``
        The velocity: the last step; starts at 0.
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
    **Conventions.** Equals ``keras.optimizers.SGD(momentum=...)``. PyTorch and Optax keep the
    learning rate outside: see :func:`momentum`.

    Source: Polyak (1964); Sutskever et al. (2013), "On the importance of
    initialization and momentum in deep learning", equations 1 and 2.

    Examples
    --------
    When the learning rate falls to 0 the ball rolls on; :func:`momentum` would stop.

    >>> import numpy as np
    >>> theta, v = heavy_ball(np.array([0.0]), np.array([1.0]), np.array([0.0]), t=1, lr=1.0)
    >>> heavy_ball(theta, np.array([1.0]), v, t=2, lr=0.0)
    (array([-1.9]), array([-0.9]))
    """
    v = momentum * v - lr * g
    return theta + v, v
