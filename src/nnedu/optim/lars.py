"""LARS: momentum whose step, in each tensor, is a set fraction of the tensor itself."""

from nnedu._typing import Array
from nnedu.optim._norms import norm


def lars(
    theta: Array,
    g: Array,
    v: Array,
    *,
    t: int,
    lr: float,
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    trust: float = 1e-3,
) -> tuple[Array, Array]:
    """LARS: a learning rate for each tensor, by the ratio of its norm to its gradient's.

    ``ratio = trust ||theta|| / (||g|| + ||weight_decay theta||)``, then
    ``v <- momentum v + lr ratio (g + weight_decay theta)`` and ``theta <- theta - v``

    The gradient's length drops out of the first step: in every tensor it is ``lr trust`` of the
    tensor's own norm, so that no layer outruns its weights when the batch, and with it the
    learning rate, grows.

    Parameters
    ----------
    theta : float array, any shape
        One tensor of the parameters: the weights of one layer.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    v : float array, shape of ``theta``
        The velocity: the last step; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate, the same for all tensors.
    momentum : float in [0, 1)
        What remains of the velocity after one update.
    weight_decay : float, at least 0
        The decay, counted as a part of the gradient.
    trust : float, above 0
        The fraction of ``||theta||`` that a step has at ``lr = 1``.

    Returns
    -------
    theta, v : arrays
        The tensor and the velocity after the update.

    Notes
    -----
    **Conventions.** Where ``theta`` or ``g`` is 0 the ratio is 1, as in Optax: biases, which start
    at 0, take steps of ``lr`` instead of ``lr trust``, and are best left to another rule.
    ``optax.lars`` measures the decayed gradient as a whole, ``||g + weight_decay theta||``: hand
    over that gradient and no decay for its steps. Keras and PyTorch have no LARS.

    Source: You, Gitman & Ginsburg (2017), "Large batch training of convolutional networks",
    Algorithm 1.

    Examples
    --------
    The norms are 5 and 2; half of ``theta``'s norm is 2.5, along the gradient.

    >>> import numpy as np
    >>> theta, g, v = np.array([3.0, 4.0]), np.array([2.0, 0.0]), np.zeros(2)
    >>> lars(theta, g, v, t=1, lr=1.0, trust=0.5)
    (array([0.5, 4. ]), array([2.5, 0. ]))
    """
    decay = weight_decay * theta
    size, length = norm(theta), norm(g) + norm(decay)
    ratio = trust * size / length if size > 0 and length > 0 else 1.0
    v = momentum * v + lr * ratio * (g + decay)
    return theta - v, v
