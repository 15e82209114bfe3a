"""What `nnedu.grading.edges` runs inside a kernel of the proof; it needs NumPy only.

`wrap` replaces functions of a lesson's answers by ones that move every float which goes in or
comes out. How far, and in which direction, `move` says; at first nothing moves.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import numpy as np

SIZE = 1e-11  # relative: 90,000 times what rounding once to float64 does
ULPS = 4  # for other floats: so many units in the last place

_direction = 0.0
_signs = np.random.default_rng(0)
_Back = list[tuple[Any, Any, Any]]


def move(direction: float) -> None:
    """Move floats from now on: by `direction` (1, -1 or 0) times the same sequence of signs."""
    global _direction, _signs
    _direction, _signs = direction, np.random.default_rng(0)


def wrap(names: MutableMapping[str, Any], wanted: Iterable[str]) -> None:
    """Replace functions, and the methods of classes, in a namespace."""
    for name in wanted:
        found = names.get(name)
        if isinstance(found, types.FunctionType):
            names[name] = _wrapped(found)
        elif isinstance(found, type):
            for method, function in list(vars(found).items()):
                if isinstance(function, types.FunctionType):
                    setattr(found, method, _wrapped(function))


def _wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose arguments and results are moved."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not _direction:
            result = function(*args, **kwargs)
        else:
            back: _Back = []
            some = [_moved(value, back) for value in args]
            named = {name: _moved(value, back) for name, value in kwargs.items()}
            result = function(*some, **named)
            _write_back(back)
        return _result(result)

    return call


def _result(value: Any) -> Any:
    """Move a result; of a function that is returned, move what it will return."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_result(part) for part in value)
    if isinstance(value, types.FunctionType):
        return _wrapped(value)
    return _moved(value, []) if _direction else value


def _moved(value: Any, back: _Back) -> Any:
    """Return a value with every float in it moved; `back` collects what could be written to."""
    if isinstance(value, float) and type(value) is float:
        return value * float(_factors((), np.dtype(float)))
    if isinstance(value, (np.ndarray, np.floating)) and value.dtype.kind == "f":
        new = (value * _factors(value.shape, value.dtype)).astype(value.dtype)
        if isinstance(value, np.ndarray):
            back.append((value, new, new.copy()))
        return new
    if type(value).__name__ == "EagerTensor" and value.dtype.is_floating:
        dtype = value.dtype.as_numpy_dtype
        return value * _factors(tuple(value.shape), np.dtype(dtype)).astype(dtype)
    if type(value) is tuple:
        return tuple(_moved(part, back) for part in value)
    if type(value) is list:
        parts = [_moved(part, back) for part in value]
        back.append((value, parts, list(parts)))
        return parts
    if type(value) is dict:
        pairs = {name: _moved(part, back) for name, part in value.items()}
        back.append((value, pairs, dict(pairs)))
        return pairs
    return value


def _write_back(back: _Back) -> None:
    """Let the caller see what a function wrote into its arguments."""
    for original, given, before in back:
        if isinstance(original, np.ndarray):
            if not np.array_equal(given, before, equal_nan=True):
                original[...] = given
        elif isinstance(original, list):
            if [id(part) for part in given] != [id(part) for part in before]:
                original[:] = given
        elif {n: id(part) for n, part in given.items()} != {n: id(p) for n, p in before.items()}:
            original.clear()
            original.update(given)


def _factors(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Return numbers close to 1, on either side of it."""
    size = SIZE if dtype.itemsize >= 8 else ULPS * float(np.finfo(dtype).eps)
    return 1 + _direction * size * _signs.choice([-1.0, 1.0], size=shape)
