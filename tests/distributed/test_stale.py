"""Stale gradients: the stability limit by simulation and by roots, and the simulated group."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import pytest

from nnedu.distributed import delayed_descent, delayed_rate, largest_stable_lr, simulate


def end(lr: float, delay: int, steps: int = 4000) -> float:
    path = delayed_descent(lambda x: 3.0 * x, np.ones(1), lr=lr, delay=delay, steps=steps)
    return float(np.abs(path[-5 * delay - 5 :]).max())


@pytest.mark.parametrize("delay", [0, 1, 2, 5, 16])
def test_below_the_limit_it_converges_and_above_it_does_not(delay: int) -> None:
    limit = largest_stable_lr(3.0, delay)
    assert end(0.98 * limit, delay) < 0.9
    assert end(1.02 * limit, delay) > 3


@pytest.mark.parametrize("delay", [0, 1, 3, 20])
def test_at_the_limit_the_largest_root_is_on_the_circle(delay: int) -> None:
    assert delayed_rate(largest_stable_lr(1.0, delay), delay) == pytest.approx(1, abs=1e-9)


def test_limits_by_hand() -> None:
    assert largest_stable_lr(4.0, 0) == 0.5
    assert largest_stable_lr(1.0, 1) == pytest.approx(1.0)
    assert largest_stable_lr(1.0, 2) == pytest.approx((np.sqrt(5) - 1) / 2)  # the golden section
    assert largest_stable_lr(1.0, 500) == pytest.approx(np.pi / 1001, rel=1e-5)


def test_descent_with_a_delay_by_hand() -> None:
    path = delayed_descent(lambda x: x, np.array([1.0]), lr=0.5, delay=2, steps=4)
    assert path.ravel().tolist() == [1.0, 0.5, 0.0, -0.5, -0.75]


def test_the_rate_is_what_is_kept_in_the_long_run() -> None:
    path = delayed_descent(lambda x: x, np.ones(1), lr=0.1, delay=3, steps=400)
    rate = delayed_rate(0.1, 3)
    assert abs(path[400, 0] / path[300, 0]) ** 0.01 == pytest.approx(rate, rel=1e-3)


def bowl(theta, *batch):
    return float(theta @ theta / 2), theta.copy()


def test_equal_workers_have_the_others_as_their_delay() -> None:
    run = simulate(
        bowl, np.ones(2), repeat(()), repeat(1.0), workers=5, lr=0.05, updates=40, wait=False
    )
    assert run.delays[:5].tolist() == [0, 1, 2, 3, 4]
    assert set(run.delays[5:].tolist()) == {4}
    assert run.at[-1] == 8
    delayed = delayed_descent(lambda x: x, np.ones(2), lr=0.05, delay=4, steps=40)
    np.testing.assert_allclose(run.theta, delayed[-1], rtol=1e-12)


def test_those_who_wait_wait_for_the_slowest_and_take_the_mean() -> None:
    batches = iter([(np.array([1.0]),), (np.array([3.0]),)] * 2)

    def pull(theta, x):
        return 0.0, theta - x

    times = iter([1.0, 4.0, 2.0, 0.5])
    run = simulate(pull, np.zeros(1), batches, times, workers=2, lr=0.5, updates=2, wait=True)
    assert run.at.tolist() == [4.0, 6.0]
    assert run.delays.tolist() == [0, 0]
    assert run.theta.tolist() == [1.5]


def test_the_run_ends_when_the_target_is_met() -> None:
    run = simulate(
        bowl,
        np.ones(1),
        repeat(()),
        repeat(2.0),
        workers=1,
        lr=0.5,
        updates=50,
        wait=True,
        target=lambda theta: theta[0] < 0.2,
    )
    assert run.reached == 6.0
    assert len(run.at) == 3
    missed = simulate(
        bowl, np.ones(1), repeat(()), repeat(1.0), workers=1, lr=0.1, updates=3, wait=False
    )
    assert missed.reached is None


def test_bad_numbers_are_named() -> None:
    with pytest.raises(ValueError, match="delay is -1"):
        delayed_descent(lambda x: x, np.ones(1), lr=0.1, delay=-1, steps=1)
    with pytest.raises(ValueError, match="L is 0"):
        largest_stable_lr(0.0, 1)
    with pytest.raises(TypeError, match="theta"):
        delayed_descent(lambda x: x, [1.0], lr=0.1, delay=1, steps=1)
