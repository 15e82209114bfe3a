"""Pooling, by hand: what comes out, and where the gradient goes."""

import numpy as np
import pytest

from nnedu.nn import AveragePool, MaxPool, average_pool, global_average_pool, max_pool

X = np.array([[1.0, 5.0, 2.0], [4.0, 3.0, 9.0], [7.0, 8.0, 6.0]]).reshape(1, 3, 3, 1)


def test_max_pool_by_hand() -> None:
    y, backward = max_pool(X, size=2, stride=1)
    np.testing.assert_array_equal(y[0, :, :, 0], [[5, 9], [8, 9]])
    (d_x,) = backward(np.array([[1.0, 2.0], [4.0, 8.0]]).reshape(y.shape))
    np.testing.assert_array_equal(d_x[0, :, :, 0], [[0, 1, 0], [0, 0, 10], [0, 4, 0]])


def test_max_pool_gives_a_tie_to_the_first_and_padding_never_wins() -> None:
    x = np.full((1, 2, 2, 1), -3.0)
    y, backward = max_pool(x, size=2)
    np.testing.assert_array_equal(backward(np.ones(y.shape))[0][0, :, :, 0], [[1, 0], [0, 0]])
    for padding in ("same", 1):
        assert (max_pool(x, size=3, stride=2, padding=padding)[0] == -3).all()


def test_average_pool_by_hand() -> None:
    y, backward = average_pool(X, size=2, padding="same")
    np.testing.assert_array_equal(y[0, :, :, 0], [[3.25, 5.5], [7.5, 6.0]])
    (d_x,) = backward(np.array([[4.0, 2.0], [2.0, 5.0]]).reshape(y.shape))
    np.testing.assert_array_equal(d_x[0, :, :, 0], [[1, 1, 1], [1, 1, 1], [1, 1, 5]])


def test_windows_side_by_side_by_default_and_channels_apart() -> None:
    x = np.random.default_rng(0).normal(size=(2, 4, 6, 3))
    blocks = x.reshape(2, 2, 2, 3, 2, 3)
    np.testing.assert_allclose(average_pool(x, size=2)[0], blocks.mean(axis=(2, 4)), rtol=1e-13)
    np.testing.assert_array_equal(max_pool(x, size=2)[0], blocks.max(axis=(2, 4)))


def test_global_average_pool_by_hand() -> None:
    y, backward = global_average_pool(np.arange(8.0).reshape(1, 2, 2, 2))
    np.testing.assert_array_equal(y, [[3.0, 4.0]])
    np.testing.assert_array_equal(
        backward(np.array([[4.0, 8.0]]))[0], np.tile([1.0, 2.0], 4).reshape(1, 2, 2, 2)
    )


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"x has shape \(3, 4\); expected \(N, ..., C\)"):
        global_average_pool(np.zeros((3, 4)))
    with pytest.raises(ValueError, match=r"x has shape \(3, 4\); expected \(N, H, W, C\)"):
        max_pool(np.zeros((3, 4)), size=2)
    for pool in (MaxPool, AveragePool):
        with pytest.raises(ValueError, match="padding is 2; expected less than size, which is 2"):
            pool(2, padding=2)
        with pytest.raises(ValueError, match="size is 0; expected a whole number"):
            pool(0)
        with pytest.raises(ValueError, match=r"images have shape \(8,\); expected \(height"):
            pool(2).output_shape((8,))
