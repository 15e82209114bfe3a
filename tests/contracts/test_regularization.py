"""Every penalty, proximal step and constraint in ``nnedu.regularization`` keeps these."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from nnedu import regularization as reg
from nnedu.gradcheck import check_gradient
from tests.contracts.docstrings import problems

PENALTIES = {
    "l2": partial(reg.l2, strength=0.3),
    "l1": partial(reg.l1, strength=0.3),
    "elastic_net": partial(reg.elastic_net, l1=0.2, l2=0.7),
}
PROXIMAL = {
    "proximal_l2": (partial(reg.proximal_l2, strength=0.3), "l2"),
    "proximal_l1": (partial(reg.proximal_l1, strength=0.3), "l1"),
    "proximal_elastic_net": (partial(reg.proximal_elastic_net, l1=0.2, l2=0.7), "elastic_net"),
}
MAPS: dict[str, Any] = {
    **{name: partial(step, lr=0.5) for name, (step, _) in PROXIMAL.items()},
    "max_norm": partial(reg.max_norm, limit=0.8),
    "ista": lambda theta: reg.ista(theta, 0 * theta, t=1, lr=0.5, l1=0.2, l2=0.7)[0],
}
THETA = np.random.default_rng(0).normal(size=(4, 3))
every_penalty = pytest.mark.parametrize("name", PENALTIES)
every_map = pytest.mark.parametrize("name", MAPS)


@pytest.mark.parametrize("name", reg.__all__)
def test_docstring_is_complete_and_its_example_runs(name: str) -> None:
    known = name != "penalized"
    assert problems(getattr(reg, name), conventions=known, source=known) == []


def test_every_public_name_is_under_contract() -> None:
    assert {*PENALTIES, *MAPS, "penalized"} == set(reg.__all__)


@every_penalty
def test_gradient_agrees_with_finite_differences(name: str) -> None:
    assert check_gradient(PENALTIES[name], THETA).error < 1e-8


@every_penalty
def test_is_zero_at_zero_and_above_it_elsewhere(name: str) -> None:
    value, g = PENALTIES[name](np.zeros(3))
    assert value == 0
    assert (g == 0).all()
    assert PENALTIES[name](THETA)[0] > 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_and_shape_are_kept_and_inputs_not_changed(dtype: Any) -> None:
    theta = THETA.astype(dtype)
    theta.flags.writeable = False
    for penalty in PENALTIES.values():
        value, g = penalty(theta)
        assert type(value) is float
        assert (g.dtype, g.shape) == (dtype, theta.shape)
    for step in MAPS.values():
        after = step(theta)
        assert (after.dtype, after.shape) == (dtype, theta.shape)
    np.testing.assert_array_equal(theta, THETA.astype(dtype))


@pytest.mark.parametrize("name", PROXIMAL)
def test_a_proximal_step_minimises_what_it_says(name: str) -> None:
    # (x - theta)**2 / 2 + lr penalty(x), coordinate by coordinate, against a fine grid of x.
    step, penalty = PROXIMAL[name]
    grid = np.linspace(-3, 3, 60_001)
    for theta in (-2.0, -0.11, 0.0, 0.05, 0.4, 1.7):
        cost = (grid - theta) ** 2 / 2 + 0.5 * _elementwise(penalty, grid)
        best = grid[cost.argmin()]
        assert step(np.array([theta]), lr=0.5)[0] == pytest.approx(best, abs=1.01e-4)


def _elementwise(penalty: str, x: np.ndarray) -> np.ndarray:
    return {
        "l2": 0.3 * x**2 / 2,
        "l1": 0.3 * np.abs(x),
        "elastic_net": 0.2 * np.abs(x) + 0.7 * x**2 / 2,
    }[penalty]


@every_map
def test_a_step_never_lengthens(name: str) -> None:
    assert (np.abs(MAPS[name](THETA)) <= np.abs(THETA)).all()


def test_a_constraint_is_a_projection() -> None:
    once = reg.max_norm(THETA, limit=0.8)
    np.testing.assert_allclose(reg.max_norm(once, limit=0.8), once, rtol=1e-15)


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")], ids=str)
@every_penalty
def test_bad_strengths_are_refused_by_name(name: str, bad: float) -> None:
    for word in PENALTIES[name].keywords:
        with pytest.raises(ValueError, match=f"{word} is {bad}; expected finite numbers"):
            PENALTIES[name](THETA, **{word: bad})


def test_a_strength_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"strength has shape \(3,\); expected one number or"):
        reg.l2(THETA, strength=np.ones(3))


@every_penalty
def test_integers_are_refused(name: str) -> None:
    with pytest.raises(TypeError, match="theta"):
        PENALTIES[name](np.arange(3))
