"""Adafactor, by hand."""

import numpy as np
import pytest

from nnedu.optim import TensorOptimizer, adafactor, adafactor_vector

SIGNS = np.array([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]])


def test_squares_that_are_a_product_are_remembered_exactly() -> None:
    # The same outer product of squares at every update: U is the sign of g, and a step is a set
    # fraction of the size of theta, whose entries all have size 2 before the first.
    g = SIGNS * np.outer([1.0, 3.0], [2.0, 0.1, 5.0])
    theta, R, C = 2.0 * np.ones((2, 3)), np.zeros(2), np.zeros(3)
    for t in range(1, 8):
        before = theta
        theta, R, C = adafactor(theta, g, R, C, t=t, lr=0.1)
        size = np.sqrt(np.mean(before**2))
        np.testing.assert_allclose(theta, before - 0.1 * size * SIGNS, rtol=1e-12)


def test_by_hand_where_squares_are_no_product() -> None:
    # Squares 9 1 / 1 1: row means 5, 1, column means 5, 1, mean of the rows 3;
    # V = 25/3 5/3 / 5/3 1/3; U**2 = 27/25 3/5 / 3/5 3, whose mean is 1.32.
    before, g, zero = np.full((2, 2), 4.0), np.array([[3.0, 1.0], [-1.0, 1.0]]), np.zeros(2)
    theta, R, C = adafactor(before, g, zero, zero, t=1, lr=0.5)
    np.testing.assert_array_equal(R, [5.0, 1.0])
    np.testing.assert_array_equal(C, [5.0, 1.0])
    U = np.array([[1.08**0.5, 0.6**0.5], [-(0.6**0.5), 3**0.5]])
    np.testing.assert_allclose(theta, 4.0 - 0.5 * 4.0 * U / 1.32**0.5, rtol=1e-14)
    whole, _, _ = adafactor(before, g, zero, zero, t=1, lr=0.5, clip=9.0)
    np.testing.assert_allclose(whole, 4.0 - 0.5 * 4.0 * U, rtol=1e-14)


def test_clip_is_the_largest_root_mean_square_of_a_direction() -> None:
    theta, V = np.full(4, 10.0), np.zeros(4)
    theta, V = adafactor_vector(theta, np.full(4, 1e-3), V, t=1, lr=0.1)
    after, _ = adafactor_vector(theta, np.full(4, 1.0), V, t=2, lr=0.1, clip=1.25)
    # V = 2**-0.8 at the second update, so that U would be 2**0.4 = 1.32 without the clip.
    np.testing.assert_allclose(theta - after, 0.1 * 9.0 * 1.25, rtol=1e-6)
    after, _ = adafactor_vector(theta, np.full(4, 1.0), V, t=2, lr=0.1, clip=1.5)
    np.testing.assert_allclose(theta - after, 0.1 * 9.0 * 2**0.4, rtol=1e-6)


def test_first_gradient_is_remembered_whole_and_the_mean_slows_down() -> None:
    V = adafactor_vector(np.ones(1), np.array([3.0]), np.array([77.0]), t=1, lr=1.0)[1]
    assert V[0] == pytest.approx(9.0, rel=1e-15)
    for t in (2, 10, 100):
        V = adafactor_vector(np.ones(1), np.array([1.0]), np.zeros(1), t=t, lr=1.0, decay=0.5)[1]
        assert V[0] == pytest.approx(t**-0.5, rel=1e-12)


def test_a_tensor_at_zero_is_taken_to_have_the_size_eps2() -> None:
    theta, _ = adafactor_vector(np.zeros(2), np.array([5.0, -5.0]), np.zeros(2), t=1, lr=0.5)
    np.testing.assert_allclose(theta, [-0.5e-3, 0.5e-3], rtol=1e-12)


def test_decay_is_apart_from_the_size_of_the_step() -> None:
    arguments = np.array([10.0, -10.0]), np.array([1.0, 1.0]), np.zeros(2)
    plain, _ = adafactor_vector(*arguments, t=1, lr=0.1)
    decayed, _ = adafactor_vector(*arguments, t=1, lr=0.1, weight_decay=0.25)
    np.testing.assert_allclose(plain - decayed, 0.1 * 0.25 * arguments[0], rtol=1e-12)


def test_state_is_the_sum_of_the_sides_and_not_their_product() -> None:
    opt = TensorOptimizer("adafactor", shapes={"W1": (100, 50), "b1": (50,)}, lr=0.01)
    assert opt.init(np.ones(5050)).nbytes == 8 * (100 + 50 + 50)


def test_tiny_gradients_in_float32_do_not_underflow() -> None:
    theta, g = np.ones((2, 2), np.float32), np.full((2, 2), 1e-22, np.float32)
    zero = np.zeros(2, np.float32)
    after, _, _ = adafactor(theta, g, zero, zero, t=1, lr=0.1)
    assert np.isfinite(after).all()
