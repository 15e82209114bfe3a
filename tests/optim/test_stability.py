"""The matrix of one update, against the rule itself and against the formulas of its roots."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, adam
from nnedu.optim.stability import best, iteration_matrix, limit, rate

FORMS = ("momentum", "heavy_ball", "nesterov", "nesterov_velocity")


@pytest.mark.parametrize("rule", ["sgd", *FORMS])
def test_powers_of_the_matrix_are_the_run(rule: str) -> None:
    hyper = {} if rule == "sgd" else {"momentum": 0.7}
    matrix = iteration_matrix(rule, 3.0, lr=0.4, **hyper)
    opt, theta = Optimizer(rule, lr=0.4, **hyper), np.array([2.0])
    state = opt.init(theta)
    for _ in range(12):
        theta, state = opt.step(theta, 3.0 * theta, state)
    start = np.eye(len(matrix))[0] * 2.0
    np.testing.assert_allclose(theta[0], (np.linalg.matrix_power(matrix, 12) @ start)[0])


def test_matrix_by_hand() -> None:
    # heavy ball, (theta, v): v <- v/2 - theta, theta <- theta + v.
    hand = [[0.0, 0.5], [-1.0, 0.5]]
    np.testing.assert_array_equal(iteration_matrix("heavy_ball", 4.0, lr=0.25, momentum=0.5), hand)
    np.testing.assert_array_equal(iteration_matrix("sgd", 4.0, lr=0.125), [[0.5]])


def test_rates_are_the_roots_of_the_two_polynomials() -> None:
    h, mu = np.meshgrid([0.01, 0.3, 0.9, 1.1, 1.9, 2.6, 3.9], [0.0, 0.2, 0.5, 0.9, 0.99])
    both = {
        "momentum": (1 + mu - h, mu),
        "nesterov": ((1 + mu) * (1 - h), mu * (1 - h)),
    }
    for rule, (total, product) in both.items():
        expected = [
            np.abs(np.roots([1, -s, p])).max()
            for s, p in zip(total.ravel(), product.ravel(), strict=True)
        ]
        np.testing.assert_allclose(rate(rule, h, lr=1.0, momentum=mu).ravel(), expected, rtol=1e-7)


@pytest.mark.parametrize("rule", FORMS)
def test_both_forms_have_one_limit_and_it_is_where_the_rate_is_one(rule: str) -> None:
    mu = np.array([0.0, 0.1, 0.5, 0.9, 0.99])
    edge = limit(rule, mu)
    assert np.all(rate(rule, edge * (1 - 1e-4), lr=1.0, momentum=mu) < 1)
    assert np.all(rate(rule, edge * (1 + 1e-4), lr=1.0, momentum=mu) > 1)


def test_limits_by_hand() -> None:
    assert (limit("sgd"), limit("momentum", 0.0), limit("nesterov", 0.0)) == (2.0, 2.0, 2.0)
    assert limit("heavy_ball", 0.9) == pytest.approx(3.8)
    assert limit("nesterov_velocity", 1.0) == pytest.approx(4 / 3)


@pytest.mark.parametrize("kappa", [1.0, 4.0, 100.0])
@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov"])
def test_best_has_the_promised_rate_and_no_neighbour_is_better(rule: str, kappa: float) -> None:
    ell, L = 2.0, 2.0 * kappa
    curvatures = np.geomspace(ell, L, 50)

    def worst(lr: float, **hyper: float) -> float:
        return float(rate(rule, curvatures, lr=lr, **hyper).max())

    found = best(rule, ell, L)
    root = np.sqrt(kappa)
    promised = {
        "sgd": (kappa - 1) / (kappa + 1),
        "momentum": (root - 1) / (root + 1),
        "nesterov": 1 - 2 / np.sqrt(3 * kappa + 1),
    }[rule]
    assert worst(**found) == pytest.approx(promised, abs=1e-7)
    if kappa > 1:
        for name in found:
            for factor in (0.97, 1.03):
                assert worst(**{**found, name: found[name] * factor}) > promised + 1e-4


def test_arrays_broadcast() -> None:
    h, mu = np.linspace(0.1, 3, 5), np.linspace(0, 0.9, 4)[:, None]
    rates = rate("momentum", h, lr=1.0, momentum=mu)
    assert rates.shape == (4, 5)
    assert rates[2, 3] == pytest.approx(rate("momentum", h[3], lr=1.0, momentum=mu[2, 0]))


def test_a_rule_without_a_matrix_is_refused() -> None:
    with pytest.raises(ValueError, match="adam is not linear"):
        iteration_matrix(adam, 1.0, lr=0.1)

    def fading(theta, g, *, t, lr):
        return (theta - lr * g / t,)

    with pytest.raises(ValueError, match="fading is not linear"):
        iteration_matrix(fading, 1.0, lr=0.1)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="adam"):
        limit("adam", 0.9)
    with pytest.raises(ValueError, match=r"curvatures are 3.0 and 1.0"):
        best("momentum", 3.0, 1.0)
