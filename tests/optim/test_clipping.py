"""Clipping, by hand and by what it must keep."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnedu.losses import mse
from nnedu.nn import Dense, Network, relu
from nnedu.optim import (
    Optimizer,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    clipped,
    global_norm,
)
from nnedu.train import train
from tests.contracts.docstrings import problems

SIZES = st.floats(-1e6, 1e6, allow_subnormal=False)
GRADIENTS = arrays(np.float64, st.integers(1, 8), elements=SIZES)
LIMITS = st.floats(1e-3, 1e3)


def halves(g: np.ndarray) -> dict[str, np.ndarray]:
    return {"first": g[: len(g) // 2], "second": g[len(g) // 2 :]}


EVERY = {
    "value": clip_by_value,
    "norm": partial(clip_by_norm, views=halves),
    "global": clip_by_global_norm,
}
every = pytest.mark.parametrize("clip", EVERY.values(), ids=EVERY)


def test_by_hand() -> None:
    g = np.array([3.0, 4.0, 0.0, -12.0])
    np.testing.assert_array_equal(clip_by_value(g, 3.5), [3, 3.5, 0, -3.5])
    np.testing.assert_allclose(clip_by_norm(g, 2.5, halves), [1.5, 2, 0, -2.5], rtol=1e-15)
    np.testing.assert_allclose(clip_by_global_norm(g, 6.5), g / 2, rtol=1e-15)
    assert global_norm(g) == 13.0


def test_eps_is_added_to_the_norm() -> None:
    g = np.array([3.0, 4.0])
    np.testing.assert_allclose(clip_by_global_norm(g, 3.0, eps=1.0), g / 2, rtol=1e-15)
    np.testing.assert_allclose(
        clip_by_norm(g, 3.0, lambda g: {"all": g}, eps=1.0), g / 2, rtol=1e-15
    )
    # A gradient as long as the limit is shortened by epsilon, and one of 0 is not divided by 0.
    np.testing.assert_allclose(clip_by_global_norm(g, 5.0, eps=1.0), g * 5 / 6, rtol=1e-15)
    np.testing.assert_array_equal(clip_by_global_norm(0 * g, 5.0), [0, 0])


@every
@given(g=GRADIENTS, limit=LIMITS)
def test_bounds_and_leaves_alone_what_is_within(clip, g: np.ndarray, limit: float) -> None:
    once = clip(g, limit)
    assert np.abs(once).max() <= limit * (1 + 1e-12)
    assert (np.abs(once) <= np.abs(g)).all()
    np.testing.assert_allclose(clip(once, limit), once, rtol=1e-12)
    if np.abs(g).sum() <= limit:
        np.testing.assert_array_equal(once, g)


@given(g=GRADIENTS, limit=LIMITS)
def test_global_norm_keeps_the_direction(g: np.ndarray, limit: float) -> None:
    short = clip_by_global_norm(g, limit)
    assert global_norm(short) <= limit * (1 + 1e-12)
    np.testing.assert_allclose(short * global_norm(g), g * global_norm(short), rtol=1e-9, atol=1e-9)


def test_views_are_clipped_apart() -> None:
    net = Network([Dense(3), relu, Dense(1)], inputs=2)
    g = net.init(np.random.default_rng(0)) + 1
    net.views(g)["W1"][...] *= 1000
    short = net.views(clip_by_norm(g, 0.5, net.views))
    for name, view in net.views(g).items():
        assert global_norm(short[name]) == pytest.approx(min(0.5, global_norm(view)), rel=1e-12)
    # All at once, the large layer takes nearly all of the length.
    assert global_norm(net.views(clip_by_global_norm(g, 0.5))["W2"]) < 0.01


@every
def test_dtype_and_input_are_kept(clip) -> None:
    g = np.array([1e20, -1.0, 0.0, 2.0], np.float32)
    copy = g.copy()
    short = clip(g, 1.0)
    assert short.dtype == np.float32
    assert np.isfinite(short).all()
    assert short[0] == pytest.approx(1.0, rel=1e-6)
    np.testing.assert_array_equal(g, copy)
    assert not np.shares_memory(g, short)


@every
def test_bad_arguments_are_refused(clip) -> None:
    for limit in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match=r"limit is .*; expected a number above 0"):
            clip(np.ones(2), limit)
    with pytest.raises(TypeError, match="g has dtype int64"):
        clip(np.ones(2, int), 1.0)


def test_training_that_explodes_does_not_when_clipped() -> None:
    def cliff(theta: np.ndarray, x: np.ndarray) -> tuple[float, np.ndarray]:
        return float(np.sum(theta**4)), 4 * theta**3

    batches = iter(lambda: (np.zeros(1),), None)
    start, opt = np.array([10.0]), Optimizer("sgd", lr=0.1)
    with pytest.raises(FloatingPointError):
        train(cliff, start, opt, batches, steps=50)
    bounded = clipped(cliff, partial(clip_by_global_norm, limit=1.0))
    run = train(bounded, start, opt, batches, steps=200)
    assert abs(run.theta[0]) < 0.5
    assert run.losses[0] == 1e4  # the loss itself is not clipped


def test_clipped_passes_the_batch_on() -> None:
    net = Network([Dense(1)], inputs=2)
    objective = net.objective(mse)
    theta, x, y = np.ones(net.size), np.ones((3, 2)), np.full((3, 1), 9.0)
    value, g = clipped(objective, partial(clip_by_value, limit=0.25))(theta, x, y)
    assert value == objective(theta, x, y)[0]
    np.testing.assert_array_equal(np.abs(g), 0.25)


@pytest.mark.parametrize("function", [clip_by_value, clip_by_norm, clip_by_global_norm])
def test_docstring_is_complete_and_its_example_runs(function) -> None:
    assert problems(function, conventions=True, source=True) == []
