"""Schedules that jump, rise or come again: by hand, from the papers, and what they refuse."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.schedules import (
    constant,
    cosine,
    exp_range,
    inverse_sqrt,
    one_cycle,
    piecewise_constant,
    polynomial,
    triangular,
    triangular2,
    warm_restarts,
    warm_up,
    warmup_stable_decay,
)


def test_polynomial_of_power_one_is_a_straight_line_to_its_end() -> None:
    values = polynomial(np.arange(13), base=5.0, total=10, final=1.0)
    np.testing.assert_allclose(values[:11], np.linspace(5, 1, 11))
    assert set(values[10:]) == {1.0}


def test_polynomial_by_hand() -> None:
    # 1 + 4 (1 - 5/10)**3 = 1.5
    assert polynomial(5, base=5.0, total=10, final=1.0, power=3) == 1.5


def test_a_boundary_belongs_to_what_follows() -> None:
    values = piecewise_constant(np.arange(6), boundaries=[2, 3], values=[3.0, 2.0, 1.0])
    np.testing.assert_array_equal(values, [3, 3, 2, 1, 1, 1])


@pytest.mark.parametrize(
    ("boundaries", "values", "message"),
    [
        ([3], [1.0], "values has 1 numbers and boundaries 1; expected one value more"),
        ([3, 3], [1.0, 2.0, 3.0], r"boundaries is \[3, 3\]; expected numbers above 0, increasing"),
        ([0], [1.0, 2.0], r"boundaries is \[0\]"),
        ([3], [1.0, -2.0], r"values\[1\] is -2.0; expected a finite number of at least 0"),
    ],
)
def test_pieces_that_do_not_fit_are_refused(boundaries, values, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        piecewise_constant(0, boundaries=boundaries, values=values)


@given(st.integers(1, 10**6), st.integers(1, 10**4), st.integers(1, 1024))
def test_inverse_sqrt_is_the_papers(t: int, warm: int, width: int) -> None:
    s = t + 1
    papers = width**-0.5 * min(s**-0.5, s * warm**-1.5)  # Vaswani et al. (2017), equation 3
    ours = inverse_sqrt(t, base=(width * warm) ** -0.5, warm_up=warm)
    assert ours == pytest.approx(papers, rel=1e-12)


def test_warm_up_meets_what_follows() -> None:
    then = partial(cosine, base=0.4, total=10)
    values = warm_up(np.arange(20), then=then, updates=4, start=0.2)
    np.testing.assert_allclose(values[:5], [0.2, 0.25, 0.3, 0.35, 0.4])
    np.testing.assert_allclose(values[4:], then(np.arange(16)))


def test_warm_up_can_be_composed_with_itself() -> None:
    inner = partial(warm_up, then=partial(constant, base=1.0), updates=2, start=0.5)
    np.testing.assert_allclose(
        warm_up(np.arange(6), then=inner, updates=2), [0, 0.25, 0.5, 0.75, 1, 1]
    )


def test_warm_up_refuses_a_negative_start() -> None:
    with pytest.raises(ValueError, match="start is -1; expected a finite number of at least 0"):
        warm_up(0, then=partial(constant, base=1.0), updates=4, start=-1)


def test_warmup_stable_decay_by_hand() -> None:
    values = warmup_stable_decay(
        np.array([0, 5, 10, 29, 30, 35, 40, 41]),
        base=2.0,
        warm_up=10,
        stable=20,
        decay=10,
        final=1.0,
    )
    np.testing.assert_allclose(values, [0, 1, 2, 2, 2, 1.5, 1, 1])


def test_triangles_return_to_low_after_every_cycle() -> None:
    t = np.arange(0, 60, 6)
    np.testing.assert_allclose(triangular(t, low=1.0, high=5.0, half=6), [1, 5] * 5)
    heights = triangular2(t, low=1.0, high=5.0, half=6) - 1
    np.testing.assert_allclose(heights, [0, 4, 0, 2, 0, 1, 0, 0.5, 0, 0.25])
    shrinking = exp_range(t, low=1.0, high=5.0, half=6, rate=0.9) - 1
    np.testing.assert_allclose(shrinking[1::2], 4 * 0.9 ** t[1::2])


def test_a_triangle_upside_down_is_refused() -> None:
    with pytest.raises(ValueError, match="low is 3 and high 2; expected low to be the smaller"):
        triangular(0, low=3, high=2, half=4)


def test_one_cycle_goes_through_its_three_points() -> None:
    values = one_cycle(
        np.array([0, 3, 6, 13, 20, 30]), base=1.0, peak=3.0, up=6, total=20, final=0.5
    )
    np.testing.assert_allclose(values, [1, 2, 3, 1.75, 0.5, 0.5])


def test_one_cycle_needs_room_to_fall() -> None:
    with pytest.raises(ValueError, match="up is 20 and total 20; expected up to be the smaller"):
        one_cycle(0, base=0.1, peak=1.0, up=20, total=20)


@pytest.mark.parametrize("growth", [1, 1.5, 2])
def test_each_restart_begins_at_its_top(growth: float) -> None:
    begin = 0.0
    for i in range(6):
        top = warm_restarts(begin, base=1.0, period=4, growth=growth, shrink=0.5, final=0.2)
        assert top == pytest.approx(0.2 + 0.8 * 0.5**i, rel=1e-12)
        length = 4 * growth**i
        middle = warm_restarts(begin + length / 2, base=1.0, period=4, growth=growth)
        assert middle == pytest.approx(0.5, rel=1e-12)
        begin += length


def test_one_period_of_restarts_is_a_cosine() -> None:
    t = np.arange(9)
    np.testing.assert_allclose(
        warm_restarts(t, base=0.3, period=9, final=0.1), cosine(t, base=0.3, total=9, final=0.1)
    )


@pytest.mark.parametrize(("word", "value"), [("growth", 0.5), ("shrink", 1.5), ("final", -1)])
def test_restarts_out_of_range_are_refused(word: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{word} is {value}; expected"):
        warm_restarts(0, base=0.1, period=4, **{word: value})
