"""Random and grid search, and how many trials it takes."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.search import Choice, Uniform, chance_of_a_hit, grid_search, random_search, trials_for

SQUARE = {"a": Uniform(0, 1), "b": Uniform(0, 1)}


@pytest.mark.parametrize(("trials", "share"), [(1, 0.3), (10, 0.1), (20, 0.05)])
def test_coverage_is_that_of_searches_that_were_run(trials: int, share: float) -> None:
    rng, searches = np.random.default_rng(0), 600
    # The best share of the unit square: a corner of that area.
    side = np.sqrt(share)
    hits = sum(
        random_search(
            lambda s, seed: float(not (s["a"] < side and s["b"] < side)),
            SQUARE,
            trials=trials,
            rng=rng,
        ).best.loss
        == 0
        for _ in range(searches)
    )
    expected = chance_of_a_hit(trials, share=share)
    assert abs(hits / searches - expected) < 4 * np.sqrt(expected * (1 - expected) / searches)


def test_coverage_by_hand() -> None:
    assert chance_of_a_hit(1, share=0.25) == pytest.approx(0.25, rel=1e-15)
    assert chance_of_a_hit(2, share=0.5) == pytest.approx(0.75, rel=1e-15)
    assert chance_of_a_hit(60, share=0.05) == pytest.approx(1 - 0.95**60, rel=1e-13)
    assert chance_of_a_hit(1, share=1e-20) == pytest.approx(1e-20, rel=1e-12)


def test_the_number_of_trials_is_the_least_that_suffices() -> None:
    assert trials_for(share=0.05, chance=0.95) == 59
    assert trials_for(share=0.5, chance=0.75) == 2
    assert trials_for(share=0.9, chance=0.1) == 1
    for share in (0.01, 0.2):
        for chance in (0.5, 0.99):
            n = trials_for(share=share, chance=chance)
            assert chance_of_a_hit(n, share=share) >= chance > chance_of_a_hit(n - 1, share=share)


def test_where_one_parameter_matters_random_beats_the_grid_of_equal_size() -> None:
    def loss(setting: dict[str, float], seed: int) -> float:
        return abs(setting["a"] - 0.37)

    ended = [
        random_search(loss, SQUARE, trials=16, rng=np.random.default_rng(seed)).best.loss
        for seed in range(40)
    ]
    by_grid = grid_search(loss, SQUARE, points=4, rng=np.random.default_rng(0))
    assert len(by_grid.trials) == 16
    assert by_grid.best.loss == pytest.approx(0.37 - 1 / 3, abs=1e-12)
    assert np.mean(np.array(ended) < by_grid.best.loss) > 0.6


def test_seeds_differ_and_so_far_never_rises() -> None:
    losses = iter([3.0, float("nan"), 2.0, 4.0])
    found = random_search(
        lambda s, seed: next(losses), SQUARE, trials=4, rng=np.random.default_rng(0)
    )
    assert len({trial.seed for trial in found.trials}) == 4
    assert all(0 <= trial.seed < 2**32 for trial in found.trials)
    np.testing.assert_array_equal(found.losses, [3, np.inf, 2, 4])
    np.testing.assert_array_equal(found.so_far, [3, 3, 2, 2])
    assert found.best.number == 2


def test_the_grid_is_tried_in_its_order() -> None:
    found = grid_search(
        lambda s, seed: s["a"] + {"x": 1, "y": 0}[s["c"]],
        {"a": Uniform(0, 1), "c": Choice(["x", "y"])},
        points=3,
        rng=np.random.default_rng(0),
    )
    assert [(t.setting["a"], t.setting["c"]) for t in found.trials] == [
        (a, c) for a in (0, 0.5, 1) for c in "xy"
    ]
    assert found.best.number == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: chance_of_a_hit(0, share=0.1), "trials is 0; expected a whole number"),
        (lambda: chance_of_a_hit(1, share=1.0), "share is 1.0; expected a number above 0"),
        (lambda: trials_for(share=5, chance=0.9), "share is 5; expected"),
        (lambda: trials_for(share=0.1, chance=95), "chance is 95; expected"),
    ],
)
def test_errors(wrong, message) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()
