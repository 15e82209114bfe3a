"""Adamax, by hand."""

import numpy as np
import pytest

from nnedu.optim import adamax

ZERO = np.zeros(1)


@pytest.mark.parametrize("g", [1e6, 1.0, -1e-3])
def test_first_step_has_length_lr(g: float) -> None:
    theta, _, u = adamax(ZERO, ZERO + g, ZERO, ZERO, t=1, lr=0.5, eps=0.0)
    assert theta[0] == pytest.approx(-0.5 * np.sign(g), rel=1e-14)
    assert u[0] == abs(g)


def test_maximum_fades_until_a_gradient_exceeds_it() -> None:
    u, seen = ZERO, []
    for t, g in enumerate([8.0, 1.0, -3.0, 0.0], 1):
        _, _, u = adamax(ZERO, ZERO + g, ZERO, u, t=t, beta2=0.5)
        seen.append(float(u[0]))
    assert seen == [8.0, 4.0, 3.0, 1.5]


def test_second_update_by_hand() -> None:
    # beta1 = 1/2, g = 4 then 0: m = 2, 1; m_hat = 1 / (3/4); u = 4, 2.
    how = {"lr": 1.0, "beta1": 0.5, "beta2": 0.5, "eps": 0.0}
    theta, m, u = adamax(ZERO, ZERO + 4, ZERO, ZERO, t=1, **how)
    theta, m, u = adamax(theta, ZERO, m, u, t=2, **how)
    assert (m[0], u[0]) == (1.0, 2.0)
    assert theta[0] == pytest.approx(-1 - 4 / 3 / 2, rel=1e-15)


def test_eps_is_added_to_the_maximum_and_eps_max_inside_it() -> None:
    outside, _, u = adamax(ZERO, ZERO + 1, ZERO, ZERO + 6, t=1, lr=1.0, beta2=0.5, eps=1.0)
    assert (outside[0], u[0]) == (pytest.approx(-0.25), 3.0)
    inside, _, u = adamax(
        ZERO, ZERO + 1, ZERO, ZERO + 6, t=1, lr=1.0, beta2=0.5, eps=0.0, eps_max=4.0
    )
    assert (inside[0], u[0]) == (pytest.approx(-0.2), 5.0)
    # What eps_max leaves in the maximum fades; eps is there at every update.
    _, _, u = adamax(ZERO, ZERO, ZERO, u, t=2, beta2=0.5, eps_max=2.0)
    assert u[0] == 2.5


def test_no_correction_of_the_maximum() -> None:
    far, _, _ = adamax(ZERO, ZERO + 2, ZERO + 2, ZERO + 2, t=10**6, lr=1.0, eps=0.0)
    assert far[0] == pytest.approx(-1.0, rel=1e-15)
    soon, _, _ = adamax(ZERO, ZERO + 2, ZERO + 2, ZERO + 2, t=1, lr=1.0, beta1=0.5, eps=0.0)
    assert soon[0] == pytest.approx(-2.0, rel=1e-15)
