"""K-fold selection: paired, complete, and honest about what diverged."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.data import k_fold
from nnedu.search import select_by_folds

SETTINGS = [{"by": by} for by in (0.0, 0.5, 1.0)]


def select(run, settings=SETTINGS, **words):
    return select_by_folds(
        run, settings, **{"N": 10, "folds": 3, "rng": np.random.default_rng(0), **words}
    )


def test_every_setting_has_the_same_folds_and_seeds() -> None:
    seen = []

    def run(setting, train, held_out, seed):
        seen.append((setting["by"], train.tolist(), held_out.tolist(), seed))
        rest = train.copy()
        train[:] = 0  # a careless run
        return float(len(rest))

    found = select(run)
    expected = list(k_fold(10, folds=3, rng=np.random.default_rng(0)))
    seeds = [trial.seed for trial in found.trials[0]]
    assert len(set(seeds)) == 3
    assert seen == [
        (setting["by"], train.tolist(), held_out.tolist(), seed)
        for setting in SETTINGS
        for (train, held_out), seed in zip(expected, seeds, strict=True)
    ]


def test_ridge_by_hand() -> None:
    # Predict held-out numbers by a share of the training mean: exact leave-one-out losses.
    y = np.array([2.0, 4.0, 9.0])
    found = select(
        lambda s, train, held, seed: float(np.mean((y[held] - s["by"] * y[train].mean()) ** 2)),
        N=3,
    )
    rests = np.array([6.5, 5.5, 3.0])
    expected = [np.mean((y - by * rests) ** 2) for by in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(found.means, expected, rtol=1e-14)
    assert found.best == int(np.argmin(expected))


def test_pairs_cancel_what_the_folds_do_to_both() -> None:
    # Folds differ much, settings by exactly 0.1 on each.
    def run(setting, train, held_out, seed):
        return float(held_out.sum()) + 0.2 * setting["by"]

    found = select(run)
    assert found.losses.std(axis=1).min() > 1
    np.testing.assert_allclose(found.differences(1, 0), 0.1, rtol=1e-9)


def test_one_fold_that_diverges_rules_a_setting_out() -> None:
    def run(setting, train, held_out, seed):
        if setting["by"] == 0 and 0 in held_out:
            raise FloatingPointError("too large")
        return setting["by"]

    found = select(run)
    assert np.isinf(found.losses[0]).sum() == 1
    assert [trial.reason for trial in found.trials[0] if trial.reason] == [
        "FloatingPointError: too large"
    ]
    assert found.best == 1
    assert np.isinf(found.means[0])


def test_labels_stratify() -> None:
    labels = np.repeat([0, 1], [8, 4])

    def run(setting, train, held_out, seed):
        return float(np.mean(labels[held_out]))

    found = select(run, N=12, folds=4, labels=labels)
    np.testing.assert_allclose(found.losses, 1 / 3)


def test_errors() -> None:
    with pytest.raises(ValueError, match="settings is empty; expected at least one"):
        select(None, settings=[])
    with pytest.raises(ValueError, match="folds is 11; expected 2 to 10"):
        select(None, folds=11)
