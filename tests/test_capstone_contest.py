"""The capstone's ablation: its rules, its record, and one of its runs again."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from nnedu.contests import record_capstone
from nnedu.contests.capstone import (
    CHANGES,
    GRID,
    LADDER,
    REGIMES,
    SEEDS,
    TUNING_SEEDS,
    Runner,
    judged,
    recorded_ablation,
    tune,
)

RECORD = recorded_ablation()


@pytest.mark.parametrize("key", RECORD.contenders, ids=" ".join)
def test_every_contender_kept_the_rules(key) -> None:
    found = RECORD.contenders[key]
    at = LADDER.index(found.rates[0])
    assert found.rates == LADDER[at : at + GRID]
    assert found.inside
    assert found.tuning.shape == (GRID, len(TUNING_SEEDS))
    assert found.lr == found.rates[np.log(found.tuning).mean(axis=1).argmin()]
    assert all(values.shape == (len(SEEDS),) for values in found.results.values())


def test_the_record_is_whole_and_says_where_it_comes_from() -> None:
    assert set(RECORD.contenders) == {(r, name) for r, names in REGIMES.items() for name in names}
    for part in record_capstone.PARTS:
        assert RECORD.provenance[part]["command"].endswith(f"record_capstone {part}")
        assert {"date", "machine", "seconds", "versions"} <= RECORD.provenance[part].keys()
    for columns in RECORD.smaller.values():
        assert all(values.shape == (len(SEEDS),) for values in columns.values())
    assert list(RECORD.names("few")) == [n for n in CHANGES if n in REGIMES["few"][1:]]


def test_no_seed_that_tunes_is_reported() -> None:
    assert not set(TUNING_SEEDS) & set(SEEDS)


@pytest.mark.parametrize(
    ("name", "regime", "seed"), [("no attention", "all", 4), ("full", "few", 2)]
)
def test_a_run_of_the_record_repeats(name, regime, seed) -> None:
    found = RECORD.contenders[regime, name]
    again = Runner(name, regime)(found.lr, seed)
    # Rounding grows over two hundred updates in float32: on another CPU, or another
    # number of threads, a single run ends a few digits away.
    assert again["test_wrong"] == pytest.approx(found.results["test_wrong"][seed], abs=0.05)
    assert again["val_wrong"] < 0.15


def test_one_runner_runs_from_many_seeds_as_if_each_was_the_first() -> None:
    run = Runner("no attention")
    run.setting = replace(run.setting, epochs=1)
    first = run(0.01, 3)
    assert run(0.01, 4) != first
    assert run(0.01, 3) == pytest.approx(first, rel=1e-4)


def test_the_full_recipe_and_a_contender_have_equal_work() -> None:
    batches = []
    for regime in REGIMES:
        run = Runner("no warm-up", regime)
        run.model.fit = lambda given, **how: batches.append((len(given), how["epochs"]))
        run(0.01, 0)
    assert batches == [(16, 12), (16, 12)]


def test_the_grid_moves_until_the_best_is_inside() -> None:
    asked = []

    def losses(lr: float) -> list[float]:
        asked.append(lr)
        return [abs(math.log(lr / 0.003)) + 0.1] * 2

    rates, tuning, best = tune(losses, 4)
    assert rates == [0.001, 0.003, 0.01, 0.03]
    assert rates[best] == 0.003
    assert tuning.shape == (4, 2)
    assert len(asked) == len(set(asked))  # none was run twice
    up, _, best = tune(lambda lr: [abs(math.log(lr / 0.3)) + 0.1], 2)
    assert up[best] == 0.3
    assert up[-1] == 1.0
    exploding, _, best = tune(lambda lr: [np.nan if lr > 0.05 else 1 / lr], 2)
    assert exploding[best] == 0.03


def test_judged_by_hand() -> None:
    logits = np.array([[2.0, 0.0], [0.0, 1.0], [800.0, 0.0]])
    loss, wrong = judged(logits, np.array([0, 0, 0]))
    assert loss == pytest.approx((math.log1p(math.exp(-2)) + math.log1p(math.exp(1)) + 0) / 3)
    assert wrong == pytest.approx(1 / 3)


def test_recording_keeps_the_other_parts(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(record_capstone, "PATH", tmp_path / "capstone.json")
    (tmp_path / "capstone.json").write_text('{"all": 1}')
    row = {"rates": [1], "lr": 1}
    monkeypatch.setattr(record_capstone, "contender", lambda name, part: row)
    record_capstone.record(["few"])
    stored = json.loads((tmp_path / "capstone.json").read_text())
    assert stored["all"] == 1
    assert list(stored["few"]["results"]) == list(REGIMES["few"])
    monkeypatch.setattr(record_capstone, "contender", lambda name, part: 1 / 0)
    record_capstone.record(["few"], resume=True)  # all are there
