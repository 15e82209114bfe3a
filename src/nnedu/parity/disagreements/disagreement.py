"""One example on which frameworks give different numbers, and what to do about it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from nnedu.parity.frameworks import TITLES, framework

Measure = Callable[[Any], float]
"""``measure(module) -> float``, given the framework's module."""


@dataclass(frozen=True)
class Side:
    """What one framework does in the example.

    Attributes
    ----------
    framework : {"keras", "torch", "optax", "jax"}
    theirs : str
        The function, class or argument, as one writes it.
    value : float
        What comes out, to the digits shown; tests compare.
    measure : callable
        Runs the example in the framework.
    """

    framework: str
    theirs: str
    value: float
    measure: Measure

    @property
    def title(self) -> str:
        """The framework's name in prose."""
        return {**TITLES, "jax": "JAX"}[self.framework]

    def run(self) -> float:
        """The example, run now."""
        return float(self.measure(framework(self.framework)))


@dataclass(frozen=True)
class Disagreement:
    """Something that frameworks do differently under one name.

    Attributes
    ----------
    id : str
        Its name in records and links.
    title : str
        Its heading.
    family : str
        Where the page of conventions shows it.
    what : str
        What differs, in a sentence.
    example : str
        What is computed, so that a reader can check it.
    sides : tuple of Side
        At least two, of which at least two values differ.
    advice : str
        What to do about it.
    within : float
        How far a value may be from the stated one, relative to it.
    """

    id: str
    title: str
    family: str
    what: str
    example: str
    sides: tuple[Side, ...]
    advice: str
    within: float = 2e-4

    def key(self, side: Side) -> str:
        """Names a side's number in PyTorch's record."""
        return f"{self.id}/{side.theirs}"


def default(framework_name: str, path: str, argument: str, value: float) -> Side:
    """The default value of an argument, read from the framework's own signature."""

    def measure(module: Any) -> float:
        function = reduce(getattr, path.split(".")[1:], module)
        found = inspect.signature(function).parameters[argument].default
        return float(found[1] if isinstance(found, tuple) else found)  # betas: the second

    return Side(framework_name, f"{path}({argument}=...)", value, measure)


def sides(theirs: Mapping[str, tuple[str, float, Measure]]) -> tuple[Side, ...]:
    """One side a framework: ``{framework: (theirs, value, measure)}``."""
    return tuple(Side(name, *rest) for name, rest in theirs.items())
