"""SOAP: Adam, run in the directions that Shampoo finds."""

import numpy as np
from numpy import sqrt

from nnedu._typing import Array


def soap(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    L: Array,
    R: Array,
    Q_L: Array,
    Q_R: Array,
    *,
    t: int,
    lr: float = 3e-3,
    beta1: float = 0.95,
    beta2: float = 0.95,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    every: int = 10,
) -> tuple[Array, ...]:
    """SOAP, for a matrix: Adam on the gradient turned into Shampoo's eigenvectors.

    ``L <- beta2 L + (1 - beta2) g g^T`` and ``R <- beta2 R + (1 - beta2) g^T g``. The first
    gradient only sets ``Q_L`` and ``Q_R``, their eigenvectors. From the second on, with a prime
    for what is turned, ``x' = Q_L^T x Q_R``: ``m <- beta1 m + (1 - beta1) g``,
    ``v <- beta2 v + (1 - beta2) g'**2`` and ``n' = m'_hat / (sqrt(v_hat) + eps)``, then
    ``theta <- theta - lr (Q_L n' Q_R^T + weight_decay theta)``; and after every ``every`` such
    updates ``Q_L <- qr(L Q_L)``, ``Q_R <- qr(R Q_R)``.

    Parameters
    ----------
    theta : float array, shape (I, O)
        One matrix of the parameters.
    g : float array, shape (I, O)
        The gradient at ``theta``.
    m : float array, shape (I, O)
        The moving mean of the gradients, not turned; starts at 0.
    v : float array, shape (I, O)
        The moving mean of the squares of the turned gradients; starts at 0.
    L, R : float arrays, shapes (I, I) and (O, O)
        The moving means of ``g g^T`` and ``g^T g``; start at 0.
    Q_L, Q_R : float arrays, shapes (I, I) and (O, O)
        Orthonormal columns: about the eigenvectors of ``L`` and ``R``; start as the identity.
    t : int, at least 1
        The number of this update.
    lr : float, above 0
        The learning rate.
    beta1, beta2 : floats in [0, 1)
        What remains of ``m``, and of ``v``, ``L`` and ``R``, after one update.
    eps : float, at least 0
        Added to the root after the correction, as in Adam.
    weight_decay : float, at least 0
        The decoupled decay.
    every : int, at least 1
        Updates between two renewals of the eigenvectors: one step of the power method each.

    Returns
    -------
    theta, m, v, L, R, Q_L, Q_R : arrays
        The matrix and the state after the update.

    Notes
    -----
    **Conventions.** As in the authors' code, the first gradient makes no step (it would be turned
    by its own eigenvectors, and what is 0 there only up to rounding would be scaled to 1), and
    the means are corrected for their start. Their code also sorts the columns by eigenvalue at
    each renewal and turns ``v`` along; here, as in the paper, neither is done. Keras, PyTorch and
    Optax have no SOAP; it is held to Adam in a fixed basis and to values by hand.

    Source: Vyas et al. (2024), "SOAP: improving and stabilizing Shampoo using Adam",
    Algorithm 3, and Algorithm 4 for the eigenvectors.

    Examples
    --------
    A diagonal gradient needs no turning: the second update is Adam's first.

    >>> g, zero, one = np.diag([4.0, -0.5]), np.zeros((2, 2)), np.eye(2)
    >>> state = soap(zero, g, zero, zero, zero, zero, one, one, t=1, lr=0.5, eps=1e-12)
    >>> soap(state[0], g, *state[1:], t=2, lr=0.5, eps=1e-12)[0].round(6)
    array([[-0.5,  0. ],
           [ 0. ,  0.5]])
    """
    L = beta2 * L + (1 - beta2) * g @ g.T
    R = beta2 * R + (1 - beta2) * g.T @ g
    if t == 1:
        return theta.copy(), m.copy(), v.copy(), L, R, eigenvectors(L), eigenvectors(R)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * (Q_L.T @ g @ Q_R) ** 2
    m_hat = Q_L.T @ m @ Q_R / (1 - beta1 ** (t - 1))
    v_hat = v / (1 - beta2 ** (t - 1))
    n = Q_L @ (m_hat / (sqrt(v_hat) + eps)) @ Q_R.T
    theta = theta - lr * (n + weight_decay * theta)
    if (t - 1) % every == 0:
        return theta, m, v, L, R, np.linalg.qr(L @ Q_L).Q, np.linalg.qr(R @ Q_R).Q
    return theta, m, v, L, R, Q_L.copy(), Q_R.copy()


def eigenvectors(S: Array) -> Array:
    """Orthonormal eigenvectors of a symmetric matrix as columns, the largest eigenvalue first.

    The order in which the power method keeps them.

    Parameters
    ----------
    S : float array, shape (n, n)

    Returns
    -------
    array, shape (n, n)

    Examples
    --------
    >>> abs(eigenvectors(np.diag([1.0, 3.0])))
    array([[0., 1.],
           [1., 0.]])
    """
    return np.linalg.eigh(S).eigenvectors[:, ::-1].copy()
