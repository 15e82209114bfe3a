"""Penalties and constraints that keep parameters small or few.

A penalty returns ``(value, gradient)`` and is added to the loss; a proximal step is applied after
the optimizer's step instead; a constraint projects. Early stopping, which watches a training run,
is ``nnedu.early_stopping``; decay inside an optimizer is ``weight_decay`` there. The files stand in
the order of reading: ``penalties``, ``proximal``, ``constraints``.
"""

from nnedu.regularization.constraints import max_norm
from nnedu.regularization.penalties import elastic_net, l1, l2, penalized
from nnedu.regularization.proximal import ista, proximal_elastic_net, proximal_l1, proximal_l2

__all__ = [
    "elastic_net",
    "ista",
    "l1",
    "l2",
    "max_norm",
    "penalized",
    "proximal_elastic_net",
    "proximal_l1",
    "proximal_l2",
]
