"""Every patient shows its signs, no cured one does, and each cause is told from all others."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pytest

from nnedu.hospital import CASES, FINDINGS, HEALTHY, Chart, Sign, admit, diagnose, presence
from nnedu.hospital.diagnosis import STAGES
from nnedu.hospital.optimization import gradients_not_zeroed
from nnedu.hospital.patient import patient
from nnedu.nn import BatchNorm, Dense, Dropout, relu

BY_ID = {case.id: case for case in CASES}
each_case = pytest.mark.parametrize("id", BY_ID)
# The honest evaluation shows what the shared rows had hidden.
UNCOVERED = {"shared-rows": "too-little-data"}


@cache
def chart(id: str, broken: bool) -> Chart:
    return BY_ID[id].run(broken=broken)


def clear(value: float, limit: float, other: float) -> bool:
    """Whether a value is well away from the limit: by a share of the distance or by a factor."""
    far = abs(value - limit) > 0.08 * abs(value - other)
    low, high = sorted([abs(value), abs(limit)])
    return far or high > 1.3 * low


@each_case
def test_the_broken_run_has_the_signs_and_the_cured_run_has_not(id: str) -> None:
    case = BY_ID[id]
    assert case.sick(chart(id, True))
    assert not case.sick(chart(id, False))
    tells = case.signs[0]
    sick, cured = (tells.value(chart(id, broken)) for broken in (True, False))
    assert clear(sick, tells.limit, cured)
    assert np.isnan(cured) or clear(cured, tells.limit, sick)


@each_case
def test_the_cause_is_named_from_the_chart_alone(id: str) -> None:
    assert diagnose(chart(id, True)) == id
    assert diagnose(chart(id, False)) == UNCOVERED.get(id, HEALTHY)


@each_case
def test_the_words_are_complete_and_the_series_is_there(id: str) -> None:
    case = BY_ID[id]
    for text in (case.title, case.symptom, case.cause, case.cure):
        assert text.strip()
        assert len(text) < 220
    x, y = chart(id, True).line(case.shows)
    assert len(x) == len(y) > 1


def test_every_case_has_its_place_among_the_questions() -> None:
    placed = [each for stage in STAGES.values() for each in stage]
    assert sorted(placed) == sorted(BY_ID)
    assert len(CASES) == len(BY_ID) >= 22


def test_an_early_sickness_causes_the_signs_of_a_later_one() -> None:
    found = presence(chart("dead-relus", True))
    assert found[0] == "dead-relus"
    assert "deep-sigmoids" in found[1:]


@pytest.mark.parametrize(
    "build",
    [
        partial(gradients_not_zeroed, True),
        lambda rng: patient(rng, layers=[Dense(8), BatchNorm(), relu, Dropout(0.5), Dense(10)]),
    ],
    ids=["summed gradients", "statistics and masks"],
)
def test_looking_leaves_no_trace(build) -> None:
    losses = []
    for every in (5, 1000):
        sick = build(np.random.default_rng(0))
        sick.steps, sick.every = 30, every
        losses.append(admit(sick).each["training loss"])
    assert np.array_equal(*losses)


def test_a_run_that_is_no_longer_finite_ends_its_chart() -> None:
    found = chart("float16-overflow", True)
    assert found.diverged
    lengths = {len(series) for series in found.each.values()}
    assert lengths == {int(found.looks[-1])}


def test_the_finite_differences_find_a_single_wrong_sign() -> None:
    wrong, right = (FINDINGS["slope / gradient"](chart("sign-of-a-layer", b)) for b in (1, 0))
    assert wrong == pytest.approx(-1, abs=1e-4)
    assert right == pytest.approx(1, abs=1e-4)


def test_a_sign_of_an_unknown_finding_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown finding 'dead unit'.*Did you mean 'dead units'"):
        Sign("dead unit", 0.5)


def test_a_finding_that_cannot_be_had_is_no_sign() -> None:
    sign = Sign("first / last step, at first", 1.0, above=False)
    assert np.isnan(sign.value(chart("lr-too-low", True)))
    assert not sign.present(chart("lr-too-low", True))
    assert str(sign) == "first / last step, at first < 1"
