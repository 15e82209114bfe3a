"""AdamW, by hand."""

import numpy as np
import pytest

from nnedu.optim import Optimizer, adam, adamw, decoupled, with_l2

ZERO = np.zeros(1)


def test_without_decay_it_is_adam() -> None:
    g = np.array([3.0, -1e-6, 0.0])
    zero = np.zeros(3)
    for ours, theirs in zip(
        adamw(g, g, zero, zero, t=3, weight_decay=0.0), adam(g, g, zero, zero, t=3), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)


def test_every_weight_decays_alike_whatever_its_gradients() -> None:
    theta, g = np.full(3, 8.0), np.array([1e3, 1e-3, 0.0])
    zero = np.zeros(3)
    plain = adam(theta, g, zero, zero, t=1, lr=0.5, eps=1e-12)[0]
    decayed = adamw(theta, g, zero, zero, t=1, lr=0.5, eps=1e-12, weight_decay=0.25)[0]
    np.testing.assert_allclose(plain - decayed, 0.5 * 0.25 * 8.0, rtol=1e-14)


def test_weight_that_is_not_used_halves_at_a_known_time() -> None:
    # (1 - 0.1 * 0.5)**k, and nothing in the memory of gradients.
    opt, theta = Optimizer("adamw", lr=0.1, weight_decay=0.5), ZERO + 1
    state = opt.init(theta)
    for _ in range(40):
        theta, state = opt.step(theta, ZERO, state)
    assert theta[0] == pytest.approx(0.95**40, rel=1e-13)
    assert (state.arrays["m"][0], state.arrays["v"][0]) == (0.0, 0.0)


def test_decay_is_of_the_weight_before_the_step() -> None:
    theta, _, _ = adamw(ZERO + 4, ZERO + 1, ZERO, ZERO, t=1, lr=1.0, eps=0.0, weight_decay=0.5)
    assert theta[0] == pytest.approx(4 - 1 - 2, rel=1e-15)


def test_in_the_gradient_adam_scales_the_decay_away() -> None:
    # Loshchilov & Hutter (2019), section 2: large gradients, hardly any decay.
    def shrinkage(rule: object, size: float) -> float:
        def end(decay: float) -> float:
            opt, theta = Optimizer(rule, lr=0.01, weight_decay=decay), ZERO + 1
            state = opt.init(theta)
            for k in range(100):
                theta, state = opt.step(theta, ZERO + size * (-1) ** k, state)
            return float(theta[0])

        return end(0.0) - end(0.1)

    assert shrinkage(decoupled("adam"), 1000.0) == pytest.approx(
        shrinkage(decoupled("adam"), 1.0), rel=0.01
    )
    assert shrinkage(with_l2("adam"), 1000.0) < 0.01 * shrinkage(with_l2("adam"), 1.0)
