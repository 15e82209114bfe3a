"""Sixteen-bit floats: every bfloat16, every half-way, and ml_dtypes beside."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.quantization import bfloat16, bfloat16_bits, float16
from tests.needs import require

UPPER = np.arange(2**16, dtype=np.uint32)
# Every bfloat16 and, in float32, the points around its middle and its ends.
TAILS = np.array([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF], np.uint32)
GRID = ((UPPER[:, None] << 16) | TAILS).view(np.float32).ravel()
FINITE = GRID[np.isfinite(GRID)]


def test_every_half_way_agrees_with_ml_dtypes() -> None:
    require("ml_dtypes")
    import ml_dtypes

    with np.errstate(invalid="ignore"):  # NaN
        theirs = GRID.astype(ml_dtypes.bfloat16)
    number = ~np.isnan(GRID)
    np.testing.assert_array_equal(bfloat16_bits(GRID)[number], theirs.view(np.uint16)[number])
    assert np.isnan(bfloat16(GRID[~number])).all()


def test_it_is_the_nearest_and_of_two_the_even_one() -> None:
    # Without anyone's help: the neighbours below and above in magnitude, and the distances.
    u = FINITE.view(np.uint32)
    down = (u & np.uint32(0xFFFF0000)).view(np.float32).astype(np.float64)
    next_up = (u >> np.uint32(16)) + np.uint32(1)
    up = (next_up << np.uint32(16)).view(np.float32).astype(np.float64)
    # Beyond the largest, the next value would be 2**128: it rounds to infinity.
    up = np.where(np.isfinite(up), up, np.sign(down) * 2.0**128)
    x = FINITE.astype(np.float64)
    nearer_up = np.abs(up - x) < np.abs(x - down)
    tie = np.abs(up - x) == np.abs(x - down)
    expected = np.where(nearer_up | (tie & (next_up % 2 == 0)), up, down)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(bfloat16(FINITE), expected.astype(np.float32))


def test_what_is_bfloat16_stays() -> None:
    exact = (UPPER << 16).view(np.float32)
    exact = exact[~np.isnan(exact)]
    np.testing.assert_array_equal(bfloat16(exact).view(np.uint32), exact.view(np.uint32))


def test_float64_is_rounded_once() -> None:
    # Just above half-way: through float32 it would become half-way, and then go down to even.
    x = np.array([1 + 2.0**-8 + 2.0**-40, -1 - 2.0**-8 - 2.0**-40, 1 + 2.0**-8 - 2.0**-40])
    np.testing.assert_array_equal(bfloat16(x), [1 + 2.0**-7, -1 - 2.0**-7, 1])
    np.testing.assert_array_equal(bfloat16(x.astype(np.float32)), [1, -1, 1])
    np.testing.assert_array_equal(bfloat16(np.array([1e300, -1e39, 1e-300])), [np.inf, -np.inf, 0])


@given(st.floats(0, 3e38))
def test_float64_agrees_with_fractions(x: float) -> None:
    # In units of bfloat16's last place at x, exactly.
    exponent = max(int(np.frexp(x)[1]) - 8, -133)
    quotient = Fraction(x) / Fraction(2) ** exponent
    assert Fraction(float(bfloat16(np.array([x]))[0])) == round(quotient) * Fraction(2) ** exponent


def test_float16_by_hand() -> None:
    x = np.array([2049.0, 2051.0, 65519.0, 65520.0, 2.0**-24, 2.0**-25, 3 * 2.0**-26])
    np.testing.assert_array_equal(float16(x), [2048, 2052, 65504, np.inf, 2.0**-24, 0, 2.0**-24])
    every = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float32)
    every = every[~np.isnan(every)]
    np.testing.assert_array_equal(float16(every), every)


def test_a_type_that_cannot_hold_it_is_refused() -> None:
    with pytest.raises(TypeError, match="expected float32 or float64, which hold bfloat16"):
        bfloat16(np.ones(2, np.float16))
