"""AMSGrad: Adam whose scale never shrinks, in the two forms in use.

The forms differ in when the mean of squares is corrected for its start at zero: ``amsgrad`` keeps
the maximum of the raw mean and corrects that, ``amsgrad_corrected`` keeps the maximum of the
corrected mean, so that one large early gradient is remembered at its full size.
"""

from numpy import maximum, sqrt

from nnedu._typing import Array


def amsgrad(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    v_max: Array,
    *,
    t: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, Array, Array, Array]:
    """AMSGrad: Adam, scaled by the largest moving mean of squares so far.

    ``m <- beta1 m + (1 - beta1) g``, ``v <- beta2 v + (1 - beta2) g**2`` and
    ``v_max <- max(v_max, v)``, then ``theta <- theta - lr m_hat / (sqrt(v_hat) + eps)`` with
    ``m_hat = m / (1 - beta1**t)`` and ``v_hat = v_max / (1 - beta2**t)``

    Adam forgets a rare large gradient within ``1 / (1 - beta2)`` updates and can then be led the
    wrong way by many small ones; with a maximum it cannot.

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    m, v : float arrays, shape of ``theta``
        The moving means of the gradients and of their squares; both start at 0.
    v_max : float array, shape of ``theta``
        The largest ``v`` so far; starts at 0.
    t : int, at least 1
        The number of this update.
    lr : float, above 0
        The learning rate.
    beta1, beta2 : floats in [0, 1)
        What remains of ``m`` and ``v`` after one update.
    eps : float, at least 0
        Added to the root after the correction.

    Returns
    -------
    theta, m, v, v_max : arrays
        The parameters, the moving means and the maximum after the update.

    Notes
    -----
    **Conventions.** Equals ``torch.optim.Adam(amsgrad=True)``, and
    ``keras.optimizers.Adam(amsgrad=True)`` with its "epsilon hat" (see :func:`adam`). Optax keeps
    the maximum of the corrected mean: see :func:`amsgrad_corrected`. The paper corrects neither
    ``m`` nor ``v``.

    Source: Reddi, Kale & Kumar (2018), "On the convergence of Adam and beyond", Algorithm 2.

    Examples
    --------
    The mean of squares falls from 4 to 2 and the step is still divided by 2.

    >>> import numpy as np
    >>> zero, four = np.zeros(1), np.array([4.0])
    >>> theta, m, v, v_max = amsgrad(
    ...     zero, zero, zero + 1, four, four, t=50, lr=1.0, beta1=0.5, beta2=0.5, eps=0.0
    ... )
    >>> theta.round(6), m, v, v_max
    (array([-0.25]), array([0.5]), array([2.]), array([4.]))
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    return theta - lr * m_hat / (sqrt(v_hat) + eps), m, v, v_max


def amsgrad_corrected(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    v_max: Array,
    *,
    t: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, Array, Array, Array]:
    """AMSGrad with the maximum taken after the correction for the start at zero.

    ``m <- beta1 m + (1 - beta1) g``, ``v <- beta2 v + (1 - beta2) g**2`` and
    ``v_max <- max(v_max, v_hat)``, then ``theta <- theta - lr m_hat / (sqrt(v_max) + eps)`` with
    ``m_hat = m / (1 - beta1**t)`` and ``v_hat = v / (1 - beta2**t)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    m, v : float arrays, shape of ``theta``
        The moving means of the gradients and of their squares; both start at 0.
    v_max : float array, shape of ``theta``
        The largest ``v_hat`` so far; starts at 0.
    t : int, at least 1
        The number of this update.
    lr : float, above 0
        The learning rate.
    beta1, beta2 : floats in [0, 1)
        What remains of ``m`` and ``v`` after one update.
    eps : float, at least 0
        Added to the root.

    Returns
    -------
    theta, m, v, v_max : arrays
        The parameters, the moving means and the maximum after the update.

    Notes
    -----
    **Conventions.** Equals ``optax.amsgrad``. PyTorch and Keras keep the maximum of the raw mean:
    see :func:`amsgrad`.

    Source: Reddi, Kale & Kumar (2018), Algorithm 2, with the corrections of Kingma & Ba (2015),
    Algorithm 1; in this order they are Optax's.

    Examples
    --------
    A first gradient of 3 counts for 3 for ever.

    >>> import numpy as np
    >>> zero, g = np.zeros(1), np.array([3.0])
    >>> theta, m, v, v_max = amsgrad_corrected(zero, g, zero, zero, zero, t=1, beta2=0.5)
    >>> v, v_max
    (array([4.5]), array([9.]))
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    v_max = maximum(v_max, v_hat)
    return theta - lr * m_hat / (sqrt(v_max) + eps), m, v, v_max
