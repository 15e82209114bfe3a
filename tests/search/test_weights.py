"""AdaNet's objective and its minimum, against direct minimisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnedu.search import (
    EXPONENTIAL,
    LOGISTIC,
    SURROGATES,
    Surrogate,
    adanet_objective,
    adanet_penalties,
    coordinate_step,
    excess_edge,
    fit_weights,
)

every_surrogate = pytest.mark.parametrize("surrogate", SURROGATES, ids=lambda s: s.name)


def problem(seed: int, K: int, N: int = 30) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    y = rng.choice([-1, 1], N)
    return rng.normal(size=(N, K)) + 0.4 * y[:, None], y


def minimum_1d(f: Any, h: Any, y: Any, penalty: float, surrogate: Surrogate) -> float:
    """A fine grid, then a finer one around its best: nothing but values of the objective."""
    centre, width = 0.0, 8.0
    for _ in range(8):
        w = centre + np.linspace(-width, width, 401)
        values = surrogate.value(1 - y * (f + w[:, None] * h)).mean(axis=1) + penalty * np.abs(w)
        centre, width = float(w[values.argmin()]), width / 50
    return centre


@every_surrogate
def test_a_surrogate_rises_is_convex_and_lies_above_the_mistakes(surrogate: Surrogate) -> None:
    u = np.linspace(-20, 20, 401)
    value, slope = surrogate.value(u), surrogate.slope(u)
    assert (slope > 0).all()
    assert (np.diff(slope) > 0).all()
    assert (value[u >= 1] >= 1).all()  # u = 1 - y f >= 1 where y f <= 0
    assert (value > 0).all()
    step = 1e-5
    change = (surrogate.value(u + step) - surrogate.value(u - step)) / (2 * step)
    np.testing.assert_allclose(slope, change, rtol=1e-5, atol=1e-9)


def test_the_logistic_surrogate_stays_finite() -> None:
    u = np.array([-1e4, 1e4])
    np.testing.assert_array_equal(LOGISTIC.value(u), [0, 1e4])
    np.testing.assert_array_equal(LOGISTIC.slope(u), [0, 1])


def test_the_objective_by_hand() -> None:
    h = np.array([[1.0, 2.0], [0.0, -1.0]])
    y = np.array([1, -1])
    w, gamma = np.array([0.5, -0.25]), np.array([0.1, 0.2])
    # f is 0 and 0.25: u is 1 and 1.25.
    penalty = 0.5 * 0.1 + 0.25 * 0.2
    by_exp = (np.exp(1) + np.exp(1.25)) / 2 + penalty
    by_log = (np.log(1 + np.exp(1)) + np.log(1 + np.exp(1.25))) / 2 + penalty
    assert adanet_objective(w, h, y, gamma) == pytest.approx(by_exp, rel=1e-14)
    assert adanet_objective(w, h, y, gamma, surrogate=LOGISTIC) == pytest.approx(by_log, rel=1e-14)


def test_the_penalties_by_hand() -> None:
    r = np.array([0.0, 1.0, 4.0])
    np.testing.assert_allclose(
        adanet_penalties(r, strength=0.5, beta=0.25), [0.25, 0.75, 2.25], rtol=1e-15
    )


@every_surrogate
@pytest.mark.parametrize("penalty", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("seed", range(4))
def test_a_coordinate_step_is_the_minimum_along_its_line(
    surrogate: Surrogate, penalty: float, seed: int
) -> None:
    h, y = problem(seed, 2)
    f, newcomer = 0.3 * h[:, 0], -h[:, 1] if seed % 2 else h[:, 1]
    found = coordinate_step(f, newcomer, y, penalty, surrogate=surrogate)
    expected = minimum_1d(f, newcomer, y, penalty, surrogate)
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.05, 0.4])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_coordinate_step_of_signs_by_hand(gamma: float, sign: int) -> None:
    # Right on 7 of 10 with the mean Phi split into a and b: the formula of the docstring.
    h = np.ones(10)
    y = sign * np.repeat([1, -1], [7, 3])
    f = np.linspace(-0.2, 0.2, 10)
    phi = np.exp(1 - y * f) / 10
    a, b = phi[:7].sum(), phi[7:].sum()
    expected = np.log((-gamma + np.sqrt(gamma**2 + 4 * a * b)) / (2 * b))
    assert expected > 0
    assert coordinate_step(f, h, y, gamma) == pytest.approx(sign * expected, rel=1e-13)
    if gamma == 0:
        assert expected == pytest.approx(np.log(a / b) / 2, rel=1e-14)  # AdaBoost's


@every_surrogate
@pytest.mark.parametrize("seed", range(5))
def test_the_weak_learner_test_says_whether_any_weight_helps(
    surrogate: Surrogate, seed: int
) -> None:
    h, y = problem(seed, 2)
    f, newcomer = 0.5 * h[:, 0], h[:, 1]
    edge = excess_edge(f, newcomer, y, 0.0, surrogate=surrogate)
    here = surrogate.value(1 - y * f).mean()
    for penalty, helps in ((0.999 * edge, True), (1.001 * edge, False)):
        w = np.concatenate([-np.logspace(-5, 0.5, 60), np.logspace(-5, 0.5, 60)])
        there = surrogate.value(1 - y * (f + w[:, None] * newcomer)).mean(axis=1)
        assert bool((there + penalty * np.abs(w) < here).any()) == helps
        assert (excess_edge(f, newcomer, y, penalty, surrogate=surrogate) > 0) == helps
        assert (coordinate_step(f, newcomer, y, penalty, surrogate=surrogate) != 0) == helps


@every_surrogate
@pytest.mark.parametrize("seed", range(3))
def test_two_weights_are_the_minimum_of_a_fine_grid(surrogate: Surrogate, seed: int) -> None:
    h, y = problem(seed, 2)
    gamma = np.array([0.02, 0.2])
    found = fit_weights(h, y, gamma, surrogate=surrogate)
    centre, width = np.zeros(2), 4.0
    for _ in range(6):
        line = np.linspace(-width, width, 81)
        w = centre + np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)
        values = surrogate.value(1 - y * (w @ h.T)).mean(axis=1) + np.abs(w) @ gamma
        centre, width = w[values.argmin()], width / 8
    np.testing.assert_allclose(found, centre, atol=2e-4)
    assert adanet_objective(found, h, y, gamma, surrogate=surrogate) <= values.min() + 1e-12


@every_surrogate
def test_many_weights_are_a_minimum_from_wherever_one_starts(surrogate: Surrogate) -> None:
    h, y = problem(7, 12, N=60)
    gamma = np.linspace(0.0, 0.3, 12)
    found = fit_weights(h, y, gamma, surrogate=surrogate)
    rng = np.random.default_rng(0)
    again = fit_weights(h, y, gamma, weights=rng.normal(size=12), surrogate=surrogate)
    np.testing.assert_allclose(again, found, atol=1e-7)
    assert 2 < (found == 0).sum() < 11  # some are not worth their price
    least = adanet_objective(found, h, y, gamma, surrogate=surrogate)
    for size in (1e-4, 1e-2, 1):
        for near in found + size * rng.normal(size=(50, 12)):
            assert adanet_objective(near, h, y, gamma, surrogate=surrogate) > least


def test_a_higher_price_never_buys_more() -> None:
    h, y = problem(3, 6)
    sums = [
        np.abs(fit_weights(h, y, np.full(6, gamma))).sum() for gamma in (0.01, 0.1, 0.3, 1.0, 3.0)
    ]
    assert (np.diff(sums) <= 1e-9).all()
    assert sums[-1] == 0


def test_of_two_equals_the_cheaper_gets_the_weight() -> None:
    h, y = problem(0, 1)
    both = np.column_stack([h, h])
    w = fit_weights(both, y, np.array([0.2, 0.1]))
    assert w[0] == 0
    assert w[1] == pytest.approx(coordinate_step(np.zeros(30), h[:, 0], y, 0.1), rel=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inputs_are_kept_and_dtypes_too(dtype: Any) -> None:
    h, y = problem(1, 3)
    h = h.astype(dtype)
    gamma, start = np.full(3, 0.1, dtype), np.ones(3, dtype)
    copies = h.copy(), y.copy(), gamma.copy(), start.copy()
    for array in (h, y, gamma, start):
        array.flags.writeable = False
    found = fit_weights(h, y, gamma, weights=start)
    assert found.dtype == dtype
    assert adanet_penalties(gamma, strength=1.0, beta=0.1).dtype == dtype
    assert EXPONENTIAL.value(h).dtype == LOGISTIC.value(h).dtype == dtype
    assert EXPONENTIAL.slope(h).dtype == LOGISTIC.slope(h).dtype == dtype
    for array, copy in zip((h, y, gamma, start), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


ONES = np.ones(4)
SIGNS = np.array([1, 1, -1, -1])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: coordinate_step(0 * ONES, SIGNS.astype(float), SIGNS, 0.0),
            "the best weight is infinite.*Pass beta above 0",
        ),
        (
            lambda: excess_edge(ONES, ONES, (SIGNS + 1) // 2, 0.0),
            r"y holds \[0, 1\]; expected -1 and 1.*Pass 2 \* labels - 1",
        ),
        (lambda: excess_edge(ONES, ONES, SIGNS, -0.1), "penalty is -0.1; expected a finite"),
        (
            lambda: fit_weights(ONES[:, None], SIGNS, np.ones(2)),
            r"h has shape \(4, 1\) and penalties \(2,\); expected \(N, K\) and \(K,\)",
        ),
        (
            lambda: fit_weights(ONES[:, None], SIGNS, np.array([-1.0])),
            "penalties go from -1.0 to -1.0; expected finite, at least 0",
        ),
        (lambda: adanet_penalties(ONES, strength=-1, beta=0), "strength is -1; expected"),
        (
            lambda: adanet_objective(np.ones(2), ONES[:, None], SIGNS, np.ones(1)),
            "weights has shape",
        ),
    ],
)
def test_errors(wrong, message) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()


def test_a_minimum_that_was_not_reached_is_said_so() -> None:
    h, y = problem(2, 6)
    with pytest.raises(ArithmeticError, match=r"after 1 sweeps a slope is .* expected at most"):
        fit_weights(h, y, np.full(6, 0.01), sweeps=1)
