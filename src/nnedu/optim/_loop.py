"""From a rule's program to text, and from text to machine code."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._compile import defined
from nnedu.optim._program import Program


def loop_text(program: Program) -> str:
    """The text of the loop."""
    given = [*program.arrays, *program.per_parameter]
    arrays = [f"A_{name}" for name in given]
    written = [f"A_{name}" for name in program.arrays if name != "g"]
    constants = [f"s{i} = real(S[{i}])" for i in range(len(program.constants))]
    inside = [f"in_{name} = A_{name}[i]" for name in given]
    inside += [f"{name} = {expression}" for name, expression in program.loop.items()]
    # Every element is loaded before the first is stored, as in the rule.
    stores = zip(written, program.outputs, strict=True)
    inside += [f"{array}[i] = {output}" for array, output in stores]
    return "\n".join(
        [
            f"def loop({', '.join(arrays)}, S, start, stop):",
            *(f"    {line}" for line in constants),
            # An unsigned index is never negative, so that none need be wrapped around.
            "    for i in range(np.uint64(start), np.uint64(stop)):",
            *(f"        {line}" for line in inside),
        ]
    )


def before(program: Program) -> Callable[..., tuple[float, ...]]:
    """A function of ``t`` and the hyper-parameters that gives the constants of the loop."""
    lines = [
        f"def before({', '.join(program.scalars)}):",
        *(f"    {name} = {expression}" for name, expression in program.before.items()),
        f"    return ({''.join(f'float({name}), ' for name in program.constants)})",
    ]
    (function,) = defined("\n".join(lines), "before", inverse=_inverse, **program.functions)
    return function


def _inverse(x: float) -> float:
    """``1 / x``, infinite at 0 like the division of an array by 0."""
    return 1 / x if x else float(np.copysign(np.inf, x))


@functools.cache
def compiled(source: str, dtype: str) -> Callable[..., None]:
    """The loop as machine code for arrays of one dtype; rules with the same loop share it."""
    import numba

    # numpy's errors: 1/0 is infinite. A test for 0 at each division would cost the vectorisation.
    compiler: Any = numba.njit(nogil=True, error_model="numpy")
    (loop,) = defined(source, "loop", real=getattr(np, dtype))
    machine_code: Callable[..., None] = compiler(loop)
    return machine_code
