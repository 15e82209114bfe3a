"""What is pruned stays 0: every rule, both engines, momentum, decay, changing masks."""

from __future__ import annotations

from functools import partial
from itertools import repeat

import numpy as np
import pytest

from nnedu.compression import Masked, MaskedClosure, cut_theta, flat_mask, gradual, prunable
from nnedu.losses import mse
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import ENGINES, LBFGS, RULES, SAM, Optimizer, TensorOptimizer
from nnedu.pruning import count, cubic, cut, magnitude
from nnedu.train import train
from tests.needs import require

NET = Network([Dense(6), tanh, Dense(2)], inputs=4)
X = np.random.default_rng(0).normal(size=(20, 4))
Y = np.random.default_rng(1).normal(size=(20, 2))
OBJECTIVE = NET.objective(mse)
THETA = NET.init(np.random.default_rng(2)) + 0.05
MASK = np.random.default_rng(3).random(NET.size) < 0.6


def start(mask: np.ndarray = MASK) -> np.ndarray:
    return np.where(mask, THETA, 0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry.name)
def test_pruned_weights_are_exactly_zero_under_every_rule(entry, engine: str) -> None:
    if engine == "fused":
        require("numba")
    hyper = {"weight_decay": 0.1} if entry.name in ("adamw", "sgdw") else {}
    inner = Optimizer(entry.name, engine=engine, lr=min(entry.bowl_lr, 0.05), **hyper)
    # The state is warm: five updates without a mask, then twenty with it.
    theta, warm = THETA.copy(), inner.init(THETA)
    for _ in range(5):
        theta, warm = inner.step(theta, OBJECTIVE(theta, X, Y)[1], warm)
    opt = Masked(inner, MASK)
    state = opt.init(theta)
    state = type(state)(warm.t, {**warm.arrays, "mask": state.arrays["mask"]})
    for _ in range(20):
        theta, state = opt.step(theta, OBJECTIVE(theta, X, Y)[1], state)
        assert not theta[~MASK].any()
    assert np.isfinite(theta).all()
    assert (theta[MASK] != THETA[MASK]).any()


def test_elementwise_rules_treat_what_is_left_as_if_it_were_alone() -> None:
    for name in ("momentum", "adam", "rmsprop"):
        inner = Optimizer(name, lr=0.01)
        opt, theta = Masked(inner, MASK), start()
        state = opt.init(theta)
        alone, own = theta[MASK], inner.init(theta[MASK])
        for _ in range(10):
            g = OBJECTIVE(theta, X, Y)[1]
            alone, own = inner.step(alone, g[MASK], own)
            theta, state = opt.step(theta, g, state)
        np.testing.assert_array_equal(theta[MASK], alone)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inputs_are_kept_and_in_place_gives_the_same(dtype) -> None:
    opt, theta, g = Masked(Optimizer("momentum", lr=0.1), MASK), THETA.astype(dtype), THETA + 1
    g = g.astype(dtype)
    state = opt.init(theta)
    before = theta.copy(), g.copy()
    first, after = opt.step(theta, g, state)
    np.testing.assert_array_equal(theta, before[0])
    np.testing.assert_array_equal(g, before[1])
    np.testing.assert_array_equal(state.arrays["b"], 0)
    assert first.dtype == dtype
    same, state = opt.step(theta, g, state, inplace=True)
    assert same is theta
    np.testing.assert_array_equal(same, first)
    assert (state.t, after.t) == (1, 1)
    np.testing.assert_array_equal(g, before[1])


def test_training_goes_on_under_the_mask() -> None:
    opt = Masked(Optimizer("adam", lr=0.02), MASK)
    run = train(OBJECTIVE, start(), opt, repeat((X, Y)), steps=60)
    assert run.losses[-1] < 0.8 * run.losses[0]
    assert not run.theta[~MASK].any()


def test_whole_tensors_and_closures_too() -> None:
    lamb = TensorOptimizer("lamb", shapes=NET.shapes, lr=0.02)
    for opt in (
        Masked(lamb, MASK),
        MaskedClosure(SAM(Optimizer("momentum", lr=0.05)), MASK),
        MaskedClosure(LBFGS(), MASK),
    ):
        run = train(OBJECTIVE, start(), opt, repeat((X, Y)), steps=12)
        assert not run.theta[~MASK].any()
        assert OBJECTIVE(run.theta, X, Y)[0] < run.losses[0]


def test_the_gradient_of_a_pruned_weight_is_heard_nowhere() -> None:
    # LAMB divides by the norm of its update: a pruned weight's part would slow the others.
    opt = Masked(TensorOptimizer("lamb", shapes=NET.shapes, lr=0.02), MASK)
    g = np.random.default_rng(0).normal(size=NET.size)
    quiet, _ = opt.step(start(), np.where(MASK, g, 0), opt.init(THETA))
    loud, _ = opt.step(start(), np.where(MASK, g, 1e3), opt.init(THETA))
    np.testing.assert_array_equal(loud, quiet)


def test_a_closure_never_sees_a_pruned_weight() -> None:
    def watched(theta, *batch):
        assert not theta[~MASK].any()
        return OBJECTIVE(theta, X, Y)

    opt = MaskedClosure(SAM(Optimizer("sgd", lr=0.05)), MASK)
    theta, _ = opt.step(watched, THETA, opt.init(THETA))
    assert not theta[~MASK].any()
    at_once, _ = opt.step(watched, start(), opt.init(THETA), known=OBJECTIVE(start(), X, Y))
    np.testing.assert_array_equal(at_once, theta)


def test_gradual_pruning_follows_its_schedule_and_nothing_returns() -> None:
    schedule = partial(cubic, final=0.8, total=20, start=4)
    opt = Masked(
        Optimizer("adam", lr=0.01), np.ones(NET.size, bool), choose=gradual(NET, schedule), every=4
    )
    may = prunable(NET)
    theta, state, before = THETA, opt.init(THETA), np.ones(NET.size, bool)
    for t in range(1, 33):
        theta, state = opt.step(theta, OBJECTIVE(theta, X, Y)[1], state)
        mask = state.arrays["mask"]
        assert (~mask).sum() == count(schedule(t - t % 4), int(may.sum()))
        assert not (mask & ~before).any()
        assert not theta[~mask].any()
        before = mask
    assert mask[~may].all()


def test_what_is_gone_stays_gone_whatever_is_chosen() -> None:
    def other(theta: np.ndarray, mask: np.ndarray, t: int) -> np.ndarray:
        return np.roll(MASK, t)

    opt, theta = Masked(Optimizer("sgd", lr=0.1), MASK, choose=other), start()
    state = opt.init(theta)
    for expected in (MASK & np.roll(MASK, 1), MASK & np.roll(MASK, 1) & np.roll(MASK, 2)):
        theta, state = opt.step(theta, np.ones(NET.size), state)
        np.testing.assert_array_equal(state.arrays["mask"], expected)


def test_cut_theta_together_and_layer_by_layer() -> None:
    scores = magnitude(THETA)
    together = cut_theta(NET, scores, sparsity=0.5)
    may = prunable(NET)
    np.testing.assert_array_equal(together[may], cut(scores[may], sparsity=0.5))
    assert together[~may].all()
    each = NET.views(cut_theta(NET, scores, sparsity=0.5, layer_wise=True))
    for name in ("W1", "W2"):
        np.testing.assert_array_equal(
            each[name], cut(magnitude(NET.views(THETA)[name]), sparsity=0.5)
        )
    before = together.copy()
    more = cut_theta(NET, scores, sparsity=0.75, mask=together)
    assert (~more).sum() == 27  # of 36 weights
    assert not (more & ~together).any()
    np.testing.assert_array_equal(together, before)
    some = cut_theta(NET, scores, sparsity=1.0, may=prunable(NET, ["W2"]))
    assert {name for name, part in NET.views(some).items() if not part.any()} == {"W2"}


def test_errors() -> None:
    with pytest.raises(TypeError, match="mask is float64; expected an array of booleans"):
        Masked(Optimizer("sgd", lr=1.0), np.ones(3))
    with pytest.raises(ValueError, match=r"mask has shape \(3,\) and theta"):
        Masked(Optimizer("sgd", lr=1.0), np.ones(3, bool)).init(THETA)
    with pytest.raises(ValueError, match=r"the mask 'W1' has shape \(2, 2\)"):
        flat_mask(NET, {"W1": np.ones((2, 2), bool)})
    with pytest.raises(ValueError, match="unknown parameter 'W3'"):
        prunable(NET, ["W3"])
    with pytest.raises(ValueError, match="every is 0"):
        Masked(Optimizer("sgd", lr=1.0), MASK, every=0)
