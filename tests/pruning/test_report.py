"""Bytes of sparse weights, against SciPy's own arrays."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.pruning import csr_bytes, report
from tests.needs import require


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(7, 5), (1, 9), (30, 1), (4, 3, 6)])
def test_csr_bytes_are_scipys(shape: tuple[int, ...], dtype) -> None:
    require("scipy")
    from scipy import sparse

    rng = np.random.default_rng(0)
    W = (rng.normal(size=shape) * (rng.random(shape) < 0.3)).astype(dtype)
    stored = sparse.csr_array(W.reshape(-1, shape[-1]))
    assert csr_bytes(W) == stored.data.nbytes + stored.indices.nbytes + stored.indptr.nbytes


def test_report_by_hand() -> None:
    weights = {"W1": np.zeros((4, 4), np.float32), "b1": np.ones(3, np.float32)}
    weights["W1"][1, 2] = 5
    found = report(weights)
    first, second = found.layers
    assert (first.name, first.size, first.nonzero, first.sparsity) == ("W1", 16, 1, 15 / 16)
    # 16 floats; one value, one column, five row starts; 16 bits and one value.
    assert (first.dense_bytes, first.csr_bytes, first.bitmap_bytes) == (64, 28, 6)
    # Three floats; a row of three: sparse formats cost more than they save.
    assert (second.dense_bytes, second.csr_bytes, second.bitmap_bytes) == (12, 32, 13)
    total = found.total
    assert (total.size, total.nonzero, total.dense_bytes) == (19, 4, 76)
    assert (total.csr_bytes, total.bitmap_bytes) == (60, 19)
    lines = str(found).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["W1", "b1", "total"]
    assert "93.8%" in lines[1]


def test_csr_pays_only_beyond_half_zeros() -> None:
    rng = np.random.default_rng(0)
    for sparsity, smaller in ((0.4, False), (0.49, False), (0.55, True), (0.9, True)):
        W = (rng.random((100, 400)) >= sparsity).astype(np.float32)
        assert (csr_bytes(W) < W.nbytes) is smaller


def test_an_empty_array_is_no_trouble() -> None:
    assert report({"W": np.zeros((0, 3))}).total.sparsity == 0
