"""What a comparison of a rule for whole tensors consists of, and the library's side of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.optim import TensorOptimizer
from nnedu.parity.pairs import Numbers
from nnedu.parity.tensors.trajectory import SHAPES, TensorTrajectory

MATRICES = ("W1", "W2")
ALL = tuple(SHAPES)


@dataclass(frozen=True)
class TensorAdapter:
    """How a rule is given a framework's convention.

    Attributes
    ----------
    name : str
        A few words for a table.
    sentence : str
        What differs, and what is done about it.
    hyper : callable
        ``hyper(numbers, lrs) -> dict``: the rule's hyper-parameters, numbers or schedules; ``lr``
        among them takes the place of the trajectory's.
    ahead : callable
        ``ahead(theta, g, lr, numbers) -> (theta, g)``: what happens ahead of each step.
    """

    name: str
    sentence: str
    hyper: Callable[[Numbers, Array], dict[str, Any]] = lambda numbers, lrs: dict(numbers)
    ahead: Callable[[Array, Array, float, Numbers], tuple[Array, Array]] = (
        lambda theta, g, lr, numbers: (theta, g)
    )


@dataclass(frozen=True)
class TensorPair:
    """A rule for whole tensors and its counterpart in a framework.

    Attributes
    ----------
    rule : str
        A row of ``nnedu.optim.TENSOR_RULES``.
    framework : {"keras", "torch", "optax"}
    theirs : str
        The counterpart, as one writes it.
    build : callable
        ``build(module, lr, numbers, parameters) -> optimizer`` of the framework; only PyTorch
        looks at ``parameters``.
    adapter : TensorAdapter
    names : tuple of str
        The tensors that are compared.
    fixed : tuple of str
        Hyper-parameters that the framework does not let one choose, or uses otherwise; the adapter
        has their values.
    scale : float
        What the trajectory's learning rates are multiplied by.
    transposed : bool
        Whether the framework's weights have shape (O, I).
    """

    rule: str
    framework: str
    theirs: str
    build: Callable[[Any, Any, Numbers, Any], Any]
    adapter: TensorAdapter
    names: tuple[str, ...] = ALL
    fixed: tuple[str, ...] = ()
    scale: float = 1.0
    transposed: bool = False

    def __str__(self) -> str:
        """The rule and its counterpart."""
        return f"{self.rule}-{self.framework}"

    @property
    def given(self) -> TensorTrajectory:
        """What both sides are given."""
        return TensorTrajectory.hard(self.scale)


def library_tensor_path(
    pair: TensorPair, numbers: Numbers, *, off: Mapping[str, float] | None = None
) -> Array:
    """The library's side of a comparison.

    Parameters
    ----------
    pair : TensorPair
    numbers : dict
        The setting.
    off : dict, optional
        Factors by which hyper-parameters (or ``lr``) are wrong on this side: a comparison that
        does not notice 1.000001 proves nothing.

    Returns
    -------
    array, shape (T, P)
    """
    factors = off or {}
    wrong = {name: value * factors.get(name, 1.0) for name, value in numbers.items()}
    lrs = pair.given.lr * factors.get("lr", 1.0)
    hyper = {"lr": lambda k: float(lrs[k]), **pair.adapter.hyper(wrong, lrs)}
    shapes = {name: SHAPES[name] for name in pair.names}
    optimizer = TensorOptimizer(pair.rule, shapes=shapes, **hyper)
    theta, gs = pair.given.flat(pair.names)
    state = optimizer.init(theta)
    path = []
    for g, lr in zip(gs, lrs, strict=True):
        theta, g = pair.adapter.ahead(theta, g, float(lr), wrong)
        theta, state = optimizer.step(theta, g, state)
        path.append(theta)
    return np.array(path)
