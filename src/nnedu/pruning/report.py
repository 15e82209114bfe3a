"""What sparsity buys in bytes: per layer, dense, compressed by rows, and as a bitmap."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nnedu._check import floating
from nnedu._typing import Array


@dataclass(frozen=True)
class LayerReport:
    """One array of weights: how many are left and what they take.

    Attributes
    ----------
    name : str
    size, nonzero : int
        Entries, and those that are not 0.
    dense_bytes, csr_bytes, bitmap_bytes : int
        As a plain array; as compressed sparse rows; as one bit an entry and the values left.
    """

    name: str
    size: int
    nonzero: int
    dense_bytes: int
    csr_bytes: int
    bitmap_bytes: int

    @property
    def sparsity(self) -> float:
        """The share of zeros, 0 for an empty array."""
        return 1 - self.nonzero / self.size if self.size else 0.0


@dataclass(frozen=True)
class Report:
    """All layers of a network; ``print`` it for a table."""

    layers: tuple[LayerReport, ...]

    @property
    def total(self) -> LayerReport:
        """The sums over the layers."""
        names = ("size", "nonzero", "dense_bytes", "csr_bytes", "bitmap_bytes")
        return LayerReport(
            "total", *(sum(getattr(layer, name) for layer in self.layers) for name in names)
        )

    def __str__(self) -> str:
        """A table with one line a layer and their sum."""
        head = f"{'':8} {'weights':>9} {'left':>9} {'sparsity':>9} "
        lines = [head + f"{'dense B':>10} {'CSR B':>10} {'bitmap B':>10}"]
        for row in (*self.layers, self.total):
            lines.append(
                f"{row.name:8} {row.size:9d} {row.nonzero:9d} {row.sparsity:9.1%} "
                f"{row.dense_bytes:10d} {row.csr_bytes:10d} {row.bitmap_bytes:10d}"
            )
        return "\n".join(lines)


def csr_bytes(W: Array) -> int:
    """Bytes of an array as compressed sparse rows.

    ``nonzero (itemsize + 4) + 4 (rows + 1)``: the values, the column of each, and where each row
    starts

    Parameters
    ----------
    W : float array, any shape
        The last axis counts the columns, the others the rows; a vector is one row.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If ``W`` is not a float array.

    Notes
    -----
    **Conventions.** Indices of 4 bytes, as ``scipy.sparse.csr_array`` takes them; of 8 where a
    number does not fit. For float32 it is smaller than the dense array only where more than half
    the entries are 0.

    Source: Saad (2003), "Iterative methods for sparse linear systems", section 3.4.

    Examples
    --------
    Two values, two columns, three row starts: 16 + 8 + 12 bytes.

    >>> csr_bytes(np.array([[1.0, 0.0], [0.0, 2.0]]))
    36
    """
    floating("W", W)
    columns = W.shape[-1] if W.ndim else 1
    rows = W.size // columns if columns else 0
    nonzero = int(np.count_nonzero(W))
    index = 4 if max(nonzero, columns, rows) <= np.iinfo(np.int32).max else 8
    return nonzero * (W.itemsize + index) + index * (rows + 1)


def report(weights: Mapping[str, Array]) -> Report:
    """A sparsity report: per layer the weights left, and their bytes in three formats.

    Parameters
    ----------
    weights : mapping of str to float array
        By name, such as ``network.views(theta)``.

    Returns
    -------
    Report

    Raises
    ------
    TypeError
        If an array is not of floats.

    Notes
    -----
    **Conventions.** Counts stored zeros as zeros; no framework reports this.

    Source: Blalock et al. (2020), "What is the state of neural network pruning?", who ask that
    sizes be reported along with sparsity.

    Examples
    --------
    >>> found = report({"W1": np.array([[1.0, 0.0], [0.0, 0.0]])})
    >>> found.total.sparsity, found.total.dense_bytes, found.total.csr_bytes
    (0.75, 32, 24)
    """
    rows = []
    for name, W in weights.items():
        csr = csr_bytes(W)  # checks W
        left = int(np.count_nonzero(W))
        bitmap = -(-W.size // 8) + left * W.itemsize
        rows.append(LayerReport(name, W.size, left, W.nbytes, csr, bitmap))
    return Report(tuple(rows))
