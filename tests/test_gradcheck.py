"""The gradient checker: right gradients pass, every kind of wrong one is seen."""

import numpy as np
import pytest

from nnedu.gradcheck import check_gradient, numerical_gradient

THETA = np.array([[0.5, -1.0, 2.0], [3.0, 1e-3, -40.0]])


def cubic(theta: np.ndarray) -> tuple[float, np.ndarray]:
    return float((theta**3).sum()), 3 * theta**2


def test_right_gradient_of_any_shape_passes() -> None:
    found = check_gradient(cubic, THETA)
    assert found.error < 1e-8
    assert found.numeric.shape == THETA.shape
    np.testing.assert_allclose(found.numeric, found.analytic, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(-1.0, 2.0), (2.0, 0.5), (0.0, 1.0), (1.01, 0.01 / 1.01)],
    ids=["sign", "twice", "nothing", "one per cent"],
)
def test_wrong_gradient_is_measured(wrong: float, error: float) -> None:
    found = check_gradient(lambda theta: (cubic(theta)[0], wrong * cubic(theta)[1]), THETA)
    assert found.error == pytest.approx(error, rel=1e-5)
    assert found.worst == (1, 2)


def test_one_wrong_entry_is_found_where_it_is() -> None:
    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, g = cubic(theta)
        g[0, 1] += 48.0  # one per cent of the largest entry, 4800
        return value, g

    found = check_gradient(objective, THETA)
    assert found.worst == (0, 1)
    assert found.error == pytest.approx(0.01, rel=1e-4)


def test_batch_is_handed_on_and_theta_is_not_changed() -> None:
    theta = np.array([2.0])
    theta.flags.writeable = False
    x = np.array([3.0, 5.0])
    found = check_gradient(lambda at, x: (float((at * x).sum()), x.sum(keepdims=True)), theta, x)
    assert found.error < 1e-10
    assert found.analytic[0] == 8.0


def test_difference_is_central() -> None:
    # A one-sided difference of x**2 is off by h; a central one is exact.
    g = numerical_gradient(lambda theta: float((theta**2).sum()), np.array([0.0, 1.0]), h=0.125)
    np.testing.assert_array_equal(g, [0.0, 2.0])


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="theta has dtype float32; expected float64"):
        numerical_gradient(lambda theta: 0.0, np.zeros(2, np.float32))
    with pytest.raises(TypeError, match="theta is a float; expected a NumPy array"):
        numerical_gradient(lambda theta: 0.0, 1.0)
    with pytest.raises(ValueError, match=r"the gradient has shape \(3,\) and theta \(2,\)"):
        check_gradient(lambda theta: (0.0, np.zeros(3)), np.zeros(2))
    for h in (0.0, -1e-5, float("nan")):
        with pytest.raises(ValueError, match=r"h is .*; expected a number above 0"):
            numerical_gradient(lambda theta: 0.0, np.zeros(2), h=h)
