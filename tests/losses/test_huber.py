"""Huber's loss: by hand, and between the two losses it joins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.losses import huber, mae, mse

ERRORS = st.lists(st.floats(-100, 100), min_size=1, max_size=9)


def test_value_and_gradient_by_hand() -> None:
    # delta 2: errors 1 and -2 cost 1/2 and 2; 5 costs 2 (5 - 1) = 8; 0 nothing. Over 4 entries.
    value, d = huber(np.array([[1.0, -2.0], [5.0, 0.0]]), np.zeros((2, 2)), delta=2.0)
    assert value == 2.625
    np.testing.assert_array_equal(d, [[0.25, -0.5], [0.5, 0.0]])


def test_delta_is_one_unless_said() -> None:
    assert huber(np.array([3.0]), np.zeros(1))[0] == 2.5


@given(ERRORS)
def test_a_delta_above_every_error_gives_half_the_squared_error(errors: list[float]) -> None:
    e, zero = np.array(errors), np.zeros(len(errors))
    value, d = huber(e, zero, delta=101.0)
    half, d_half = mse(e, zero)
    assert value == pytest.approx(half / 2, rel=1e-14)
    np.testing.assert_allclose(d, d_half / 2, rtol=1e-14)


@given(ERRORS, st.floats(1e-6, 1e-3))
def test_a_small_delta_gives_delta_times_the_absolute_error(
    errors: list[float], delta: float
) -> None:
    e, zero = np.array(errors), np.zeros(len(errors))
    value, d = huber(e, zero, delta=delta)
    size, d_size = mae(e, zero)
    assert abs(value / delta - size) <= delta / 2 + 1e-12
    large = np.abs(e) > delta
    np.testing.assert_allclose(d[large] / delta, d_size[large], rtol=1e-12)


@given(st.floats(0.1, 10))
def test_value_and_gradient_have_no_jump_at_delta(delta: float) -> None:
    below, above = np.array([delta * (1 - 1e-12)]), np.array([delta * (1 + 1e-12)])
    zero = np.zeros(1)
    assert huber(below, zero, delta=delta)[0] == pytest.approx(
        huber(above, zero, delta=delta)[0], rel=1e-11
    )
    np.testing.assert_allclose(
        huber(below, zero, delta=delta)[1], huber(above, zero, delta=delta)[1], rtol=1e-11
    )


@pytest.mark.parametrize("delta", [0.0, -1.0, float("nan"), float("inf")])
def test_delta_must_be_above_zero(delta: float) -> None:
    with pytest.raises(ValueError, match=r"delta is .*; expected a finite number above 0"):
        huber(np.ones(2), np.zeros(2), delta=delta)


def test_column_against_row_is_refused() -> None:
    with pytest.raises(ValueError, match=r"predictions has shape \(3, 1\) and targets \(3,\)"):
        huber(np.ones((3, 1)), np.ones(3))
