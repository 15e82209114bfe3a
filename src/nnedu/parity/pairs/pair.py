"""What a comparison of an optimizer consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from nnedu._typing import Rule
from nnedu.parity.trajectory import Trajectory

Numbers = Mapping[str, float]
"""A setting of a pair, in the library's words; ``initial`` is the start of a state array."""


@dataclass(frozen=True)
class Adapter:
    """How a rule is given a framework's convention.

    Attributes
    ----------
    name : str
        A few words for a table.
    sentence : str
        What differs, and what is done about it.
    hyper : callable
        ``hyper(numbers) -> dict``: the rule's hyper-parameters, numbers or schedules.
    initial : callable
        ``initial(numbers) -> dict``: start values of the rule's state.
    """

    name: str
    sentence: str
    hyper: Callable[[Numbers], dict[str, Any]] = dict
    initial: Callable[[Numbers], dict[str, float]] = lambda numbers: {}


@dataclass(frozen=True)
class Pair:
    """A rule of the library and its counterpart in a framework.

    Attributes
    ----------
    rule : str or callable
        A row of ``nnedu.optim.RULES``, or a rule made of one.
    framework : {"keras", "torch", "optax"}
    theirs : str
        The counterpart, as one writes it.
    build : callable
        ``build(module, lr, numbers, parameters) -> optimizer`` of the framework; only PyTorch
        looks at ``parameters``.
    adapter : Adapter
    fixed : tuple of str
        Hyper-parameters of the rule that the framework does not let one choose; the adapter has
        their values.
    given : callable
        ``given(numbers) -> Trajectory``: what both sides are given.
    """

    rule: str | Rule
    framework: str
    theirs: str
    build: Callable[[Any, Any, Numbers, Any], Any]
    adapter: Adapter
    fixed: tuple[str, ...] = ()
    given: Callable[[Numbers], Trajectory] = lambda numbers: Trajectory.hard()

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.rule if isinstance(self.rule, str) else self.rule.__name__

    def __str__(self) -> str:
        """The rule and its counterpart."""
        return f"{self.name}-{self.framework}"


SAME = Adapter("the same", "The same formula.")
EPSILON_HAT = Adapter(
    "epsilon hat",
    "Keras adds epsilon to the root before the correction for the start at zero: "
    "eps / sqrt(1 - beta2**t) in the paper's form.",
    hyper=lambda n: {**n, "eps": lambda k: n["eps"] / sqrt(1 - n["beta2"] ** (k + 1))},
)
EPS_ROOT = Adapter(
    "eps inside the root",
    "Keras and Optax add epsilon inside the root: eps_root, with eps=0.",
    hyper=lambda n: {**n, "eps": 0.0, "eps_root": n["eps"]},
)


def without(name: str) -> Callable[[Numbers], dict[str, Any]]:
    """The numbers but one."""
    return lambda numbers: {key: value for key, value in numbers.items() if key != name}


def exact(**numbers: float) -> dict[str, float]:
    """Rounded to float32, through which Keras passes Python floats by default."""
    return {name: float(np.float32(value)) for name, value in numbers.items()}
