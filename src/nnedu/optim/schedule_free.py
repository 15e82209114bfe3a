"""Schedule-free descent: an average of all points so far takes the place of a falling rate.

Three points: ``z`` makes the steps, ``x`` is the average of all ``z`` and is what one keeps in the
end, and gradients are taken between them, at ``y = (1 - beta) z + beta x``. A training loop holds
the point where it asks for gradients, so ``theta`` here is ``y``; the state is ``d = z - x``, from
which both others follow. :func:`schedule_free_average` gives ``x``.
"""

from collections.abc import Callable

from numpy import sqrt

from nnedu._typing import Array, Schedule


def schedule_free_sgd(
    theta: Array,
    g: Array,
    d: Array,
    *,
    t: int,
    lr: float,
    beta: float = 0.9,
    weight: float = 1.0,
) -> tuple[Array, Array]:
    """Schedule-free gradient descent: steps at a constant rate, and the average of where they led.

    ``z <- z - lr g`` and ``x <- (1 - c) x + c z`` with ``c = weight / t``, then
    ``theta = (1 - beta) z + beta x``; in code with ``d = z - x``

    Parameters
    ----------
    theta : float array, any shape
        The point between ``z`` and ``x``; both start there.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    d : float array, shape of ``theta``
        How far ``z`` is ahead of the average; starts at 0.
    t : int, at least 1
        The number of this update.
    lr : float, above 0
        The learning rate: constant, or rising once at the start; larger than one that will fall.
    beta : float in [0, 1)
        Where between ``z`` (0) and ``x`` (1) gradients are taken. 0 is the average of plain
        gradient descent; near 1 a gradient is smoothed as by momentum.
    weight : float from 0 to ``t``
        What this ``z`` counts in the average, relative to the mean so far; 1 throughout counts all
        alike. With a warm-up: :func:`squared_lr_weights`.

    Returns
    -------
    theta, d : arrays
        The point and the difference after the update.

    Notes
    -----
    **Conventions.** Equals ``optax.contrib.schedule_free_sgd`` while the learning rate is constant
    (it stores ``z``, and weighs by the squares of the largest learning rate so far, of which it
    looks one update ahead). Keras and PyTorch have none. A decay of ``theta`` as in the paper:
    :func:`nnedu.optim.with_l2`.

    Source: Defazio et al. (2024), "The road less scheduled", section 1.

    Examples
    --------
    Two steps of 1 against a gradient of 1: ``z`` is at -2, the average of -1 and -2 at -1.5.

    >>> import numpy as np
    >>> one = np.ones(1)
    >>> theta, d = schedule_free_sgd(0 * one, one, 0 * one, t=1, lr=1.0, beta=0.5)
    >>> schedule_free_sgd(theta, one, d, t=2, lr=1.0, beta=0.5)
    (array([-1.75]), array([-0.5]))
    """
    z = theta + beta * d - lr * g
    d = (1 - weight / t) * (d - lr * g)
    return z - beta * d, d


def schedule_free_adamw(
    theta: Array,
    g: Array,
    d: Array,
    v: Array,
    *,
    t: int,
    lr: float = 2.5e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    weight: float = 1.0,
) -> tuple[Array, Array, Array]:
    """Schedule-free AdamW: the average of what Adam without momentum reaches.

    ``v <- beta2 v + (1 - beta2) g**2`` and, with ``v_hat = v / (1 - beta2**t)``,
    ``z <- z - lr (g / (sqrt(v_hat) + eps) + weight_decay theta)`` and ``x <- (1 - c) x + c z`` with
    ``c = weight / t``, then ``theta = (1 - beta1) z + beta1 x``; in code with ``d = z - x``

    Parameters
    ----------
    theta : float array, any shape
        The point between ``z`` and ``x``; both start there.
    g : float array, shape of ``theta``
        The gradient at ``theta``.
    d : float array, shape of ``theta``
        How far ``z`` is ahead of the average; starts at 0.
    v : float array, shape of ``theta``, at least 0
        The moving mean of squared gradients; starts at 0.
    t : int, at least 1
        The number of this update.
    lr : float, above 0
        The learning rate: constant, or rising once at the start.
    beta1 : float in [0, 1)
        Where between ``z`` (0) and ``x`` (1) gradients are taken.
    beta2 : float in [0, 1)
        What remains of ``v`` after one update.
    eps : float, at least 0
        Added to the root after the correction.
    weight_decay : float, at least 0, or array of them, shape of ``theta``
        Each update takes the fraction ``lr * weight_decay`` of ``theta`` from ``z``.
    weight : float from 0 to ``t``
        As in :func:`schedule_free_sgd`.

    Returns
    -------
    theta, d, v : arrays
        The point, the difference and the moving mean after the update.

    Notes
    -----
    **Conventions.** Equals ``optax.contrib.schedule_free_adamw`` as :func:`schedule_free_sgd` does.
    ``keras.optimizers.ScheduleFreeAdamW`` is the same rule on its JAX backend; with TensorFlow
    (Keras 3.15) it reads ``z`` after it has changed it, and parts from the paper.

    Source: Defazio et al. (2024), "The road less scheduled", Algorithm 1.

    Examples
    --------
    The first step is Adam's first: ``x`` and ``z`` are one.

    >>> import numpy as np
    >>> zero = np.zeros(2)
    >>> schedule_free_adamw(zero, np.array([2.0, -1e-3]), zero, zero, t=1, lr=0.5, eps=0.0)[0]
    array([-0.5,  0.5])
    """
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = v / (1 - beta2**t)
    step = lr * (g / (sqrt(v_hat) + eps) + weight_decay * theta)
    z = theta + beta1 * d - step
    d = (1 - weight / t) * (d - step)
    return z - beta1 * d, d, v


def schedule_free_average(theta: Array, d: Array, *, beta: float = 0.9) -> Array:
    """The average ``x``: the parameters to evaluate and to keep.

    ``x = theta - (1 - beta) d``

    Parameters
    ----------
    theta : float array, any shape
        The parameters that the training loop holds.
    d : float array, shape of ``theta``
        ``state.arrays["d"]``.
    beta : float in [0, 1)
        That of the rule (``beta1`` of :func:`schedule_free_adamw`).

    Returns
    -------
    array, shape and dtype of ``theta``

    Notes
    -----
    **Conventions.** ``optax.contrib.schedule_free_eval_params``.

    Source: Defazio et al. (2024), "The road less scheduled", section 1.

    Examples
    --------
    >>> import numpy as np
    >>> schedule_free_average(np.array([-1.75]), np.array([-0.5]), beta=0.5)
    array([-1.5])
    """
    return theta - (1 - beta) * d


def squared_lr_weights(lr: Schedule) -> Callable[[int], float]:
    """The weights of the average under a warm-up: what was reached by small steps counts less.

    ``c_t = lr_t**2 / (lr_1**2 + ... + lr_t**2)``

    Parameters
    ----------
    lr : callable
        The schedule of the learning rate: ``lr(k)`` after ``k`` updates.

    Returns
    -------
    callable
        A schedule for ``weight``: ``t c_t`` with ``t = k + 1``. Remembers the sums; while all
        learning rates are 0 it returns 1.

    Notes
    -----
    **Conventions.** The paper's; ``optax.contrib.schedule_free`` takes the largest learning rate
    so far.

    Source: Defazio et al. (2024), "The road less scheduled", Algorithm 1.

    Examples
    --------
    >>> weight = squared_lr_weights(lambda k: 0.1 * (k + 1))
    >>> weight(0), round(weight(1), 6)  # 2 * 4 / (1 + 4)
    (1.0, 1.6)
    """
    sums: list[float] = []

    def weight(k: int) -> float:
        while len(sums) <= k:
            sums.append((sums[-1] if sums else 0.0) + lr(len(sums)) ** 2)
        return (k + 1) * lr(k) ** 2 / sums[k] if sums[k] else 1.0

    return weight
