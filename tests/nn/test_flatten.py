"""Flattening: the order of the numbers, and the way back."""

import numpy as np
import pytest

from nnedu.nn import flatten


def test_channels_lie_together_and_the_way_back_is_the_same() -> None:
    x = np.arange(24.0).reshape(2, 2, 2, 3)
    y, backward = flatten(x)
    np.testing.assert_array_equal(y, [np.arange(12.0), np.arange(12.0, 24.0)])
    np.testing.assert_array_equal(backward(y)[0], x)


def test_a_batch_without_examples_axes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x has shape \(3,\); expected \(N, ...\)"):
        flatten(np.zeros(3))
