"""Random trial-and-keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.pruning import trial_and_keep

THETA = np.array([3.0, -1.0, 0.5, 2.0, -0.25])


def far(target: np.ndarray):
    return lambda w: float(np.sum((w - target) ** 2))


@given(st.integers(0, 10_000), st.integers(1, 7))
def test_the_loss_never_rises_and_is_that_of_the_mask(seed: int, remove: int) -> None:
    rng = np.random.default_rng(seed)
    loss = far(rng.normal(size=5))
    found = trial_and_keep(loss, THETA, rng, trials=12, remove=remove)
    assert (np.diff(found.losses) <= 0).all()
    assert found.losses[0] == loss(THETA)
    assert found.losses[-1] == loss(np.where(found.mask, THETA, 0))
    assert len(found.kept) == 12
    gone = int((~found.mask).sum())
    assert gone <= remove * found.kept.sum()
    assert (gone == 0) == (not found.kept.any())


def test_it_finds_the_best_subset_where_weights_do_not_interact() -> None:
    target = np.array([3.0, 0.0, 0.0, 2.0, 0.0])
    found = trial_and_keep(far(target), THETA, np.random.default_rng(0), trials=100)
    np.testing.assert_array_equal(found.mask, target != 0)
    assert found.losses[-1] == 0


def test_a_removal_that_changes_nothing_is_kept_and_one_that_harms_is_not() -> None:
    flat = trial_and_keep(lambda w: 1.0, THETA, np.random.default_rng(0), trials=5)
    assert flat.kept.all()
    assert not flat.mask.any()
    nothing_left = trial_and_keep(lambda w: 1.0, THETA, np.random.default_rng(0), trials=7)
    assert nothing_left.kept.tolist() == [True] * 5 + [False] * 2
    needed = trial_and_keep(far(THETA), THETA, np.random.default_rng(0), trials=50)
    assert needed.mask.all()
    broken = trial_and_keep(
        lambda w: 1.0 if w.all() else float("nan"), THETA, np.random.default_rng(0), trials=9
    )
    assert broken.mask.all()


def test_only_what_may_go_is_proposed_and_theta_is_not_changed() -> None:
    may = np.array([True, False, True, False, True])
    before = THETA.copy()

    def vandal(w: np.ndarray) -> float:
        w[:] = 7
        return 1.0

    found = trial_and_keep(vandal, THETA, np.random.default_rng(0), trials=20, prunable=may)
    np.testing.assert_array_equal(found.mask, ~may)
    np.testing.assert_array_equal(THETA, before)


def test_errors() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="remove is 0"):
        trial_and_keep(far(THETA), THETA, rng, trials=1, remove=0)
    with pytest.raises(ValueError, match=r"prunable has shape \(2,\)"):
        trial_and_keep(far(THETA), THETA, rng, trials=1, prunable=np.ones(2, bool))
    with pytest.raises(ValueError, match="the loss at the start is NaN"):
        trial_and_keep(lambda w: float("nan"), THETA, rng, trials=1)
