"""Splits and folds: nobody is lost, nobody is in two, classes keep their shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.data import k_fold, split

LABELS = np.random.default_rng(3).permutation(np.repeat([0, 1, 2], [60, 30, 10]))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@given(N=st.integers(5, 60), folds=st.integers(2, 5), stratified=st.booleans())
def test_folds_hold_out_each_example_once_and_are_of_one_size(
    N: int, folds: int, stratified: bool
) -> None:
    labels = np.arange(N) % 3 if stratified else None
    parts = list(k_fold(N, folds=folds, rng=rng(), labels=labels))
    np.testing.assert_array_equal(np.sort(np.concatenate([out for _, out in parts])), np.arange(N))
    assert {len(out) for _, out in parts} <= {N // folds, N // folds + 1}
    for train, out in parts:
        np.testing.assert_array_equal(np.sort(np.concatenate([train, out])), np.arange(N))


def test_stratified_folds_have_each_class_in_its_share() -> None:
    for _, out in k_fold(100, folds=5, rng=rng(), labels=LABELS):
        np.testing.assert_array_equal(np.bincount(LABELS[out]), [12, 6, 2])


def test_a_split_is_a_partition_by_its_shares() -> None:
    parts = split(100, shares=(0.6, 0.2, 0.2), rng=rng())
    assert [len(part) for part in parts] == [60, 20, 20]
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(100))


def test_a_stratified_split_keeps_rare_classes() -> None:
    for part, share in zip(
        split(100, shares=(0.7, 0.3), rng=rng(), labels=LABELS), (7, 3), strict=True
    ):
        np.testing.assert_array_equal(np.bincount(LABELS[part]), share * np.array([6, 3, 1]))


def test_the_same_seed_splits_the_same_way_and_another_another() -> None:
    a, b = (split(50, shares=(0.5, 0.5), rng=rng())[0] for _ in range(2))
    np.testing.assert_array_equal(a, b)
    other = split(50, shares=(0.5, 0.5), rng=np.random.default_rng(1))[0]
    assert not np.array_equal(a, other)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: split(9, shares=(0.5, 0.4), rng=rng()), "expected numbers above 0 that add up"),
        (lambda: split(2, shares=(0.1, 0.9), rng=rng()), "leave a part empty"),
        (lambda: k_fold(3, folds=4, rng=rng()), "folds is 4; expected 2 to 3"),
        (lambda: k_fold(3, folds=2, rng=rng(), labels=np.ones(2)), r"labels has shape \(2,\)"),
    ],
)
def test_what_does_not_work_out_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
