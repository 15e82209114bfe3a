"""Shampoo: a gradient preconditioned from both sides, as AdaGrad preconditions each entry."""

import numpy as np

from nnedu._typing import Array


def inverse_root(S: Array, p: int, *, eps: float) -> Array:
    """``(S + eps I)**(-1/p)`` of a symmetric matrix without negative eigenvalues.

    With the eigenvectors of ``S`` as columns of ``Q`` and its eigenvalues ``s``:
    ``Q diag((s + eps)**(-1/p)) Q^T``

    Parameters
    ----------
    S : float array, shape (n, n)
        Symmetric; eigenvalues that rounding has made negative count as 0.
    p : int, at least 1
        Which root.
    eps : float, above 0 where ``S`` is singular
        What is added to the eigenvalues.

    Returns
    -------
    array, shape (n, n)
        Symmetric.

    Notes
    -----
    **Conventions.** Later versions of Shampoo take the root by Newton's iteration instead.

    Source: Gupta, Koren & Singer (2018), "Shampoo: preconditioned stochastic tensor
    optimization", which defines the root by the eigenvectors.

    Examples
    --------
    >>> inverse_root(np.diag([1.0, 16.0]), 4, eps=0.0)
    array([[1. , 0. ],
           [0. , 0.5]])
    """
    s, Q = np.linalg.eigh(S)
    root: Array = (Q * (np.maximum(s, 0) + eps) ** (-1 / p)) @ Q.T
    return root


def shampoo(
    theta: Array, g: Array, L: Array, R: Array, *, t: int, lr: float, eps: float = 1e-4
) -> tuple[Array, Array, Array]:
    """Shampoo, for a matrix: a fourth root of the gradients' second moments from each side.

    ``L <- L + g g^T`` and ``R <- R + g^T g``, then
    ``theta <- theta - lr (L + eps I)**(-1/4) g (R + eps I)**(-1/4)``

    The two quarters make one half, as in AdaGrad: for a matrix of one entry it is AdaGrad.

    Parameters
    ----------
    theta : float array, shape (I, O)
        One matrix of the parameters.
    g : float array, shape (I, O)
        The gradient at ``theta``.
    L : float array, shape (I, I)
        The sum of ``g g^T``: what the rows have to do with one another; starts at 0.
    R : float array, shape (O, O)
        The sum of ``g^T g``; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate.
    eps : float, above 0
        Added to every eigenvalue: directions not seen yet are not divided by 0.

    Returns
    -------
    theta, L, R : arrays
        The matrix and the sums after the update.

    Notes
    -----
    Two eigendecompositions an update, about ``10 (I**3 + O**3)`` operations: practical versions
    take them every so many updates, or of blocks.

    **Conventions.** The paper's sums, which never forget, started at ``eps I``: here they start at
    0 and ``eps`` is added under the root, which is the same. Later versions use moving means,
    step lengths borrowed from another rule, and other roots. Keras, PyTorch and Optax have no
    Shampoo; it is held to values by hand and to the brute-force product with the square root of
    the Kronecker product. The vector form is :func:`shampoo_vector`.

    Source: Gupta, Koren & Singer (2018), "Shampoo: preconditioned stochastic tensor
    optimization", Algorithm 1.

    Examples
    --------
    The first step of a diagonal gradient has length ``lr`` in each entry that is not 0.

    >>> theta, g, zero = np.zeros((2, 2)), np.diag([5.0, -0.25]), np.zeros((2, 2))
    >>> theta, L, R = shampoo(theta, g, zero, zero, t=1, lr=0.5, eps=1e-20)
    >>> theta
    array([[-0.5,  0. ],
           [ 0. ,  0.5]])
    """
    L = L + g @ g.T
    R = R + g.T @ g
    step = inverse_root(L, 4, eps=eps) @ g @ inverse_root(R, 4, eps=eps)
    return theta - lr * step, L, R


def shampoo_vector(
    theta: Array, g: Array, H: Array, *, t: int, lr: float, eps: float = 1e-4
) -> tuple[Array, Array]:
    """Shampoo, for a vector: AdaGrad with the whole matrix of second moments.

    ``H <- H + g g^T``, then ``theta <- theta - lr (H + eps I)**(-1/2) g``

    Parameters
    ----------
    theta : float array, shape (O,)
        One vector of the parameters.
    g : float array, shape (O,)
        The gradient at ``theta``.
    H : float array, shape (O, O)
        The sum of ``g g^T``; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate.
    eps : float, above 0
        Added to every eigenvalue.

    Returns
    -------
    theta, H : arrays
        The vector and the sum after the update.

    Notes
    -----
    **Conventions.** As :func:`shampoo`: the state is a matrix for every vector, which a layer with
    thousands of outputs may not want to pay for; hand its bias to another rule.

    Source: Gupta, Koren & Singer (2018), Algorithm 2 for a tensor of order 1; Duchi, Hazan &
    Singer (2011), "Adaptive subgradient methods for online learning and stochastic optimization",
    the full-matrix form.

    Examples
    --------
    The first step has length ``lr``, along the gradient.

    >>> theta, H = shampoo_vector(np.zeros(2), np.array([3.0, 4.0]), np.zeros((2, 2)), t=1, lr=5.0)
    >>> theta.round(4)
    array([-3., -4.])
    """
    H = H + np.outer(g, g)
    step = inverse_root(H, 2, eps=eps) @ g
    return theta - lr * step, H
