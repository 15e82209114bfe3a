"""What an update costs, counted rather than timed."""

from collections.abc import Callable
from typing import Any

import numpy as np


class _Counted(np.ndarray):
    """An array that counts the operations it takes part in."""

    operations = 0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        _Counted.operations += 1
        plain = [np.asarray(value) for value in inputs]
        return np.asarray(getattr(ufunc, method)(*plain, **keywords)).view(_Counted)


def array_operations(rule: Callable[..., Any], states: int) -> int:
    """How many operations on whole arrays one update of an elementwise rule takes.

    Parameters
    ----------
    rule : callable
        ``rule(theta, g, *state, t=..., lr=...)``, such as ``adam``; what it does with numbers alone
        is not counted.
    states : int, at least 0
        How many state arrays it has.

    Returns
    -------
    int

    Examples
    --------
    ``theta - lr * g`` is a product and a difference.

    >>> from nnedu.optim import sgd
    >>> array_operations(sgd, 0)
    2
    """
    _Counted.operations = 0
    arrays = [np.ones(2).view(_Counted) for _ in range(2 + states)]
    rule(*arrays, t=1, lr=0.1)
    return _Counted.operations
