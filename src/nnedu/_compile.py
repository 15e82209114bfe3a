"""What the engines that compile share: the operations they know, and what they refuse.

Adding an operation is adding a line here: the NumPy function that is called, and the text that
stands for it, in Python for scalars and in Numba for elements.
"""

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._typing import Array

ENGINES = ("reference", "fused")
"""What can run a rule or a network's layers. ``reference`` calls the function itself on NumPy
arrays; ``fused`` runs it once on stand-ins, writes down what it does and compiles that with Numba:
the same numbers, sooner."""

BINARY = {
    np.add: "{} + {}",
    np.subtract: "{} - {}",
    np.multiply: "{} * {}",
    np.true_divide: "{} / {}",
    np.power: "{} ** {}",
    np.maximum: "np.maximum({}, {})",
    np.minimum: "np.minimum({}, {})",
    np.copysign: "np.copysign({}, {})",
}
UNARY = {
    np.negative: "-{}",
    np.positive: "+{}",
    np.absolute: "abs({})",
    np.fabs: "abs({})",
    np.sign: "np.sign({})",
    np.sqrt: "np.sqrt({})",
    np.square: "{0} * {0}",
    np.exp: "np.exp({})",
    np.log: "np.log({})",
    np.log1p: "np.log1p({})",
    np.tanh: "np.tanh({})",
}
ARITHMETIC = BINARY | UNARY
"""Numbers in, a number out."""

COMPARE = {
    np.less: "{} < {}",
    np.less_equal: "{} <= {}",
    np.greater: "{} > {}",
    np.greater_equal: "{} >= {}",
    np.equal: "{} == {}",
    np.not_equal: "{} != {}",
}
"""Numbers in, a truth value out."""

LOGIC = {
    np.logical_and: "{} & {}",
    np.logical_or: "{} | {}",
    np.bitwise_and: "{} & {}",
    np.bitwise_or: "{} | {}",
    np.logical_not: "not {}",
    np.invert: "not {}",
}
"""Truth values in, one out."""


class UntranslatableError(TypeError):
    """A function does something that the fused engine does not know."""


def compiles(*packages: str) -> bool:
    """Whether the packages that compiling takes are here; warns where they are not."""
    try:
        for package in packages:
            importlib.import_module(package)
    except ImportError as error:  # not there, or it refuses the NumPy that is
        warnings.warn(
            f"engine='fused' needs {' and '.join(packages)}, which cannot be imported ({error}); "
            "the reference engine runs instead: the same numbers, later. "
            "Run: pip install 'nnedu[fast]'",
            stacklevel=3,  # the caller of the function that asks
        )
        return False
    return True


def check_compilable(theta: Array) -> None:
    """Raise TypeError unless machine code is made for arrays of this dtype."""
    if theta.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"theta has dtype {theta.dtype}; the fused engine expected float32 or float64. "
            "engine='reference' takes any floats."
        )


def defined(source: str, *names: str, **known: Any) -> list[Callable[..., Any]]:
    """The functions of these names that a text of our own making defines."""
    space: dict[str, Any] = {"np": np, **known}
    # Names of symbols and numbers, nothing from outside.
    exec(source, space)  # imports nothing of nnedu
    return [space[name] for name in names]
