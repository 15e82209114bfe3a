"""AdaDelta: RMSProp that measures its steps in units of its own past steps."""

from numpy import sqrt

from nnedu._typing import Array


def adadelta(
    theta: Array,
    g: Array,
    v: Array,
    u: Array,
    *,
    t: int,
    lr: float = 1.0,
    rho: float = 0.95,
    eps: float = 1e-6,
) -> tuple[Array, Array, Array]:
    """AdaDelta: gradients are divided by their typical size and multiplied by that of the steps.

    ``v <- rho v + (1 - rho) g**2``, ``d = sqrt(u + eps) / sqrt(v + eps) g``,
    ``u <- rho u + (1 - rho) d**2``, then ``theta <- theta - lr d``

    A step then has the units of the parameters, and no learning rate is needed: ``lr`` is 1 in the
    paper. The first steps are of the size of ``sqrt(eps)``, so that ``eps`` decides how long it
    takes to gather speed.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    v, u : float arrays, shape of ``theta``, at least 0
        The moving means of the squared gradients and of the squared steps (before ``lr``); both
        start at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        Scales every step.
    rho : float in [0, 1)
        What remains of both means after one update.
    eps : float, at least 0
        Added inside both roots; at 0 nothing would ever move.

    Returns
    -------
    theta, v, u : arrays
        The parameters and the moving means after the update.

    Notes
    -----
    **Conventions.** The same formula in PyTorch (``lr`` 1, ``rho`` 0.9, ``eps`` 1e-6), Keras
    (0.001, 0.95, 1e-7: a thousandth of the paper's steps) and Optax (no ``lr``, 0.9, 1e-6).

    Source: Zeiler (2012), "ADADELTA: an adaptive learning rate method", Algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> zero = np.zeros(1)
    >>> adadelta(zero, np.array([4.0]), zero, zero, t=1, rho=0.5, eps=1.0)
    (array([-1.33333333]), array([8.]), array([0.88888889]))
    """
    v = rho * v + (1 - rho) * g**2
    d = sqrt(u + eps) / sqrt(v + eps) * g
    u = rho * u + (1 - rho) * d**2
    return theta - lr * d, v, u
