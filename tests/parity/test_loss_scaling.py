"""Dynamic loss scaling beside the frameworks'."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nnedu.parity import TOLERANCE, load
from nnedu.parity.loss_scaling import GROW_AFTER, INITIAL, LOSS_SCALING, OVERFLOWS, STEPS
from tests.needs import require

CASE = LOSS_SCALING["dynamic"]
frameworks = pytest.mark.parametrize("theirs", CASE.theirs)


@cache
def wanted(theirs: str) -> dict[str, np.ndarray]:
    if theirs == "torch":
        arrays = load("loss_scaling").arrays
        return {part: arrays[f"dynamic/{part}"] for part in ("theta", "scale")}
    require("tensorflow")
    return CASE.run_theirs(theirs)


@frameworks
def test_parameters_and_scales_agree_at_every_step(theirs: str) -> None:
    ours, found = CASE.run(), wanted(theirs)
    np.testing.assert_array_equal(ours["scale"], found["scale"])
    off = np.abs(ours["theta"] - found["theta"]).max() / np.abs(found["theta"]).max()
    assert off < TOLERANCE


@frameworks
def test_one_part_in_a_million_of_the_learning_rate_is_seen(theirs: str) -> None:
    for factor in (1 + 1e-6, 1 - 1e-6):
        off = np.abs(CASE.run(lr=factor)["theta"] - wanted(theirs)["theta"]).max()
        assert off / np.abs(wanted(theirs)["theta"]).max() > 50 * TOLERANCE


def test_the_run_meets_overflows_in_a_row_and_several_growths() -> None:
    scales = np.concatenate([[INITIAL], CASE.run()["scale"]])
    steps = scales[1:] / scales[:-1]
    assert {i for i, step in enumerate(steps) if step == 0.5} == set(OVERFLOWS)
    assert np.sum(steps == 2) >= 5
    assert set(steps) == {0.5, 1.0, 2.0}
    assert STEPS > 10 * GROW_AFTER
    assert set(np.diff(OVERFLOWS)) > {1}


def test_torch_of_today_agrees_with_its_record() -> None:
    require("torch", optional=True)
    for part, array in CASE.run_theirs("torch").items():
        np.testing.assert_allclose(array, wanted("torch")[part], rtol=TOLERANCE)
