"""Fair races: the rules are kept, misses are censored, verdicts follow the interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.data import bowl
from nnedu.optim import LBFGS, Optimizer
from nnedu.races import Contestant, judge, race, ratio_interval
from nnedu.train import train

SLOW = Contestant("slow", "sgd", [{"lr": 0.1}, {"lr": 0.2}])
FAST = Contestant("fast", "sgd", [{"lr": 0.3}, {"lr": 0.4}])


def go(run, contestants=(SLOW, FAST), limit=100, tuning=(0, 1), seeds=(2, 3, 4), margin=1.1):
    return race(run, contestants, limit=limit, tuning_seeds=tuning, race_seeds=seeds, margin=margin)


def by_lr(times):
    return lambda optimizer, seed: times[optimizer.hyper["lr"]]


def test_tuning_chooses_the_fastest_setting_of_each_on_tuning_seeds_alone() -> None:
    asked = []

    def run(optimizer, seed):
        asked.append((optimizer.hyper["lr"], seed))
        return {0.1: 40, 0.2: 80, 0.3: 20, 0.4: 10}[optimizer.hyper["lr"]]

    slow, fast = go(run).results
    assert (slow.chosen, fast.chosen) == ({"lr": 0.1}, {"lr": 0.4})
    np.testing.assert_array_equal(slow.tuning, [[40, 40], [80, 80]])
    np.testing.assert_array_equal(fast.times, [10, 10, 10])
    tried = [(lr, seed) for lr, seed in asked if seed in (0, 1)]
    assert sorted(tried) == [(lr, s) for lr in (0.1, 0.2, 0.3, 0.4) for s in (0, 1)]
    raced = [(lr, seed) for lr, seed in asked if seed > 1]
    assert raced == [(0.1, 2), (0.1, 3), (0.1, 4), (0.4, 2), (0.4, 3), (0.4, 4)]


def test_what_has_no_row_makes_its_optimizer_from_each_setting() -> None:
    made = Contestant("L-BFGS", "lbfgs", [{"memory": 2}, {"memory": 5}], make=LBFGS)

    def run(optimizer, seed):
        return optimizer.memory if isinstance(optimizer, LBFGS) else 9

    lbfgs, slow = go(run, contestants=(made, SLOW)).results
    assert lbfgs.chosen == {"memory": 2}
    np.testing.assert_array_equal(lbfgs.tuning, [[2, 2], [5, 5]])
    np.testing.assert_array_equal(slow.times, [9, 9, 9])


def test_choice_is_by_geometric_mean() -> None:
    # Arithmetic means 50.5 against 30; geometric 10 against 30.
    times = {(0.1, 0): 1, (0.1, 1): 100, (0.2, 0): 30, (0.2, 1): 30}
    found = go(lambda optimizer, seed: times.get((optimizer.hyper["lr"], seed), 30))
    assert found.results[0].chosen == {"lr": 0.1}


def test_a_miss_and_an_explosion_are_censored_at_the_limit() -> None:
    def run(optimizer, seed):
        if optimizer.hyper["lr"] < 0.3:
            return 50
        if seed == 3:
            raise FloatingPointError("exploded")
        return None if seed == 4 else 25

    found = go(run)
    fast = found.results[1]
    np.testing.assert_array_equal(fast.times, [25, 100, 100])
    np.testing.assert_array_equal(fast.missed, [False, True, True])
    compared = found.compare("fast", "slow")
    assert compared.censored == 2
    assert compared.ratio == pytest.approx((0.5 * 2 * 2) ** (1 / 3))


def test_reaching_the_target_at_the_limit_is_no_miss() -> None:
    found = go(by_lr({0.1: 100, 0.2: 100, 0.3: 100, 0.4: 100}))
    assert not found.results[0].missed.any()


def test_ratio_pairs_the_seeds() -> None:
    # Times vary tenfold with the seed, but the second is always twice as fast.
    found = go(
        lambda optimizer, seed: 10**seed // (1 if optimizer.hyper["lr"] < 0.3 else 2), limit=10**6
    )
    compared = found.compare("fast", "slow")
    assert [compared.low, compared.ratio, compared.high] == pytest.approx([0.5] * 3, rel=1e-12)
    assert compared.verdict == "better"
    assert found.compare("slow", "fast").verdict == "worse"
    assert (compared.first, compared.second, compared.censored) == ("fast", "slow", 0)


def test_verdicts() -> None:
    assert judge(0.5, 0.99, 1.1) == "better"
    assert judge(1.01, 3.0, 1.1) == "worse"
    assert judge(0.5, 1.0, 1.1) == "inconclusive"
    assert judge(1 / 1.1, 1.1, 1.1) == "equivalent"
    # Surely faster, but by less than matters.
    assert judge(0.95, 0.99, 1.1) == "equivalent"


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 1000)), min_size=2, max_size=8))
def test_interval_holds_the_ratio_and_turns_with_the_order(times) -> None:
    first, second = np.array(times, dtype=float).T
    low, ratio, high = ratio_interval(first, second, resamples=200)
    assert low <= ratio * (1 + 1e-12)
    assert ratio <= high * (1 + 1e-12)
    assert ratio == pytest.approx(np.exp(np.mean(np.log(first / second))), rel=1e-12)
    turned = ratio_interval(second, first, resamples=200)
    assert turned[1] == pytest.approx(1 / ratio, rel=1e-12)
    assert (turned[0], turned[2]) == pytest.approx((1 / high, 1 / low), rel=1e-9)


def test_interval_covers_about_as_often_as_it_says() -> None:
    # 20 seeds, log-normal ratios around 1: 95 per cent nominal, somewhat less with few seeds.
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(300):
        first = np.exp(rng.normal(size=20))
        low, _, high = ratio_interval(first, np.ones(20), resamples=300)
        hits += low <= 1 <= high
    assert 0.88 < hits / 300 < 0.98


def test_bad_times_are_refused() -> None:
    with pytest.raises(ValueError, match=r"first has shape \(3,\) and second \(1,\)"):
        ratio_interval(np.ones(3), np.ones(1))
    with pytest.raises(ValueError, match=r"the times start at 0.0; expected above 0"):
        ratio_interval(np.array([0.0, 1.0]), np.ones(2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"contestants": [SLOW]}, "expected at least two with unlike titles"),
        ({"contestants": [SLOW, SLOW]}, "expected at least two with unlike titles"),
        (
            {"contestants": [SLOW, Contestant("more", "sgd", [{"lr": 1.0}] * 3)]},
            r"settings to try: \{'slow': 2, 'more': 3\}; expected equally many",
        ),
        ({"contestants": [Contestant(t, "sgd", []) for t in "ab"]}, "at least one"),
        ({"seeds": [1, 2]}, "a seed used for tuning flatters the race"),
        ({"seeds": [2, 2, 3]}, "all different"),
        ({"tuning": []}, "at least one and two"),
        ({"seeds": [5]}, "at least one and two"),
        ({"limit": 0}, "limit is 0"),
        ({"margin": 1.0}, r"margin 1\.0"),
        ({"margin": float("nan")}, "margin nan"),
    ],
)
def test_broken_rules_of_the_race_are_refused(change, message) -> None:
    with pytest.raises(ValueError, match=message):
        go(by_lr({0.1: 1, 0.2: 1, 0.3: 1, 0.4: 1, 1.0: 1}), **change)


def test_a_time_beyond_the_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="run returned 101 updates; expected 0 to 100 or None"):
        go(lambda optimizer, seed: 101)


def test_unknown_contestant_is_named() -> None:
    found = go(by_lr({0.1: 1, 0.2: 1, 0.3: 1, 0.4: 1}))
    with pytest.raises(ValueError, match="no contestant 'Fast'; the race had slow, fast"):
        found.compare("Fast", "slow")


def test_a_real_race_on_a_long_valley_is_won_by_momentum() -> None:
    surface = bowl(100)

    def run(optimizer: Optimizer, seed: int) -> int | None:
        turn = np.random.default_rng(seed).uniform(0, 2 * np.pi)
        return train(
            surface,
            np.array([np.cos(turn), np.sin(turn)]),
            optimizer,
            iter(tuple, None),
            steps=400,
            evaluate=lambda theta: {"loss": surface(theta)[0]},
            target=lambda metrics: metrics["loss"] < 1e-6,
        ).reached

    rates = [{"lr": lr} for lr in (0.003, 0.01, 0.019, 0.1)]  # the last explodes
    found = race(
        run,
        [Contestant("SGD", "sgd", rates), Contestant("Momentum", "momentum", rates)],
        limit=400,
        tuning_seeds=[0, 1],
        race_seeds=range(2, 7),
    )
    assert found.compare("Momentum", "SGD").verdict == "better"


def test_a_contestant_that_never_arrived_while_tuning_is_named():
    contestants = [
        Contestant("quick", "sgd", [{"lr": 0.1}, {"lr": 0.2}]),
        Contestant("lost", "sgd", [{"lr": 1.0}, {"lr": 2.0}]),
    ]
    found = race(
        lambda optimizer, seed: 10 if optimizer.hyper["lr"] < 0.5 else None,
        contestants,
        limit=50,
        tuning_seeds=[0],
        race_seeds=[1, 2],
    )
    assert found.untuned == ("lost",)
