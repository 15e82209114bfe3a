"""N:M against exhaustive choice; units by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.pruning import cut_units, n_of_m, unit_norms


@given(st.integers(0, 1000), st.integers(1, 5), st.data())
def test_n_of_m_keeps_the_best_of_every_possible_choice(seed: int, m: int, data) -> None:
    n = data.draw(st.integers(0, m))
    scores = np.random.default_rng(seed).random((2 * m, 3))
    kept = n_of_m(scores, n=n, m=m)
    for group, mask in zip(scores.T.reshape(-1, m), kept.T.reshape(-1, m), strict=True):
        assert mask.sum() == n
        best = max(group[list(chosen)].sum() for chosen in combinations(range(m), n))
        assert group[mask].sum() == pytest.approx(best, rel=1e-14)


def test_n_of_m_goes_along_the_axis_that_is_summed_over() -> None:
    scores = np.array([[4.0, 1.0], [3.0, 2.0], [2.0, 3.0], [1.0, 4.0]])
    np.testing.assert_array_equal(n_of_m(scores), [[1, 0], [1, 0], [0, 1], [0, 1]])
    np.testing.assert_array_equal(n_of_m(scores.T.copy(), axis=-1), n_of_m(scores).T)
    np.testing.assert_array_equal(n_of_m(np.ones(4)), [0, 0, 1, 1])  # of equals the earlier goes


def test_n_of_m_again_changes_nothing() -> None:
    w = np.random.default_rng(0).normal(size=(8, 5))
    kept = n_of_m(np.abs(w))
    np.testing.assert_array_equal(n_of_m(np.abs(w * kept)), kept)


def test_n_of_m_errors() -> None:
    with pytest.raises(ValueError, match="axis 0 of scores has length 6; expected a multiple of m"):
        n_of_m(np.ones((6, 4)))
    with pytest.raises(ValueError, match="n is 5 and m 4"):
        n_of_m(np.ones(4), n=5)
    with pytest.raises(ValueError, match="m is 0"):
        n_of_m(np.ones(4), m=0)


def test_unit_norms_by_hand() -> None:
    W = np.array([[[3.0, -1.0], [0.0, 2.0]], [[-4.0, 2.0], [0.0, -1.0]]])
    np.testing.assert_allclose(unit_norms(W, order=1), [7, 6])
    np.testing.assert_allclose(unit_norms(W), [5, np.sqrt(10)])
    np.testing.assert_allclose(unit_norms(W, order=np.inf), [4, 2])
    np.testing.assert_allclose(unit_norms(W, axis=0, order=1), [6, 7])
    assert unit_norms(W.astype(np.float32)).dtype == np.float32


def test_cut_units_takes_whole_units() -> None:
    W = np.random.default_rng(1).normal(size=(3, 3, 4, 6))
    for axis, units in ((-1, 6), (2, 4), (0, 3)):
        kept = np.moveaxis(cut_units(W, sparsity=0.5, axis=axis), axis, 0).reshape(units, -1)
        assert (kept.all(axis=1) | ~kept.any(axis=1)).all()
        norms = unit_norms(W, axis=axis)
        gone = ~kept.any(axis=1)
        assert gone.sum() == round(units / 2)
        assert norms[gone].max() < norms[~gone].min()


def test_unit_errors() -> None:
    with pytest.raises(ValueError, match="expected at least two axes"):
        unit_norms(np.ones(3))
    with pytest.raises(ValueError, match=r"order is 0\.5; expected at least 1"):
        unit_norms(np.ones((2, 2)), order=0.5)
