"""Mini-batches from a file that is larger than memory, a few shuffled blocks at a time."""

import os
from collections.abc import Callable, Iterator
from itertools import count

import numpy as np

from nnedu._check import whole
from nnedu._typing import Array
from nnedu.data.records import Records


def stream(
    path: str | os.PathLike[str],
    rng: np.random.Generator,
    size: int,
    *,
    memory: int,
    blocks: int = 16,
    epochs: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Iterator[tuple[Array, ...]]:
    """Mini-batches of a file that does not fit into memory, shuffled block by block.

    The file is cut into blocks. Each epoch takes them in a new random order; ``blocks`` of them
    fill a buffer, whose records are shuffled and handed out. Every example comes at most once an
    epoch; what is left after the last whole batch of an epoch is dropped.

    Parameters
    ----------
    path : path
        A file of :func:`write_records`.
    rng : numpy.random.Generator
        Orders blocks and records.
    size : int, at least 1
        ``B``, the examples in a batch.
    memory : int
        Bytes that the stream may hold: its buffer, the order of the buffer's records, the batch it
        hands out and the one before, which the caller still holds. Batches kept longer come on top.
    blocks : int, at least 1
        Blocks in the buffer. More blocks mix better and make more, shorter reads.
    epochs : int, at least 0, optional
        How often to go through the file; for ever if not given.
    progress : callable, optional
        Called with the number of bytes after every block that was read, such as the ``update`` of
        a tqdm bar.

    Yields
    ------
    tuple of arrays, first dimension B
        As they were written.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is bad (see :class:`Records`), it holds fewer than ``size`` examples, or
        ``memory`` is too little for one batch. Raised by the call, before the first batch.

    Notes
    -----
    **Conventions.** ``tf.data.Dataset.shuffle`` mixes through one sliding buffer, so that an
    example never comes earlier than the buffer's length allows; here whole blocks from anywhere in
    the file meet in the buffer. Both mix perfectly only when the buffer holds the whole file.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from nnedu.data import write_records
    >>> folder = TemporaryDirectory()
    >>> file = Path(folder.name) / "numbers.npy"
    >>> write_records(file, [(np.arange(6), np.arange(6) % 2)])
    6
    >>> rng = np.random.default_rng(0)
    >>> batches = list(stream(file, rng, 3, memory=1000, epochs=1))
    >>> sorted(int(i) for x, odd in batches for i in x)
    [0, 1, 2, 3, 4, 5]
    >>> folder.cleanup()
    """
    whole("size", size, least=1)
    whole("blocks", blocks, least=1)
    if epochs is not None:
        whole("epochs", epochs, least=0)
    records = Records(path)
    N, width = len(records), records.dtype.itemsize
    if size > N:
        raise ValueError(f"size is {size}; expected 1 to {N}, the number of examples in the file.")
    # A batch is gathered as records and copied out array by array, while the caller has the last.
    rows = (memory - 3 * size * width) // (width + np.dtype(np.intp).itemsize)
    if rows < size:
        least = size * (4 * width + np.dtype(np.intp).itemsize)
        raise ValueError(
            f"memory is {memory} bytes; expected at least {least} for a buffer that holds one "
            f"batch of {size} records of {width} bytes. Take a smaller batch?"
        )
    rows = min(rows, N + size)
    block = max(1, min(rows - size + 1, N) // blocks)
    return _stream(records, rng, size, rows, block, epochs, progress)


def _stream(
    records: Records,
    rng: np.random.Generator,
    size: int,
    rows: int,
    block: int,
    epochs: int | None,
    progress: Callable[[int], object] | None,
) -> Iterator[tuple[Array, ...]]:
    """The generator behind ``stream``, which checks before the first batch is asked for."""
    N, names = len(records), records.dtype.names or ()
    buffer = np.empty(rows, records.dtype)
    for _ in count() if epochs is None else range(epochs):
        filled = 0
        for last, start in _last(rng.permutation(range(0, N, block)).tolist()):
            stop = min(start + block, N)
            records.read(start, stop, buffer[filled : filled + stop - start])
            filled += stop - start
            if progress is not None:
                progress((stop - start) * records.dtype.itemsize)
            if not last and filled + block <= rows:
                continue
            order = rng.permutation(filled)
            for first in range(0, filled - size + 1, size):
                batch = buffer[order[first : first + size]]
                yield tuple(batch[name].copy() for name in names)
            rest = order[filled - filled % size :]
            buffer[: len(rest)] = buffer[rest]
            filled = len(rest)


def _last(items: list[int]) -> Iterator[tuple[bool, int]]:
    """Each item, and whether it is the last."""
    for position, item in enumerate(items, start=1):
        yield position == len(items), item
