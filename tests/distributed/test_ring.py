"""The ring: the sum is the oracle; what is sent is counted by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.distributed import ring_all_reduce


@given(n=st.integers(1, 9), size=st.integers(1, 40), seed=st.integers(0, 99))
def test_every_worker_ends_with_the_sum(n: int, size: int, seed: int) -> None:
    arrays = list(np.random.default_rng(seed).normal(size=(n, size)))
    before = [a.copy() for a in arrays]
    sums, _ = ring_all_reduce(arrays)
    for own, a, b in zip(sums, arrays, before, strict=True):
        np.testing.assert_allclose(own, np.sum(before, axis=0), rtol=1e-10, atol=1e-12)
        np.testing.assert_array_equal(own, sums[0])  # to the last bit
        np.testing.assert_array_equal(a, b)


def test_three_workers_by_hand() -> None:
    seen = []
    arrays = [
        np.array([1.0, 2.0, 3.0]),
        np.array([10.0, 20.0, 30.0]),
        np.array([100.0, 200.0, 300.0]),
    ]

    def watch(step: int, parts: list) -> None:
        seen.append([np.concatenate(own).tolist() for own in parts])

    ring_all_reduce(arrays, watch=watch)
    assert seen[1] == [[1, 2, 303], [11, 20, 30], [100, 220, 300]]
    assert seen[2] == [[1, 222, 303], [11, 20, 333], [111, 220, 300]]
    assert seen[4] == [[111, 222, 333]] * 3


@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_each_worker_sends_its_share(n: int) -> None:
    size = 8 * 3 * 5 * n
    _, sends = ring_all_reduce([np.ones(size) for _ in range(n)])
    sent = Counter()
    for send in sends:
        sent[send.sender] += send.size
        assert send.receiver == (send.sender + 1) % n
    assert set(sent.values()) == {2 * (n - 1) * size // n}
    assert len(sends) == 2 * (n - 1) * n
    assert max(send.step for send in sends) == 2 * (n - 1) - 1


def test_shape_and_dtype_are_kept() -> None:
    sums, _ = ring_all_reduce([np.ones((2, 3), np.float32)] * 4)
    assert all(own.shape == (2, 3) and own.dtype == np.float32 for own in sums)


def test_one_worker_sends_nothing() -> None:
    sums, sends = ring_all_reduce([np.arange(3.0)])
    assert sends == []
    assert sums[0].tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("arrays", "error", "message"),
    [
        ([], ValueError, "one array a worker"),
        ([np.ones(2), np.ones(3)], ValueError, "same shape"),
        ([np.ones(2), np.ones(2, np.float32)], TypeError, "one dtype"),
        ([np.ones(2, int)], TypeError, "dtype int"),
    ],
)
def test_bad_input_is_named(arrays: list, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ring_all_reduce(arrays)
