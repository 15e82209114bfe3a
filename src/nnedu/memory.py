"""How many bytes a computation holds, measured while it runs."""

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bytes:
    """What a call did with memory.

    Attributes
    ----------
    held : int
        Bytes that its result keeps alive.
    peak : int
        Bytes in use at the most while it ran. Both are counted from what was in use before.
    """

    held: int
    peak: int


def traced_bytes(call: Callable[[], Any]) -> Bytes:
    """The bytes that Python and NumPy allocate in a call, without those that were there before.

    Parameters
    ----------
    call : callable
        Run once, so run it beforehand if a first run prepares something. Its result is kept until
        the bytes are counted: return what is to be counted as held.

    Returns
    -------
    Bytes

    Raises
    ------
    RuntimeError
        If a measurement is already running.

    Examples
    --------
    A thousand float64 numbers stay, and a thousand more were in use while they were made.

    >>> import numpy as np
    >>> x = np.ones(1000)
    >>> found = traced_bytes(lambda: x * 2 + 1)
    >>> round(found.held / 8000), round(found.peak / 8000) >= 1
    (1, True)
    """
    if tracemalloc.is_tracing():
        raise RuntimeError("memory is already being traced; expected one measurement at a time.")
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        result = call()
        held, peak = tracemalloc.get_traced_memory()
        del result
    finally:
        tracemalloc.stop()
    return Bytes(held - before, peak - before)
