"""Optimizers: update rules as pure functions, and the thin object that runs them.

A rule is ``rule(theta, g, *state, *, t, lr, **hyper) -> (theta, *state)``, elementwise, in the
symbols of its paper. ``RULES`` lists them in order of increasing complexity. ``backtracking``, a
line search, asks for the loss several times a step and so is no rule.
"""

from nnedu.optim.adagrad import adagrad
from nnedu.optim.adam import adam
from nnedu.optim.line_search import backtracking
from nnedu.optim.momentum import heavy_ball, momentum
from nnedu.optim.nesterov import nesterov, nesterov_velocity
from nnedu.optim.optimizer import ENGINES, Optimizer, State
from nnedu.optim.rmsprop import rmsprop
from nnedu.optim.rules import RULES, Row, row
from nnedu.optim.sgd import sgd

__all__ = [
    "ENGINES",
    "RULES",
    "Optimizer",
    "Row",
    "State",
    "adagrad",
    "adam",
    "backtracking",
    "heavy_ball",
    "momentum",
    "nesterov",
    "nesterov_velocity",
    "rmsprop",
    "row",
    "sgd",
]
