"""Cutting by score: counts, ties, masks of masks."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnedu.pruning import count, cut, cut_below, cut_columns, cut_overall

SHARE = st.floats(0, 1)
# Few different values, zeros among them: ties are the hard case.
TIED = arrays(np.float64, st.integers(1, 30), elements=st.sampled_from([0.0, 0.5, 1.0, 2.0]))


def test_count_rounds_a_half_to_even() -> None:
    assert [count(0.5, n) for n in range(8)] == [0, 0, 1, 2, 2, 2, 3, 4]
    assert (count(0.0, 9), count(1.0, 9)) == (0, 9)


@pytest.mark.parametrize("bad", [-0.1, 1.1, 90, float("nan")])
def test_a_sparsity_is_a_share(bad: float) -> None:
    with pytest.raises(ValueError, match=f"sparsity is {bad}; expected a share"):
        count(bad, 10)
    for f in (cut, cut_columns, cut_below):
        with pytest.raises(ValueError, match=f"sparsity is {bad}"):
            f(np.ones((2, 2)), sparsity=bad)


def test_cut_by_hand_cuts_ties_exactly_first_come_first() -> None:
    scores = np.array([[1.0, 3.0], [1.0, 1.0]])
    for sparsity, kept in [(0.25, [[0, 1], [1, 1]]), (0.5, [[0, 1], [0, 1]]), (1, [[0, 0]] * 2)]:
        np.testing.assert_array_equal(cut(scores, sparsity=sparsity), np.array(kept, bool))


@given(TIED, SHARE)
def test_cut_removes_exactly_the_count_and_only_the_lowest(scores: np.ndarray, share: float):
    kept = cut(scores, sparsity=share)
    assert (~kept).sum() == count(share, scores.size)
    if kept.any() and not kept.all():
        assert scores[~kept].max() <= scores[kept].min()


@given(TIED, SHARE)
def test_pruning_what_is_pruned_changes_nothing(w: np.ndarray, share: float) -> None:
    kept = cut(np.abs(w), sparsity=share)
    np.testing.assert_array_equal(cut(np.abs(w * kept), sparsity=share), kept)
    np.testing.assert_array_equal(cut(np.abs(w), sparsity=share, mask=kept), kept)


@given(TIED, SHARE, SHARE)
def test_a_higher_sparsity_keeps_a_subset(scores: np.ndarray, a: float, b: float) -> None:
    more, less = cut(scores, sparsity=max(a, b)), cut(scores, sparsity=min(a, b))
    assert not (more & ~less).any()


def test_what_is_gone_stays_gone_and_counts() -> None:
    mask = np.array([False, True, True, True, False])
    scores = np.array([9.0, 1.0, 3.0, 2.0, 9.0])
    for sparsity, kept in [(0, mask), (0.4, mask), (0.6, [0, 0, 1, 1, 0]), (0.8, [0, 0, 1, 0, 0])]:
        found = cut(scores, sparsity=sparsity, mask=mask)
        np.testing.assert_array_equal(found, np.array(kept, bool))


def test_overall_against_every_choice() -> None:
    rng = np.random.default_rng(0)
    scores = {"a": rng.random((2, 2)), "b": rng.random(3)}
    masks = cut_overall(scores, sparsity=3 / 7)
    kept = sum(scores[name][masks[name]].sum() for name in scores)
    every = np.concatenate([array.ravel() for array in scores.values()])
    best = max(every[list(chosen)].sum() for chosen in combinations(range(7), 4))
    assert kept == pytest.approx(best, rel=1e-15)
    assert {name: mask.shape for name, mask in masks.items()} == {"a": (2, 2), "b": (3,)}


def test_overall_respects_earlier_masks_and_their_names() -> None:
    scores = {"a": np.array([1.0, 9.0]), "b": np.array([2.0, 3.0])}
    first = {"a": np.array([True, False]), "b": np.array([True, True])}
    masks = cut_overall(scores, sparsity=0.5, masks=first)
    assert {name: mask.tolist() for name, mask in masks.items()} == {
        "a": [False, False],
        "b": [True, True],
    }
    with pytest.raises(ValueError, match="masks has a; expected those of scores: a, b"):
        cut_overall(scores, sparsity=0.5, masks={"a": first["a"]})
    with pytest.raises(ValueError, match="scores is empty"):
        cut_overall({}, sparsity=0.5)


@given(st.integers(0, 100), SHARE)
def test_every_column_loses_the_same_number(seed: int, share: float) -> None:
    scores = np.random.default_rng(seed).random((6, 4)) * [1, 10, 100, 1000]
    kept = cut_columns(scores, sparsity=share)
    for column, mask in zip(scores.T, kept.T, strict=True):
        np.testing.assert_array_equal(mask, cut(column, sparsity=share))


def test_below_keeps_all_that_tie_with_the_threshold_and_at_least_one() -> None:
    scores = np.array([4.0, 1.0, 1.0, 3.0, 1.0])
    # 5 (1 - 0.6) = 2 stay, the threshold is 3; at 0.4 three stay, the threshold is 1.
    for sparsity, kept in [(0.6, [1, 0, 0, 1, 0]), (0.4, [1] * 5), (1.0, [1, 0, 0, 0, 0])]:
        np.testing.assert_array_equal(cut_below(scores, sparsity=sparsity), np.array(kept, bool))


def test_below_and_exact_differ_at_a_half_of_an_odd_size() -> None:
    scores = np.arange(5.0)
    assert cut(scores, sparsity=0.5).sum() == 3  # 2.5 go: 2
    assert cut_below(scores, sparsity=0.5).sum() == 2  # 2.5 stay: 2


@given(st.integers(0, 200), st.integers(1, 40), SHARE)
def test_below_equals_the_exact_cut_without_ties_up_to_the_last(
    seed: int, size: int, share: float
) -> None:
    scores = np.random.default_rng(seed).permutation(size).astype(float)
    exact, below = cut(scores, sparsity=share), cut_below(scores, sparsity=share)
    assert abs(int(exact.sum()) - int(below.sum())) <= 1
    assert not (exact & ~below).any() or not (below & ~exact).any()


def test_errors() -> None:
    with pytest.raises(ValueError, match="scores hold NaN"):
        cut(np.array([1.0, np.nan]), sparsity=0.5)
    with pytest.raises(TypeError, match="scores has dtype int64"):
        cut(np.array([1, 2]), sparsity=0.5)
    with pytest.raises(TypeError, match=r"mask has dtype float64; expected booleans"):
        cut(np.ones(2), sparsity=0.5, mask=np.ones(2))
    with pytest.raises(ValueError, match=r"mask has shape \(3,\) and scores \(2,\)"):
        cut(np.ones(2), sparsity=0.5, mask=np.ones(3, bool))
    with pytest.raises(ValueError, match=r"expected \(I, O\), one column an output"):
        cut_columns(np.ones(3), sparsity=0.5)
    with pytest.raises(ValueError, match="at least one entry"):
        cut_below(np.ones(0), sparsity=0.5)
