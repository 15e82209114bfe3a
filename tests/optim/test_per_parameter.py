"""A hyper-parameter may have a value for each parameter: what others call groups and masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnedu.nn import Dense, Network, per_parameter, relu
from nnedu.optim import ENGINES, Optimizer, fused
from tests.needs import require

both = pytest.mark.parametrize("engine", ENGINES)
SIZE = 6


@pytest.fixture(autouse=True)
def _numba(request: Any) -> None:
    if "fused" in request.node.name:
        require("numba")


def run(opt: Optimizer, theta: np.ndarray, steps: int = 5, **how: Any) -> np.ndarray:
    rng, state = np.random.default_rng(0), opt.init(theta)
    for _ in range(steps):
        g = rng.normal(size=theta.shape).astype(theta.dtype)
        theta, state = opt.step(theta, g, state, **how)
    return theta


@both
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_parameter_has_its_own_decay(engine: str, dtype: Any) -> None:
    theta = np.linspace(1, 2, SIZE).astype(dtype)
    decay = np.array([0.0, 0.5] * (SIZE // 2), dtype)
    mixed = run(Optimizer("adamw", lr=0.1, weight_decay=decay, engine=engine), theta)
    for start, number in ((0, 0.0), (1, 0.5)):
        alike = run(Optimizer("adamw", lr=0.1, weight_decay=number, engine=engine), theta)
        np.testing.assert_allclose(mixed[start::2], alike[start::2], rtol=1e-6)
    assert mixed.dtype == dtype


@both
def test_arrays_of_another_dtype_are_converted(engine: str) -> None:
    theta = np.ones(SIZE, np.float32)
    decay = np.linspace(0, 1, SIZE)
    wide = Optimizer("lion", lr=0.1, weight_decay=decay, engine=engine)
    narrow = Optimizer("lion", lr=0.1, weight_decay=decay.astype(np.float32), engine=engine)
    new = run(wide, theta)
    assert new.dtype == np.float32
    np.testing.assert_array_equal(new, run(narrow, theta))


@both
def test_a_learning_rate_of_0_freezes(engine: str) -> None:
    lr = np.array([0.1, 0.1, 0.0, 0.0, 0.1, 0.0])
    theta = np.ones(SIZE)
    new = run(Optimizer("adam", lr=lr, engine=engine), theta)
    np.testing.assert_array_equal(new == 1, lr == 0)


@both
def test_a_schedule_may_return_an_array(engine: str) -> None:
    scale = np.linspace(0.5, 1, SIZE)
    scheduled = run(Optimizer("momentum", lr=lambda k: scale / (k + 1), engine=engine), np.ones(6))
    for i, part in enumerate(scale):
        one = run(Optimizer("momentum", lr=lambda k, p=part: p / (k + 1)), np.ones(6))
        np.testing.assert_allclose(scheduled[i], one[i], rtol=1e-14)


def test_fused_agrees_with_the_reference_for_several_arrays_shapes_and_threads(
    monkeypatch: Any,
) -> None:
    require("numba")
    monkeypatch.setattr(fused, "SLICE", 50)
    monkeypatch.setattr(fused, "threads_for", lambda size: 2)
    rng = np.random.default_rng(1)
    hyper = {"lr": rng.uniform(0.01, 0.1, (9, 20)), "beta1": rng.uniform(0.5, 0.9, (20, 9)).T}
    theta = rng.normal(size=(9, 20))
    reference = run(Optimizer("adam", **hyper), theta)
    compiled = Optimizer("adam", engine="fused", **hyper)
    np.testing.assert_allclose(run(compiled, theta), reference, rtol=1e-13)
    copy = theta.copy()
    assert run(compiled, copy, inplace=True) is copy
    np.testing.assert_allclose(copy, reference, rtol=1e-13)
    # The same rule without arrays keeps its own loop.
    plain = Optimizer("adam", lr=0.1, engine="fused")
    np.testing.assert_allclose(run(plain, theta), run(Optimizer("adam", lr=0.1), theta), rtol=1e-13)


@both
def test_wrong_shape_is_refused(engine: str) -> None:
    opt, theta = Optimizer("adamw", weight_decay=np.zeros(3), engine=engine), np.ones(4)
    with pytest.raises(
        ValueError, match=r"adamw got weight_decay of shape \(3,\) for theta of shape \(4,\); .* or"
    ):
        opt.step(theta, theta, opt.init(theta))


def test_every_entry_must_be_in_range() -> None:
    for bad in ([-0.5, 1.0], [0.0, np.nan]):
        with pytest.raises(ValueError, match=r"adamw got weight_decay=with an entry of (-0.5|nan)"):
            Optimizer("adamw", weight_decay=np.array(bad))
    with pytest.raises(ValueError, match=r"beta1=with an entry of 1.0; expected a number in \[0"):
        Optimizer("adam", beta1=np.array([0.5, 1.0]))
    with pytest.raises(ValueError, match="expected a number of at least 0"):
        Optimizer("adamw", weight_decay=np.array([True, False]))
    opt, theta = Optimizer("sgd", lr=lambda k: np.array([1.0, -1.0])), np.ones(2)
    with pytest.raises(ValueError, match=r"an entry of -1.0 from its schedule after 0 updates"):
        opt.step(theta, theta.copy(), opt.init(theta))


def test_in_place_refuses_a_hyper_parameter_that_it_would_overwrite() -> None:
    theta = np.ones(3)
    opt = Optimizer("adamw", weight_decay=theta)
    with pytest.raises(ValueError, match="theta and weight_decay share memory"):
        opt.step(theta, np.ones(3), opt.init(theta), inplace=True)


def test_repr_gives_the_shape() -> None:
    opt = Optimizer("adamw", weight_decay=np.zeros(3))
    assert "weight_decay=<array of shape (3,)>" in repr(opt)


@both
def test_network_makes_a_decay_that_spares_the_biases(engine: str) -> None:
    net = Network([Dense(4), relu, Dense(2)], inputs=3)
    decay = per_parameter(net, lambda name: 0.5 if name.startswith("W") else 0.0)
    assert {name: set(view.flat) for name, view in net.views(decay).items()} == {
        "W1": {0.5}, "b1": {0.0}, "W2": {0.5}, "b2": {0.0},
    }  # fmt: skip
    theta = np.ones(net.size)
    opt = Optimizer("adamw", lr=0.1, weight_decay=decay, engine=engine)
    theta, _ = opt.step(theta, np.zeros(net.size), opt.init(theta))
    for name, view in net.views(theta).items():
        np.testing.assert_allclose(view, 0.95 if name.startswith("W") else 1.0, rtol=1e-15)
