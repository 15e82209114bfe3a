"""Types shared by the whole library."""

from collections.abc import Callable
from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""A NumPy array; its docstring says which shape and dtype."""

Schedule: TypeAlias = Callable[[int], float]
"""A hyper-parameter as a function of the number of updates already made (0 at the first)."""

Rule: TypeAlias = Callable[..., tuple[Array, ...]]
"""An update rule: ``rule(theta, g, *state, *, t, lr, **hyper) -> (theta, *state)``."""

Backward: TypeAlias = Callable[[Array], tuple[Array, ...]]
"""From the gradient of a layer's output to the gradients of its inputs, in their order."""

Loss: TypeAlias = Callable[[Array, Array], tuple[float, Array]]
"""``loss(outputs, targets) -> (value, d_outputs)``."""

Objective: TypeAlias = Callable[..., tuple[float, Array]]
"""``objective(theta, *batch) -> (value, g)``: what a training loop asks at every step."""
