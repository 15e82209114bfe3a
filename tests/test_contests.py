"""The recorded races are what their command would record: a slice is run again."""

import numpy as np
import pytest

from nnedu.contests import recorded
from nnedu.contests.beyond_adam import MAKE, MARGIN, RACE_SEEDS, TASKS, TUNING_SEEDS
from nnedu.contests.record import record
from nnedu.optim import Optimizer

RECORDING = recorded("beyond_adam")


@pytest.mark.parametrize("key", TASKS)
def test_the_record_is_of_this_contest(key) -> None:
    race, task = RECORDING.races[key], TASKS[key]
    assert (race.limit, race.margin) == (task.limit, MARGIN)
    for result in race.results:
        name = result.contestant.rule
        assert result.contestant.title == MAKE[name][0]
        assert list(result.contestant.settings) == task.settings[name]
        assert result.chosen in result.contestant.settings
        assert result.times.shape == (len(RACE_SEEDS),)
        assert result.tuning.shape == (len(task.settings[name]), len(TUNING_SEEDS))
        chosen = np.argmin(np.log(result.tuning).mean(axis=1))
        assert result.chosen == result.contestant.settings[chosen]
    assert [r.contestant.rule for r in race.results] == list(MAKE)
    assert RECORDING.provenance[key]["command"].endswith(key)


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("digits", "adam"),
        ("digits", "schedule_free_adamw"),
        ("spirals", "muon"),
        ("signals", "lion"),
    ],
)
def test_a_run_of_the_record_repeats(key, rule) -> None:
    result = next(r for r in RECORDING.races[key].results if r.contestant.rule == rule)
    task = TASKS[key]
    optimizer = MAKE[rule][1](task.net.shapes, **result.chosen)
    # Rounding may move a time by a look or two.
    assert task.run(optimizer, RACE_SEEDS[0]) == pytest.approx(result.times[0], abs=2 * task.every)


def test_soap_repeats_as_far_as_processors_agree() -> None:
    """Where eigenvalues are nearly equal, rounding chooses its axes: single runs differ."""
    result = next(r for r in RECORDING.races["digits"].results if r.contestant.rule == "soap")
    task = TASKS["digits"]
    seeds = RACE_SEEDS[:4]
    times = [task.run(MAKE["soap"][1](task.net.shapes, **result.chosen), seed) for seed in seeds]
    assert None not in times
    assert 0.6 < np.mean(times) / np.mean(result.times[: len(seeds)]) < 1.6


def test_schedule_free_rules_are_judged_by_their_average() -> None:
    """At beta1 near 0 the held point is z, and the average lags behind: the times differ."""
    task = TASKS["digits"]

    class Plain:
        """The same steps under another name."""

        name = "plain"

        def __init__(self, optimizer):
            self.init, self.step = optimizer.init, optimizer.step

    def make():
        return Optimizer("schedule_free_adamw", lr=0.01, beta1=0.1)

    assert task.run(make(), 0) != task.run(Plain(make()), 0)


def test_recording_writes_what_it_reads(tmp_path, monkeypatch) -> None:
    from dataclasses import replace

    import nnedu.contests.record as module
    from nnedu.contests import beyond_adam

    small = {rule: TASKS["digits"].settings[rule][2:3] for rule in ("adam", "muon")}
    monkeypatch.setattr(
        beyond_adam, "TASKS", {"digits": replace(TASKS["digits"], settings=small, limit=40)}
    )
    monkeypatch.setattr(beyond_adam, "TUNING_SEEDS", [0])
    monkeypatch.setattr(beyond_adam, "RACE_SEEDS", [1, 2])
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(module, "__file__", str(tmp_path / "record.py"))
    record("beyond_adam", ["digits"])
    monkeypatch.setattr("nnedu.contests.recording.files", lambda _: tmp_path)
    race = recorded("beyond_adam").races["digits"]
    assert [r.contestant.title for r in race.results] == ["Adam", "Muon"]
    assert race.results[0].times.shape == (2,)
    assert race.limit == 40
