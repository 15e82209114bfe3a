"""The line search: values by hand, its conditions wherever it stops, and its errors."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnedu.data import ROSENBROCK
from nnedu.optim import wolfe


def along(f, slope):
    """A function of one variable as an objective."""
    return lambda x: (float(f(x[0])), np.array([slope(x[0])]))


def parabola(curvature):
    return along(lambda x: curvature / 2 * x * x, lambda x: curvature * x)


LEFT = np.array([-1.0])
ONE = np.array([1.0])


def conditions(objective, theta, direction, point, c1, c2) -> None:
    """Both conditions, from the objective itself."""
    value, g = objective(theta)
    slope = float(g @ direction)
    np.testing.assert_array_equal(point.theta, theta + point.lr * direction)
    end, g_end = objective(point.theta)
    assert point.value == end
    np.testing.assert_array_equal(point.g, g_end)
    assert end <= value + c1 * point.lr * slope
    assert abs(float(g_end @ direction)) <= c2 * abs(slope)


def test_first_trial_is_taken_where_it_will_do() -> None:
    point, evaluations = wolfe(parabola(1.0), ONE, LEFT, lr=0.5)
    assert (point.lr, point.theta[0], point.value, point.slope) == (0.5, 0.5, 0.125, -0.5)
    assert evaluations == 2


def test_too_short_a_step_grows_to_the_minimum_of_the_cubic() -> None:
    # A slope of 0.99 is left at 0.01, more than c2 = 0.9: the cubic is the parabola, and its
    # minimum 1, a hundred times as far, is cut at ten times as far; 0.1 leaves 0.9, which will do.
    point, evaluations = wolfe(parabola(1.0), ONE, LEFT, lr=0.01)
    assert point.lr == pytest.approx(0.1, rel=1e-12)
    assert evaluations == 3
    point, _ = wolfe(parabola(1.0), ONE, LEFT, lr=0.2, c2=0.1)
    assert point.lr == pytest.approx(1.0, rel=1e-12)


def test_too_long_a_step_shrinks_to_the_minimum_of_the_cubic() -> None:
    # f = x**2 / 2 from 1 along -1: 3 is too high, and the minimum of the parabola lies at 1.
    point, evaluations = wolfe(parabola(1.0), ONE, LEFT, lr=3.0)
    assert point.lr == pytest.approx(1.0, rel=1e-12)
    assert evaluations == 3


def test_c1_is_the_fraction_of_the_promised_drop() -> None:
    # lr = 1.8 reaches -0.8, a drop of 0.18: a tenth of lr times the slope.
    assert wolfe(parabola(1.0), ONE, LEFT, lr=1.8, c1=0.099, c2=0.95)[0].lr == 1.8
    assert wolfe(parabola(1.0), ONE, LEFT, lr=1.8, c1=0.101, c2=0.95)[0].lr < 1.8


def test_c2_is_the_fraction_of_the_slope_that_may_be_left() -> None:
    # lr = 0.5 leaves half of the slope; lr = 1.5 leaves as much with the other sign.
    for lr in (0.5, 1.5):
        assert wolfe(parabola(1.0), ONE, LEFT, lr=lr, c2=0.501)[0].lr == lr
        point, _ = wolfe(parabola(1.0), ONE, LEFT, lr=lr, c2=0.499)
        assert point.lr == pytest.approx(1.0, rel=1e-12)


def test_what_is_given_is_not_evaluated_again() -> None:
    calls = []

    def objective(x):
        calls.append(x)
        return parabola(1.0)(x)

    _, evaluations = wolfe(objective, ONE, LEFT, value=0.5, g=ONE, lr=0.5)
    assert len(calls) == evaluations == 1


@given(
    a=st.floats(-2, 2),
    b=st.floats(0.1, 3),
    w=st.floats(0.5, 8),
    lr=st.floats(1e-4, 1e3),
    c2=st.floats(0.01, 0.9),
)
def test_conditions_hold_wherever_it_stops(a, b, w, lr, c2) -> None:
    # Valleys within a valley: intervals with several minima, and slopes of either sign.
    objective = along(
        lambda x: b * x * x / 2 + a * math.sin(w * x), lambda x: b * x + a * w * math.cos(w * x)
    )
    theta = np.array([1.7])
    _, g = objective(theta)
    assume(abs(g[0]) > 1e-2)
    point, evaluations = wolfe(objective, theta, -g, lr=lr, c2=c2)
    conditions(objective, theta, -g, point, 1e-4, c2)
    assert evaluations <= 26


def test_conditions_hold_in_a_bent_valley() -> None:
    theta = np.array(ROSENBROCK.start)
    for _ in range(50):
        _, g = ROSENBROCK(theta)
        point, _ = wolfe(ROSENBROCK, theta, -g, c2=0.1)
        conditions(ROSENBROCK, theta, -g, point, 1e-4, 0.1)
        theta = point.theta


def test_a_trial_that_overflows_is_too_long() -> None:
    def steep(x):
        with np.errstate(over="ignore"):
            return float(np.exp(x[0] ** 2)), 2 * x * np.exp(x**2)

    theta = np.array([3.0])
    point, _ = wolfe(steep, theta, np.array([-100.0]))
    conditions(steep, theta, np.array([-100.0]), point, 1e-4, 0.9)
    # And where the loss is not defined at all:
    barrier = along(
        lambda x: -math.log(x) + x if x > 0 else math.nan, lambda x: 1 - 1 / x if x > 0 else 0.0
    )
    point, _ = wolfe(barrier, np.array([3.0]), np.array([-20.0]))
    conditions(barrier, np.array([3.0]), np.array([-20.0]), point, 1e-4, 0.9)


def test_uphill_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"the slope along the direction is 1; .*downhill"):
        wolfe(parabola(1.0), ONE, ONE)


def test_a_wrong_gradient_and_a_loss_without_bound_are_errors() -> None:
    wrong = along(lambda x: x, lambda x: -1.0)
    with pytest.raises(FloatingPointError, match=r"no step meets .*check_gradient"):
        wolfe(wrong, ONE, ONE)
    with pytest.raises(FloatingPointError, match="no lower bound"):
        wolfe(along(lambda x: x, lambda x: 1.0), ONE, LEFT, tries=5)
    with pytest.raises(FloatingPointError, match="the loss at theta is nan"):
        wolfe(lambda x: (math.nan, x), ONE, LEFT)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lr": 0.0}, "wolfe got lr=0.0"),
        ({"c1": 0.0}, r"c1=0.0; expected a number in \(0, 1\)"),
        ({"c2": 1.0}, "c2=1.0"),
        ({"tries": 0}, "tries=0; expected a whole number"),
        ({"c1": 0.5, "c2": 0.4}, "c1=0.5 and c2=0.4; expected c1 below c2"),
    ],
)
def test_numbers_out_of_range(wrong, message) -> None:
    with pytest.raises(ValueError, match=message):
        wolfe(parabola(1.0), ONE, LEFT, **wrong)


def test_shapes_types_and_dtypes() -> None:
    with pytest.raises(ValueError, match=r"direction has shape .*same shape"):
        wolfe(parabola(1.0), ONE, np.ones(2))
    with pytest.raises(TypeError, match="direction has dtype int64"):
        wolfe(parabola(1.0), ONE, np.array([-1]))
    theta = ONE.astype(np.float32)
    point, _ = wolfe(parabola(np.float32(1.0)), theta, -theta, lr=0.5)
    assert point.theta.dtype == np.float32
    assert theta[0] == 1.0
