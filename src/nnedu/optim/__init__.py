"""Optimizers: update rules as pure functions, and the thin object that runs them.

A rule is ``rule(theta, g, *state, *, t, lr, **hyper) -> (theta, *state)``, elementwise, in the
symbols of its paper. ``RULES`` lists them in order of increasing complexity. ``backtracking``, a
line search, asks for the loss several times a step and so is no rule.
"""

from nnedu.optim.adadelta import adadelta
from nnedu.optim.adagrad import adagrad
from nnedu.optim.adam import adam
from nnedu.optim.adamax import adamax
from nnedu.optim.adamw import adamw
from nnedu.optim.amsgrad import amsgrad, amsgrad_corrected
from nnedu.optim.line_search import backtracking
from nnedu.optim.lion import lion
from nnedu.optim.momentum import heavy_ball, momentum
from nnedu.optim.nadam import nadam
from nnedu.optim.nesterov import nesterov, nesterov_velocity
from nnedu.optim.optimizer import ENGINES, Optimizer, State
from nnedu.optim.rmsprop import rmsprop
from nnedu.optim.rmsprop_centered import rmsprop_centered
from nnedu.optim.rmsprop_momentum import rmsprop_momentum, rmsprop_velocity
from nnedu.optim.rules import RULES, Row, row
from nnedu.optim.sgd import sgd
from nnedu.optim.weight_decay import decoupled, with_l2

__all__ = [
    "ENGINES",
    "RULES",
    "Optimizer",
    "Row",
    "State",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "amsgrad",
    "amsgrad_corrected",
    "backtracking",
    "decoupled",
    "heavy_ball",
    "lion",
    "momentum",
    "nadam",
    "nesterov",
    "nesterov_velocity",
    "rmsprop",
    "rmsprop_centered",
    "rmsprop_momentum",
    "rmsprop_velocity",
    "row",
    "sgd",
    "with_l2",
]
