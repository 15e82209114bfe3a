"""LAMB: Adam whose step, in each tensor, is a set fraction of the tensor itself."""

from numpy import sqrt

from nnedu._typing import Array
from nnedu.optim._norms import norm


def lamb(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    *,
    t: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-6,
    weight_decay: float = 0.0,
) -> tuple[Array, Array, Array]:
    """LAMB: Adam's direction with decay, stretched to ``lr`` times the norm of the tensor.

    ``m`` and ``v`` as in Adam; ``r = m_hat / (sqrt(v_hat) + eps) + weight_decay theta``, then
    ``theta <- theta - lr (||theta|| / ||r||) r``

    Parameters
    ----------
    theta : float array, any shape
        One tensor of the parameters: the weights of one layer.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    m, v : float arrays, shape of ``theta``
        The moving means of the gradients and of their squares; both start at 0.
    t : int, at least 1
        The number of this update.
    lr : float, above 0
        The learning rate: the length of every step as a fraction of ``||theta||``.
    beta1, beta2 : floats in [0, 1)
        What remains of ``m`` and ``v`` after one update.
    eps : float, at least 0
        Added to the root after the correction, as in Adam.
    weight_decay : float, at least 0
        The decay, counted as a part of the direction, before its length is measured.

    Returns
    -------
    theta, m, v : arrays
        The tensor and the moving means after the update.

    Notes
    -----
    **Conventions.** Equals ``optax.lamb``: the paper's ``phi`` is the identity, and where
    ``theta`` or ``r`` is 0 the step is ``lr r``. ``keras.optimizers.Lamb`` decays ahead of the
    step: ``theta`` shrinks by ``1 - lr weight_decay`` and the step is that of the shrunken tensor
    without decay. PyTorch has no LAMB.

    Source: You et al. (2020), "Large batch optimization for deep learning: training BERT in 76
    minutes", Algorithm 2.

    Examples
    --------
    Adam's first direction is (1, -1) whatever the gradient; its norm becomes half of ``theta``'s.

    >>> import numpy as np
    >>> zero = np.zeros(2)
    >>> theta, g = np.array([6.0, 8.0]), np.array([7.0, -0.1])
    >>> theta, m, v = lamb(theta, g, zero, zero, t=1, lr=0.5, eps=0.0)
    >>> (np.array([6.0, 8.0]) - theta) * 2**0.5
    array([ 5., -5.])
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    r = m_hat / (sqrt(v_hat) + eps) + weight_decay * theta
    size, length = norm(theta), norm(r)
    ratio = size / length if size > 0 and length > 0 else 1.0
    return theta - lr * ratio * r, m, v
