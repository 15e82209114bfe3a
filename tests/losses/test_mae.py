"""Mean absolute error, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.losses import mae


def test_value_and_subgradient_by_hand() -> None:
    # Differences 1, -2, 0, 3: their sizes sum to 6, over 4 entries; the 0 pulls nowhere.
    value, d = mae(np.array([[2.0, 0.0], [5.0, 7.0]]), np.array([[1.0, 2.0], [5.0, 4.0]]))
    assert value == 1.5
    np.testing.assert_array_equal(d, [[0.25, -0.25], [0.0, 0.25]])


def test_an_error_pulls_as_hard_however_large() -> None:
    _, d = mae(np.array([1e-300, 1e300]), np.zeros(2))
    np.testing.assert_array_equal(d, [0.5, 0.5])


@given(st.lists(st.integers(-50, 50), min_size=3, max_size=9).filter(lambda t: len(t) % 2 == 1))
def test_the_median_is_its_minimum(targets: list[int]) -> None:
    t = np.array(targets, dtype=float)
    at_median, d = mae(np.full_like(t, np.median(t)), t)
    # At the median as many pull up as down, but for those that sit on it: 0 is a subgradient.
    assert abs(d.sum()) <= np.mean(t == np.median(t))
    for c in np.arange(-50, 51):
        assert mae(np.full_like(t, c), t)[0] >= at_median - 1e-12


def test_column_against_row_is_refused() -> None:
    with pytest.raises(ValueError, match=r"predictions has shape \(3, 1\) and targets \(3,\)"):
        mae(np.ones((3, 1)), np.ones(3))
