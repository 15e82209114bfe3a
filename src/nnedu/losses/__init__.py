"""Losses: what training minimises.

Every loss is one function, ``loss(outputs, targets) -> (value, d_outputs)``: the mean over the
``N`` examples and its gradient with respect to ``outputs``, computed together because they share
their work. Where a loss has a knob it is given by name; ``functools.partial`` binds it. The files
stand in order of increasing complexity: ``mse``, ``mae``, ``huber``, ``cross_entropy``,
``distillation``.
"""

from nnedu.losses.cross_entropy import (
    binary_cross_entropy,
    log_softmax,
    softmax,
    softmax_cross_entropy,
)
from nnedu.losses.distillation import distillation
from nnedu.losses.huber import huber
from nnedu.losses.mae import mae
from nnedu.losses.mse import mse

__all__ = [
    "binary_cross_entropy",
    "distillation",
    "huber",
    "log_softmax",
    "mae",
    "mse",
    "softmax",
    "softmax_cross_entropy",
]
