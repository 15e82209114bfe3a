"""Compression: what pruning and quantization need of networks and of training.

Scores, masks, grids and codes are in ``nnedu.pruning`` and ``nnedu.quantization``. Here are:
``masks`` (over a whole network), ``masked`` (optimizers under a mask; gradual pruning),
``lottery``, ``movement``, ``curvature`` (for optimal brain damage), ``shrink`` (pruned units
removed), ``integers`` (a network in int8), ``aware`` (quantization-aware training) and
``distill`` (learning from a larger network).
"""

from nnedu.compression.aware import aware_objective, fake_weights, with_fake_inputs
from nnedu.compression.curvature import backpropagated_curvature, second_derivatives
from nnedu.compression.distill import distillation_objective
from nnedu.compression.integers import (
    IntegerDense,
    IntegerNetwork,
    observe,
    quantize_network,
    weight_grid,
)
from nnedu.compression.lottery import Ticket, lottery_tickets
from nnedu.compression.masked import Masked, MaskedClosure, gradual
from nnedu.compression.masks import cut_theta, flat_mask, prunable
from nnedu.compression.movement import MovementPruning
from nnedu.compression.shrink import shrink

__all__ = [
    "IntegerDense",
    "IntegerNetwork",
    "Masked",
    "MaskedClosure",
    "MovementPruning",
    "Ticket",
    "aware_objective",
    "backpropagated_curvature",
    "cut_theta",
    "distillation_objective",
    "fake_weights",
    "flat_mask",
    "gradual",
    "lottery_tickets",
    "observe",
    "prunable",
    "quantize_network",
    "second_derivatives",
    "shrink",
    "weight_grid",
    "with_fake_inputs",
]
