"""The loss scale, step by step, and an optimizer that is given scaled gradients."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.optim import LossScaled, Optimizer, TensorOptimizer, next_scale
from tests.contracts.docstrings import problems


def run(signs: str, scale: float = 16.0, **keywords: float) -> list[float]:
    """Scales after each gradient: a dot for a finite one, x for an overflow."""
    good, scales = 0, []
    for sign in signs:
        scale, good = next_scale(scale, good, sign == ".", **keywords)
        scales.append(scale)
    return scales


def test_grows_after_good_steps_in_a_row_and_only_in_a_row() -> None:
    assert run("......", grow_after=3) == [16, 16, 32, 32, 32, 64]
    assert run("..x..", grow_after=3) == [16, 16, 8, 8, 8]  # the count begins anew
    assert run("..x...", grow_after=3)[-1] == 16
    assert run("xx.", grow_after=1) == [8, 4, 8]
    assert run("...xx", grow_after=3, growth=4.0, backoff=0.25) == [16, 16, 64, 16, 4]


def test_factors_of_one_are_a_static_scale() -> None:
    assert run("...x..x.", grow_after=1, growth=1.0, backoff=1.0) == [16] * 8


def test_it_does_not_leave_the_range_of_float32() -> None:
    assert run("..", scale=2.0**126, grow_after=1) == [2.0**127] * 2


def test_a_scaled_gradient_gives_the_plain_step() -> None:
    rng = np.random.default_rng(0)
    theta = rng.normal(size=5)
    plain, scaled = Optimizer("adam", lr=0.1), LossScaled(Optimizer("adam", lr=0.1), grow_after=2)
    state, both, same = plain.init(theta), scaled.init(theta), theta
    for _ in range(7):  # powers of two divide without rounding
        g = rng.normal(size=5)
        theta, state = plain.step(theta, g, state)
        same, both = scaled.step(same, both.scale * g, both)
        np.testing.assert_array_equal(same, theta)
    assert both.scale == 2.0**15 * 2**3
    assert (both.inner.t, both.skipped, both.nbytes) == (7, 0, state.nbytes)


@pytest.mark.parametrize("wrong", [np.inf, -np.inf, np.nan])
def test_an_overflow_is_skipped_and_leaves_the_optimizer_as_it_was(wrong: float) -> None:
    opt = LossScaled(Optimizer("momentum", lr=0.1), initial=8.0)
    theta = np.array([1.0, 2.0])
    theta, state = opt.step(theta, np.array([1.0, 1.0]), opt.init(theta))
    after, skipped = opt.step(theta, np.array([1.0, wrong]), state)
    np.testing.assert_array_equal(after, theta)
    assert after is not theta
    assert skipped.inner is state.inner
    assert (skipped.scale, skipped.good, skipped.skipped) == (4.0, 0, 1)


def test_float16_gradients_are_divided_in_the_dtype_of_the_parameters() -> None:
    opt = LossScaled(Optimizer("sgd", lr=1.0), initial=2.0**12)
    theta = np.zeros(1, np.float32)
    g = 2.0**-20 * (1 + 2.0**-10)
    after, _ = opt.step(theta, np.array([g * 2.0**12], np.float16), opt.init(theta))
    assert after.dtype == np.float32
    assert after[0] == -g  # float16 has too few bits left for it down there


def test_tensor_optimizers_too() -> None:
    base = TensorOptimizer("lamb", shapes={"W": (2,)}, lr=0.1)
    theta, g = np.array([1.0, 2.0]), np.array([0.5, -1.0])
    expected, _ = base.step(theta, g, base.init(theta))
    opt = LossScaled(base, initial=4.0)
    after, _ = opt.step(theta, 4 * g, opt.init(theta))
    np.testing.assert_array_equal(after, expected)


def test_where_no_scale_helps_it_says_so() -> None:
    opt = LossScaled(Optimizer("sgd", lr=1.0), initial=2.0, least=0.5)
    theta, bad = np.zeros(1), np.array([np.nan])
    state = opt.init(theta)
    for _ in range(2):
        theta, state = opt.step(theta, bad, state)
    assert state.scale == 0.5
    with pytest.raises(FloatingPointError, match=r"loss scale of 0.5 either, after 3 skipped"):
        opt.step(theta, bad, state)


def test_bad_arguments_are_refused() -> None:
    base = Optimizer("sgd", lr=1.0)
    with pytest.raises(ValueError, match="initial is 0; expected a finite number above 0"):
        LossScaled(base, initial=0)
    with pytest.raises(ValueError, match="grow_after is 0"):
        LossScaled(base, grow_after=0)
    with pytest.raises(ValueError, match=r"growth >= 1 >= backoff. The wrong way round"):
        LossScaled(base, growth=0.5, backoff=2.0)
    opt = LossScaled(base)
    with pytest.raises(TypeError, match="g has dtype int64"):
        opt.step(np.zeros(1), np.zeros(1, int), opt.init(np.zeros(1)))


def test_docstring_is_complete_and_its_example_runs() -> None:
    assert problems(next_scale, conventions=True, source=True) == []
