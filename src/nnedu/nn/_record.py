"""From layers to a list of operations: run them once on arrays that write down what is done.

The arrays hold the numbers of a trial, so that a layer's checks see real shapes and dtypes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from nnedu._compile import ARITHMETIC, COMPARE, LOGIC, UntranslatableError
from nnedu._typing import Array

ADVICE = (
    "The fused engine of a network knows matrix products, .T, .sum(axis=0), np.where, np.clip and "
    "elementwise arithmetic; engine='reference' runs any layer."
)

PRODUCT = "np.dot({}, {})"
"""The text of a matrix product; with a third argument it is written there."""

PASSED_OVER = (__file__, str(Path(np.__file__).parent), "<__array_function__")
"""How the names of files begin that run between a layer and this one."""


@dataclass
class Line:
    """One operation on whole arrays.

    Attributes
    ----------
    text : str
        A call with places for the arguments, or of elements an expression.
    elementwise : bool
        Whether each element of the result follows from one of each argument.
    arguments : list of str
        Names of arrays, and numbers.
    dtype : str
        How the result's is called: ``real``, or ``np.bool_``.
    """

    text: str
    elementwise: bool
    arguments: list[str]
    dtype: str


@dataclass
class Recording:
    """What layers did, forward and backward.

    Attributes
    ----------
    lines : dict of str to Line
        Every operation by the name of its result, in order. The batch is called ``x``, the
        parameters ``p0``, ``p1``, ..., and the gradient of the outputs ``d_y``.
    forward : int
        How many of them are forward's.
    output : str
        The name of the outputs.
    gradients : list of str
        The names of the parameters' gradients.
    shapes : dict of str to tuple
        The shapes of all arrays in the trial.
    """

    lines: dict[str, Line] = field(default_factory=dict)
    forward: int = 0
    output: str = ""
    gradients: list[str] = field(default_factory=list)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)

    def array(self, value: Array, name: str) -> Recorded:
        """An array whose uses are written down."""
        found = np.asarray(value).view(Recorded)
        found.recording, found.name = self, name
        found.flags.writeable = False  # what is overwritten would not be written down
        self.shapes[name] = value.shape
        return found

    def add(self, text: str, value: Array, *arguments: Any, elementwise: bool = True) -> Recorded:
        """The result of an operation, written down."""
        if value.dtype not in (np.float32, np.bool_):
            _refuse(f"makes {value.dtype} of the dtype of theta")
        name = f"v{len(self.lines)}"
        names = [self.called(argument) for argument in arguments]
        dtype = "real" if value.dtype == np.float32 else "np.bool_"
        self.lines[name] = Line(text, elementwise, names, dtype)
        return self.array(value, name)

    def called(self, value: Any) -> str:
        """The name of an array, or a number as it stands in the text."""
        if isinstance(value, Recorded):
            if value.name is None:
                _refuse("takes a piece of an array, or its numbers in another shape")
            return value.name
        if isinstance(value, int | float | np.generic):
            text = repr(float(value)).replace("inf", "np.inf").replace("nan", "np.nan")
            return f"real({text})"
        _refuse("uses an array that is neither its input nor its parameter")


class Recorded(np.ndarray[Any, Any]):
    """An array that writes down what is done to it."""

    recording: Recording
    name: str | None

    def __array_finalize__(self, source: Any) -> None:
        """A view that is made in a way not known has no name."""
        self.recording, self.name = getattr(source, "recording", None), None  # type: ignore[assignment]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        """Operators, and NumPy's functions of elements."""
        if method != "__call__" or keywords:
            _refuse(f"calls np.{ufunc.__name__} with {', '.join(keywords) or method}")
        recording = self.recording
        plain = [_plain(each) for each in inputs]
        if ufunc is np.matmul and plain[0].ndim == plain[1].ndim == 2:
            return recording.add(PRODUCT, ufunc(*plain), *inputs, elementwise=False)
        if ufunc is np.power and np.ndim(plain[1]) == 0 and plain[1] == 2:
            ufunc, inputs = np.square, inputs[:1]  # as NumPy does, and as a loop does best
            plain = plain[:1]
        text = (ARITHMETIC | COMPARE | LOGIC).get(ufunc)
        if text is None:
            _refuse(f"calls np.{ufunc.__name__}")
        value = ufunc(*plain)
        if ufunc in ARITHMETIC:
            inputs = tuple(map(_number, inputs))
        return recording.add(text, value, *inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """``np.where``, ``np.clip``, and the question for a shape."""
        if function is np.where and len(args) == 3 and not kwargs:
            return self.recording.add("{1} if {0} else {2}", np.where(*map(_plain, args)), *args)
        if function is np.clip and len(args) == 3 and not kwargs:
            return np.minimum(np.maximum(args[0], args[1]), args[2])
        if function is np.shape:
            return self.shape
        _refuse(f"calls np.{function.__name__}")

    @property
    def T(self) -> Any:
        """The transpose: a way to read, no operation."""
        return self.recording.array(_plain(self).T, f"{self.recording.called(self)}.T")

    def sum(self, axis: Any = None, **keywords: Any) -> Any:  # type: ignore[override]
        """A sum over the batch."""
        if axis != 0 or self.ndim != 2 or keywords:
            _refuse("sums over something else than the batch")
        return self.recording.add("columns({})", _plain(self).sum(axis=0), self, elementwise=False)

    def astype(self, dtype: Any, **keywords: Any) -> Any:  # type: ignore[override]
        """The array itself, where that is its dtype."""
        if np.dtype(dtype) != self.dtype:
            _refuse(f"asks for {np.dtype(dtype)}")
        return self

    def __getitem__(self, index: Any) -> NoReturn:
        """Refuse: what is picked may depend on the numbers of the trial."""
        _refuse("picks out elements")


def record(
    call: Callable[..., Any], shapes: Sequence[tuple[int, ...]], inputs: tuple[int, ...], N: int
) -> Recording:
    """Run layers once, forward and backward.

    Parameters
    ----------
    call : callable
        ``call(x, *parameters) -> (y, backward)``.
    shapes : sequence of tuple
        Those of the parameters.
    inputs : tuple of int
        The shape of one example.
    N : int, at least 1
        Examples in the trial. Their numbers are above 0 if N is odd, and below if it is even; the
        parameters are above 0.

    Returns
    -------
    Recording

    Raises
    ------
    UntranslatableError
        If a layer does something that is not known; the message says what and where.
    """
    found, rng = Recording(), np.random.default_rng(N)

    def trial(name: str, shape: tuple[int, ...], sign: int = 1) -> Recorded:
        return found.array((sign * np.abs(rng.normal(size=shape))).astype(np.float32), name)

    parameters = [trial(f"p{i}", shape) for i, shape in enumerate(shapes)]
    sign = 1 if N % 2 else -1
    try:
        with np.errstate(all="ignore"):
            y, backward = call(trial("x", (N, *inputs), sign), *parameters)
            found.output, found.forward = found.called(y), len(found.lines)
            gradients = backward(trial("d_y", y.shape, sign))[1:]
        found.gradients = [found.called(gradient) for gradient in gradients]
    except UntranslatableError:
        raise
    except Exception as error:
        raise UntranslatableError(
            f"a layer raised {error!r} when run on arrays that write down what is done to them. "
            f"{ADVICE}"
        ) from error
    return found


def _plain(value: Any) -> Any:
    """The numbers alone."""
    return value.view(np.ndarray) if isinstance(value, Recorded) else value


def _number(value: Any) -> Any:
    """Truth values as 1 or 0, in the dtype of ``theta``; numbers as they are."""
    if not isinstance(value, Recorded) or value.dtype != np.bool_:
        return value
    number = _plain(value).astype(np.float32)
    return value.recording.add("real(1) if {} else real(0)", number, value)


def _refuse(what: str) -> NoReturn:
    """Raise, naming the function that is being run and the line it has come to."""
    frame, where = inspect.currentframe(), "a layer"
    while frame is not None and frame.f_code.co_filename.startswith(PASSED_OVER):
        frame = frame.f_back
    if frame is not None:
        name = frame.f_code.co_qualname.split(".<locals>")[0]
        where = f"{name} ({frame.f_code.co_filename}, line {frame.f_lineno})"
    raise UntranslatableError(f"{where} {what}. {ADVICE}")
