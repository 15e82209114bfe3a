"""From layers, or a loss, to a list of operations: run them on arrays that write down what is done.

The arrays hold the numbers of a trial, so that checks see real shapes and dtypes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from nnedu._compile import ARITHMETIC, COMPARE, LOGIC, UntranslatableError
from nnedu._typing import Array

ADVICE = (
    "The fused engine of a network knows matrix products, .T, sums and means over the batch or the "
    "row, np.where, np.clip and elementwise arithmetic; engine='reference' runs any layer."
)

PRODUCT = "np.dot({}, {})"
"""The text of a matrix product; with a third argument it is written there."""

REDUCTIONS = {
    ("sum", 0): "columns({})",
    ("sum", 1): "row_sums({})",
    ("mean", 1): "(row_sums({0}) / real({0}.shape[1]))",
    ("max", 1): "row_max({})",
    ("mean", None): "real(mean({}))",
    ("max", None): "{}.max()",
    ("min", None): "{}.min()",
    ("all", None): "np.all({})",
}
"""What can be taken over an axis, or over everything."""

COLUMN = ".reshape((-1, 1))"
"""A number for each row, as a matrix of one column."""

EXAMPLES = (2, 3, 7, 1, 300)
"""How many there are in the trials. What halves or counts them does not do the same to all."""

ATTRIBUTES = {"shape", "ndim", "size", "dtype", "T", "recording", "name"} | {
    *("sum", "mean", "max", "min", "astype", "item", "_reduced")
}
"""What an array that records answers for; through any other, numbers of the trial would leave."""

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
    arguments : list of str or float
        Names of arrays, and numbers; a number that goes with the batch is an expression.
    dtype : str
        How the result's is called: ``real`` for that of the parameters, or as in NumPy.
    """

    text: str
    elementwise: bool
    arguments: list[str | float]
    dtype: str


@dataclass
class Recording:
    """What was done: by layers forward and backward, or by a loss.

    Attributes
    ----------
    lines : dict of str to Line
        Every operation by the name of its result, in order. What goes in is called ``x``, the
        parameters ``p0``, ``p1``, ..., the gradient of the outputs ``d_y``, a loss's targets ``t``.
    forward : int
        How many of them are forward's.
    output : str
        The name of the outputs, or of the loss.
    gradients : list of str
        The names of the parameters' gradients, or of the loss's.
    branches : dict of str to bool, or None
        Truth values that were asked for, and what they were. None where that is refused.
    real : dtype
        That of the trial's parameters.
    shapes : dict of str to tuple
        The shapes of all arrays in the trial.
    """

    lines: dict[str, Line] = field(default_factory=dict)
    forward: int = 0
    output: str = ""
    gradients: list[str] = field(default_factory=list)
    branches: dict[str, bool] | None = None
    real: Any = np.float32
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def outline(self) -> tuple[Any, ...]:
        """All of it but the numbers."""
        lines = []
        for line in self.lines.values():
            names: list[str | float] = [x if isinstance(x, str) else "" for x in line.arguments]
            lines.append(replace(line, arguments=names))
        return lines, self.forward, self.output, self.gradients, self.branches

    def array(self, value: Array, name: str) -> Recorded:
        """An array whose uses are written down."""
        found = np.asarray(value).view(Recorded)
        object.__setattr__(found, "recording", self)
        object.__setattr__(found, "name", name)
        self.shapes[name] = value.shape
        return found

    def add(self, text: str, value: Array, *arguments: Any, elementwise: bool = True) -> Recorded:
        """The result of an operation, written down."""
        dtype = value.dtype
        number = dtype == np.float64 and value.ndim == 0 and self.branches is not None
        if dtype.kind not in "biu" and dtype != self.real and not number:
            _refuse(f"makes {dtype} of the dtype of theta")
        names = [self.called(argument) for argument in arguments]
        name = f"v{len(self.lines)}"
        called = "real" if dtype == self.real else f"np.{dtype.name}".replace("bool", "bool_")
        self.lines[name] = Line(text, elementwise, names, called)
        return self.array(value, name)

    def called(self, value: Any) -> str | float:
        """The name of an array, or a number."""
        if isinstance(value, Recorded):
            if value.name is None:
                _refuse("takes a piece of an array, or its numbers in another shape")
            return value.name
        if isinstance(value, np.floating) and value.dtype != self.real:
            _refuse(f"uses a number of NumPy's {value.dtype}, which is not the dtype of theta")
        if isinstance(value, int | float | np.generic):
            return float(value)
        if _counts(value, len(value)):
            return self.called(self.add(f"np.arange({len(value)})", value, elementwise=False))
        _refuse("uses an array that is neither its input nor its parameter")

    def result(self, value: Any) -> str:
        """The name of an array that is handed back."""
        if not isinstance(value, Recorded):
            raise UntranslatableError(
                f"the layers or the loss give back what does not follow from their input. {ADVICE}"
            )
        return str(self.called(value))


class NoDraws:
    """Stands where a layer is given a random generator."""

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse: what is drawn in a trial would stay for ever."""
        if name.startswith("__"):  # it may be copied
            raise AttributeError(name)
        _refuse("draws random numbers")


class Recorded(np.ndarray[Any, Any]):
    """An array that writes down what is done to it."""

    recording: Recording
    name: str | None

    def __array_finalize__(self, source: Any) -> None:
        """A view that is made in a way not known has no name."""
        object.__setattr__(self, "recording", getattr(source, "recording", None))
        object.__setattr__(self, "name", None)

    def __getattribute__(self, name: str) -> Any:
        """What can be followed."""
        if name not in ATTRIBUTES and not name.startswith("__"):
            _refuse(f"uses .{name} of an array")
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        """Refuse: another shape or dtype would not be written down."""
        _refuse(f"sets .{name} of an array")

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        """Refuse: what is overwritten would not be written down."""
        _refuse("writes into an array")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        """Operators, and NumPy's functions of elements."""
        if method != "__call__" or keywords:
            _refuse(f"calls np.{ufunc.__name__} with {', '.join(keywords) or method}")
        recording = self.recording
        plain = [_plain(each) for each in inputs]
        dtypes = [np.asarray(each).dtype for each in plain]
        if ufunc in LOGIC and any(dtype != np.bool_ for dtype in dtypes):
            _refuse(f"calls np.{ufunc.__name__} of what are no truth values")
        if ufunc is np.matmul and plain[0].ndim == plain[1].ndim == 2 and np.bool_ not in dtypes:
            return recording.add(PRODUCT, ufunc(*plain), *inputs, elementwise=False)
        if ufunc is np.power and isinstance(inputs[1], int | float) and inputs[1] == 2:
            ufunc, inputs = np.square, inputs[:1]  # as NumPy does, and as a loop does best
            plain = plain[:1]
        text = (ARITHMETIC | COMPARE | LOGIC).get(ufunc)
        if text is None:
            _refuse(f"calls np.{ufunc.__name__}")
        value = ufunc(*plain)
        if ufunc in ARITHMETIC:
            if value.dtype == np.bool_:
                _refuse(f"calls np.{ufunc.__name__} of truth values")
            inputs = tuple(map(_number, inputs))
        return recording.add(text, value, *inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """``np.where``, ``np.clip``, reductions, and the question for a shape."""
        name = function.__name__
        if function is np.where and len(args) == 3 and not kwargs:
            return self.recording.add("{1} if {0} else {2}", np.where(*map(_plain, args)), *args)
        if function is np.clip and len(args) == 3 and not kwargs:
            return np.minimum(np.maximum(args[0], args[1]), args[2])
        if function is np.shape:
            return self.shape
        if function in (np.sum, np.mean, np.max, np.min, np.all) and len(args) == 1:
            return args[0]._reduced(name, **kwargs)
        _refuse(f"calls np.{name}")

    def _reduced(self, what: str, axis: Any = None, keepdims: bool = False, **others: Any) -> Any:
        """A sum, mean, least or greatest over an axis, or over everything."""
        if isinstance(axis, tuple) and len(axis) == 1:
            (axis,) = axis
        if self.ndim == 2 and axis in (-2, -1):
            axis += 2
        text = REDUCTIONS.get((what, axis))
        known = self.ndim == 2 if axis is not None else self.ndim > 0
        known &= self.dtype == self.recording.real or what not in ("sum", "mean")
        if text is None or others or (keepdims and axis != 1) or not known:
            given = {"axis": axis, "keepdims": keepdims, **others}
            shown = ", ".join(f"{name}={value}" for name, value in given.items())
            _refuse(f"calls {what} of {self.ndim} dimensions of {self.dtype} with {shown}")
        value = getattr(np, what)(_plain(self), axis=axis, keepdims=keepdims)
        return self.recording.add(text + COLUMN * keepdims, value, self, elementwise=False)

    @property
    def T(self) -> Any:
        """The transpose: a way to read, no operation."""
        if self.ndim < 2:
            return self
        name = str(self.recording.called(self))
        turned = name.removesuffix(".T") if name.endswith(".T") else f"{name}.T"
        return self.recording.array(_plain(self).T, turned)

    def sum(self, axis: Any = None, **how: Any) -> Any:  # type: ignore[override]
        """Over the batch, or each row."""
        return self._reduced("sum", axis, **how)

    def mean(self, axis: Any = None, **how: Any) -> Any:  # type: ignore[override]
        """Of each row, or of everything."""
        return self._reduced("mean", axis, **how)

    def max(self, axis: Any = None, **how: Any) -> Any:  # type: ignore[override]
        """Of each row, or of everything."""
        return self._reduced("max", axis, **how)

    def min(self, axis: Any = None, **how: Any) -> Any:  # type: ignore[override]
        """Of everything."""
        return self._reduced("min", axis, **how)

    def astype(self, dtype: Any, **keywords: Any) -> Any:  # type: ignore[override]
        """The array itself, where that is its dtype; truth values as 1 or 0."""
        if self.dtype == np.bool_ and np.dtype(dtype) == self.recording.real:
            return _number(self)
        if np.dtype(dtype) != self.dtype:
            _refuse(f"asks for {np.dtype(dtype)}")
        return self

    def item(self, *index: Any) -> Any:
        """One number, in double precision as Python has it."""
        if self.ndim or index or self.recording.branches is None:
            _refuse("picks out a number")
        return self.recording.add("np.float64({})", _plain(self).astype(float), self)

    def __getitem__(self, index: Any) -> Any:
        """A vector as a column, or of every row the element of which another array has the place.

        All else is refused: what is picked may depend on the numbers of the trial.
        """
        if isinstance(index, tuple) and len(index) == 2:
            rows, places = index
            if self.ndim == 1 and places is None and isinstance(rows, slice):
                column = _plain(self)[:, np.newaxis]
                if rows == slice(None):
                    return self.recording.add("{}" + COLUMN, column, self, elementwise=False)
            if self.ndim == 2 and isinstance(places, Recorded) and _counts(rows, len(self)):
                picked = _plain(self)[rows, _plain(places)]
                return self.recording.add("picked({}, {})", picked, self, places, elementwise=False)
        _refuse("picks out elements")

    def __bool__(self) -> bool:
        """Which way a branch goes."""
        branches = self.recording.branches
        if branches is None or self.ndim or self.dtype != np.bool_:
            _refuse("branches on numbers")
        taken = bool(_plain(self))
        branches[str(self.recording.called(self))] = taken
        return taken

    def __float__(self) -> NoReturn:
        """Refuse: a number that leaves would stay that of the trial."""
        _refuse("turns an array into a number (its .item() can be followed)")

    __int__ = __index__ = __complex__ = __float__


def record_layers(
    call: Callable[..., Any], shapes: Sequence[tuple[int, ...]], inputs: tuple[int, ...]
) -> tuple[Recording, Recording]:
    """Run layers forward and backward, on one example, on a few and on many.

    Parameters
    ----------
    call : callable
        ``call(x, *parameters) -> (y, backward)``.
    shapes : sequence of tuple
        Those of the parameters.
    inputs : tuple of int
        The shape of one example.

    Returns
    -------
    some, more : Recording
        The first two. Sizes that differ are the number of examples.

    Raises
    ------
    UntranslatableError
        If a layer does something that is not known, or that depends on the number of examples,
        on their dtype, or on their numbers: these are below 0, above, large, or mixed with zeros.
        The message says what and where.
    """

    def trial(N: int) -> Recording:
        rng, real = np.random.default_rng(N), np.float64 if N == 3 else np.float32
        found = Recording(real=real)

        def array(name: str, shape: tuple[int, ...]) -> Recorded:
            z = rng.normal(size=shape)
            z = {2: -np.abs(z), 3: np.abs(z), 7: 1e3 * z}.get(N, np.where(np.abs(z) < 0.2, 0, z))
            return found.array(z.astype(real), name)

        parameters = [array(f"p{i}", shape) for i, shape in enumerate(shapes)]
        y, backward = call(array("x", (N, *inputs)), *parameters)
        found.output, found.forward = found.result(y), len(found.lines)
        gradients = backward(array("d_y", y.shape))[1:]
        found.gradients = [found.result(gradient) for gradient in gradients]
        for name, shape in zip(found.gradients, shapes, strict=True):
            if len(found.shapes[name]) > len(shape):
                _refuse("gives a gradient more dimensions than its parameter has")
        return found

    return _several(trial)


def record_loss(
    loss: Callable[..., Any], outputs: tuple[int, ...], targets: Array
) -> tuple[Recording, Recording]:
    """Run a loss, on one example, on a few and on many.

    Parameters
    ----------
    loss : callable
        ``loss(outputs, targets) -> (value, d_outputs)``.
    outputs : tuple of int
        The shape of one example's outputs.
    targets : array, shape (N, ...)
        Such as the loss accepts: the trials' are taken from these. Floats have the dtype of the
        outputs.

    Returns
    -------
    some, more : Recording
        As for :func:`record_layers`, with the branches that were taken.

    Raises
    ------
    UntranslatableError
        If the loss does something that is not known; the message says what and where.
    """

    def trial(N: int) -> Recording:
        found, rng = Recording(branches={}), np.random.default_rng(N)
        shape = (N, *targets.shape[1:])
        few = np.resize(targets, shape).astype(
            np.float32 if targets.dtype.kind == "f" else targets.dtype
        )
        y = found.array(rng.normal(size=(N, *outputs)).astype(np.float32), "x")
        value, d_y = loss(y, found.array(few, "t"))
        if d_y.shape != y.shape or d_y.dtype != y.dtype:
            _refuse("returns no gradient of the outputs")
        found.output, found.forward = found.result(value), len(found.lines)
        found.gradients = [found.result(d_y)]
        return found

    return _several(trial)


def _several(trial: Callable[[int], Recording]) -> tuple[Recording, Recording]:
    """The first two trials, if all did the same."""
    try:
        with np.errstate(all="ignore"):
            trials = [trial(N) for N in EXAMPLES]
    except UntranslatableError:
        raise
    except Exception as error:
        raise UntranslatableError(
            f"{error!r} was raised on arrays that write down what is done to them. {ADVICE}"
        ) from error
    some, *others = trials
    try:
        if any(other.outline() != some.outline() for other in others):
            raise ValueError
        for name in some.shapes:
            for sizes in zip(*(each.shapes[name] for each in trials), strict=True):
                if sizes != EXAMPLES and len(set(sizes)) > 1:
                    raise ValueError
        for lines in zip(*(each.lines.values() for each in trials), strict=True):
            arguments = zip(*(line.arguments for line in lines), strict=True)
            lines[0].arguments[:] = [_for_any_batch(*each) for each in arguments]
    except ValueError:
        raise UntranslatableError(
            f"what is done to {EXAMPLES[0]} examples is not what is done to more, so that it "
            "cannot be compiled for any number; engine='reference' runs any layer."
        ) from None
    return some, others[0]


def _for_any_batch(*values: Any) -> str | float:
    """What an argument is in all trials: the same, in proportion to the number of examples, or to
    1 over it; ValueError if it is none of these."""
    first: str | float = values[0]
    if len({repr(value) for value in values}) == 1:  # NaN is itself
        return first
    for power, text in ((1, "{!r} * len(x)"), (-1, "{!r} / len(x)")):
        factors = [value / N**power for value, N in zip(values, EXAMPLES, strict=True)]
        if np.allclose(factors, factors[0], rtol=1e-15, atol=0):
            return text.format(factors[0])
    raise ValueError


def _counts(value: Any, N: int) -> bool:
    """Whether an array of whole numbers is 0, 1, ..., N - 1."""
    plain = type(value) is np.ndarray and value.dtype.kind in "iu"
    return plain and np.array_equal(value, np.arange(N))


def _plain(value: Any) -> Any:
    """The numbers alone."""
    return np.asarray(value) if isinstance(value, Recorded) else value


def _number(value: Any) -> Any:
    """Truth values as 1 or 0, in the dtype of ``theta``; numbers as they are."""
    if not isinstance(value, Recorded) or value.dtype != np.bool_:
        return value
    number = _plain(value).astype(value.recording.real)
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
