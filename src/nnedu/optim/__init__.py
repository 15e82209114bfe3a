"""Optimizers: update rules as pure functions, and the thin object that runs them.

A rule is ``rule(theta, g, *state, *, t, lr, **hyper) -> (theta, *state)``, elementwise, in the
symbols of its paper. ``RULES`` lists them in order of increasing complexity, and ``Optimizer``
runs them. What is not elementwise has one of two other forms: rules that see whole tensors
(``TENSOR_RULES``, run by ``TensorOptimizer``), and methods that ask for the loss again within an
update (``SAM``, ``LBFGS``, and the line searches ``backtracking`` and ``wolfe``).
"""

from nnedu.optim.accumulation import accumulated
from nnedu.optim.adadelta import adadelta
from nnedu.optim.adafactor import adafactor, adafactor_vector
from nnedu.optim.adagrad import adagrad
from nnedu.optim.adam import adam
from nnedu.optim.adamax import adamax
from nnedu.optim.adamw import adamw
from nnedu.optim.amsgrad import amsgrad, amsgrad_corrected
from nnedu.optim.clipping import (
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    clipped,
    global_norm,
)
from nnedu.optim.closure import ClosureMethod
from nnedu.optim.lamb import lamb
from nnedu.optim.lars import lars
from nnedu.optim.lbfgs import LBFGS, two_loops
from nnedu.optim.line_search import backtracking
from nnedu.optim.lion import lion
from nnedu.optim.loss_scaling import LossScaled, ScaledState, next_scale
from nnedu.optim.momentum import heavy_ball, momentum
from nnedu.optim.muon import muon, muon_rms, orthogonalize
from nnedu.optim.nadam import nadam
from nnedu.optim.nesterov import nesterov, nesterov_velocity
from nnedu.optim.optimizer import ENGINES, Optimizer, State
from nnedu.optim.rmsprop import rmsprop
from nnedu.optim.rmsprop_centered import rmsprop_centered
from nnedu.optim.rmsprop_momentum import rmsprop_momentum, rmsprop_velocity
from nnedu.optim.rules import RULES, Row, row
from nnedu.optim.sam import SAM, climb
from nnedu.optim.schedule_free import (
    schedule_free_adamw,
    schedule_free_average,
    schedule_free_sgd,
    squared_lr_weights,
)
from nnedu.optim.sgd import sgd
from nnedu.optim.shampoo import inverse_root, shampoo, shampoo_vector
from nnedu.optim.soap import soap
from nnedu.optim.tensor import TensorOptimizer
from nnedu.optim.tensor_rules import TENSOR_RULES, TensorRow, tensor_row
from nnedu.optim.weight_decay import decoupled, with_l2
from nnedu.optim.wolfe import wolfe

__all__ = [
    "ENGINES",
    "LBFGS",
    "RULES",
    "SAM",
    "TENSOR_RULES",
    "ClosureMethod",
    "LossScaled",
    "Optimizer",
    "Row",
    "ScaledState",
    "State",
    "TensorOptimizer",
    "TensorRow",
    "accumulated",
    "adadelta",
    "adafactor",
    "adafactor_vector",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "amsgrad",
    "amsgrad_corrected",
    "backtracking",
    "climb",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "clipped",
    "decoupled",
    "global_norm",
    "heavy_ball",
    "inverse_root",
    "lamb",
    "lars",
    "lion",
    "momentum",
    "muon",
    "muon_rms",
    "nadam",
    "nesterov",
    "nesterov_velocity",
    "next_scale",
    "orthogonalize",
    "rmsprop",
    "rmsprop_centered",
    "rmsprop_momentum",
    "rmsprop_velocity",
    "row",
    "schedule_free_adamw",
    "schedule_free_average",
    "schedule_free_sgd",
    "sgd",
    "shampoo",
    "shampoo_vector",
    "soap",
    "squared_lr_weights",
    "tensor_row",
    "two_loops",
    "with_l2",
    "wolfe",
]
