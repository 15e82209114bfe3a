"""A rule taken apart: what goes before the loop, what goes into it."""

import inspect
import linecache
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from numpy.lib.mixins import NDArrayOperatorsMixin

from nnedu._compile import UntranslatableError
from nnedu.optim._operations import KNOWN


@dataclass
class Program:
    """A rule, taken apart.

    Attributes
    ----------
    rule : str
        Its name.
    arrays : sequence of str
        ``theta``, ``g`` and the state, in the order of the signature.
    scalars : sequence of str
        ``t`` and the hyper-parameters that are numbers.
    per_parameter : sequence of str
        The hyper-parameters that are arrays: one value for each parameter, only read.
    before : dict of str to str
        Expressions of scalars by the names they are given, in order of evaluation.
    loop : dict of str to str
        Expressions of array elements (``in_theta``, ...) likewise.
    constants : list of str
        The scalars that the loop reads: ``s0`` is the first, cast to the arrays' dtype.
    outputs : list of str
        What is stored into ``theta`` and into each state array.
    functions : dict of str to callable
        What the expressions of scalars call.
    """

    rule: str
    arrays: Sequence[str]
    scalars: Sequence[str]
    per_parameter: Sequence[str] = ()
    before: dict[str, str] = field(default_factory=dict)
    loop: dict[str, str] = field(default_factory=dict)
    constants: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    functions: dict[str, Callable[..., float]] = field(default_factory=dict)

    def refuse(self, what: str) -> NoReturn:
        """Raise, naming the expression of the rule that is being run."""
        raise UntranslatableError(
            f"{self.rule} cannot be compiled: {expression(sys._getframe(1))} {what}. The fused "
            f"engine knows {KNOWN}; engine='reference' runs any rule."
        )


def expression(frame: FrameType | None) -> str:
    """The source of what the rule, or a helper it calls, is evaluating: text and place."""
    here = Path(__file__)
    ours = {str(here.with_name(name)) for name in ("_program.py", "_trace.py", "_operations.py")}
    ours.add(inspect.getfile(NDArrayOperatorsMixin))
    while frame is not None and (
        frame.f_code.co_filename in ours or frame.f_code.co_filename.startswith("<__array")
    ):
        frame = frame.f_back
    if frame is None:
        return "an expression"
    info = inspect.getframeinfo(frame)
    line = linecache.getline(info.filename, info.lineno)
    at = info.positions
    if at is not None and at.lineno == at.end_lineno and at.col_offset is not None:
        line = line.encode()[at.col_offset : at.end_col_offset].decode()
    where = f"{info.filename}, line {info.lineno}"
    return f"`{line.strip()}` ({where})" if line.strip() else f"an expression ({where})"
