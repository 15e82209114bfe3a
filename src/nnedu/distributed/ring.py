"""Ring all-reduce: every worker ends with the sum of all, and nobody sends it whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nnedu._check import floating, same_dtype, same_shape
from nnedu._typing import Array
from nnedu.distributed.shards import shard_bounds

Parts = list[list[Array]]
"""``parts[w][c]``: what worker ``w`` has as chunk ``c``."""


@dataclass(frozen=True)
class Send:
    """One message.

    Attributes
    ----------
    step : int
        From 0: all messages of a step travel at the same time.
    sender, receiver : int
        Workers.
    chunk : int
        Which part of the vector.
    size : int
        Numbers in it.
    """

    step: int
    sender: int
    receiver: int
    chunk: int
    size: int


def ring_all_reduce(
    arrays: Sequence[Array], *, watch: Callable[[int, Parts], None] | None = None
) -> tuple[list[Array], list[Send]]:
    """All-reduce around a ring: first everyone adds up one chunk, then the sums go round.

    step ``s`` of the reduce-scatter: worker ``w`` sends chunk ``w - s`` to worker ``w + 1``, which
    adds it to its own; step ``s`` of the all-gather: worker ``w`` sends chunk ``w + 1 - s``, which
    replaces the receiver's (all modulo ``n``)

    Parameters
    ----------
    arrays : sequence of n float arrays, one shape and dtype
        What each worker has; not changed.
    watch : callable, optional
        ``watch(steps_done, parts)`` before the first step and after each, with
        ``parts[w][c]``, chunk ``c`` at worker ``w``; not to be changed.

    Returns
    -------
    sums : list of n arrays
        Each the sum, the same to the last bit for every worker.
    sends : list of Send
        Each worker sends ``2 (n - 1)`` messages, about ``2 (n - 1) / n`` of the vector in all.

    Raises
    ------
    TypeError
        If an array is not a float array, or the dtypes differ.
    ValueError
        If there is no array, or the shapes differ.

    Notes
    -----
    **Conventions.** A sum, not a mean. Each chunk is added in another order (around the ring,
    starting with the worker of its number), so results differ from ``sum(arrays)`` by rounding.

    Source: Patarasuk & Yuan (2009), "Bandwidth optimal all-reduce algorithms for clusters of
    workstations"; for training, Sergeev & Del Balso (2018), "Horovod".

    Examples
    --------
    >>> sums, sends = ring_all_reduce([np.array([1.0, 2.0]), np.array([10.0, 20.0])])
    >>> sums[0], sums[1]
    (array([11., 22.]), array([11., 22.]))
    >>> [(send.step, send.sender, send.chunk) for send in sends]
    [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    """
    _alike(arrays)
    n, shape = len(arrays), arrays[0].shape
    bounds = shard_bounds(max(arrays[0].size, 1), n)
    parts = [[a.ravel()[bounds[c] : bounds[c + 1]].copy() for c in range(n)] for a in arrays]
    sends: list[Send] = []
    watch = watch or (lambda step, parts: None)
    watch(0, parts)
    _reduce_scatter(parts, sends, watch)
    _all_gather(parts, sends, watch)
    return [np.concatenate(own).reshape(shape) for own in parts], sends


def _reduce_scatter(parts: Parts, sends: list[Send], watch: Callable[[int, Parts], None]) -> None:
    """After ``n - 1`` steps worker ``w`` has the whole sum of chunk ``w + 1``."""
    n = len(parts)
    for step in range(n - 1):
        moving = [(w, (w + 1) % n, (w - step) % n) for w in range(n)]
        packets = [parts[w][c].copy() for w, _, c in moving]  # all leave before any arrives
        for (w, right, c), packet in zip(moving, packets, strict=True):
            parts[right][c] += packet
            sends.append(Send(step, w, right, c, packet.size))
        watch(step + 1, parts)


def _all_gather(parts: Parts, sends: list[Send], watch: Callable[[int, Parts], None]) -> None:
    """After another ``n - 1`` steps every worker has the sums of all chunks."""
    n = len(parts)
    for step in range(n - 1):
        moving = [(w, (w + 1) % n, (w + 1 - step) % n) for w in range(n)]
        packets = [parts[w][c].copy() for w, _, c in moving]
        for (w, right, c), packet in zip(moving, packets, strict=True):
            parts[right][c] = packet
            sends.append(Send(n - 1 + step, w, right, c, packet.size))
        watch(n + step, parts)


def _alike(arrays: Sequence[Array]) -> None:
    if not arrays:
        raise ValueError("arrays is empty; expected one array a worker.")
    for w, a in enumerate(arrays):
        floating(f"arrays[{w}]", a)
        same_shape(f"arrays[{w}]", a, "arrays[0]", arrays[0])
        same_dtype(f"arrays[{w}]", a, "arrays[0]", arrays[0])
