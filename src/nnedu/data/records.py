"""A file of equal records, one an example: written atomically, read in blocks by memory map."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnedu._typing import Array

_VERSION = (1, 0)  # of the .npy format: any NumPy reads it


def write_records(path: str | os.PathLike[str], blocks: Iterable[tuple[Array, ...]]) -> int:
    """Write examples to one ``.npy`` file, block by block, without ever holding all of them.

    One example is one record: its inputs, labels, ... lie side by side, so that a block of
    examples is one stretch of the file. The file appears under its name only when it is complete;
    an interrupted call leaves nothing, and an older file stays.

    Parameters
    ----------
    path : path
        Where to write; its folder has to exist.
    blocks : iterable of tuples of arrays
        Inputs, labels, ... of some examples; within a block one length, and in all blocks the
        same dtypes and shapes behind the first axis.

    Returns
    -------
    int
        ``N``, the number of examples written.

    Raises
    ------
    ValueError
        If there is no example, or a block does not fit the first.

    Examples
    --------
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "squares.npy"
    >>> write_records(file, ((np.arange(4.0), np.arange(4.0) ** 2) for _ in range(3)))
    12
    >>> np.load(file)[2]  # an ordinary .npy file of records
    np.void((2.0, 4.0), dtype=[('f0', '<f8'), ('f1', '<f8')])
    >>> folder.cleanup()
    """
    path = Path(path)
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            examples = _write(file, blocks)
        os.replace(name, path)
    except BaseException:  # an interrupt too
        Path(name).unlink(missing_ok=True)
        raise
    return examples


def _write(file: BinaryIO, blocks: Iterable[tuple[Array, ...]]) -> int:
    N, dtype = 0, None
    for block in blocks:
        arrays = [np.asarray(array) for array in block]
        fields = np.dtype([(f"f{i}", a.dtype, a.shape[1:]) for i, a in enumerate(arrays)])
        if dtype is None:
            dtype = fields
            _header(file, dtype, 0)
        if fields != dtype or len({len(array) for array in arrays}) != 1:
            raise ValueError(
                f"a block has the shapes {[a.shape for a in arrays]} and dtypes "
                f"{[str(a.dtype) for a in arrays]}; expected arrays of one length that fit the "
                f"first block's record {dtype.descr}."
            )
        records = np.empty(len(arrays[0]), dtype)
        for i, array in enumerate(arrays):
            records[f"f{i}"] = array
        file.write(records.tobytes())
        N += len(records)
    if dtype is None or N == 0:
        raise ValueError("blocks held no example; expected at least one.")
    file.seek(0)
    _header(file, dtype, N)  # NumPy leaves room for a longer number: the length stays
    return N


def _header(file: BinaryIO, dtype: Any, N: int) -> None:
    header = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": (N,),
    }
    np.lib.format.write_array_header_1_0(file, header)


class Records:
    """A file of :func:`write_records`, opened: how many examples, and blocks of them on demand.

    Parameters
    ----------
    path : path

    Attributes
    ----------
    dtype : dtype
        Of one record.
    nbytes : int
        Bytes of all records.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no file of records, or shorter than its header says.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        with self.path.open("rb") as file:
            try:
                version = np.lib.format.read_magic(file)
                if version != _VERSION:
                    raise ValueError(f"version {version}")
                shape, _, self.dtype = np.lib.format.read_array_header_1_0(file)
            except ValueError as error:
                raise ValueError(
                    f"{self.path} is not a .npy file that can be read in blocks ({error}); "
                    "expected one that write_records wrote."
                ) from error
            self._start = file.tell()
        if self.dtype.names is None or len(shape) != 1:
            raise ValueError(
                f"{self.path} holds an array of shape {shape} and dtype {self.dtype}; expected "
                "records, one an example. Write it with write_records(path, [(x, y)])."
            )
        self._N = int(shape[0])
        self.nbytes = self._N * self.dtype.itemsize
        there = self.path.stat().st_size - self._start
        if there != self.nbytes:
            raise ValueError(
                f"{self.path} holds {there} bytes of records; expected {self.nbytes} for the "
                f"{self._N} records its header names. Was a copy interrupted?"
            )

    def __len__(self) -> int:
        return self._N

    def read(self, start: int, stop: int, out: Array) -> None:
        """Copy the records from ``start`` to ``stop`` into ``out``, through a memory map.

        The map covers these records only and is closed again, so that neither memory nor
        addresses pile up over an epoch.
        """
        offset = self._start + start * self.dtype.itemsize
        window = np.memmap(self.path, self.dtype, "r", offset, shape=(stop - start,))
        out[:] = window
