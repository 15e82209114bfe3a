"""What an update costs, counted rather than timed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._typing import Array


class _Counted(np.ndarray):
    """An array that counts the arithmetic it takes part in, in operations on numbers."""

    operations = 0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        plain = [np.asarray(value) for value in inputs]
        keywords.pop("out", None)
        result = np.asarray(getattr(ufunc, method)(*plain, **keywords))
        each = 2 * plain[0].shape[-1] if ufunc is np.matmul else 1
        _Counted.operations += each * (plain[0].size if method == "reduce" else result.size)
        return result.view(_Counted)


def operations(rule: Callable[..., Any], *arrays: Array, **hyper: Any) -> float:
    """How many operations on numbers one update takes for each parameter.

    A product of an ``n`` by ``k`` and a ``k`` by ``m`` matrix takes ``2 n k m``, a sum over ``n``
    numbers ``n``. What a rule does with numbers alone is not counted, and neither are the
    decompositions of ``numpy.linalg``.

    Parameters
    ----------
    rule : callable
        ``rule(theta, g, *state, **hyper)``, such as ``adam`` or ``muon``.
    *arrays : arrays
        The parameters, the gradient and the state; not changed.
    **hyper : number
        What the rule takes by name, such as ``t`` and ``lr``.

    Returns
    -------
    float

    Examples
    --------
    ``theta - lr * g`` is a product and a difference for each parameter.

    >>> from nnedu.optim import sgd
    >>> operations(sgd, np.ones((2, 3)), np.ones((2, 3)), t=1, lr=0.1)
    2.0
    """
    _Counted.operations = 0
    rule(*(np.array(array, copy=True).view(_Counted) for array in arrays), **hyper)
    return _Counted.operations / arrays[0].size


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
    return round(operations(rule, *np.ones((2 + states, 2)), t=1, lr=0.1))
