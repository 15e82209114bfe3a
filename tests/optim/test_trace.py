"""What the fast engine can translate, operation by operation, and what it says where it cannot."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy import sqrt

from nnedu._compile import ARITHMETIC, COMPARE, LOGIC
from nnedu.optim import Optimizer
from nnedu.optim.fused import UntranslatableError
from tests.needs import require

TINY, HUGE = 1e-42, 1e38
ODD = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, TINY, -TINY, HUGE, -HUGE, math.inf, -math.inf, math.nan]


@pytest.fixture(autouse=True)
def _numba() -> None:
    require("numba")


def both(rule: Any, theta: Any, g: Any, **hyper: Any) -> tuple[np.ndarray, np.ndarray]:
    """One step of the reference engine and one of the fused."""
    results = []
    with np.errstate(all="ignore"):
        for engine in ("reference", "fused"):
            opt = Optimizer(rule, engine=engine, **{"lr": 0.1, **hyper})
            results.append(opt.step(theta, g, opt.init(theta))[0])
    return results[0], results[1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("ufunc", [*ARITHMETIC, *COMPARE], ids=lambda ufunc: ufunc.__name__)
def test_each_operation_treats_odd_numbers_as_numpy_does(ufunc: np.ufunc, dtype: Any) -> None:
    def rule(theta, g, a, b, c, *, t, lr, k=0.75):
        """Of two elements, an element and a scalar, a scalar and an element, two scalars."""
        pairs = ((theta, g), (theta, k), (k, theta), (k, lr))
        values = [ufunc(*pair[: ufunc.nin]) for pair in pairs]
        if ufunc in COMPARE:
            return tuple(np.where(value, theta, g) for value in values)
        return (*values[:3], theta * values[3])

    theta, g = (part.ravel().astype(dtype) for part in np.meshgrid(ODD, ODD))
    results = []
    with np.errstate(all="ignore"):
        for engine in ("reference", "fused"):
            opt = Optimizer(rule, engine=engine, lr=0.1)
            first, state = opt.step(theta, g, opt.init(theta))
            results.append([first, *state.arrays.values()])
    # exp, log and tanh of two libraries differ in the last place, and so does an inverse.
    exact = ufunc not in (np.exp, np.log, np.log1p, np.tanh, np.power, np.true_divide)
    for number, (expected, found) in enumerate(zip(*results, strict=True)):
        assert found.dtype == dtype
        scalars = number == 3  # where NumPy's own scalars promote the reference's float32
        with np.errstate(over="ignore"):
            expected = expected.astype(dtype)
        rtol = 0 if exact and not scalars else 4 * np.finfo(dtype).eps
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=TINY)
        if exact and ufunc not in (np.maximum, np.minimum, np.sign):  # whose zeros have any sign
            np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


@pytest.mark.parametrize("ufunc", LOGIC, ids=lambda ufunc: ufunc.__name__)
def test_truth_values_are_combined(ufunc: np.ufunc) -> None:
    def rule(theta, g, *, t, lr, c=1.0):
        one, other = theta > 0, g < lr
        return (np.where(ufunc(one, other) if ufunc.nin == 2 else ufunc(one), theta, 5.0),)

    theta, g = (part.ravel() for part in np.meshgrid(ODD, ODD))
    np.testing.assert_array_equal(*both(rule, theta, g))


def test_powers_are_products_and_roots() -> None:
    def rule(theta, g, m, *, t, lr, p=1.5):
        m = theta**2 + g**0.5 + theta**p + p**g + g**-1
        return -m, m

    rng = np.random.default_rng(0)
    theta, g = rng.uniform(0.1, 2, (2, 100))
    expected, found = both(rule, theta, g)
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_truth_values_count_as_numbers() -> None:
    def rule(theta, g, *, t, lr):
        shrunk = abs(theta) - lr
        return (np.sign(theta) * shrunk * (shrunk > 0) + (lr > 1) * g + 0 * (g == g),)

    theta = np.linspace(-1, 1, 21).astype(np.float32)
    expected, found = both(rule, theta, theta)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


def test_helpers_closures_constants_and_clipping_are_seen_through() -> None:
    half = np.float64(0.5)

    def scaled(x: Any, *, by: Any) -> Any:
        return x / by

    def rule(theta, g, m, *, t, lr, beta=0.5):
        m = beta * m + (1 - beta) * scaled(g, by=sqrt(1 - half**t)) * -1
        m = np.clip(m, -lr, math.pi)
        unchanged = theta
        return unchanged + half * m - 2, m

    theta = np.linspace(-1, 1, 21)
    expected, found = both(rule, theta, theta**3)
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_state_may_be_exchanged_kept_or_set_to_a_number() -> None:
    def rule(theta, g, a, b, c, d, *, t, lr):
        return b, a, g, 7.0, d

    theta, g = np.ones(3), np.full(3, 4.0)
    opt = Optimizer(rule, lr=1.0, engine="fused")
    theta, state = opt.step(theta, g, opt.init(theta, a=1.5, b=2.5, d=3.5), inplace=True)
    found = [theta[0], *(state.arrays[name][0] for name in "abcd")]
    assert found == [2.5, 1.5, 4.0, 7.0, 3.5]


def test_scalars_are_computed_in_float64_before_they_are_cast() -> None:
    def rule(theta, g, *, t, lr, beta2=0.999):
        return (theta + (1 - beta2) * g,)

    theta, g = np.zeros(1, np.float32), np.ones(1, np.float32)
    expected, found = both(rule, theta, g)
    assert found == expected == np.float32(1 - 0.999) != np.float32(1) - np.float32(0.999)


def test_scalar_beyond_float32_is_infinite_and_division_by_0_too() -> None:
    def rule(theta, g, *, t, lr, c=1e300, zero=0.0):
        return (theta * c + g / zero,)

    theta = np.array([1.0, -1.0], np.float32)
    np.testing.assert_array_equal(both(rule, theta, theta)[1], [math.inf, -math.inf])


BAD: dict[str, tuple[Callable[..., Any], str, str]] = {
    "a sum": (lambda g, lr: lr * g / g.sum(), "g.sum", r"uses \.sum of an array"),
    "a norm": (lambda g, lr: lr * g / np.linalg.norm(g), "np.linalg.norm(g)", "calls np.norm"),
    "a running sum": (lambda g, lr: lr * np.cumsum(g), "np.cumsum(g)", "calls np.cumsum"),
    "a reduction": (lambda g, lr: np.add.reduce(g), "np.add.reduce(g)", "np.add with reduce"),
    "out=": (lambda g, lr: np.sqrt(g, out=g), "np.sqrt(g, out=g)", "np.sqrt with out"),
    "unknown": (lambda g, lr: lr * np.arctan(g), "np.arctan(g)", "calls np.arctan"),
    "a product": (lambda g, lr: g @ g, "g @ g", "calls np.matmul"),
    "a branch": (lambda g, lr: g if lr > 1 else 0, "lr > 1", "choose elements with np.where"),
    "max": (lambda g, lr: max(g, 0), "max(g, 0)", "choose elements with np.where"),
    "math": (lambda g, lr: math.sqrt(lr) * g, "math.sqrt(lr)", "not those of math"),
    "an index": (lambda g, lr: lr * g[::-1], "g[::-1]", "picks out elements"),
    "a loop": (lambda g, lr: sum(g), "sum(g)", "goes through the elements"),
    "a length": (lambda g, lr: g * len(g), "len(g)", "asks for a length"),
    "a constant array": (lambda g, lr: np.ones(3) * g, "np.ones(3) * g", "uses a ndarray"),
    "an array made": (lambda g, lr: np.asarray(g), "np.asarray(g)", "makes an array"),
    "text": (lambda g, lr: g * "2", 'g * "2"', "uses a str"),
    "a slip": (lambda g, lr: g + undefined, "undefined", "NameError"),  # noqa: F821
}


@pytest.mark.parametrize(("part", "expression", "why"), BAD.values(), ids=BAD)
def test_what_cannot_be_translated_is_named(part: Any, expression: str, why: str) -> None:
    def rule(theta, g, *, t, lr):
        return (theta - part(g, lr),)

    with pytest.raises(UntranslatableError, match=why) as caught:
        Optimizer(rule, lr=1.0, engine="fused")
    message = str(caught.value)
    assert message.startswith(f"rule cannot be compiled: `{expression}` (")
    assert "test_trace.py, line" in message
    assert "engine='reference' runs any rule" in message


def test_a_rule_that_returns_something_else_is_refused() -> None:
    def no_tuple(theta, g, *, t, lr):
        return theta - lr * g

    def too_few(theta, g, m, *, t, lr):
        return (theta,)

    with pytest.raises(UntranslatableError, match=r"returned no values in a tuple; .* 1 in all"):
        Optimizer(no_tuple, lr=1.0, engine="fused")
    with pytest.raises(UntranslatableError, match=r"returned 1 values in a tuple; .* 2 in all"):
        Optimizer(too_few, lr=1.0, engine="fused")
