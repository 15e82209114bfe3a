"""The table of update rules: one row each, in order of increasing complexity.

Whatever has a row here is held to the contracts in ``tests/contracts``: adding an optimizer is
adding its file and its row.
"""

from dataclasses import dataclass

from nnedu._check import known
from nnedu._typing import Rule
from nnedu.optim.adadelta import adadelta
from nnedu.optim.adagrad import adagrad
from nnedu.optim.adam import adam
from nnedu.optim.adamax import adamax
from nnedu.optim.adamw import adamw
from nnedu.optim.amsgrad import amsgrad, amsgrad_corrected
from nnedu.optim.lion import lion
from nnedu.optim.momentum import heavy_ball, momentum
from nnedu.optim.nadam import nadam
from nnedu.optim.nesterov import nesterov, nesterov_velocity
from nnedu.optim.rmsprop import rmsprop
from nnedu.optim.rmsprop_centered import rmsprop_centered
from nnedu.optim.rmsprop_momentum import rmsprop_momentum, rmsprop_velocity
from nnedu.optim.schedule_free import schedule_free_adamw, schedule_free_sgd
from nnedu.optim.sgd import sgd


@dataclass(frozen=True)
class Row:
    """One update rule and what cannot be read from its signature.

    Attributes
    ----------
    rule : callable
        ``rule(theta, g, *state, *, t, lr, **hyper) -> (theta, *state)``; its ``__name__`` is the
        optimizer's name.
    title : str
        The name as it is written in prose and in figures.
    bowl_lr : float
        A learning rate at which the rule goes down the bowl ``(x**2 + 10 y**2) / 2`` from (1, 1)
        to a loss below 0.01 of the first within 300 updates: a contract checks that it does.
    """

    rule: Rule
    title: str
    bowl_lr: float

    @property
    def name(self) -> str:
        """The rule's name: the key of the table."""
        return self.rule.__name__


RULES = (
    Row(sgd, "SGD", bowl_lr=0.1),
    Row(momentum, "Momentum", bowl_lr=0.02),
    Row(heavy_ball, "Heavy ball", bowl_lr=0.02),
    Row(nesterov, "Nesterov", bowl_lr=0.02),
    Row(nesterov_velocity, "Nesterov (velocity)", bowl_lr=0.02),
    Row(adagrad, "AdaGrad", bowl_lr=0.5),
    Row(rmsprop, "RMSProp", bowl_lr=0.02),
    Row(rmsprop_centered, "RMSProp (centred)", bowl_lr=0.02),
    Row(rmsprop_momentum, "RMSProp (momentum)", bowl_lr=0.005),
    Row(rmsprop_velocity, "RMSProp (velocity)", bowl_lr=0.005),
    Row(adadelta, "AdaDelta", bowl_lr=10.0),
    Row(adam, "Adam", bowl_lr=0.05),
    Row(adamax, "Adamax", bowl_lr=0.05),
    Row(amsgrad, "AMSGrad", bowl_lr=0.05),
    Row(amsgrad_corrected, "AMSGrad (corrected)", bowl_lr=0.05),
    Row(nadam, "Nadam", bowl_lr=0.05),
    Row(adamw, "AdamW", bowl_lr=0.05),
    Row(lion, "Lion", bowl_lr=0.01),
    Row(schedule_free_sgd, "Schedule-free SGD", bowl_lr=0.1),
    Row(schedule_free_adamw, "Schedule-free AdamW", bowl_lr=0.05),
)
"""Every elementwise rule, in order of increasing complexity."""


def row(name: str) -> Row:
    """The row of the table with this name.

    Parameters
    ----------
    name : str
        The rule's.

    Returns
    -------
    Row

    Raises
    ------
    ValueError
        If there is none; the message lists the names and suggests the nearest.

    Examples
    --------
    >>> row("adam").title
    'Adam'
    """
    names = [entry.name for entry in RULES]
    known("optimizer", name, names)
    return RULES[names.index(name)]
