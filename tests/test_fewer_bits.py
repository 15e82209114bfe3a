"""The contests of the chapter on quantization, and what was recorded of them."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.compression import fake_weights
from nnedu.contests import bits_points, fewer_bits
from nnedu.contests.fewer_bits import (
    BITS,
    LRS,
    METHODS,
    RACE_SEEDS,
    STUDENTS,
    TUNING_SEEDS,
    difference_interval,
    recorded_bits,
    student_accuracy,
    student_settings,
    taught,
    trials,
    verdict,
)
from nnedu.contests.record_bits import _trial
from nnedu.contests.smaller import NET, accuracy, points, trained
from nnedu.gradcheck import check_gradient


def test_the_record_holds_every_contestant_with_equal_budgets() -> None:
    aware, distilled = trials("aware"), trials("distilled")
    assert list(aware) == [f"{b} bits: {name}" for b in BITS for name in METHODS]
    assert list(distilled) == list(STUDENTS)
    for trial in (*aware.values(), *distilled.values()):
        assert len(trial.settings) == len(trial.tuning)
        assert trial.chosen == trial.settings[int(np.argmin(trial.tuning))]
        assert trial.accuracies.shape == (len(RACE_SEEDS),)
        assert ((trial.accuracies >= 0) & (trial.accuracies <= 1)).all()
    assert {len(trial.settings) for trial in aware.values()} == {len(LRS)}
    assert {len(trial.settings) for trial in distilled.values()} == {20}
    assert not set(TUNING_SEEDS) & set(RACE_SEEDS)


def test_records_say_where_they_come_from() -> None:
    for part, entry in recorded_bits().items():
        assert entry["provenance"]["command"] == f"python -m nnedu.contests.record_bits {part}"
        assert {"date", "machine", "versions"} <= entry["provenance"].keys()
    assert "torch" in recorded_bits()["seconds"]["provenance"]["versions"]


@pytest.mark.parametrize("name", ["rounded afterwards", "quantization-aware"])
def test_the_record_repeats(name: str) -> None:
    trial = trials("aware")[f"2 bits: {name}"]
    theta = METHODS[name](2, 1, trial.chosen["lr"])
    # Rounding may turn a few digits of the 360.
    assert accuracy(theta) == pytest.approx(trial.accuracies[1], abs=8.5 / 360)
    for W in NET.views(theta).values():
        if W.ndim > 1:
            assert all(len(np.unique(np.abs(column))) <= 2 for column in W.T)


def test_a_student_of_the_record_repeats() -> None:
    trial = trials("distilled")["few labels, marked by the teacher"]
    found = student_accuracy(taught("few labels, marked by the teacher", 2, trial.chosen))
    assert found == pytest.approx(trial.accuracies[2], abs=4.5 / 360)


def test_ranges_of_least_error_are_never_worse() -> None:
    theta = trained(0)
    for bits in (2, 4):
        wide, narrow = (
            fake_weights(NET, theta, bits=bits),
            fewer_bits.clipped_weights(theta, bits=bits),
        )
        assert np.sum((narrow - theta) ** 2) < np.sum((wide - theta) ** 2)


def test_settings_are_as_many_for_everybody() -> None:
    assert {len(student_settings(name)) for name in STUDENTS} == {20}
    assert {key for s in student_settings("distilled") for key in s} == {"lr", "temperature"}


def test_the_interval_is_that_of_the_mean_difference() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.uniform(size=20), rng.uniform(size=20)
    low, middle, high = difference_interval(first, second)
    assert middle == pytest.approx(np.mean(first - second))
    assert low < middle < high


@pytest.mark.parametrize(
    ("gap", "noise", "said"),
    [
        (0.05, 0.001, "better"),
        (-0.05, 0.001, "worse"),
        (0, 0.001, "equivalent"),
        (0, 0.1, "inconclusive"),
    ],
)
def test_verdicts(gap: float, noise: float, said: str) -> None:
    second = np.full(20, 0.5)
    first = second + gap + noise * np.tile([1.0, -1.0], 10)
    assert verdict(first, second) == said


def test_the_setting_of_least_loss_is_taken() -> None:
    settings = [{"lr": 1.0}, {"lr": 2.0}, {"lr": 3.0}]
    found = _trial(settings, lambda s, seed: abs(s["lr"] - 2), lambda s, seed: s["lr"] / 4)
    assert found["chosen"] == {"lr": 2.0}
    assert found["accuracies"] == [0.5] * len(RACE_SEEDS)


def test_shared_values_restore_and_have_the_right_gradient() -> None:
    theta = trained(0)
    found, phi = bits_points.shared(theta, 16)
    restored = NET.views(bits_points.restore(found, phi))
    for name, view in NET.views(theta).items():
        if view.ndim == 1:
            np.testing.assert_array_equal(restored[name], view)
        else:
            assert len(np.unique(restored[name])) <= 16
    x, labels = bits_points.digits().x_train[:30], bits_points.digits().y_train[:30]
    objective = bits_points.shared_objective(found)
    check_gradient(lambda p: objective(p, x, labels), phi)


def test_points_of_this_chapter() -> None:
    by_name = {point.name: point for point in points("15_quantization")}
    dense = 4 * NET.size
    assert by_name["float16"].nbytes == dense // 2
    assert by_name["int8"].nbytes == bits_points.in_integers(trained(0)).nbytes
    assert by_name["4 bits, groups"].nbytes == bits_points.grouped(trained(0))[1]
    assert by_name["int8"].accuracies[0] == pytest.approx(
        bits_points.integer_accuracy(trained(0)), abs=2.5 / 360
    )
