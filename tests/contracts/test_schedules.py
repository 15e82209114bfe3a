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
# What a schedule needs beside its defaults; a word means the same in every schedule.
NUMBERS = {
    "base": 0.5,
    "boundaries": [4, 12],
    "decay": 10,
    "every": 5.0,
    "half": 6,
    "high": 0.5,
    "low": 0.1,
    "peak": 0.8,
    "period": 9,
    "power": 1.0,
    "rate": 0.9,
    "scale": 7.0,
    "stable": 8,
    "then": partial(schedules.exponential, base=0.5, rate=0.9),
    "total": 20,
    "up": 6,
    "updates": 5,
    "values": [0.5, 0.2, 0.1],
    "warm_up": 4,
}
HAS_BASE = [n for n in NAMES if "base" in inspect.signature(getattr(schedules, n)).parameters]
FALLING = ["constant", "cosine", "exponential", "inverse_time", "polynomial"]
JUMPS = ["piecewise_constant", "warm_restarts"]
every_schedule = pytest.mark.parametrize("name", NAMES)
falling = pytest.mark.parametrize("name", FALLING)


def bound(name: str, **given: Any) -> Any:
    f = getattr(schedules, name)
    needs = {
        key: NUMBERS[key]
        for key, p in inspect.signature(f).parameters.items()
        if p.kind is p.KEYWORD_ONLY and p.default is p.empty
    }
    return partial(f, **{**needs, **given})


@every_schedule
def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    assert problems(getattr(schedules, name), conventions=False, source=False) == []


@falling
def test_starts_at_base(name: str) -> None:
    assert bound(name)(0) == pytest.approx(NUMBERS["base"], rel=1e-15)


@pytest.mark.parametrize("name", HAS_BASE)
@given(base=st.floats(1e-6, 1e3))
def test_is_proportional_to_its_values(name: str, base: float) -> None:
    t, times = np.arange(40), base / NUMBERS["base"]
    scaled = {"base": base}
    if "peak" in inspect.signature(getattr(schedules, name)).parameters:
        scaled["peak"] = times * NUMBERS["peak"]
    ours, theirs = bound(name, **scaled)(t), times * bound(name)(t)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * base)


@falling
@given(t=st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_never_rises_and_stays_between_zero_and_base(name: str, t: list[int]) -> None:
    values = bound(name)(np.sort(t))
    assert (np.diff(values) <= 1e-15).all()
    assert (values >= 0).all()
    assert (values <= NUMBERS["base"] * (1 + 1e-15)).all()


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(JUMPS)))
def test_is_continuous(name: str) -> None:
    # A step of 1/1000 of an update changes the value by about 1/1000 of what one update does.
    f = bound(name)
    fine = np.abs(np.diff(f(np.arange(0, 40, 1e-3)))).max()
    assert fine <= 3e-3 * max(np.abs(np.diff(f(np.arange(40)))).max(), 1e-300)


@every_schedule
@given(t=st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_is_finite_never_below_zero_and_never_above_its_largest_number(name: str, t: list[int]):
    values = bound(name)(np.array(t))
    assert (values >= 0).all()
    assert (values <= 0.8 * (1 + 1e-15)).all()


@every_schedule
def test_numbers_and_arrays_agree(name: str) -> None:
    f, t = bound(name), np.arange(30)
    values = f(t)
    assert values.shape == t.shape
    assert values.dtype == np.float64
    for k in t:
        one = f(int(k))
        assert type(one) is float, "a NumPy scalar would promote float32 parameters"
        assert one == pytest.approx(values[k], rel=1e-15)  # SIMD powers differ in the last place


@every_schedule
def test_inputs_are_not_changed(name: str) -> None:
    t = np.arange(10)
    t.flags.writeable = False
    bound(name)(t)
    np.testing.assert_array_equal(t, np.arange(10))


@every_schedule
def test_an_optimizer_takes_it(name: str) -> None:
    opt, theta = Optimizer("sgd", lr=bound(name)), np.zeros(1)
    state = opt.init(theta)
    for k in range(3):
        before = theta
        theta, state = opt.step(theta, np.ones(1), state)
        assert before - theta == pytest.approx(bound(name)(k), rel=1e-12)


@every_schedule
@pytest.mark.parametrize("t", [-1, [3, -2], float("nan")], ids=str)
def test_steps_below_zero_are_refused(name: str, t: Any) -> None:
    with pytest.raises(ValueError, match="expected updates already made, 0 at the first"):
        bound(name)(t)


@every_schedule
@pytest.mark.parametrize("bad", [0, -0.1, float("nan"), float("inf")], ids=str)
def test_bad_numbers_are_refused_by_name(name: str, bad: float) -> None:
    parameters = inspect.signature(getattr(schedules, name)).parameters
    for key in parameters:
        if key in ("t", "final", "start", "then", "boundaries", "values"):
            continue  # 0 is in their range, or they are no numbers: tested with their schedules
        with pytest.raises(ValueError, match=f"^{key} is {bad}; expected"):
            bound(name, **{key: bad})(0)
