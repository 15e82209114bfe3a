"""What a rule may do to numbers: the shared operations, in words, and functions of scalars."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from nnedu._compile import BINARY, UNARY

KNOWN = "+ - * / **, comparisons, & | ~, np.where, np.clip, " + ", ".join(
    f"np.{ufunc.__name__}" for ufunc in (*list(BINARY)[5:], *list(UNARY)[2:])
)
"""The above in words, for an error."""


def of_scalars(function: Callable[..., float]) -> Callable[..., Any]:
    """A function of hyper-parameters and ``t`` that a rule may call although it is no arithmetic.

    The fused engine calls it once a step, before the loop.

    Parameters
    ----------
    function : callable
        Numbers in, a number out; called by position in a rule.

    Returns
    -------
    callable
        The function, which also knows what to do with an engine's symbols.

    Raises
    ------
    TypeError
        By the function, if it is given an array: a value for each parameter.
    """

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                raise TypeError(
                    f"{function.__name__} got an array of shape {argument.shape}; expected "
                    "numbers: what it depends on cannot differ between parameters."
                )
        recorder = next((a for a in arguments if hasattr(type(a), "record_call")), None)
        if recorder is None:
            return function(*arguments, **keywords)
        return recorder.record_call(function, arguments)

    return call
