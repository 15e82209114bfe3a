"""Fixed-point factors and what they make of sums, beside exact rational arithmetic."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.quantization import fixed_point, requantize

FACTORS = st.floats(2.0**-32, 2.0**29, exclude_max=True)


@given(FACTORS)
def test_a_factor_has_31_bits_and_is_as_near_as_these_allow(factor: float) -> None:
    m, n = (int(part) for part in fixed_point(factor))
    assert 2**30 <= m < 2**31
    assert 1 <= n <= 62
    assert abs(Fraction(m, 2**n) / Fraction(factor) - 1) <= Fraction(1, 2**31)


def test_factors_by_hand() -> None:
    m, n = fixed_point(np.array([0.5, 1.0, 0.75, 2.0**-32]))
    assert m.tolist() == [2**30, 2**30, 3 * 2**29, 2**30]
    assert n.tolist() == [31, 30, 31, 62]
    almost = np.nextafter(1.0, 0.0)  # its 31 bits round up to 1
    assert [int(part) for part in fixed_point(almost)] == [2**30, 30]


@given(st.integers(-(2**31), 2**31 - 1), FACTORS, st.integers(-128, 127))
def test_equals_exact_arithmetic(total: int, factor: float, zero: int) -> None:
    m, n = (int(part) for part in fixed_point(factor))
    exact = floor(Fraction(total * m, 2**n) + Fraction(1, 2)) + zero
    found = requantize(np.array([[total]], np.int32), factor, zero)
    assert found.dtype == np.int8
    assert found[0, 0] == min(max(exact, -128), 127)


def test_halves_go_up_whatever_their_sign() -> None:
    sums = np.array([[-3, -2, -1, 0, 1, 2, 3]], np.int32)
    assert requantize(sums, 0.5, 0).tolist() == [[-1, -1, 0, 0, 1, 1, 2]]


def test_each_output_has_its_factor_and_relu_is_a_lower_end() -> None:
    sums = np.array([[100, 100], [-100, -100]], np.int32)
    factors = np.array([0.5, 0.01])
    assert requantize(sums, factors, -20).tolist() == [[30, -19], [-70, -21]]
    assert requantize(sums, factors, -20, low=-20).tolist() == [[30, -19], [-20, -20]]


def test_errors() -> None:
    sums = np.ones((1, 2), np.int32)
    with pytest.raises(TypeError, match="sums is float64; expected an int32 array"):
        requantize(np.ones((1, 2)), 0.5, 0)
    with pytest.raises(TypeError, match="sums is list"):
        requantize([[1]], 0.5, 0)
    for factor in (0.0, -1.0, np.nan, np.inf, 2.0**29):
        with pytest.raises(ValueError, match="the factors run from"):
            fixed_point(factor)
    with pytest.raises(ValueError, match="zero_point is 200; expected an int8 code"):
        requantize(sums, 0.5, 200)
    with pytest.raises(ValueError, match="low is -129"):
        requantize(sums, 0.5, 0, low=-129)
