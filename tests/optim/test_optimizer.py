"""What no row of the table shows: names, foreign rules, engines, start values."""

import numpy as np
import pytest

from nnedu.optim import ENGINES, Optimizer, State, row


def lion_like(theta, g, m, *, t, lr, beta1=0.9, weight_decay=0.0):
    """A rule from outside the table."""
    m = beta1 * m + (1 - beta1) * g
    return theta - lr * (np.sign(m) + weight_decay * theta), m


def test_unknown_optimizer_suggests_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"unknown optimizer 'adamm'; .* Did you mean 'adam'\?"):
        Optimizer("adamm", lr=0.1)
    with pytest.raises(ValueError, match="expected one of sgd, momentum"):
        row("zzz")


def test_unknown_engine_is_refused() -> None:
    assert Optimizer("sgd", lr=0.1, engine=ENGINES[0]).engine == "reference"
    with pytest.raises(ValueError, match="unknown engine 'fast'; expected one of reference"):
        Optimizer("sgd", lr=0.1, engine="fast")


def test_any_function_with_the_signature_is_a_rule() -> None:
    opt = Optimizer(lion_like, lr=0.5, weight_decay=0.5)
    theta = np.array([1.0, 0.0])
    theta, _ = opt.step(theta, np.array([1.0, -1.0]), opt.init(theta))
    np.testing.assert_array_equal(theta, [0.25, 0.5])
    assert opt.name == "lion_like"
    with pytest.raises(ValueError, match=r"weight_decay=-1; expected a number of at least 0"):
        Optimizer(lion_like, lr=0.5, weight_decay=-1)


def test_function_without_the_signature_is_refused() -> None:
    def missing_t(theta, g, *, lr):
        return (theta - lr * g,)

    def wrong_names(x, dx, *, t, lr):
        return (x - lr * dx,)

    for bad in (missing_t, wrong_names):
        with pytest.raises(TypeError, match=r"expected\s+rule\(theta, g, \*state, \*, t, lr"):
            Optimizer(bad, lr=0.1)


def test_initial_values_fill_the_named_state_alone() -> None:
    state = Optimizer("adam", lr=0.1).init(np.zeros(2, np.float32), v=0.25)
    np.testing.assert_array_equal(state.arrays["v"], [0.25, 0.25])
    np.testing.assert_array_equal(state.arrays["m"], [0.0, 0.0])
    assert state.arrays["v"].dtype == np.float32


def test_state_counts_its_bytes() -> None:
    assert State(0, {"m": np.zeros(3), "v": np.zeros(3, np.float32)}).nbytes == 24 + 12


def test_t_of_the_rule_is_one_at_the_first_update() -> None:
    seen = []

    def spy(theta, g, *, t, lr):
        seen.append((t, lr))
        return (theta,)

    opt, theta = Optimizer(spy, lr=lambda k: 0.5 * k), np.zeros(1)
    state = opt.init(theta)
    for _ in range(3):
        theta, state = opt.step(theta, theta, state)
    assert seen == [(1, 0.0), (2, 0.5), (3, 1.0)]


def test_values_are_python_floats() -> None:
    opt = Optimizer("adam", lr=lambda k: np.float64(0.1), beta1=np.float32(0.5))
    assert {type(value) for value in opt.values(0).values()} == {float}


def test_bad_schedule_says_when() -> None:
    opt, theta = Optimizer("sgd", lr=lambda k: 0.1 - 0.1 * k), np.zeros(1)
    state = opt.init(theta)
    theta, state = opt.step(theta, theta, state)
    theta, state = opt.step(theta, theta, state)
    with pytest.raises(
        ValueError, match=r"sgd got lr=-0\.1 from its schedule after 2 updates; .* at least 0"
    ):
        opt.step(theta, theta, state)
