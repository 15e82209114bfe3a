"""Muon: momentum with all singular values set to about 1."""

from math import sqrt

from nnedu._typing import Array
from nnedu.optim._norms import norm

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the polynomial ``a x + b x**3 + c x**5`` that one step applies to every singular value."""


def orthogonalize(G: Array, *, steps: int = 5, eps: float = 1e-7) -> Array:
    """Nearly ``U V^T`` of a matrix ``U S V^T``, by products of matrices alone.

    ``X = G / (||G|| + eps)``, then ``steps`` times ``A = X X^T``, ``X <- a X + (b A + c A A) X``
    with ``a, b, c = 3.4445, -4.775, 2.0315``

    Parameters
    ----------
    G : float array, shape (I, O)
    steps : int, at least 1
        Five bring every singular value of at least 0.002 of ``||G||`` into 0.68 to 1.21.
    eps : float, at least 0
        Keeps a gradient of 0 at 0.

    Returns
    -------
    array, shape (I, O)
        The singular vectors of ``G``, with singular values around 1.

    Notes
    -----
    **Conventions.** The coefficients trade exactness for speed at small singular values: the
    polynomial does not settle at 1. PyTorch runs it in bfloat16 and takes ``max(||G||, eps)``;
    Keras and Optax run it in the dtype of the parameters, as here.

    Source: Jordan et al. (2024), "Muon: an optimizer for hidden layers in neural networks", its
    Newton-Schulz iteration and coefficients.

    Examples
    --------
    One step on singular values 0.6 and 0.8 of 1, with ``a x + b x**3 + c x**5``:

    >>> import numpy as np
    >>> orthogonalize(np.diag([0.6, -0.8]), steps=1, eps=0.0).round(6)
    array([[ 1.193269,  0.      ],
           [ 0.      , -0.976482]])
    """
    a, b, c = COEFFICIENTS
    wide = G.shape[0] <= G.shape[1]
    X = (G if wide else G.T) / (norm(G) + eps)  # A has the shorter side
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X if wide else X.T.copy()


def muon(
    theta: Array,
    g: Array,
    m: Array,
    *,
    t: int,
    lr: float = 0.02,
    momentum: float = 0.95,
    look_ahead: float = 0.95,
    ns_steps: int = 5,
    eps: float = 1e-7,
    weight_decay: float = 0.0,
) -> tuple[Array, Array]:
    """Muon, for a matrix: a step that is equally long in every singular direction.

    ``m <- momentum m + (1 - momentum) g`` and ``d = look_ahead m + (1 - look_ahead) g``, then
    ``theta <- theta - lr (sqrt(max(1, O / I)) orthogonalize(d) + weight_decay theta)``

    Parameters
    ----------
    theta : float array, shape (I, O)
        One matrix of the parameters, of a hidden layer.
    g : float array, shape (I, O)
        The gradient at ``theta``.
    m : float array, shape (I, O)
        The moving mean of the gradients; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate: about the length of a step in every singular direction, times the
        factor of the shape.
    momentum : float in [0, 1)
        What remains of ``m`` after one update.
    look_ahead : float in [0, 1]
        The share of ``m`` in the direction: equal to ``momentum`` it is Nesterov's momentum, which
        Muon's authors use; 1 is plain momentum.
    ns_steps : int, at least 1
        Newton-Schulz steps of :func:`orthogonalize`.
    eps : float, at least 0
        Added to the norm of the direction.
    weight_decay : float, at least 0
        The decoupled decay.

    Returns
    -------
    theta, m : arrays
        The matrix and the mean after the update.

    Notes
    -----
    For matrices of hidden layers. Biases, embeddings and the last layer get another rule:
    ``TensorOptimizer("muon", ..., others=Optimizer("adam", lr=...), others_take=["W3"])``.

    **Conventions.** Equals ``torch.optim.Muon``, whose weights have shape (O, I), up to its
    rounding to bfloat16, and with ``eps=0`` (its epsilon is a floor). ``optax.contrib.muon``
    corrects the mean for its start, which shifts the share:
    ``look_ahead=lambda k: x / (x + (1 - b) / (1 - b**(k + 1)))`` with
    ``x = b / (1 - b**(k + 2))`` and ``b`` the momentum. A direction's length does not matter, so a
    sum for a mean makes no difference. The factor of the shape is the authors'; Keras has another:
    :func:`muon_rms`.

    Source: Jordan et al. (2024), "Muon: an optimizer for hidden layers in neural networks"; the
    factor of the shape is that of the authors' code.

    Examples
    --------
    Singular values of 3 and 1 both come near 1.

    >>> import numpy as np
    >>> theta, g = np.zeros((2, 2)), np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> theta, m = muon(theta, g, np.zeros((2, 2)), t=1, lr=1.0)
    >>> np.linalg.svd(theta).S.round(2)
    array([1.13, 0.75])
    """
    I, O = theta.shape  # noqa: E741
    m, d = _direction(g, m, momentum, look_ahead)
    step = sqrt(max(1, O / I)) * orthogonalize(d, steps=ns_steps, eps=eps)
    return theta - lr * (step + weight_decay * theta), m


def muon_rms(
    theta: Array,
    g: Array,
    m: Array,
    *,
    t: int,
    lr: float = 1e-3,
    momentum: float = 0.95,
    look_ahead: float = 0.95,
    ns_steps: int = 5,
    eps: float = 1e-7,
    weight_decay: float = 0.0,
    rms: float = 0.2,
) -> tuple[Array, Array]:
    """Muon with steps of Adam's size: entries with a root mean square of about ``rms lr``.

    ``m`` and ``d`` as in :func:`muon`, then
    ``theta <- theta - lr (rms sqrt(max(I, O)) orthogonalize(d) + weight_decay theta)``

    Parameters
    ----------
    theta : float array, shape (I, O)
        One matrix of the parameters, of a hidden layer.
    g : float array, shape (I, O)
        The gradient at ``theta``.
    m : float array, shape (I, O)
        The moving mean of the gradients; starts at 0.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate: one that suits AdamW suits here.
    momentum, look_ahead, ns_steps, eps, weight_decay : numbers
        As in :func:`muon`.
    rms : float, above 0
        The root mean square of a step's entries at ``lr = 1``.

    Returns
    -------
    theta, m : arrays
        The matrix and the mean after the update.

    Notes
    -----
    **Conventions.** Equals ``keras.optimizers.Muon``, which keeps a sum in place of the mean:
    ``eps=1e-7 (1 - momentum)``. Also ``torch.optim.Muon(adjust_lr_fn="match_rms_adamw")`` and
    ``optax.contrib.muon(consistent_rms=0.2)``, with what :func:`muon` says of them.

    Source: Liu et al. (2025), "Muon is scalable for LLM training", on a consistent size of
    updates.

    Examples
    --------
    The same step as :func:`muon`'s, times ``0.2 sqrt(2)``.

    >>> import numpy as np
    >>> theta, g = np.zeros((2, 2)), np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> theta, m = muon_rms(theta, g, np.zeros((2, 2)), t=1, lr=1.0)
    >>> (np.linalg.svd(theta).S / (0.2 * 2**0.5)).round(2)
    array([1.13, 0.75])
    """
    m, d = _direction(g, m, momentum, look_ahead)
    step = rms * sqrt(max(theta.shape)) * orthogonalize(d, steps=ns_steps, eps=eps)
    return theta - lr * (step + weight_decay * theta), m


def _direction(g: Array, m: Array, momentum: float, look_ahead: float) -> tuple[Array, Array]:
    """The mean after this gradient, and the direction between the two."""
    m = momentum * m + (1 - momentum) * g
    return m, look_ahead * m + (1 - look_ahead) * g
