"""Run a rule of ``nnedu.optim`` on a backend's tensors: the rule as it is, not a copy of it.

A rule is NumPy arithmetic. :class:`Value` stands for a tensor and answers NumPy's functions with
those of ``keras.ops``, so that the one function computes on TensorFlow, JAX and PyTorch, eagerly or
while a graph is traced. Numbers of the whole step (``t``, ``lr``, a norm) are kept in float64 where
the backend has it, and meet the elements in the elements' dtype. Where a rule asks whether a number
is true (``if t == 1``), both answers are followed, and the backend chooses at run time.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops
from numpy.lib.mixins import NDArrayOperatorsMixin

_UFUNCS: dict[Any, Callable[..., Any]] = {
    np.add: ops.add,
    np.subtract: ops.subtract,
    np.multiply: ops.multiply,
    np.true_divide: ops.true_divide,
    np.power: ops.power,
    np.maximum: ops.maximum,
    np.minimum: ops.minimum,
    np.negative: ops.negative,
    np.absolute: ops.absolute,
    np.sign: ops.sign,
    np.sqrt: ops.sqrt,
    np.square: ops.square,
    np.exp: ops.exp,
    np.log: ops.log,
    np.tanh: ops.tanh,
    np.matmul: ops.matmul,
    np.remainder: ops.mod,
    np.less: ops.less,
    np.less_equal: ops.less_equal,
    np.greater: ops.greater,
    np.greater_equal: ops.greater_equal,
    np.equal: ops.equal,
    np.not_equal: ops.not_equal,
    np.logical_and: ops.logical_and,
    np.logical_or: ops.logical_or,
    np.logical_not: ops.logical_not,
    np.bitwise_and: ops.logical_and,
    np.bitwise_or: ops.logical_or,
    np.invert: ops.logical_not,
}
_LOGIC = {
    np.logical_and,
    np.logical_or,
    np.logical_not,
    np.bitwise_and,
    np.bitwise_or,
    np.invert,
}


class Eigen(NamedTuple):
    """What ``np.linalg.eigh`` returns."""

    eigenvalues: "Value"
    eigenvectors: "Value"


class Orthogonal(NamedTuple):
    """What ``np.linalg.qr`` returns."""

    Q: "Value"
    R: "Value"


class _Undecided(Exception):
    """A rule asked whether a tensor is true."""

    def __init__(self, condition: Any) -> None:
        super().__init__("a rule asked whether a tensor is true")
        self.condition = condition


class _Path:
    """The answers so far to the questions that a rule asks about its numbers."""

    def __init__(self, answers: tuple[bool, ...]) -> None:
        self.answers, self.asked = answers, 0

    def answer(self, condition: Any) -> bool:
        if self.asked == len(self.answers):
            raise _Undecided(condition)
        self.asked += 1
        return self.answers[self.asked - 1]


class Value(NDArrayOperatorsMixin):
    """A tensor that NumPy's operators and functions accept.

    Parameters
    ----------
    tensor : tensor
        Of the backend.
    path : object
        Answers questions about values.
    is_element : bool
        Whether it belongs to the parameters, and not to the whole step.
    """

    __slots__ = ("is_element", "path", "tensor")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tensor: Any, path: _Path, *, is_element: bool) -> None:
        self.tensor, self.path, self.is_element = tensor, path, is_element

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        """An operator, or a NumPy function of elements."""
        if method != "__call__" or keywords or ufunc not in _UFUNCS:
            raise TypeError(f"a rule calls np.{ufunc.__name__}, which has no counterpart in Keras.")
        tensors = [value.tensor for value in inputs] if ufunc in _LOGIC else self._alike(inputs)
        if ufunc is np.power and isinstance(inputs[1], int | float) and inputs[1] == 2:
            return self._new(ops.square(tensors[0]), inputs)
        return self._new(_UFUNCS[ufunc](*tensors), inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """The functions of whole arrays that rules call."""
        if function is np.where and len(args) == 3:
            return self._new(ops.where(args[0].tensor, *self._alike(args[1:])), args)
        if function is np.clip:
            return np.minimum(np.maximum(args[0], args[1]), args[2])
        if function is np.linalg.norm and len(args) == 1 and not kwargs:
            return self._number(ops.sqrt(ops.sum(ops.square(args[0].tensor))))
        if function is np.linalg.eigh:
            return Eigen(*(self._element(part) for part in ops.eigh(args[0].tensor)))
        if function is np.linalg.qr:
            return Orthogonal(*(self._element(part) for part in ops.qr(args[0].tensor)))
        if function is np.outer:
            return self._element(ops.outer(*(value.tensor for value in args)))
        raise TypeError(f"a rule calls np.{function.__name__}, which has no counterpart here.")

    def __bool__(self) -> bool:
        """Ask; :func:`run` follows both answers."""
        return self.path.answer(self.tensor)

    def __getitem__(self, where: Any) -> "Value":
        """Slices and new axes."""
        return self._element(self.tensor[where])

    @property
    def shape(self) -> tuple[int, ...]:
        """As NumPy's."""
        return tuple(self.tensor.shape)

    @property
    def size(self) -> int:
        """As NumPy's."""
        return int(np.prod(self.shape))

    @property
    def T(self) -> "Value":
        """As NumPy's."""
        return self._element(ops.transpose(self.tensor))

    def copy(self) -> "Value":
        """Itself: tensors do not change."""
        return self

    def mean(self, axis: int | None = None) -> "Value":
        """As NumPy's."""
        mean = ops.mean(self.tensor, axis=axis)
        return self._number(mean) if axis is None else self._element(mean)

    def record_call(self, function: Callable[..., float], arguments: Any) -> Any:
        """Refuse a function of ``t`` that is no arithmetic (Nadam's product of momenta)."""
        raise TypeError(
            f"the rule calls {function.__name__}, which needs t as a plain number; a compiled step "
            "has none. keras.optimizers has Nadam."
        )

    def _element(self, tensor: Any) -> "Value":
        return Value(tensor, self.path, is_element=True)

    def _number(self, tensor: Any) -> "Value":
        return Value(ops.cast(tensor, wide()), self.path, is_element=False)

    def _new(self, tensor: Any, inputs: Any) -> "Value":
        is_element = any(isinstance(value, Value) and value.is_element for value in inputs)
        return Value(tensor, self.path, is_element=is_element)

    def _alike(self, inputs: Any) -> list[Any]:
        """Tensors of one dtype: the elements', or that of numbers."""
        values = [value for value in inputs if isinstance(value, Value)]
        elements = [value for value in values if value.is_element]
        first = (elements or values)[0].tensor
        dtype = keras.backend.standardize_dtype(first.dtype)
        dtype = dtype if dtype.startswith(("float", "bfloat")) else wide()
        return [
            ops.cast(value.tensor, dtype)
            if isinstance(value, Value)
            else ops.convert_to_tensor(value, dtype=dtype)
            for value in inputs
        ]


def wide() -> str:
    """The dtype of numbers that belong to a whole step."""
    if keras.backend.backend() != "jax":
        return "float64"
    x64: bool = import_module("jax").config.jax_enable_x64
    return "float64" if x64 else "float32"


def run(rule: Callable[..., Any], arrays: list[Any], numbers: dict[str, Any]) -> tuple[Any, ...]:
    """A rule on tensors.

    Parameters
    ----------
    rule : callable
        ``rule(*arrays, **numbers) -> arrays``, such as one of ``nnedu.optim``.
    arrays : list of tensors
        Its positional arguments.
    numbers : dict
        Its keyword arguments: Python numbers, which may decide what is traced, and tensors.

    Returns
    -------
    tuple of tensors
        In the dtypes of the arrays.
    """

    def follow(answers: tuple[bool, ...]) -> tuple[Any, ...]:
        path = _Path(answers)
        elements = [Value(array, path, is_element=True) for array in arrays]
        keywords = {
            name: value
            if isinstance(value, int | float)
            else Value(ops.cast(value, wide()), path, is_element=False)
            for name, value in numbers.items()
        }
        try:
            results = rule(*elements, **keywords)
        except _Undecided as question:
            return tuple(
                ops.cond(
                    question.condition,
                    lambda: follow((*answers, True)),
                    lambda: follow((*answers, False)),
                )
            )
        together = results if isinstance(results, tuple) else (results,)
        values: Any = together
        return tuple(value.tensor for value in values)

    return follow(())
