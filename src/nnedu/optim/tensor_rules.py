"""The table of rules that see whole tensors, in order of increasing complexity.

Their signature is that of every rule, but they are no elementwise arithmetic: a norm, a mean over
rows or a matrix product goes over a tensor as a whole, and their state may have other shapes than
the tensor. Whatever has a row here is held to the contracts in
``tests/contracts/test_tensor_optim.py``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnedu._check import known
from nnedu._typing import Array, Rule
from nnedu.optim.adafactor import adafactor, adafactor_vector
from nnedu.optim.lamb import lamb
from nnedu.optim.lars import lars
from nnedu.optim.muon import muon, muon_rms
from nnedu.optim.shampoo import shampoo, shampoo_vector
from nnedu.optim.soap import soap

Shape = tuple[int, ...]


@dataclass(frozen=True)
class TensorRow:
    """One rule for whole tensors and what cannot be read from its signature.

    Attributes
    ----------
    rule : callable
        ``rule(theta, g, *state, *, t, lr, **hyper) -> (theta, *state)`` for one tensor.
    title : str
        The name as it is written in prose and in figures.
    bowl_lr : float
        A learning rate at which the rule lowers the contracts' quadratic to 0.01 of its first
        value within 300 updates.
    start : callable
        ``start(shape) -> tuple of arrays``: the state before the first update, in the order of the
        signature. The optimizer converts it to the dtype of the parameters.
    matrices_only : bool
        Whether the rule needs shape (I, O). A tensor of more axes is then seen as the matrix whose
        columns belong to its last axis.
    vectors : TensorRow, optional
        The method's own form for vectors, with the same hyper-parameters, where
        ``matrices_only``. Without it, a vector needs another rule: ``others``.
    """

    rule: Rule
    title: str
    bowl_lr: float
    start: Callable[[Shape], tuple[Array, ...]]
    matrices_only: bool = False
    vectors: "TensorRow | None" = None

    @property
    def name(self) -> str:
        """The rule's name: the key of the table."""
        return self.rule.__name__

    def seen(self, shape: Shape) -> Shape:
        """The shape in which the rule is shown a tensor."""
        if not self.matrices_only or len(shape) < 2:
            return shape
        return int(np.prod(shape[:-1])), shape[-1]


def _same(count: int) -> Callable[[Shape], tuple[Array, ...]]:
    return lambda shape: tuple(np.zeros(shape) for _ in range(count))


def _sides(shape: Shape) -> tuple[Array, Array]:
    return np.zeros((shape[0], shape[0])), np.zeros((shape[1], shape[1]))


TENSOR_RULES = (
    TensorRow(lars, "LARS", bowl_lr=10.0, start=_same(1)),
    TensorRow(lamb, "LAMB", bowl_lr=0.02, start=_same(2)),
    TensorRow(
        adafactor,
        "Adafactor",
        bowl_lr=0.02,
        start=lambda shape: (np.zeros(shape[0]), np.zeros(shape[1])),
        matrices_only=True,
        vectors=TensorRow(adafactor_vector, "Adafactor (vectors)", bowl_lr=0.02, start=_same(1)),
    ),
    TensorRow(
        shampoo,
        "Shampoo",
        bowl_lr=0.5,
        start=_sides,
        matrices_only=True,
        vectors=TensorRow(
            shampoo_vector,
            "Shampoo (vectors)",
            bowl_lr=0.5,
            start=lambda shape: (np.zeros((*shape, *shape)),),
        ),
    ),
    TensorRow(
        soap,
        "SOAP",
        bowl_lr=0.03,
        start=lambda shape: (
            *_same(2)(shape),
            *_sides(shape),
            np.eye(shape[0]),
            np.eye(shape[1]),
        ),
        matrices_only=True,
    ),
    TensorRow(muon, "Muon", bowl_lr=0.02, start=_same(1), matrices_only=True),
    TensorRow(muon_rms, "Muon (set RMS)", bowl_lr=0.05, start=_same(1), matrices_only=True),
)
"""Every rule for whole tensors, in order of increasing complexity."""


def tensor_row(name: str) -> TensorRow:
    """The row of the table with this name.

    Parameters
    ----------
    name : str
        The rule's.

    Returns
    -------
    TensorRow

    Raises
    ------
    ValueError
        If there is none; the message lists the names and suggests the nearest.

    Examples
    --------
    >>> tensor_row("muon").title
    'Muon'
    """
    names = [entry.name for entry in TENSOR_RULES]
    known("rule for tensors", name, names)
    return TENSOR_RULES[names.index(name)]
