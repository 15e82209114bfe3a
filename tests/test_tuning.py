"""The races of the chapter on search: the record is of this contest, and slices are run again."""

import numpy as np
import pytest

from nnedu.claims.growing import signed, tuned_single
from nnedu.claims.searching import BOWL_SPACE, best_of, four_features, hit_chances, noisy_bowl
from nnedu.contests import searched, smaller
from nnedu.contests.tuning import (
    BUDGET,
    METHODS,
    RUNGS,
    SEEDS,
    compete,
    record,
    recorded_tuning,
    shifted_grid,
)
from nnedu.contests.tuning_runs import FULL, SPACE, SPACES, UNIT, Runs
from nnedu.data import load_digits
from nnedu.nn.cost import multiply_adds
from nnedu.search import Rung, brackets, cost


def test_every_method_may_spend_the_same() -> None:
    assert cost(RUNGS, resumed=True) == BUDGET == 27 * FULL
    passes = 2 * sum(cost(bracket, resumed=True) for bracket in brackets(FULL))
    assert 0.97 * BUDGET < passes <= BUDGET


@pytest.mark.parametrize("space", SPACES)
def test_the_record_is_of_this_contest(space) -> None:
    found = recorded_tuning(space)
    assert list(found.results) == list(METHODS)
    assert found.provenance["command"].endswith(space)
    for name, columns in found.results.items():
        assert all(len(values) == len(SEEDS) for values in columns.values())
        for key, of in SPACES[space].items():
            assert (of.low <= columns[key]).all()
            assert (columns[key] <= of.high).all()
        # What was chosen early is run to its end: at most one run more.
        allowed = (2 if name == "twice" else 1) * BUDGET * UNIT
        assert (columns["updates"] <= allowed + FULL * UNIT).all()


@pytest.mark.parametrize(
    ("name", "seed", "space"), [("random", 1, "wide"), ("hyperband", 2, "absurd")]
)
def test_a_search_of_the_record_repeats(name, seed, space) -> None:
    columns, now = recorded_tuning(space).results[name], compete(name, seed, space=space)
    assert now["settings"] == columns["settings"][seed]
    # Rounding grows over hundreds of updates, and may decide between two alike.
    assert now["validation"] == pytest.approx(columns["validation"][seed], rel=0.05)
    assert now["test"] == pytest.approx(columns["test"][seed], rel=0.15)


def test_recording_keeps_other_spaces(tmp_path, monkeypatch) -> None:
    import nnedu.contests.tuning as module

    monkeypatch.setattr(module, "SEEDS", [0])
    monkeypatch.setattr(module, "METHODS", {"random": ("", METHODS["random"][1])})
    monkeypatch.setattr(module, "BUDGET", FULL)
    path = tmp_path / "tuning.json"
    path.write_text('{"other": 1}')
    record(path, ["wide"])
    import json

    stored = json.loads(path.read_text())
    assert stored["other"] == 1
    assert stored["wide"]["results"]["random"]["settings"] == [1.0]


def test_runs_go_on_where_they_stopped() -> None:
    setting, digits = {"lr": 0.1, "l2": 1e-4, "scale": 1.0}, load_digits()
    on, at_once = Runs(digits), Runs(digits)
    on(setting, 3, 1)
    assert on(setting, 3, 3) == at_once(setting, 3, 3)
    assert on.updates == at_once.updates == 3 * UNIT
    assert on(setting, 3, 3) == at_once(setting, 3, 3)  # nothing left to do
    assert on.updates == 3 * UNIT


def test_a_run_that_diverges_says_so() -> None:
    with pytest.raises(FloatingPointError, match="update"):
        Runs(load_digits())({"lr": 1e3, "l2": 10.0, "scale": 1.0}, 0, FULL)


def test_a_shifted_grid_is_evenly_spread() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        lrs = np.log10(shifted_grid(SPACE, 3, rng)["lr"].values)
        np.testing.assert_allclose(np.diff(lrs), 5 / 3)
        assert -4 <= lrs[0] < -4 + 5 / 3


def test_chances_by_hand() -> None:
    assert hit_chances(matter=1, knobs=2, points=2, share=0.1) == pytest.approx((0.2, 1 - 0.9**4))
    assert hit_chances(matter=2, knobs=2, points=2, share=0.09) == pytest.approx(
        (0.36, 1 - 0.91**4)
    )
    # Never more than the number of settings times the share.
    assert hit_chances(matter=3, share=0.02)[0] == pytest.approx(27 * 0.02)


def test_the_noisy_bowl_is_the_mean_of_many_runs() -> None:
    rng, lr = np.random.default_rng(0), 0.1
    x = np.full(20_000, 10.0)
    for _ in range(30):
        x = x - lr * (x + rng.normal(size=len(x)))
    assert noisy_bowl()({"lr": lr}, 0, 3) == pytest.approx(np.mean(x**2) / 2, rel=0.02)
    assert BOWL_SPACE["lr"].high <= 1


def test_four_features_are_trained_elsewhere_than_they_are_judged() -> None:
    validation, test = four_features(0, settings=50)
    assert validation.shape == test.shape == (50,)
    np.testing.assert_allclose((60 * validation) % 1, 0, atol=1e-9)
    np.testing.assert_allclose(np.round(409 * test), 409 * test, atol=1e-9)
    assert 0.03 < test.mean() < 0.3
    rows = best_of([1, 50], (validation, test))
    assert rows[0].tolist() == [validation[0], test[0]]
    assert rows[1, 0] == validation.min()


@pytest.mark.parametrize("nbytes", [4000, 16_000])
@pytest.mark.parametrize("shape", [(1, 1.0), (2, 0.5), (2, 1.0)])
def test_the_widest_network_that_fits(nbytes, shape) -> None:
    net = searched.shaped(*shape, nbytes)
    assert 4 * net.size <= nbytes < 4 * net.size + 4 * 200
    assert all(len(p) > 0 for p in net.views(np.empty(net.size)).values())


def test_a_search_under_a_byte_budget_repeats_within_its_arithmetic() -> None:
    recorded = {p.name: p for p in smaller.points("16_search")}
    net, theta, trial = searched.found(32_000, 0)  # raises where it spends too much
    assert trial.budget == FULL
    assert 4 * net.size <= 32_000
    now = smaller.accuracy(theta, net=net)
    assert now == pytest.approx(recorded["search, 32 KB"].accuracies[0], abs=0.012)
    units = cost([Rung(1, FULL)], resumed=True) * searched.unit(32_000)
    assert units * multiply_adds(net) <= 2 * smaller.STEPS * multiply_adds(smaller.NET)


def test_bytes_in_int8_by_hand() -> None:
    net = searched.shaped(1, 1.0, 4000)  # 64-13-10
    theta = net.init(np.random.default_rng(0))
    rounded, nbytes = searched.in_int8(net, theta)
    assert nbytes == 64 * 13 + 13 * 10 + 2 * 4 * (13 + 10)
    for name, view in net.views(rounded).items():
        if name.startswith("W"):
            step = np.abs(net.views(theta)[name]).max(axis=0) / 127
            codes = view / step
            np.testing.assert_allclose(codes, np.round(codes), atol=1e-9)
            assert np.abs(codes).max() == pytest.approx(127)
        else:
            np.testing.assert_array_equal(view, net.views(theta)[name])


def test_an_ordinary_network_learns_and_is_judged_on_the_test_part() -> None:
    train, validation, test = signed("even or odd")
    assert [len(part[1]) for part in (train, validation, test)] == [400, 359, 360]
    assert np.abs(train[0].mean()) < 1e-12
    wrong = tuned_single((train, validation, test), 0, trials=2)
    assert wrong < 0.2
    # Turn the labels of the test part round, and what was right is wrong.
    turned = tuned_single((train, validation, (test[0], -test[1])), 0, trials=2)
    assert turned == pytest.approx(1 - wrong)
