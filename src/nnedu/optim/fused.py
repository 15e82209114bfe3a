"""The fast engine: a rule compiled into one pass over memory.

The reference engine computes a rule operation by operation, each a pass over arrays as long as
``theta`` with a new array for its result. Here the same rule becomes one loop that loads an
element of ``theta``, ``g`` and the state, does everything there is to do with it, and stores what
has changed: the memory is read and written once. Three things make it fast:

- what depends only on hyper-parameters and ``t`` is computed once a step, before the loop, in
  float64, and cast to the arrays' dtype: float32 loops stay float32 and vectorise;
- a division by such a scalar becomes a multiplication by its inverse;
- long vectors are shared among threads, a slice at a time, whoever is free taking the next, each
  on a core of its own.

The threads are Python's own and the loop runs without Python's lock, which is safe where Numba's
thread pools are not: under ``fork`` and when several threads step at once.
"""

import contextlib
import ctypes
import functools
import inspect
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from nnedu._compile import UntranslatableError, check_compilable
from nnedu._typing import Array, Rule
from nnedu.optim._loop import before, compiled, loop_text
from nnedu.optim._trace import trace

__all__ = ["Fused", "UntranslatableError", "threads_for"]

SLICE = 1 << 18
"""Elements a thread takes at a time, at least: some tenths of a millisecond of work."""

TURNS = 4
"""How often each thread takes a slice of a long vector: a handful even out what disturbs one."""

ALONE = 1 << 20
"""Up to this length one thread is faster than two: waking the second takes tens of microseconds."""


class Fused:
    """A rule as one in-place loop over flat vectors.

    Parameters
    ----------
    rule : callable
        An elementwise rule.
    per_parameter : sequence of str
        The hyper-parameters that are arrays of the shape of ``theta``. A call with others than
        these makes, once, the loop that it needs.

    Attributes
    ----------
    source : str
        The loop that is compiled, as Python text.

    Raises
    ------
    UntranslatableError
        If the rule is not elementwise arithmetic; the message names the expression.

    Notes
    -----
    Compiled at the first call with each dtype, in about half a second, and kept for the life of
    the process, for all rules with the same loop.

    Examples
    --------
    >>> from nnedu.optim import sgd
    >>> print(Fused(sgd).source)
    def loop(A_theta, A_g, S, start, stop):
        s0 = real(S[0])
        for i in range(np.uint64(start), np.uint64(stop)):
            in_theta = A_theta[i]
            in_g = A_g[i]
            x0 = s0 * in_g
            x1 = in_theta - x0
            A_theta[i] = x1
    """

    def __init__(self, rule: Rule, per_parameter: Sequence[str] = ()) -> None:
        parameters = inspect.signature(rule).parameters.values()
        arrays = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        hyper = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "t"]
        program = trace(rule, arrays, hyper, per_parameter)
        self.source = loop_text(program)
        self._rule, self._per_parameter = rule, tuple(per_parameter)
        self._scalars = before(program)
        self._loops: dict[Any, Callable[..., None]] = {}  # by dtype
        self._others: dict[tuple[str, ...], Fused] = {}

    def __call__(
        self,
        theta: Array,
        g: Array,
        *state: Array,
        values: Mapping[str, float | Array],
        threads: int | None = None,
        flat: bool = False,
    ) -> None:
        """Do one update in place: ``theta`` and every state array are overwritten.

        Parameters
        ----------
        theta, g, *state : float32 or float64 arrays of one shape and dtype
            The gradient is only read; nothing that is written may share memory with another array.
        values : mapping of str to number, or to array of the shape and dtype of ``theta``
            ``t`` and every hyper-parameter.
        threads : int, at least 1, optional
            How many; by default :func:`threads_for` decides.
        flat : bool
            Whether the caller knows that every array has one dimension and lies in one piece, and
            that every value is a number. As good as always so in training.

        Raises
        ------
        TypeError
            If the dtype is neither float32 nor float64.
        """
        per_parameter: tuple[str, ...] = ()
        if not flat:
            per_parameter = tuple(k for k, v in values.items() if isinstance(v, np.ndarray))
        if per_parameter != self._per_parameter:
            if per_parameter not in self._others:
                self._others[per_parameter] = Fused(self._rule, per_parameter)
            self._others[per_parameter](theta, g, *state, values=values, threads=threads, flat=flat)
            return
        loop = self._loops.get(theta.dtype)
        if loop is None:
            check_compilable(theta)
            loop = self._loops[theta.dtype] = compiled(self.source, theta.dtype.name)
        arrays: Any = (theta, g, *state)
        if per_parameter:
            arrays += tuple(values[name] for name in per_parameter)
            values = {k: v for k, v in values.items() if k not in per_parameter}
        scalars = self._scalars(**values)
        size = theta.size
        threads = threads or threads_for(size)
        if flat:
            _run(loop, arrays, scalars, size, threads)
            return
        vectors = [array.reshape(-1) for array in arrays]
        _run(loop, vectors, scalars, size, threads)
        for array, part in zip((theta, *state), (vectors[0], *vectors[2:]), strict=False):
            if not array.flags.c_contiguous:  # part is a copy
                array[...] = part.reshape(array.shape)


def threads_for(size: int) -> int:
    """How many threads share a vector.

    Parameters
    ----------
    size : int
        Its length. Up to 2**20 one thread is faster than several.

    Returns
    -------
    int
        At most the cores this process may use, or ``NNEDU_THREADS`` from the environment.
    """
    if size <= ALONE:
        return 1
    return min(_most_threads(), -(-size // SLICE))


@functools.cache
def _most_threads() -> int:
    if asked := os.environ.get("NNEDU_THREADS"):
        if not asked.isdecimal() or int(asked) < 1:
            raise ValueError(f"NNEDU_THREADS is {asked!r}; expected a whole number of at least 1.")
        return int(asked)
    if hasattr(os, "sched_getaffinity"):  # fewer than the machine's in a container
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(
    loop: Callable[..., None],
    flat: Sequence[Array],
    scalars: tuple[float, ...],
    size: int,
    threads: int,
) -> None:
    """The loop over all elements, by this thread and others."""
    if threads == 1:
        loop(*flat, scalars, 0, size)
        return
    length = max(SLICE, -(-size // (TURNS * threads)))
    starts = iter(range(0, size, length))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                start = next(starts, None)
            if start is None:
                return
            loop(*flat, scalars, start, min(start + length, size))

    pool, ids = _pool(os.getpid(), threads)
    _send_elsewhere(ids)
    others = [pool.submit(work) for _ in range(threads - 1)]
    work()
    for other in others:
        if not other.cancel():  # one that has not begun finds nothing left
            other.result()


@functools.cache
def _pool(pid: int, threads: int) -> tuple[ThreadPoolExecutor, list[int]]:
    """The threads of this process, and the system's numbers for them as they start.

    A forked child has none of its parent's.
    """
    ids: list[int] = []
    start = lambda: ids.append(threading.get_native_id())  # noqa: E731
    return ThreadPoolExecutor(threads - 1, "nnedu-fused", start), ids


def _send_elsewhere(ids: Sequence[int]) -> None:
    """Let threads that sleep wake on any core but the caller's.

    Linux likes to wake a thread on the core of whoever wakes it. It then waits for its turn there
    while another core is idle, and the two of them take as long as one.
    """
    if _current_core is None:
        return
    elsewhere = os.sched_getaffinity(0) - {_current_core()}
    for each in ids if elsewhere else ():
        with contextlib.suppress(OSError):  # it may be gone
            os.sched_setaffinity(each, elsewhere)


_current_core: Callable[[], int] | None = None
if sys.platform == "linux":
    _current_core = getattr(ctypes.CDLL(None), "sched_getcpu", None)
