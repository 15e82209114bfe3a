"""The fast engine gives the numbers of the reference engine, in every shape and dtype."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from nnedu.optim import RULES, Optimizer, Row, State
from tests.needs import require

every_rule = pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry.name)
every_float = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.fixture(autouse=True)
def _numba() -> None:
    require("numba")


def make(entry: Row, engine: str = "fused", **hyper: Any) -> Optimizer:
    return Optimizer(entry.name, engine=engine, **{"lr": entry.bowl_lr, **hyper})


def run(
    opt: Optimizer, theta: Any, gs: Any, start: dict[str, Any] | None = None, **how: Any
) -> dict[str, np.ndarray]:
    """``theta`` and the state after the gradients ``gs``, by name; ``start`` is what this gave."""
    if start is None:
        state = opt.init(theta)
    else:
        theta, state = start["theta"], State(20, {k: start[k] for k in start if k != "theta"})
    for g in gs:
        theta, state = opt.step(theta, g, state, **how)
    return {"theta": theta, **state.arrays}


def gradients(steps: int, size: int, dtype: Any = float) -> np.ndarray:
    """Of very different sizes, and about a mean, so that no state stays near 0."""
    rng = np.random.default_rng(0)
    return (np.logspace(-4, 2, size) * (rng.normal(size=(steps, size)) + 1)).astype(dtype)


@every_rule
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 2e-6)])
def test_agrees_with_the_reference(entry: Row, dtype: Any, tolerance: float) -> None:
    theta, gs = np.linspace(-1, 1, 1001).astype(dtype), gradients(20, 1001, dtype)
    expected = run(make(entry, "reference"), theta, gs)
    for name, array in run(make(entry), theta, gs).items():
        assert array.dtype == dtype
        # Relative to the larger of the entry and where it started from.
        scale = np.maximum(np.abs(expected[name]), 1 if name == "theta" else 0)
        assert np.max(np.abs(array - expected[name]) / scale) <= tolerance, name


@every_rule
def test_follows_schedules_and_agrees(entry: Row) -> None:
    theta, gs = np.ones(5), gradients(9, 5)
    rate = {"lr": lambda k: entry.bowl_lr / (1 + k)}
    asked: list[int] = []
    ours = run(make(entry, lr=lambda k: asked.append(k) or rate["lr"](k)), theta, gs)
    assert asked == list(range(9))
    for name, array in run(make(entry, "reference", **rate), theta, gs).items():
        np.testing.assert_allclose(ours[name], array, rtol=1e-13)


def lost(entry: Row, engine: str, start: dict[str, Any], gs: Any) -> dict[str, float]:
    """What float32 loses to a float64 run of the reference, from a state it can hold exactly.

    Root mean square over the coordinates, relative to the largest entry of each array.
    """
    narrow = run(make(entry, engine), None, gs, start=start)
    start = {name: array.astype(float) for name, array in start.items()}
    wide = run(make(entry, "reference"), None, gs.astype(float), start=start)
    return {
        name: float(np.sqrt(np.mean(((narrow[name] - wide[name]) / np.abs(wide[name]).max()) ** 2)))
        for name in wide
    }


@every_rule
@pytest.mark.parametrize(("steps", "size"), [(1, 100_000), (1000, 1000)])
def test_float32_loses_no_more_than_twice_what_the_reference_loses(
    entry: Row, steps: int, size: int
) -> None:
    rng = np.random.default_rng(1)
    gs = rng.normal(size=(20 + steps, size)).astype(np.float32) + np.float32(0.1)
    start = run(make(entry, "reference"), rng.normal(size=size).astype(np.float32), gs[:20])
    allowed = lost(entry, "reference", start, gs[20:])
    for name, error in lost(entry, "fused", start, gs[20:]).items():
        assert 1e-10 < allowed[name] < 1e-4, "the reference itself rounds, and does no worse"
        assert error <= 2 * allowed[name], name


@every_rule
@every_float
def test_whole_loop_is_in_the_dtype_of_the_arrays(entry: Row, dtype: Any) -> None:
    opt, theta = make(entry), np.ones(3, dtype)
    run(opt, theta, [theta])
    assert opt._fused is not None
    loop = opt._fused._loops[theta.dtype]
    assert loop.overloads  # type: ignore[attr-defined]
    for compiled in loop.overloads.values():  # type: ignore[attr-defined]
        typed = compiled.type_annotation.typemap
        seen = {str(typed[name]) for name in typed if re.fullmatch(r"in_\w+|[xs]\d+", name)}
        assert seen == {np.dtype(dtype).name}


@every_rule
def test_every_shape_and_layout_gives_the_flat_numbers(entry: Row) -> None:
    size, gs = 24, gradients(6, 24)
    flat = run(make(entry), np.linspace(0, 1, size), gs)
    layouts = {
        "2-d": lambda x: x.reshape(4, 6).copy(),
        "Fortran": lambda x: np.asfortranarray(x.reshape(4, 6)),
        "every other": lambda x: np.repeat(x, 2)[::2],
        "backwards": lambda x: x[::-1].copy()[::-1],
        "transposed": lambda x: x.reshape(4, 6).T.copy().T,
    }
    for name, lay_out in layouts.items():
        for inplace in (False, True):
            theta = lay_out(np.linspace(0, 1, size))
            ours = run(make(entry), theta, [lay_out(g) for g in gs], inplace=inplace)
            assert (ours["theta"] is theta) == inplace, name
            for part, array in ours.items():
                np.testing.assert_array_equal(array.reshape(-1), flat[part], err_msg=name)


@every_rule
@every_float
def test_no_parameters_and_one_parameter(entry: Row, dtype: Any) -> None:
    empty = np.ones((0, 3), dtype)
    assert run(make(entry), empty, [empty])["theta"].shape == (0, 3)
    one, g = np.array(1, dtype), np.array(2, dtype)
    expected = run(make(entry, "reference"), one, [g])
    for name, array in run(make(entry), one, [g]).items():
        assert isinstance(array, np.ndarray)
        np.testing.assert_allclose(array, expected[name], rtol=1e-6)
