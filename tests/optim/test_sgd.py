"""Gradient descent, by hand."""

import numpy as np

from nnedu.optim import sgd


def test_step_is_lr_times_the_gradient() -> None:
    (theta,) = sgd(np.array([1.0, 2.0, 3.0]), np.array([4.0, -8.0, 0.0]), t=1, lr=0.25)
    np.testing.assert_array_equal(theta, [0.0, 4.0, 3.0])


def test_on_a_quadratic_the_error_shrinks_by_one_minus_lr_a() -> None:
    # f = a x**2 / 2 has g = a x, so x_k = (1 - lr a)**k x_0: 0.5**10 here.
    theta = np.array([1.0])
    for t in range(1, 11):
        (theta,) = sgd(theta, 5 * theta, t=t, lr=0.1)
    assert theta[0] == 0.5**10
