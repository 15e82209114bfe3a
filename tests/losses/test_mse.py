"""Mean squared error, by hand."""

import numpy as np
import pytest

from nnedu.losses import mse


def test_value_and_gradient_by_hand() -> None:
    # Differences 1, -2, 0, 3: squares sum to 14, over 4 entries; gradient 2 d / 4.
    value, d = mse(np.array([[2.0, 0.0], [5.0, 7.0]]), np.array([[1.0, 2.0], [5.0, 4.0]]))
    assert value == 3.5
    np.testing.assert_array_equal(d, [[0.5, -1.0], [0.0, 1.5]])


def test_mean_is_over_entries_not_over_rows() -> None:
    assert mse(np.ones((4, 5)), np.zeros((4, 5)))[0] == 1.0


def test_column_against_row_is_refused() -> None:
    with pytest.raises(ValueError, match=r"predictions has shape \(3, 1\) and targets \(3,\)"):
        mse(np.ones((3, 1)), np.ones(3))
