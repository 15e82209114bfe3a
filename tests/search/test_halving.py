"""Successive halving and Hyperband: rounds, budgets, survivors."""

from __future__ import annotations

from math import ceil, log2

import numpy as np
import pytest

from nnedu.search import (
    Rung,
    Uniform,
    brackets,
    cost,
    halving_rungs,
    hyperband,
    successive_halving,
)

SPACE = {"a": Uniform(0, 1)}
# R = 81, eta = 3, as printed by Li et al. (2018): s = 4 to 0, each (n_i, r_i).
PRINTED = [
    [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
    [(27, 3), (9, 9), (3, 27), (1, 81)],
    [(9, 9), (3, 27), (1, 81)],
    [(6, 27), (2, 81)],
    [(5, 81)],
]
# The same by the formula of their Algorithm 1: n = ceil(5 3^s / (s + 1)).
BY_FORMULA = [
    PRINTED[0],
    [(34, 3), (11, 9), (3, 27), (1, 81)],
    [(15, 9), (5, 27), (1, 81)],
    [(8, 27), (2, 81)],
    PRINTED[4],
]


def plain(every: list[list[Rung]]) -> list[list[tuple[int, float]]]:
    return [[(rung.settings, rung.budget) for rung in rungs] for rungs in every]


def test_the_published_table() -> None:
    assert plain(brackets(81, eta=3, counts="table")) == PRINTED


def test_the_published_formula() -> None:
    assert plain(brackets(81, eta=3)) == BY_FORMULA


@pytest.mark.parametrize(
    ("R", "eta", "count"), [(243, 3, 6), (242, 3, 5), (1000, 10, 4), (1, 3, 1)]
)
def test_powers_of_eta_are_counted_without_rounding(R: int, eta: int, count: int) -> None:
    every = brackets(R, eta=eta)
    assert len(every) == count
    for rungs in every:
        assert rungs[-1].budget == R
        assert isinstance(rungs[-1].budget, int)


@pytest.mark.parametrize("counts", ["algorithm", "table"])
@pytest.mark.parametrize("eta", [2, 3, 4, 2.718281828])
@pytest.mark.parametrize("R", [1, 7, 27, 50, 200])
def test_every_bracket_spends_about_the_same(R: int, eta: float, counts: str) -> None:
    every = brackets(R, eta=eta, counts=counts)
    B = len(every) * R
    for rungs in every:
        spent = cost(rungs, resumed=False)
        assert cost(rungs, resumed=True) <= spent
        # Rounding up is worth less than one setting a round, and nothing where eta is whole.
        up = 0 if eta == int(eta) else len(rungs) * rungs[0].budget
        assert B / 3 < spent <= (B + up) * (1 + 1e-9)
        for i, rung in enumerate(rungs):
            assert rung.budget == pytest.approx(rungs[0].budget * eta**i, rel=1e-9)
            assert rung.settings == int(rungs[0].settings / eta**i + 1e-9) >= 1


def test_halving_by_hand() -> None:
    # 10 settings, 4 rounds of 25 units: 25 // 10, 25 // 5, 25 // 2; one setting is left after that.
    assert plain([halving_rungs(10, budget=100)]) == [[(10, 2), (5, 7), (2, 19)]]
    assert plain([halving_rungs(2, budget=9)]) == [[(2, 4)]]


@pytest.mark.parametrize("n", [2, 3, 8, 10, 33])
@pytest.mark.parametrize("more", [1, 7, 100])
def test_halving_never_spends_more_than_its_budget(n: int, more: int) -> None:
    rounds = ceil(log2(n))
    budget = n * rounds * more + more - 1
    rungs = halving_rungs(n, budget=budget)
    spent = cost(rungs, resumed=True)
    # Each round leaves less than one unit a setting of its share.
    shares = budget * len(rungs) / rounds
    assert spent > shares - sum(rung.settings for rung in rungs)
    assert spent <= budget
    if n in (2, 8):
        assert cost(halving_rungs(n, budget=n * rounds * 4), resumed=True) == n * rounds * 4


def halve(run, counts=((8, 1), (4, 2), (2, 4), (1, 8)), seed=0):
    rungs = [Rung(*each) for each in counts]
    return successive_halving(run, SPACE, rungs=rungs, rng=np.random.default_rng(seed))


def test_the_better_half_goes_on_with_its_own_seed() -> None:
    found = halve(lambda setting, seed, budget: setting["a"])
    by_round = {b: [t for t in found.trials if t.budget == b] for b in (1, 2, 4, 8)}
    first = by_round[1]
    order = sorted(range(8), key=lambda i: first[i].loss)
    for budget, count in ((2, 4), (4, 2), (8, 1)):
        assert [trial.number for trial in by_round[budget]] == order[:count]
        for trial in by_round[budget]:
            assert (trial.setting, trial.seed) == (
                first[trial.number].setting,
                first[trial.number].seed,
            )
    assert len({trial.seed for trial in first}) == 8
    assert found.best == by_round[8][0]


def test_each_round_judges_by_its_own_losses() -> None:
    # After one unit the large look better, after two the small: of those that are left.
    found = halve(lambda s, seed, b: -s["a"] if b == 1 else s["a"], ((8, 1), (4, 2), (1, 8)))
    first = sorted(found.trials[:8], key=lambda trial: -trial.setting["a"])
    assert found.best.number == first[3].number
    assert found.best.budget == 8


def test_the_choice_is_of_the_last_round_not_of_a_lucky_early_loss() -> None:
    found = halve(lambda s, seed, budget: s["a"] + budget, ((4, 1), (2, 2)))
    assert found.best.budget == 2
    assert found.best.loss > found.losses.min()


def test_a_setting_that_diverges_later_leaves_the_choice_to_the_round_before() -> None:
    def run(setting: dict[str, float], seed: int, budget: float) -> float:
        return float("nan") if budget > 2 else setting["a"]

    found = halve(run)
    assert found.best.budget == 2
    assert len(found.diverged) == 3


def test_what_diverged_goes_first() -> None:
    found = halve(lambda s, seed, b: np.nan if s["a"] < 0.5 else s["a"], ((8, 1), (2, 2)))
    finite = [trial for trial in found.trials[:8] if not trial.reason]
    assert 2 <= len(finite) < 8
    best = sorted(finite, key=lambda t: t.loss)[:2]
    assert [trial.number for trial in found.trials[8:]] == [trial.number for trial in best]


@pytest.mark.parametrize("counts", ["algorithm", "table"])
def test_hyperband_runs_its_brackets(counts: str) -> None:
    found = hyperband(
        lambda s, seed, budget: s["a"] + 1 / budget,
        SPACE,
        R=27,
        counts=counts,
        rng=np.random.default_rng(0),
    )
    ran = [(trial.number, trial.budget) for trial in found.trials]
    start, first = 0, 0
    for rungs in brackets(27, counts=counts):
        for rung in rungs:
            part = ran[start : start + rung.settings]
            assert [budget for _, budget in part] == [rung.budget] * rung.settings
            assert {number for number, _ in part} <= set(range(first, first + rungs[0].settings))
            start += rung.settings
        first += rungs[0].settings
    assert start == len(ran)
    assert found.best.loss == found.losses.min()
    full = {trial.number: trial.setting["a"] for trial in found.trials}
    assert len(set(full.values())) == first  # every bracket drew its own


def test_hyperband_finds_a_slow_starter_that_one_bracket_loses() -> None:
    # Small a ends best but looks worst until the budget is large.
    def run(setting: dict[str, float], seed: int, budget: float) -> float:
        return setting["a"] if budget >= 27 else 1 - setting["a"]

    reckless = successive_halving(run, SPACE, rungs=brackets(27)[0], rng=np.random.default_rng(0))
    hedged = hyperband(run, SPACE, R=27, rng=np.random.default_rng(0))
    at_full = [trial.loss for trial in hedged.trials if trial.budget == 27]
    assert reckless.best.setting["a"] > 0.9
    assert min(at_full) < 0.5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: brackets(0.5), "R is 0.5; expected a finite number of at least 1"),
        (lambda: brackets(9, eta=1), "eta is 1; expected a finite number above 1"),
        (lambda: brackets(9, counts="tabel"), "unknown counts 'tabel'.*Did you mean 'table'"),
        (lambda: halving_rungs(1, budget=9), "settings is 1; expected a whole number of at least"),
        (lambda: halving_rungs(8, budget=23), "budget is 23; expected at least 24: 3 rounds"),
        (lambda: halve(None, ((2, 1), (4, 2))), r"rungs are \[\(2, 1\), \(4, 2\)\]"),
        (lambda: halve(None, ((4, 2), (2, 2))), "expected at least one, the settings not growing"),
        (lambda: halve(None, ()), r"rungs are \[\]"),
        (lambda: halve(None, ((0, 1),)), r"rungs are \[\(0, 1\)\]"),
    ],
)
def test_errors(wrong, message) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()
