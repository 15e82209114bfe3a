"""Every function in ``nnedu.schedules.__all__`` keeps these."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu import schedules
from nnedu.optim import Optimizer
from tests.contracts.docstrings import problems

NAMES = [name for name in schedules.__all__ if inspect.isfunction(getattr(schedules, name))]
pytestmark = pytest.mark.parametrize("name", NAMES)

# What a schedule needs beside its defaults; a word means the same in every schedule.
NUMBERS = {"base": 0.5, "rate": 0.9, "total": 20, "scale": 7.0, "every": 5.0, "power": 1.0}


def bound(name: str, **given: Any) -> Any:
    f = getattr(schedules, name)
    needs = {
        key: NUMBERS[key]
        for key, p in inspect.signature(f).parameters.items()
        if p.kind is p.KEYWORD_ONLY and p.default is p.empty
    }
    return partial(f, **{**needs, **given})


def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    assert problems(getattr(schedules, name), conventions=False, source=False) == []


def test_starts_at_base(name: str) -> None:
    assert bound(name)(0) == pytest.approx(NUMBERS["base"], rel=1e-15)


@given(base=st.floats(1e-6, 1e3))
def test_is_proportional_to_base(name: str, base: float) -> None:
    t = np.arange(40)
    np.testing.assert_allclose(
        bound(name, base=base)(t), base / 0.5 * bound(name)(t), rtol=1e-12, atol=1e-12 * base
    )


@given(t=st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_never_rises_and_stays_between_zero_and_base(name: str, t: list[int]) -> None:
    values = bound(name)(np.sort(t))
    assert (np.diff(values) <= 1e-15).all()
    assert (values >= 0).all()
    assert (values <= NUMBERS["base"] * (1 + 1e-15)).all()


def test_is_continuous(name: str) -> None:
    # A step of 1/1000 of an update changes the value by about 1/1000 of what one update does.
    f = bound(name)
    fine = np.abs(np.diff(f(np.arange(0, 40, 1e-3)))).max()
    assert fine <= 2e-3 * max(np.abs(np.diff(f(np.arange(40)))).max(), 1e-300)


def test_numbers_and_arrays_agree(name: str) -> None:
    f, t = bound(name), np.arange(30)
    values = f(t)
    assert values.shape == t.shape
    assert values.dtype == np.float64
    for k in t:
        one = f(int(k))
        assert type(one) is float, "a NumPy scalar would promote float32 parameters"
        assert one == pytest.approx(values[k], rel=1e-15)  # SIMD powers differ in the last place


def test_inputs_are_not_changed(name: str) -> None:
    t = np.arange(10)
    t.flags.writeable = False
    bound(name)(t)
    np.testing.assert_array_equal(t, np.arange(10))


def test_an_optimizer_takes_it(name: str) -> None:
    opt, theta = Optimizer("sgd", lr=bound(name)), np.zeros(1)
    state = opt.init(theta)
    for k in range(3):
        before = theta
        theta, state = opt.step(theta, np.ones(1), state)
        assert before - theta == pytest.approx(bound(name)(k), rel=1e-12)


@pytest.mark.parametrize("t", [-1, [3, -2], float("nan")], ids=str)
def test_steps_below_zero_are_refused(name: str, t: Any) -> None:
    with pytest.raises(ValueError, match="expected updates already made, 0 at the first"):
        bound(name)(t)


@pytest.mark.parametrize("bad", [0, -0.1, float("nan"), float("inf")], ids=str)
def test_bad_numbers_are_refused_by_name(name: str, bad: float) -> None:
    parameters = inspect.signature(getattr(schedules, name)).parameters
    for key in parameters:
        if key in ("t", "final"):
            continue  # final may be 0: its range is tested with its schedule
        with pytest.raises(ValueError, match=f"^{key} is {bad}; expected"):
            bound(name, **{key: bad})(0)
