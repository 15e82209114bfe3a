"""The two ways to make weights decay, for any rule.

A penalty ``weight_decay / 2 * sum(theta**2)`` in the loss and a decay of the weights themselves
are the same thing in plain gradient descent and in nothing else: momentum carries the penalty's
gradient along, and adaptive rules scale it away. ``adamw`` and ``lion`` have their decay written
out; these two give one to the rest.
"""

import inspect
from functools import wraps
from typing import Any

from nnedu._typing import Array, Rule
from nnedu.optim.rules import row


def with_l2(rule: str | Rule) -> Rule:
    """A rule that follows the gradient of the loss with an L2 penalty.

    ``g <- g + weight_decay theta``, then the rule as it is.

    Parameters
    ----------
    rule : str or callable
        As for :class:`nnedu.optim.Optimizer`.

    Returns
    -------
    callable
        The rule, with ``weight_decay`` among its hyper-parameters.

    Raises
    ------
    ValueError
        If the rule has a ``weight_decay`` of its own.

    Notes
    -----
    **Conventions.** Equals the argument ``weight_decay`` of ``torch.optim.SGD``, ``RMSprop``,
    ``Adagrad`` and ``Adam``. The L2 regulariser of Keras, ``regularizers.L2(l2)``, adds
    ``l2 * sum(theta**2)`` to the loss: ``weight_decay`` is twice its ``l2``.

    Source: Loshchilov & Hutter (2019), "Decoupled weight decay regularization", Algorithm 2, its
    first variant.

    Examples
    --------
    >>> import numpy as np
    >>> from nnedu.optim import Optimizer
    >>> opt = Optimizer(with_l2("sgd"), lr=0.5, weight_decay=0.25)
    >>> theta = np.array([8.0])
    >>> opt.step(theta, np.array([2.0]), opt.init(theta))[0]
    array([6.])
    """
    plain = _rule(rule)

    @wraps(plain)
    def penalised(
        theta: Array, g: Array, *state: Array, weight_decay: Any, **hyper: Any
    ) -> tuple[Array, ...]:
        return plain(theta, g + weight_decay * theta, *state, **hyper)

    return _signed(penalised, plain, "l2")


def decoupled(rule: str | Rule) -> Rule:
    """A rule beside which every weight shrinks by the fraction ``lr * weight_decay``.

    The rule as it is, then ``theta <- theta - lr weight_decay theta_before``.

    Parameters
    ----------
    rule : str or callable
        As for :class:`nnedu.optim.Optimizer`.

    Returns
    -------
    callable
        The rule, with ``weight_decay`` among its hyper-parameters.

    Raises
    ------
    ValueError
        If the rule has a ``weight_decay`` of its own.

    Notes
    -----
    **Conventions.** ``decoupled("adam")`` makes the steps of :func:`adamw`. Equals the argument
    ``weight_decay`` of every optimizer of Keras, and ``optax.add_decayed_weights`` placed before
    the scaling by the learning rate.

    Source: Loshchilov & Hutter (2019), "Decoupled weight decay regularization", Algorithm 1 for
    ``decoupled("momentum")`` (their SGDW), with the decay multiplied by the learning rate.

    Examples
    --------
    >>> import numpy as np
    >>> from nnedu.optim import Optimizer
    >>> opt = Optimizer(decoupled("momentum"), lr=0.5, weight_decay=0.25)
    >>> theta = np.array([8.0])
    >>> opt.step(theta, np.array([2.0]), opt.init(theta))[0]
    array([6.])
    """
    plain = _rule(rule)

    @wraps(plain)
    def decayed(
        theta: Array, g: Array, *state: Array, lr: Any, weight_decay: Any, **hyper: Any
    ) -> tuple[Array, ...]:
        new, *state_after = plain(theta, g, *state, lr=lr, **hyper)
        return (new - lr * weight_decay * theta, *state_after)

    return _signed(decayed, plain, "decoupled")


def _rule(rule: str | Rule) -> Rule:
    """The rule itself, if it has no decay yet."""
    plain = row(rule).rule if isinstance(rule, str) else rule
    if "weight_decay" in inspect.signature(plain).parameters:
        raise ValueError(
            f"{plain.__name__} has a weight_decay of its own; expected a rule without one. "
            f"Use Optimizer({plain.__name__!r}, weight_decay=...)."
        )
    return plain


def _signed(rule: Any, plain: Rule, how: str) -> Rule:
    """The new rule under its own name, with the signature that engines read."""
    signature = inspect.signature(plain)
    decay = inspect.Parameter("weight_decay", inspect.Parameter.KEYWORD_ONLY)
    rule.__signature__ = signature.replace(parameters=[*signature.parameters.values(), decay])
    rule.__name__ = f"{plain.__name__}_{how}"
    result: Rule = rule
    return result
