"""Dropout: in training each number is kept or set to 0 by chance."""

from typing import Any

import numpy as np

from nnedu._check import floating, same_shape
from nnedu._typing import Array, Backward
from nnedu.nn._given import check_number
from nnedu.nn.layer import Layer


def dropout(x: Array, kept: Array, *, rate: float) -> tuple[Array, Backward]:
    """Inverted dropout: set to 0 what was not drawn, and enlarge the rest.

    ``y = x kept / (1 - rate)`` and ``d_x = d_y kept / (1 - rate)``

    Parameters
    ----------
    x : float array, any shape
    kept : bool array, shape of ``x``
        True with probability ``1 - rate``, such as ``rng.random(x.shape) >= rate``.
    rate : float in [0, 1)
        The probability to be dropped. The division keeps the expectation of ``y`` at ``x``, so that
        inference has nothing to do.

    Returns
    -------
    y : array, shape of ``x``
    backward : callable
        ``backward(d_y) -> (d_x,)``: what was dropped gets no gradient.

    Raises
    ------
    TypeError
        If ``x`` is not a float array, or ``kept`` not a bool array.
    ValueError
        If the shapes differ or ``rate`` is not in [0, 1).

    Notes
    -----
    **Conventions.** ``rate`` is the part that is dropped, as in PyTorch, Keras and JAX. The paper's
    ``p`` is the part that is kept, and its division is a multiplication in inference.

    Source: Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from
    overfitting", section 4; inverted: section 10.

    Examples
    --------
    >>> y, backward = dropout(np.array([1.0, 2.0]), np.array([True, False]), rate=0.75)
    >>> y, backward(np.ones(2))
    (array([4., 0.]), (array([4., 0.]),))
    """
    floating("x", x)
    same_shape("kept", kept, "x", x)
    check_number("rate", rate, 0, 1)
    if kept.dtype != np.bool_:
        raise TypeError(f"kept has dtype {kept.dtype}; expected bool. Pass kept > 0.")
    factor = kept / x.dtype.type(1 - rate)

    def backward(d_y: Array) -> tuple[Array, ...]:
        return (d_y * factor,)

    return x * factor, backward


class Dropout(Layer):
    """:func:`dropout` in training, with a mask drawn for every batch; nothing in inference.

    Parameters
    ----------
    rate : float in [0, 1)
        The probability to be dropped.

    Examples
    --------
    >>> x, rng = np.ones((1, 4)), np.random.default_rng(0)
    >>> Dropout(0.5).training(rng, x)[0], Dropout(0.5)(x)[0]
    (array([[2., 0., 0., 0.]]), array([[1., 1., 1., 1.]]))
    """

    def __init__(self, rate: float) -> None:
        check_number("rate", rate, 0, 1)
        self.rate = rate

    def __call__(self, x: Array, *arrays: Array) -> tuple[Array, Backward]:
        """Hand ``x`` on."""
        floating("x", x)
        return x.copy(), lambda d_y: (d_y.copy(),)

    def training(self, rng: np.random.Generator | None, x: Array, *arrays: Array) -> Any:
        """Draw a mask and apply :func:`dropout`."""
        if rng is None:
            raise ValueError(
                "Dropout was given no rng in training. Pass one: net.objective(loss, rng=rng)."
            )
        return dropout(x, rng.random(x.shape) >= self.rate, rate=self.rate)
