"""LARS, by hand."""

import numpy as np
import pytest

from nnedu.optim import lars

THETA, G, ZERO = np.array([3.0, 4.0]), np.array([0.0, 2.0]), np.zeros(2)  # norms 5 and 2


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_first_step_is_a_set_fraction_of_the_tensor_for_any_gradient(scale: float) -> None:
    theta, _ = lars(THETA, scale * G, ZERO, t=1, lr=2.0, trust=0.01)
    assert np.linalg.norm(theta - THETA) == pytest.approx(2.0 * 0.01 * 5, rel=1e-12)
    assert theta[0] == 3.0


def test_decay_is_part_of_the_gradient_and_its_norm_of_the_ratio() -> None:
    # ||theta|| = 5, ||g|| = 2, ||0.2 theta|| = 1: the ratio is 0.3 * 5 / 3, of g + 0.2 theta.
    theta, v = lars(THETA, G, ZERO, t=1, lr=2.0, trust=0.3, weight_decay=0.2)
    np.testing.assert_allclose(v, 2.0 * 0.5 * np.array([0.6, 2.8]), rtol=1e-15)
    np.testing.assert_allclose(theta, THETA - v, rtol=1e-15)


def test_learning_rate_stands_inside_the_velocity() -> None:
    theta, v = lars(THETA, G, ZERO, t=1, lr=1.0, trust=0.1)
    after, _ = lars(theta, G, v, t=2, lr=0.0, trust=0.1, momentum=0.5)
    np.testing.assert_allclose(theta - after, 0.5 * v, rtol=1e-15)


def test_where_tensor_or_gradient_is_zero_the_ratio_is_one() -> None:
    theta, _ = lars(ZERO, G, ZERO, t=1, lr=0.25, trust=0.001)
    np.testing.assert_array_equal(theta, -0.25 * G)
    theta, _ = lars(THETA, ZERO, ZERO, t=1, lr=0.25)
    np.testing.assert_array_equal(theta, THETA)
