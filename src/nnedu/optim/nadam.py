"""Nadam: Adam with Nesterov's look ahead."""

from functools import cache
from threading import Lock

from numpy import sqrt

from nnedu._typing import Array
from nnedu.optim._operations import of_scalars

_LOCK = Lock()


@cache
def _products(beta1: float, dip: float, momentum_decay: float) -> list[float]:
    """The products of the momenta of 0, 1, 2, ... updates, as far as they have been asked for."""
    return [1.0]


@of_scalars
def momentum_product(t: int, beta1: float, dip: float, momentum_decay: float) -> float:
    """The product of Nadam's momenta at updates 1 to t.

    ``mu_1 mu_2 ... mu_t`` with ``mu_i = beta1 (1 - dip 0.96**(i momentum_decay))``: what is left
    of a start at zero, as ``beta1**t`` is in Adam.

    Parameters
    ----------
    t : int, at least 0
        The number of factors.
    beta1, dip, momentum_decay : float
        As in :func:`nadam`.

    Returns
    -------
    float

    Notes
    -----
    Source: Dozat (2016), "Incorporating Nesterov momentum into Adam", section 2.3.

    Examples
    --------
    >>> momentum_product(3, 0.5, 0.0, 0.004)
    0.125
    """
    known = _products(beta1, dip, momentum_decay)
    with _LOCK:
        while len(known) <= t:
            mu = beta1 * (1 - dip * 0.96 ** (len(known) * momentum_decay))
            known.append(known[-1] * mu)
    return known[t]


def nadam(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    *,
    t: int,
    lr: float = 2e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    dip: float = 0.5,
    momentum_decay: float = 0.004,
) -> tuple[Array, Array, Array]:
    """Nadam: Adam that steps by the mean as it will be, were the next gradient like this one.

    ``m <- beta1 m + (1 - beta1) g`` and ``v <- beta2 v + (1 - beta2) g**2``, then
    ``theta <- theta - lr m_ahead / (sqrt(v_hat) + eps)`` with ``v_hat = v / (1 - beta2**t)`` and
    ``m_ahead = mu_{t+1} m / (1 - mu_1 ... mu_{t+1}) + (1 - mu_t) g / (1 - mu_1 ... mu_t)``, where
    ``mu_t = beta1 (1 - dip 0.96**(t momentum_decay))``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    m, v : float arrays, shape of ``theta``
        The moving means of the gradients and of their squares; both start at 0.
    t : int, at least 1
        The number of this update.
    lr : float, above 0
        The learning rate.
    beta1, beta2 : floats in [0, 1)
        What remains of ``m`` and ``v`` after one update.
    eps : float, at least 0
        Added to the root after the correction.
    dip : float in [0, 1]
        By what fraction of itself the momentum ``mu`` is lowered at the start; at 0 it is
        ``beta1`` throughout.
    momentum_decay : float, at least 0
        How fast ``mu`` rises to ``beta1``: the dip halves in ``17 / momentum_decay`` updates.

    Returns
    -------
    theta, m, v : arrays
        The parameters and the moving means after the update.

    Notes
    -----
    **Conventions.** Equals ``torch.optim.NAdam`` (``momentum_decay`` 0.004, as in the paper);
    ``keras.optimizers.Nadam`` has ``momentum_decay=1`` and ``optax.nadam`` ``dip=0``. The paper's
    memory ``m`` also decays by ``mu``; in all three frameworks, and here, by ``beta1``.

    Source: Dozat (2016), "Incorporating Nesterov momentum into Adam", Algorithm 2 and section 2.3.

    Examples
    --------
    At constant momentum the first step is Adam's and more: ``0.9 * 0.1 / 0.19 + 0.1 / 0.1``.

    >>> import numpy as np
    >>> zero = np.zeros(1)
    >>> nadam(zero, np.array([2.0]), zero, zero, t=1, lr=1.0, eps=0.0, dip=0.0)[0]
    array([-1.47368421])
    """
    mu = beta1 * (1 - dip * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - dip * 0.96 ** ((t + 1) * momentum_decay))
    product = momentum_product(t, beta1, dip, momentum_decay)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_ahead = mu_next / (1 - product * mu_next) * m + (1 - mu) / (1 - product) * g
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_ahead / (sqrt(v_hat) + eps), m, v
