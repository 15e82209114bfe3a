"""An array that the library computes, beside the same array from each framework."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnedu._typing import Array
from nnedu.parity.frameworks import framework
from nnedu.parity.pairs import Adapter

SAME = Adapter("same", "No difference of convention.")
Parts = dict[str, Array]
"""Arrays by name: one mask, or values and their gradient."""


@dataclass(frozen=True)
class ValueCase:
    """A computation with its numbers, and the same computation in each framework that has it.

    Attributes
    ----------
    ours : callable
        ``ours(**numbers) -> {name: array}``.
    numbers : dict
        Its arguments; a change of one part in a million in any must be seen.
    theirs : dict of str to callable
        By framework: ``f(module, **numbers) -> {name: array}``.
    adapters : dict of str to Adapter
        By framework, where its convention differs: what is done about it.
    """

    ours: Callable[..., Parts]
    numbers: Mapping[str, float]
    theirs: Mapping[str, Callable[..., Parts]]
    adapters: Mapping[str, Adapter] = field(default_factory=dict)

    def run(self, **off: float) -> Parts:
        """The library's arrays; ``off`` multiplies arguments."""
        numbers = {name: value * off.get(name, 1) for name, value in self.numbers.items()}
        return self.ours(**numbers)

    def run_theirs(self, name: str) -> Parts:
        """A framework's arrays."""
        return self.theirs[name](framework(name), **self.numbers)
