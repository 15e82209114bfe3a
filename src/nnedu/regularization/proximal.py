"""Proximal steps: the exact effect of a penalty, applied after the step along the loss.

``prox(theta) = argmin over x of (x - theta)**2 / 2 + lr penalty(x)``: for L1 it has an exact zero.
"""

import numpy as np

from nnedu._check import not_negative
from nnedu._typing import Array
from nnedu.regularization.penalties import Strength, _checked


def proximal_l2(theta: Array, *, strength: Strength, lr: float) -> Array:
    """Proximal step of L2: shrink by a factor.

    ``theta / (1 + lr strength)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters after the step along the loss's gradient.
    strength : float or array of the shape of ``theta``, at least 0
        Of the penalty ``strength theta**2 / 2``.
    lr : float, at least 0
        The learning rate of that step.

    Returns
    -------
    array, shape and dtype of ``theta``

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not of floats, or a number is negative or of another shape.

    Notes
    -----
    **Conventions.** Decoupled weight decay multiplies by ``1 - lr strength`` instead: the same to
    first order.

    Source: Parikh & Boyd (2014), "Proximal algorithms".

    Examples
    --------
    >>> proximal_l2(np.array([3.0, -1.5]), strength=5.0, lr=0.1)
    array([ 2., -1.])
    """
    after: Array = theta / (1 + _times(strength, lr, theta))
    return after


def proximal_l1(theta: Array, *, strength: Strength, lr: float) -> Array:
    """Proximal step of L1 (soft threshold): towards 0 by a constant, and no further than 0.

    ``sign(theta) max(abs(theta) - lr strength, 0)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters after the step along the loss's gradient.
    strength : float or array of the shape of ``theta``, at least 0
        Of the penalty ``strength abs(theta)``.
    lr : float, at least 0
        The learning rate of that step.

    Returns
    -------
    array, shape and dtype of ``theta``
        With exact zeros.

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not of floats, or a number is negative or of another shape.

    Notes
    -----
    **Conventions.** With a gradient step before it this is ISTA.

    Source: Daubechies, Defrise & De Mol (2004), "An iterative thresholding algorithm for linear
    inverse problems with a sparsity constraint".

    Examples
    --------
    >>> proximal_l1(np.array([3.0, -0.5, 1.0]), strength=10.0, lr=0.1)
    array([ 2., -0.,  0.])
    """
    after: Array = np.sign(theta) * np.maximum(np.abs(theta) - _times(strength, lr, theta), 0)
    return after


def proximal_elastic_net(theta: Array, *, l1: Strength, l2: Strength, lr: float) -> Array:
    """Proximal step of the elastic net: the soft threshold, then the factor.

    ``sign(theta) max(abs(theta) - lr l1, 0) / (1 + lr l2)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters after the step along the loss's gradient.
    l1, l2 : float or array of the shape of ``theta``, at least 0
        The two strengths.
    lr : float, at least 0
        The learning rate of that step.

    Returns
    -------
    array, shape and dtype of ``theta``

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not of floats, or a number is negative or of another shape.

    Notes
    -----
    **Conventions.** The penalty is ``l1 abs(theta) + l2 theta**2 / 2``, as in
    :func:`~nnedu.regularization.elastic_net`.

    Source: Parikh & Boyd (2014), "Proximal algorithms".

    Examples
    --------
    >>> proximal_elastic_net(np.array([3.0, -0.5]), l1=10.0, l2=10.0, lr=0.1)
    array([ 1., -0.])
    """
    after: Array = proximal_l1(theta, strength=l1, lr=lr) / (1 + _times(l2, lr, theta))
    return after


def ista(
    theta: Array, g: Array, *, t: int, lr: float, l1: Strength, l2: Strength = 0.0
) -> tuple[Array]:
    """A step along the loss's gradient, then the proximal step: a rule for an Optimizer.

    ``theta <- prox(theta - lr g)``, with the soft threshold by ``lr l1`` and the factor
    ``1 / (1 + lr l2)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    g : float array, shape of ``theta``
        The gradient at ``theta`` of the loss *without* the penalty.
    t : int, at least 1
        The number of this update; not used.
    lr : float, above 0
        The learning rate. Where the loss is convex and its curvature at most ``L``, the penalised
        loss falls at every update for ``lr <= 1 / L``.
    l1, l2 : float or array of the shape of ``theta``, at least 0
        Strengths of the penalty ``l1 abs(theta) + l2 theta**2 / 2``.

    Returns
    -------
    theta : array
        The parameters after the update, with exact zeros.

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not of floats, or a strength is negative or of another shape.

    Notes
    -----
    **Conventions.** No framework has it among its optimizers; Keras's and PyTorch's L1 penalties
    are subgradients. With ``l2 = 0`` and a loss of half the mean squared error its fixed points
    are those of ``sklearn.linear_model.Lasso(alpha=l1)``.

    Source: Beck & Teboulle (2009), "A fast iterative shrinkage-thresholding algorithm for linear
    inverse problems", which names it and proves its rate.

    Examples
    --------
    >>> ista(np.array([2.0, 0.5]), np.array([-1.0, 0.0]), t=1, lr=0.5, l1=2.0)
    (array([1.5, 0. ]),)
    """
    return (proximal_elastic_net(theta - lr * g, l1=l1, l2=l2, lr=lr),)


def _times(strength: Strength, lr: float, theta: Array) -> Array:
    not_negative(lr=lr)
    product: Array = _checked("strength", strength, theta) * theta.dtype.type(lr)
    return product
