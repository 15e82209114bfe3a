"""Adafactor: Adam's scaling from two sums, one over rows and one over columns.

The squares of a matrix's gradient are remembered as the product of their row means and their
column means: ``I + O`` numbers instead of ``I O``. A vector has no such product, and its squares
are remembered one by one.
"""

from numpy import sqrt

from nnedu._typing import Array
from nnedu.optim._norms import rms


def adafactor(
    theta: Array,
    g: Array,
    R: Array,
    C: Array,
    *,
    t: int,
    lr: float = 1e-2,
    decay: float = 0.8,
    eps1: float = 1e-30,
    eps2: float = 1e-3,
    clip: float = 1.0,
    weight_decay: float = 0.0,
) -> tuple[Array, Array, Array]:
    """Adafactor, for a matrix: scaled by row and column means of the squares, relative steps.

    With ``beta = 1 - t**-decay``: ``R <- beta R + (1 - beta) mean over columns of (g**2 + eps1)``,
    ``C`` likewise over rows, and ``V = outer(R, C) / mean(R)``. Then ``U = g / sqrt(V)``, divided
    by ``max(1, RMS(U) / clip)``, and
    ``theta <- theta - lr max(eps2, RMS(theta)) U - lr weight_decay theta``

    Parameters
    ----------
    theta : float array, shape (I, O)
        One matrix of the parameters.
    g : float array, shape (I, O)
        The gradient at ``theta``.
    R : float array, shape (I,)
        The moving mean of each row's mean square; starts at 0.
    C : float array, shape (O,)
        The same of each column.
    t : int, at least 1
        The number of this update; ``beta`` is 0 at the first.
    lr : float, above 0
        The relative step (the paper's rho): about the fraction of its own size by which ``theta``
        changes.
    decay : float, above 0
        How fast ``beta`` rises to 1.
    eps1 : float, at least 0
        Added to the squares.
    eps2 : float, at least 0
        The least size that a tensor is taken to have, so that one at 0 can leave it.
    clip : float, above 0
        The largest root mean square of a direction: large where the squares are out of date.
    weight_decay : float, at least 0
        The decoupled decay.

    Returns
    -------
    theta, R, C : arrays
        The matrix and the means after the update.

    Notes
    -----
    **Conventions.** Means in place of the paper's sums: the same ``V``. The paper, PyTorch and
    Keras let the relative step fall as well, which is ``lr=lambda k: min(lr, 1 / sqrt(k + 1))``
    here (1e-2 in the paper); Optax does not. PyTorch uses ``eps1`` as a floor under the means
    instead of adding it, and its decay takes the uncapped ``lr``; Keras decays ahead of the step;
    Optax computes ``beta`` in float32 and does not multiply its decay by ``lr``. There is no
    momentum here (the paper's beta1 is 0). The vector form is :func:`adafactor_vector`.

    Source: Shazeer & Stern (2018), "Adafactor: adaptive learning rates with sublinear memory
    cost", Algorithm 4; the weight decay is PyTorch's.

    Examples
    --------
    The squares are 1 4 / 4 16, an exact product, so that the first ``U`` is the sign of ``g``.

    >>> import numpy as np
    >>> theta, g = np.full((2, 2), 10.0), np.array([[1.0, -2.0], [2.0, 4.0]])
    >>> theta, R, C = adafactor(theta, g, np.zeros(2), np.zeros(2), t=1, lr=0.1)
    >>> theta, R, C
    (array([[ 9., 11.],
           [ 9.,  9.]]), array([ 2.5, 10. ]), array([ 2.5, 10. ]))
    """
    beta = 1 - t**-decay
    squares = g**2 + eps1
    R = beta * R + (1 - beta) * squares.mean(axis=1)
    C = beta * C + (1 - beta) * squares.mean(axis=0)
    # The roots one by one: where a row and a column are both near eps1, their product underflows.
    U = g / sqrt(R / R.mean())[:, None] / sqrt(C)
    return _relative(theta, U, lr, eps2, clip, weight_decay), R, C


def adafactor_vector(
    theta: Array,
    g: Array,
    V: Array,
    *,
    t: int,
    lr: float = 1e-2,
    decay: float = 0.8,
    eps1: float = 1e-30,
    eps2: float = 1e-3,
    clip: float = 1.0,
    weight_decay: float = 0.0,
) -> tuple[Array, Array]:
    """Adafactor, for a vector: its squares one by one, the relative steps as for a matrix.

    With ``beta = 1 - t**-decay``: ``V <- beta V + (1 - beta) (g**2 + eps1)`` and
    ``U = g / sqrt(V)``, divided by ``max(1, RMS(U) / clip)``. Then
    ``theta <- theta - lr max(eps2, RMS(theta)) U - lr weight_decay theta``

    Parameters
    ----------
    theta : float array, shape (O,)
        One vector of the parameters.
    g : float array, shape (O,)
        The gradient at ``theta``.
    V : float array, shape (O,)
        The moving mean of the squares; starts at 0.
    t : int, at least 1
        The number of this update; ``beta`` is 0 at the first.
    lr, decay, eps1, eps2, clip, weight_decay : floats
        As in :func:`adafactor`.

    Returns
    -------
    theta, V : arrays
        The vector and the mean after the update.

    Notes
    -----
    **Conventions.** As :func:`adafactor`; ``optax.adafactor(factored=False)`` does this to
    matrices too, and its default keeps whole the squares of every matrix with a side under 128.

    Source: Shazeer & Stern (2018), Algorithm 5; the weight decay is PyTorch's.

    Examples
    --------
    The first ``U`` is the sign of ``g``; half of its root mean square is let through.

    >>> import numpy as np
    >>> theta, g = np.array([10.0, 10.0]), np.array([3.0, -0.5])
    >>> adafactor_vector(theta, g, np.zeros(2), t=1, lr=0.1, clip=0.5)
    (array([ 9.5, 10.5]), array([9.  , 0.25]))
    """
    beta = 1 - t**-decay
    V = beta * V + (1 - beta) * (g**2 + eps1)
    U = g / sqrt(V)
    return _relative(theta, U, lr, eps2, clip, weight_decay), V


def _relative(
    theta: Array, U: Array, lr: float, eps2: float, clip: float, weight_decay: float
) -> Array:
    """The clipped step, as a fraction of the tensor's own size."""
    size = max(eps2, rms(theta))
    return theta - lr * (size * U / max(1.0, rms(U) / clip) + weight_decay * theta)
