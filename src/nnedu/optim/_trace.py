"""From a rule to a program: run it once on symbols and write down what it does.

A rule is elementwise arithmetic, so one run on stand-ins that record instead of compute sees all
of it, helper functions and constants included. What depends on an array becomes a line of the
loop; what depends only on hyper-parameters and ``t`` becomes a line before the loop, to be
evaluated once a step in Python's float64.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nnedu._compile import ARITHMETIC, COMPARE, LOGIC, UntranslatableError
from nnedu._typing import Rule
from nnedu.optim._operations import KNOWN
from nnedu.optim._program import Program, expression


def _refusal(what: str) -> Callable[..., NoReturn]:
    """A method that refuses."""

    def refuse(self: "Symbol", *args: Any, **keywords: Any) -> NoReturn:
        self.program.refuse(what)

    return refuse


class Symbol(NDArrayOperatorsMixin):
    """Stands for a number: one element of an array, or a scalar of the whole step."""

    __slots__ = ("boolean", "is_element", "name", "program")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, program: Program, name: str, is_element: bool, boolean: bool = False):
        self.program, self.name = program, name
        self.is_element, self.boolean = is_element, boolean

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        """Record an operator or a NumPy function of elements."""
        if method != "__call__" or keywords:
            self.program.refuse(
                f"calls np.{ufunc.__name__} with {', '.join(keywords) or method}, "
                "and a rule computes new values only"
            )
        return _record(self.program, ufunc, inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Record ``np.where`` and ``np.clip``; refuse what looks at more than one element."""
        if function is np.where and len(args) == 3 and not kwargs:
            condition, yes, no = (_symbol(self.program, value) for value in args)
            if condition.boolean:
                parts = (condition, _number(yes), _number(no))
                return _line(self.program, "{1} if {0} else {2}", parts)
        if function is np.clip and len(args) == 3 and not kwargs:
            return np.minimum(np.maximum(args[0], args[1]), args[2])
        self.program.refuse(f"calls np.{function.__name__}, which is not known")

    def record_call(self, function: Callable[..., float], arguments: Sequence[Any]) -> "Symbol":
        """Record the call of a function of scalars (``of_scalars``)."""
        symbols = [_symbol(self.program, value) for value in arguments]
        if any(symbol.is_element for symbol in symbols):
            self.program.refuse("needs numbers, the same for all parameters")
        self.program.functions[function.__name__] = function
        places = ", ".join("{}" for _ in symbols)
        return _line(self.program, f"{function.__name__}({places})", symbols)

    def __getattr__(self, name: str) -> Any:
        """Refuse methods and attributes of arrays."""
        if name.startswith("__"):
            raise AttributeError(name)
        self.program.refuse(f"uses .{name} of an array")

    __array__ = _refusal("makes an array")
    __bool__ = _refusal("asks whether a value is true; choose elements with np.where")
    __float__ = _refusal("asks for a plain number; use NumPy's functions, not those of math")
    __getitem__ = _refusal("picks out elements, and a rule treats all alike")
    __iter__ = _refusal("goes through the elements")
    __len__ = _refusal("asks for a length")


def trace(
    rule: Rule, arrays: Sequence[str], hyper: Sequence[str], per_parameter: Sequence[str] = ()
) -> Program:
    """Run a rule on symbols.

    Parameters
    ----------
    rule : callable
        The rule.
    arrays : sequence of str
        Its positional parameters: ``theta``, ``g`` and the state.
    hyper : sequence of str
        Its keyword parameters but ``t``.
    per_parameter : sequence of str
        Those of ``hyper`` that are arrays of the shape of ``theta``.

    Returns
    -------
    Program

    Raises
    ------
    UntranslatableError
        If the rule is not elementwise arithmetic; the message names the expression.

    Examples
    --------
    >>> program = trace(lambda theta, g, *, t, lr: (theta - lr / t * g,), ["theta", "g"], ["lr"])
    >>> program.before, program.loop
    ({'a0': 'lr / t'}, {'x0': 's0 * in_g', 'x1': 'in_theta - x0'})
    """
    scalars = ["t", *(name for name in hyper if name not in per_parameter)]
    program = Program(rule.__name__, arrays, scalars, per_parameter)
    elements = [Symbol(program, f"in_{name}", is_element=True) for name in arrays]
    keywords = {name: Symbol(program, name, is_element=False) for name in scalars}
    keywords |= {name: Symbol(program, f"in_{name}", is_element=True) for name in per_parameter}
    try:
        returned = rule(*elements, **keywords)
    except UntranslatableError:
        raise
    except Exception as error:
        frame = inspect.getinnerframes(error.__traceback__)[-1].frame  # type: ignore[arg-type]
        raise UntranslatableError(
            f"{program.rule} cannot be compiled: {expression(frame)} raised {error!r} when run on "
            f"symbols. The fused engine knows {KNOWN}; engine='reference' runs any rule."
        ) from error
    if not isinstance(returned, tuple) or len(returned) != len(arrays) - 1:
        raise UntranslatableError(
            f"{program.rule} returned {len(returned) if isinstance(returned, tuple) else 'no'} "
            f"values in a tuple; expected theta and its state, {len(arrays) - 1} in all."
        )
    outputs = [_number(_symbol(program, value)) for value in returned]
    program.outputs = [_in_loop(program, output) for output in outputs]
    return program


def _record(program: Program, ufunc: np.ufunc, inputs: Sequence[Any]) -> Symbol:
    """One operation: a line before the loop where all its inputs are scalars, else in the loop."""
    symbols = [_symbol(program, value) for value in inputs]
    if ufunc in LOGIC and all(symbol.boolean for symbol in symbols):
        return _line(program, LOGIC[ufunc], symbols, boolean=True)
    symbols = [_number(symbol) for symbol in symbols]
    if ufunc in COMPARE:
        return _line(program, COMPARE[ufunc], symbols, boolean=True)
    if ufunc not in ARITHMETIC:
        program.refuse(f"calls np.{ufunc.__name__}, which is not known")
    if ufunc is np.power and symbols[0].is_element:
        if symbols[1].name == "2":  # as NumPy does, and as a loop does best
            return _line(program, "{0} * {0}", symbols[:1])
        if symbols[1].name == "0.5":
            return _line(program, "np.sqrt({})", symbols[:1])
    if ufunc is np.true_divide and symbols[0].is_element and not symbols[1].is_element:
        # A scalar divides once, before the loop, and in float64; elements are multiplied. The
        # result is rounded as often as by a division by the scalar in the arrays' dtype.
        inverse = _line(program, "inverse({})", symbols[1:])
        return _line(program, "{} * {}", (symbols[0], inverse))
    return _line(program, ARITHMETIC[ufunc], symbols)


def _line(
    program: Program, template: str, symbols: Sequence[Symbol], boolean: bool = False
) -> Symbol:
    """The result of one operation, under a name of its own; the same operation is done once."""
    is_element = any(symbol.is_element for symbol in symbols)
    lines, letter = (program.loop, "x") if is_element else (program.before, "a")
    names = [_in_loop(program, symbol) if is_element else symbol.name for symbol in symbols]
    source = template.format(*names)
    known = next((name for name, other in lines.items() if other == source), None)
    name = known or f"{letter}{len(lines)}"
    lines[name] = source
    return Symbol(program, name, is_element, boolean)


def _in_loop(program: Program, symbol: Symbol) -> str:
    """How the loop calls a symbol: a scalar becomes one of its constants."""
    if symbol.is_element:
        return symbol.name
    if symbol.name not in program.constants:
        program.constants.append(symbol.name)
    name = f"s{program.constants.index(symbol.name)}"
    return f"({name} != 0)" if symbol.boolean else name


def _symbol(program: Program, value: Any) -> Symbol:
    """A symbol as it is, a number as a scalar."""
    if isinstance(value, Symbol):
        return value
    if isinstance(value, int | float | np.integer | np.floating):
        text = repr(value.item() if isinstance(value, np.generic) else value)
        text = text.replace("inf", "np.inf").replace("nan", "np.nan")
        return Symbol(program, f"({text})" if text.startswith("-") else text, is_element=False)
    program.refuse(f"uses a {type(value).__name__}; expected numbers beside the rule's arguments")


def _number(symbol: Symbol) -> Symbol:
    """A truth value as 1 or 0, in the arrays' dtype."""
    if not symbol.boolean:
        return symbol
    one, zero = (Symbol(symbol.program, name, is_element=False) for name in "10")
    return _line(symbol.program, "{1} if {0} else {2}", (symbol, one, zero))
