"""Schedule-free descent, by hand and against the three sequences of the paper."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.optim import (
    Optimizer,
    schedule_free_adamw,
    schedule_free_average,
    schedule_free_sgd,
    squared_lr_weights,
)
from tests.contracts.docstrings import problems

ZERO = np.zeros(1)
GS = np.random.default_rng(0).normal(size=(40, 3))


def ramp(k: int) -> float:
    return 0.1 * min((k + 1) / 8, 1)


def three_points(beta: float, steps: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y, x and z after the updates, as the paper writes them; ``steps(k, g, y)`` moves z."""
    x = z = y = np.ones(3)
    total = 0.0
    for k, g in enumerate(GS):
        z = z - steps(k, g, y)
        total += ramp(k) ** 2
        c = ramp(k) ** 2 / total
        x = (1 - c) * x + c * z
        y = (1 - beta) * z + beta * x
    return y, x, z


def run(rule: str, **hyper: object) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    opt, theta = Optimizer(rule, lr=ramp, weight=squared_lr_weights(ramp), **hyper), np.ones(3)
    state = opt.init(theta)
    for g in GS:
        theta, state = opt.step(theta, g, state)
    return theta, state.arrays


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_sgd_is_the_three_points_of_the_paper(beta: float) -> None:
    y, x, z = three_points(beta, lambda k, g, y: ramp(k) * g)
    theta, state = run("schedule_free_sgd", beta=beta)
    np.testing.assert_allclose(theta, y, rtol=1e-13)
    np.testing.assert_allclose(schedule_free_average(theta, state["d"], beta=beta), x, rtol=1e-13)
    np.testing.assert_allclose(theta + beta * state["d"], z, rtol=1e-13)


def test_adamw_is_the_three_points_of_the_paper() -> None:
    v = np.zeros(3)

    def step(k: int, g: np.ndarray, y: np.ndarray) -> np.ndarray:
        nonlocal v
        v = 0.95 * v + 0.05 * g**2
        return ramp(k) * (g / (np.sqrt(v / (1 - 0.95 ** (k + 1))) + 1e-3) + 0.25 * y)

    y, x, _ = three_points(0.8, step)
    theta, state = run("schedule_free_adamw", beta1=0.8, beta2=0.95, eps=1e-3, weight_decay=0.25)
    np.testing.assert_allclose(theta, y, rtol=1e-12)
    np.testing.assert_allclose(schedule_free_average(theta, state["d"], beta=0.8), x, rtol=1e-12)


def test_at_constant_lr_x_is_the_plain_mean_of_z() -> None:
    opt, theta, z, seen = Optimizer("schedule_free_sgd", lr=0.5, beta=0.75), ZERO, ZERO, []
    state = opt.init(theta)
    for g in GS[:, :1]:
        theta, state = opt.step(theta, g, state)
        z = z - 0.5 * g
        seen.append(z)
    x = schedule_free_average(theta, state.arrays["d"], beta=0.75)
    np.testing.assert_allclose(x, np.mean(seen, axis=0), rtol=1e-13)


def test_first_two_updates_by_hand() -> None:
    # z: -2, -3; x: -2, -5/2; y = (3 z + x) / 4: -2, -23/8.
    theta, d = schedule_free_sgd(ZERO, ZERO + 4, ZERO, t=1, lr=0.5, beta=0.25)
    assert (theta[0], d[0]) == (-2.0, 0.0)
    theta, d = schedule_free_sgd(theta, ZERO + 2, d, t=2, lr=0.5, beta=0.25)
    assert (theta[0], d[0]) == (-2.875, -0.5)


def test_adamw_corrects_v_and_decays_from_theta() -> None:
    theta, d, v = schedule_free_adamw(
        ZERO + 4, ZERO + 3, ZERO, ZERO, t=1, lr=0.5, beta2=0.75, eps=0.0, weight_decay=0.5
    )
    assert (theta[0], d[0], v[0]) == (4 - 0.5 * (1 + 2), 0.0, 2.25)


def test_average_settles_where_the_points_do_not() -> None:
    # Noise of size 1 on the gradient of x**2 / 2: z wanders, its average comes to rest.
    rng = np.random.default_rng(1)
    opt, theta = Optimizer("schedule_free_sgd", lr=0.5), np.full(200, 3.0)
    state = opt.init(theta)
    for _ in range(1000):
        theta, state = opt.step(theta, theta + rng.normal(size=200), state)
    x = schedule_free_average(theta, state.arrays["d"])
    z = theta + 0.9 * state.arrays["d"]
    assert np.abs(x).mean() < 0.1
    assert np.abs(z).mean() > 0.3


def test_weights_count_small_steps_less() -> None:
    weight = squared_lr_weights(lambda k: 0.0 if k == 0 else 1.0 if k < 3 else 2.0)
    assert [weight(k) for k in (3, 0, 1, 2)] == [4 * 4 / 6, 1.0, 2.0, 3 * 0.5]


@pytest.mark.parametrize("function", [schedule_free_average, squared_lr_weights])
def test_docstring_is_complete_and_its_example_runs(function) -> None:
    assert problems(function, conventions=True, source=True) == []
