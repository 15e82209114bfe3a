"""Lion: only the sign of a momentum decides, so that every step has one length."""

from numpy import sign

from nnedu._typing import Array


def lion(
    theta: Array,
    g: Array,
    m: Array,
    *,
    t: int,
    lr: float = 1e-4,
    beta1: float = 0.9,
    beta2: float = 0.99,
    weight_decay: float = 0.0,
) -> tuple[Array, Array]:
    """Lion: each coordinate moves by lr, against the sign of gradient and momentum mixed.

    ``c = beta1 m + (1 - beta1) g``, ``theta <- theta - lr (sign(c) + weight_decay theta)``, then
    ``m <- beta2 m + (1 - beta2) g``

    The gradient counts for more in the step (``1 - beta1``) than it will in the memory
    (``1 - beta2``). One state array instead of Adam's two.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    m : float array, shape of ``theta``
        The moving mean of the gradients; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate: the length of every step, in every coordinate whose ``c`` is not 0. The
        paper uses a third to a tenth of AdamW's.
    beta1 : float in [0, 1)
        The weight of the memory in the step.
    beta2 : float in [0, 1)
        What remains of the memory after one update.
    weight_decay : float, at least 0, or array of them, shape of ``theta``
        Each update takes away the fraction ``lr * weight_decay``; three to ten times AdamW's for
        the same effect, since ``lr`` is as much smaller.

    Returns
    -------
    theta, m : arrays
        The parameters and the moving mean after the update.

    Notes
    -----
    **Conventions.** Equals ``optax.lion`` (default decay 1e-3) and ``keras.optimizers.Lion`` (none,
    like here); PyTorch has no Lion.

    Source: Chen et al. (2023), "Symbolic discovery of optimization algorithms", Algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> lion(np.zeros(2), np.array([8.0, -1e-6]), np.zeros(2), t=1, lr=0.5, beta2=0.5)
    (array([-0.5,  0.5]), array([ 4.e+00, -5.e-07]))
    """
    c = beta1 * m + (1 - beta1) * g
    return theta - lr * (sign(c) + weight_decay * theta), beta2 * m + (1 - beta2) * g
