"""Penalties: what is added to the loss for large parameters, in order of increasing complexity."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array

Strength = float | Array
"""One number, or one for each parameter (0 for what is not penalised)."""
Penalty = Callable[[Array], tuple[float, Array]]


def l2(theta: Array, *, strength: Strength) -> tuple[float, Array]:
    """L2 penalty: half the sum of squares.

    ``value = sum(strength theta**2) / 2``, ``g = strength theta``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    strength : float or array of the shape of ``theta``, at least 0
        An array penalises each parameter by its own: 0 at the biases, for instance.

    Returns
    -------
    value : float
    g : array, shape and dtype of ``theta``
        The gradient, to be added to the loss's.

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not of floats, or the strength is negative or of another shape.

    Notes
    -----
    **Conventions.** The half is there so that the gradient is ``strength theta``, as in
    ``torch.optim.SGD(weight_decay=strength)``; ``keras.regularizers.L2(x)`` has no half:
    ``strength = 2 x``. For plain SGD the same as decoupled weight decay by ``lr strength``; for
    adaptive rules it is not.

    Source: Hoerl & Kennard (1970), "Ridge regression".

    Examples
    --------
    >>> l2(np.array([3.0, -4.0]), strength=0.1)
    (1.25, array([ 0.3, -0.4]))
    """
    strength = _checked("strength", strength, theta)
    return float(np.sum(strength * theta**2)) / 2, strength * theta


def l1(theta: Array, *, strength: Strength) -> tuple[float, Array]:
    """L1 penalty: the sum of sizes, with a subgradient.

    ``value = sum(strength abs(theta))``, ``g = strength sign(theta)``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    strength : float or array of the shape of ``theta``, at least 0
        As in :func:`l2`.

    Returns
    -------
    value : float
    g : array, shape and dtype of ``theta``
        A subgradient: at 0, where any number in [-strength, strength] is one, it is 0.

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not of floats, or the strength is negative or of another shape.

    Notes
    -----
    **Conventions.** Equals ``keras.regularizers.L1``. Steps along a subgradient jump across 0 and
    almost never land on it; :func:`~nnedu.regularization.proximal_l1` does.

    Source: Tibshirani (1996), "Regression shrinkage and selection via the lasso".

    Examples
    --------
    >>> l1(np.array([3.0, 0.0, -4.0]), strength=0.5)
    (3.5, array([ 0.5,  0. , -0.5]))
    """
    strength = _checked("strength", strength, theta)
    return float(np.sum(strength * np.abs(theta))), strength * np.sign(theta)


def elastic_net(theta: Array, *, l1: Strength, l2: Strength) -> tuple[float, Array]:
    """Elastic net: an L1 and an L2 penalty together.

    ``value = sum(l1 abs(theta) + l2 theta**2 / 2)``, ``g = l1 sign(theta) + l2 theta``

    Parameters
    ----------
    theta : float array, any shape
        The parameters.
    l1, l2 : float or array of the shape of ``theta``, at least 0
        The two strengths.

    Returns
    -------
    value : float
    g : array, shape and dtype of ``theta``

    Raises
    ------
    TypeError, ValueError
        If ``theta`` is not of floats, or a strength is negative or of another shape.

    Notes
    -----
    **Conventions.** ``keras.regularizers.L1L2(l1=a, l2=b)`` has no half: ``l2 = 2 b``.

    Source: Zou & Hastie (2005), "Regularization and variable selection via the elastic net",
    section 2.1 (the naive elastic net, without the half).

    Examples
    --------
    >>> elastic_net(np.array([2.0, -1.0]), l1=1.0, l2=0.5)
    (4.25, array([ 2. , -1.5]))
    """
    l1, l2 = _checked("l1", l1, theta), _checked("l2", l2, theta)
    value = float(np.sum(l1 * np.abs(theta) + l2 * theta**2 / 2))
    return value, l1 * np.sign(theta) + l2 * theta


def penalized(
    objective: Callable[..., tuple[float, Array]], penalty: Penalty
) -> Callable[..., tuple[float, Array]]:
    """An objective with a penalty added to its loss and to its gradient.

    Parameters
    ----------
    objective : callable
        ``objective(theta, *batch) -> (loss, g)``, such as ``network.objective(loss)``.
    penalty : callable
        ``penalty(theta) -> (value, g)``, such as ``partial(l2, strength=1e-4)``.

    Returns
    -------
    callable
        ``objective(theta, *batch) -> (loss + value, g + g)``.

    Examples
    --------
    >>> from functools import partial
    >>> both = penalized(lambda theta: (1.0, np.ones(1)), partial(l2, strength=1.0))
    >>> both(np.array([2.0]))
    (3.0, array([3.]))
    """

    def with_penalty(theta: Array, *batch: Any) -> tuple[float, Array]:
        loss, g = objective(theta, *batch)
        value, g_penalty = penalty(theta)
        return loss + value, g + g_penalty

    return with_penalty


def _checked(name: str, strength: Strength, theta: Array) -> Any:
    """The strength in the dtype of the parameters, or a clear error."""
    floating("theta", theta)
    array = np.asarray(strength, dtype=theta.dtype)
    if array.ndim and array.shape != theta.shape:
        raise ValueError(
            f"{name} has shape {array.shape}; expected one number or the shape of theta, "
            f"{theta.shape}."
        )
    if not (np.all(array >= 0) and np.all(np.isfinite(array))):
        raise ValueError(f"{name} is {strength}; expected finite numbers of at least 0.")
    return array
