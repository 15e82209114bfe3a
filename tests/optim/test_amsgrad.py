"""AMSGrad in its two forms, by hand and on the problem that it was made for."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, adam, amsgrad, amsgrad_corrected

ZERO = np.zeros(1)
HALVES = {"lr": 1.0, "beta1": 0.5, "beta2": 0.5, "eps": 0.0}


def test_while_the_mean_grows_it_is_adam() -> None:
    state, adams, theta, other = (ZERO, ZERO, ZERO), (ZERO, ZERO), ZERO, ZERO
    for t, g in enumerate([1.0, 2.0, 4.0], 1):
        theta, *state = amsgrad(theta, ZERO + g, *state, t=t, **HALVES)
        other, *adams = adam(other, ZERO + g, *adams, t=t, **HALVES)
    assert theta[0] == other[0]


def test_two_updates_by_hand_keep_the_maximum_of_the_raw_mean() -> None:
    # g = 2 then 0: v = 2, 1 and v_max = 2, 2; v_hat = 2 / (3/4) and m_hat = (1/2) / (3/4).
    theta, m, v, v_max = amsgrad(ZERO, ZERO + 2, ZERO, ZERO, ZERO, t=1, **HALVES)
    assert (theta[0], v[0], v_max[0]) == (-1.0, 2.0, 2.0)
    theta, m, v, v_max = amsgrad(theta, ZERO, m, v, v_max, t=2, **HALVES)
    assert (m[0], v[0], v_max[0]) == (0.5, 1.0, 2.0)
    assert theta[0] == pytest.approx(-1 - (2 / 3) / (8 / 3) ** 0.5, rel=1e-15)


def test_corrected_form_keeps_the_maximum_of_the_corrected_mean() -> None:
    # g = 2 then 0: v_hat = 4, 4/3, so that 4 stays.
    theta, m, v, v_max = amsgrad_corrected(ZERO, ZERO + 2, ZERO, ZERO, ZERO, t=1, **HALVES)
    theta, m, v, v_max = amsgrad_corrected(theta, ZERO, m, v, v_max, t=2, **HALVES)
    assert (v[0], v_max[0]) == (1.0, 4.0)
    assert theta[0] == pytest.approx(-1 - (2 / 3) / 2, rel=1e-15)


@pytest.mark.parametrize("rule", [amsgrad, amsgrad_corrected])
def test_epsilon_is_added_to_the_root_after_the_correction(rule: object) -> None:
    theta = rule(ZERO, ZERO + 1e-8, ZERO, ZERO, ZERO, t=1, lr=0.5, eps=1e-8)[0]
    assert theta[0] == pytest.approx(-0.25, rel=1e-9)


def test_problem_of_the_paper_where_adam_goes_the_wrong_way() -> None:
    # Reddi, Kale & Kumar (2018), section 5: every 101st gradient is 1010, the others -10, so the
    # mean is 0.099 > 0 and theta in [-1, 1] should go to -1.
    def end(rule: str) -> float:
        opt = Optimizer(rule, lr=lambda k: 0.5 / (1 + k) ** 0.5, beta1=0.9, beta2=0.99)
        theta, state = ZERO, opt.init(ZERO)
        for k in range(3_000):
            g = 1010.0 if k % 101 == 0 else -10.0
            theta, state = opt.step(theta, ZERO + g, state)
            theta = np.clip(theta, -1, 1)
        return float(theta[0])

    assert end("adam") > 0
    assert end("amsgrad") < -0.8
    assert end("amsgrad_corrected") < -0.8
