"""Backtracking: values by hand, the guarantees of its docstring, and its errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.data import ROSENBROCK, bowl
from nnedu.optim import backtracking


def parabola(curvature):
    return lambda x: (float(curvature / 2 * x @ x), curvature * x)


class Counted:
    """An objective that counts its calls."""

    def __init__(self, objective):
        self.objective, self.calls = objective, 0

    def __call__(self, theta):
        self.calls += 1
        return self.objective(theta)


def test_first_trial_accepted_where_it_lowers_the_loss_enough():
    theta, lr, evaluations = backtracking(parabola(1.0), np.array([2.0]), np.array([2.0]), lr=0.5)
    assert (theta, lr, evaluations) == (np.array([1.0]), 0.5, 2)


def test_values_by_hand():
    # f = 10 x**2 / 2 at x = 1: f = 5, g = 10. lr 1 -> -9, 0.3 -> -2, 0.09 -> 0.1: f = 0.05.
    theta, lr, evaluations = backtracking(
        parabola(10.0), np.array([1.0]), np.array([10.0]), lr=1.0, shrink=0.3
    )
    assert theta == pytest.approx(0.1)
    assert lr == pytest.approx(0.09)
    assert evaluations == 4


def test_c_is_the_fraction_of_the_promised_drop():
    # f = x**2 / 2 at x = 1: lr = 1.9 reaches -0.9, a drop of 0.095 = 0.05 of lr g**2 = 1.9.
    step = parabola(1.0), np.array([1.0]), np.array([1.0])
    assert backtracking(*step, lr=1.9, c=0.049)[1] == 1.9
    assert backtracking(*step, lr=1.9, c=0.051)[1] == 0.95


def test_a_value_that_is_given_is_not_evaluated_again():
    objective = Counted(parabola(4.0))
    theta = np.array([1.0])
    _, _, without = backtracking(objective, theta, np.array([4.0]))
    assert objective.calls == without == 4
    objective.calls = 0
    _, _, given_it = backtracking(objective, theta, np.array([4.0]), value=2.0)
    assert objective.calls == given_it == 3


@given(
    curvature=st.floats(1e-3, 1e4),
    first=st.floats(1e-3, 1e3),
    shrink=st.floats(0.1, 0.9),
    c=st.floats(1e-4, 0.4),
)
def test_accepted_step_lowers_the_loss_and_is_not_needlessly_short(curvature, first, shrink, c):
    objective, theta = parabola(curvature), np.array([1.0, -2.0])
    value, g = objective(theta)
    end, lr, _ = backtracking(objective, theta, g, lr=first, shrink=shrink, c=c)
    assert objective(end)[0] <= value - c * lr * (g @ g)
    assert lr <= first
    limit = 2 * (1 - c) / curvature  # exact on a quadratic
    assert lr == first or lr >= shrink * limit * (1 - 1e-9)


def test_descends_a_bowl_and_a_valley_without_knowing_their_curvature():
    for surface, steps, below in ((bowl(100), 600, 1e-3), (ROSENBROCK, 2000, 0.1)):
        theta = np.array(surface.start)
        for _ in range(steps):
            value, g = surface(theta)
            theta, _, _ = backtracking(surface, theta, g, value=value)
        assert surface(theta)[0] < below, surface.name


def test_stays_at_a_stationary_point():
    theta = np.zeros(2)
    assert backtracking(bowl(3), theta, np.zeros(2))[0] is theta


def test_a_trial_that_overflows_is_rejected():
    def steep(x):
        with np.errstate(over="ignore"):
            return float(np.exp(x[0] ** 2)), 2 * x * np.exp(x**2)

    theta = np.array([3.0])
    value, g = steep(theta)
    end, lr, _ = backtracking(steep, theta, g, lr=1.0)
    assert lr < 1
    assert steep(end)[0] < value


def test_keeps_theta_and_its_dtype():
    theta, g = np.array([1.0, 1.0], np.float32), np.array([1.0, 5.0], np.float32)
    end, _, _ = backtracking(bowl(5), theta, g)
    assert end.dtype == np.float32
    assert theta.tolist() == [1.0, 1.0]


def test_uphill_is_an_error_that_names_the_likely_fix():
    with pytest.raises(FloatingPointError, match="its sign"):
        backtracking(parabola(1.0), np.array([1.0]), np.array([-1.0]))


def test_a_loss_that_is_not_finite_is_an_error():
    with pytest.raises(FloatingPointError, match="the loss at theta is nan"):
        backtracking(lambda x: (np.nan, x), np.array([1.0]), np.array([1.0]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lr": 0.0}, "lr=0.0; expected a finite number above 0"),
        ({"lr": np.inf}, "lr=inf"),
        ({"shrink": 1.0}, r"shrink=1.0; expected a number in \(0, 1\)"),
        ({"c": 0.0}, "c=0.0"),
        ({"c": np.nan}, "c=nan"),
    ],
)
def test_numbers_out_of_range(wrong, message):
    with pytest.raises(ValueError, match=message):
        backtracking(parabola(1.0), np.ones(1), np.ones(1), **wrong)


def test_shapes_and_types():
    with pytest.raises(ValueError, match="same shape"):
        backtracking(parabola(1.0), np.ones(2), np.ones(1))
    with pytest.raises(TypeError, match="g has dtype int64"):
        backtracking(parabola(1.0), np.ones(1), np.ones(1, int))
