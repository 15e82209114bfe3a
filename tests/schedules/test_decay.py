"""Schedules: their ends, and values by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.schedules import constant, cosine, exponential, inverse_time

BASE = st.floats(1e-6, 1e3)


@given(BASE, st.integers(0, 10**9))
def test_constant_is_constant(base: float, t: int) -> None:
    assert constant(t, base=base) == base


@given(BASE, st.floats(0.1, 1), st.floats(0.5, 1e3), st.integers(0, 50))
def test_exponential_falls_by_the_rate_once_every_so_often(
    base: float, rate: float, every: float, k: int
) -> None:
    assert exponential(k * every, base=base, rate=rate, every=every) == pytest.approx(
        base * rate**k, rel=1e-9
    )


def test_exponential_has_no_jumps() -> None:
    half = exponential(5, base=1.0, rate=0.25, every=10)
    assert half == 0.5


@given(BASE, st.floats(0.5, 1e3), st.floats(0.25, 3))
def test_inverse_time_has_fallen_by_two_to_the_power_at_scale(
    base: float, scale: float, power: float
) -> None:
    assert inverse_time(scale, base=base, scale=scale, power=power) == pytest.approx(
        base / 2**power, rel=1e-12
    )


def test_inverse_time_by_hand() -> None:
    np.testing.assert_allclose(
        inverse_time(np.array([0, 1, 3, 8]), base=1.0, scale=1, power=0.5),
        [1, 0.5**0.5, 0.5, 1 / 3],
    )


@given(BASE, st.integers(1, 10**6), st.floats(0, 1))
def test_cosine_ends(base: float, total: int, share: float) -> None:
    final = share * base
    assert cosine(0, base=base, total=total, final=final) == pytest.approx(base, rel=1e-14)
    for t in (total, total + 1, 5 * total):
        end = cosine(t, base=base, total=total, final=final)
        assert end == pytest.approx(final, rel=1e-12, abs=1e-15 * base)
    middle = cosine(total / 2, base=base, total=total, final=final)
    assert middle == pytest.approx((base + final) / 2, rel=1e-12)


def test_cosine_by_hand() -> None:
    # cos(pi/3) = 1/2, cos(2 pi/3) = -1/2.
    np.testing.assert_allclose(
        cosine(np.array([0, 1, 2, 3, 4]), base=5.0, total=3, final=1.0), [5, 4, 2, 1, 1], rtol=1e-14
    )


def test_ranges() -> None:
    with pytest.raises(ValueError, match=r"rate is 1\.5; expected a factor in \(0, 1\]"):
        exponential(1, base=0.1, rate=1.5)
    for final in (-0.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"final is {final}; expected a finite number"):
            cosine(1, base=0.1, total=10, final=final)
