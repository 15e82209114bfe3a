"""Nadam, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.optim import Optimizer, adam, nadam
from nnedu.optim.nadam import momentum_product
from tests.needs import require

ZERO = np.zeros(1)
HALVES = {"lr": 1.0, "beta1": 0.5, "beta2": 0.5, "eps": 0.0}


def test_two_updates_by_hand_at_constant_momentum() -> None:
    # mu = 1/2, g = 2 then 0. m = 1: m_ahead = 1/2 / (3/4) + 1/2 * 2 / (1/2) = 8/3, v_hat = 4.
    theta, m, v = nadam(ZERO, ZERO + 2, ZERO, ZERO, t=1, dip=0.0, **HALVES)
    assert theta[0] == pytest.approx(-4 / 3, rel=1e-15)
    # m = 1/2: m_ahead = 1/2 / (7/8) * 1/2 = 2/7, v_hat = 1 / (3/4).
    theta, m, v = nadam(theta, ZERO, m, v, t=2, dip=0.0, **HALVES)
    assert (m[0], v[0]) == (0.5, 1.0)
    assert theta[0] == pytest.approx(-4 / 3 - 2 / 7 * 0.75**0.5, rel=1e-15)


def test_two_updates_by_hand_with_the_dip() -> None:
    # momentum_decay = 0: mu = 1/2 * (1 - 1/2) = 1/4 at every update.
    theta, m, v = nadam(ZERO, ZERO + 2, ZERO, ZERO, t=1, momentum_decay=0.0, **HALVES)
    # m = 1: 1/4 / (15/16) * 1 + 3/4 / (3/4) * 2 = 34/15.
    assert theta[0] == pytest.approx(-34 / 15 / 2, rel=1e-15)
    theta, m, v = nadam(theta, ZERO, m, v, t=2, momentum_decay=0.0, **HALVES)
    # m = 1/2: 1/4 / (63/64) * 1/2.
    assert theta[0] == pytest.approx(-17 / 15 - 8 / 63 * 0.75**0.5, rel=1e-15)


def test_momentum_rises_from_its_dip_to_beta1() -> None:
    # mu_i = 0.8 (1 - 0.5 * 0.96**(i / 2)).
    mus = [0.8 * (1 - 0.5 * 0.96 ** (i / 2)) for i in (1, 2, 3)]
    for t in (3, 1, 2, 0):  # in any order
        assert momentum_product(t, 0.8, 0.5, 0.5) == pytest.approx(np.prod(mus[:t]), rel=1e-15)
    late = momentum_product(2001, 0.8, 0.5, 0.5) / momentum_product(2000, 0.8, 0.5, 0.5)
    assert late == pytest.approx(0.8, rel=1e-12)


def test_product_does_not_depend_on_what_was_asked_before() -> None:
    fresh = momentum_product(50, 0.75, 0.5, 0.125)
    momentum_product(7, 0.75, 0.5, 0.25)
    assert momentum_product(50, 0.75, 0.5, 0.125) == fresh


def test_a_gradient_counts_at_once_for_more_than_in_adam() -> None:
    # After a turn of the gradient Nadam's step has turned; Adam's has not.
    def after_a_turn(rule: object) -> float:
        theta, state = ZERO, (ZERO, ZERO)
        for t in range(1, 6):
            before = theta
            theta, *state = rule(theta, ZERO + (1 if t < 5 else -3), *state, t=t, lr=1.0)
        return float(theta[0] - before[0])

    assert after_a_turn(adam) < 0 < after_a_turn(nadam)


@pytest.mark.parametrize("engine", ["reference", "fused"])
def test_momentum_cannot_differ_between_parameters(engine: str) -> None:
    require("numba")
    opt = Optimizer("nadam", beta1=np.array([0.5, 0.9]), engine=engine)
    theta = np.ones(2)
    with pytest.raises(TypeError, match="numbers"):
        opt.step(theta, theta, opt.init(theta))
