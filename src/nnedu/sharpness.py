"""The largest curvature of a loss, without its Hessian."""

import numpy as np

from nnedu._check import floating, positive, same_shape, whole
from nnedu._typing import Array, Objective


def sharpness(
    objective: Objective, theta: Array, v: Array | None = None, *, rounds: int = 60, h: float = 1e-4
) -> tuple[float, Array]:
    """The Hessian's eigenvalue that is largest in size, and its direction, by power iteration.

    ``Av = (g(theta + h v) - g(theta - h v)) / (2 h)``, then ``curvature = v . Av`` and
    ``v <- Av / norm(Av)``, again and again

    Parameters
    ----------
    objective : callable
        ``objective(theta) -> (loss, g)``.
    theta : float array, shape (P,)
        Best float64: in float32 the differences are mostly rounding.
    v : float array, shape (P,), optional
        A direction to start from, of any length above 0, such as the last one found; then few
        rounds are enough. By default one drawn from a generator seeded with 0.
    rounds : int, at least 1
        Products with the Hessian, two gradients each.
    h : float, above 0
        Half the width of the differences.

    Returns
    -------
    curvature : float
        Negative if the eigenvalue that is largest in size is; 0 if no gradient changes along ``v``.
    v : array, shape (P,)
        Of length 1.

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not of floats, ``v`` has another shape, or a number is out of range.

    Notes
    -----
    **Conventions.** The name follows the literature on the edge of stability, where gradient
    descent holds this number near ``2 / lr``.

    Source: Cohen et al. (2021), "Gradient descent on neural networks typically occurs at the edge
    of stability", for the name; LeCun, Simard & Pearlmutter (1993), "Automatic learning rate
    maximization by on-line estimation of the Hessian's eigenvectors", for power iteration on
    differences of gradients.

    Examples
    --------
    >>> from nnedu.data import bowl
    >>> curvature, v = sharpness(bowl(10), np.array([1.0, 1.0]))
    >>> round(curvature, 6), np.abs(v).round(6)
    (10.0, array([0., 1.]))
    """
    floating("theta", theta)
    whole("rounds", rounds, least=1)
    positive(h=h)
    v = np.random.default_rng(0).normal(size=theta.shape) if v is None else v
    same_shape("v", v, "theta", theta)
    v, curvature = v / np.linalg.norm(v), 0.0
    for _ in range(rounds):
        Av = (objective(theta + h * v)[1] - objective(theta - h * v)[1]) / (2 * h)
        curvature, length = float(v @ Av), np.linalg.norm(Av)
        if length == 0:
            break
        v = Av / length
    return curvature, v
