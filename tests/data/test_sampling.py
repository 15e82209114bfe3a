"""Batches in order, with replacement, and the order that a shuffle buffer makes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.data import buffer_order, in_order, with_replacement


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_in_order_goes_round_and_keeps_what_is_left() -> None:
    batches = in_order(3, np.arange(7), -np.arange(7))
    got = [next(batches) for _ in range(6)]
    assert [x.tolist() for x, _ in got] == [[0, 1, 2], [3, 4, 5], [6]] * 2
    assert all((x == -y).all() for x, y in got)


def test_with_replacement_draws_all_examples_equally_often_and_some_twice() -> None:
    batches = with_replacement(rng(), 5, np.arange(10), -np.arange(10))
    got = [next(batches) for _ in range(4000)]
    assert all(len(x) == 5 and (x == -y).all() for x, y in got)
    counts = np.bincount(np.concatenate([x for x, _ in got]))
    np.testing.assert_allclose(counts, 2000, rtol=0.12)  # five standard deviations: 0.11
    distinct = np.mean([len(set(x.tolist())) == 5 for x, _ in got])
    assert distinct == pytest.approx(10 * 9 * 8 * 7 * 6 / 10**5, abs=0.04)


@given(N=st.integers(1, 40), buffer=st.integers(1, 50))
def test_a_buffer_lets_each_example_out_once_and_none_too_early(N: int, buffer: int) -> None:
    order = buffer_order(rng(), N, buffer)
    assert sorted(order.tolist()) == list(range(N))
    assert (order < np.arange(N) + buffer).all()


def test_a_buffer_gives_its_places_equal_chances() -> None:
    random = rng()
    first = np.bincount([buffer_order(random, 9, 3)[0] for _ in range(3000)])
    np.testing.assert_allclose(first, [1000] * 3, rtol=0.13)  # five standard deviations
    orders = [tuple(buffer_order(random, 3, 3).tolist()) for _ in range(1200)]
    assert min(orders.count(order) for order in set(orders)) > 150
    assert len(set(orders)) == 6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: in_order(0, np.zeros(3)), "size is 0; expected 1 to 3"),
        (lambda: in_order(1, np.zeros(3), np.zeros(2)), r"lengths \[3, 2\]"),
        (lambda: with_replacement(rng(), 4, np.zeros(3)), "size is 4; expected 1 to 3"),
        (lambda: buffer_order(rng(), 0, 1), "N is 0"),
        (lambda: buffer_order(rng(), 1, 0), "buffer is 0"),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_first_batch(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
