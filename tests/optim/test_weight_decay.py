"""The two ways to make weights decay, by hand and in both engines."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from nnedu.optim import ENGINES, RULES, Optimizer, adamw, decoupled, momentum, with_l2
from tests.contracts.docstrings import problems
from tests.needs import require

both = pytest.mark.parametrize("engine", ENGINES)
GS = np.random.default_rng(0).normal(size=(20, 5))


def run(rule: object, engine: str = "reference", **hyper: object) -> np.ndarray:
    if engine == "fused":
        require("numba")
    opt, theta = Optimizer(rule, engine=engine, **hyper), np.linspace(-2, 2, 5)
    state = opt.init(theta)
    for g in GS:
        theta, state = opt.step(theta, g, state)
    return theta


def test_in_plain_gradient_descent_both_are_one() -> None:
    hyper = {"lr": 0.25, "weight_decay": 0.5}
    np.testing.assert_allclose(
        run(with_l2("sgd"), **hyper), run(decoupled("sgd"), **hyper), rtol=1e-13
    )


def test_momentum_carries_the_penalty_along_and_not_the_decay() -> None:
    one, zero = np.ones(1), np.zeros(1)
    how = {"t": 1, "lr": 0.5, "momentum": 0.75, "weight_decay": 0.5}
    theta, b = with_l2(momentum)(one, zero, zero, **how)
    assert (theta[0], b[0]) == (0.75, 0.5)
    theta, b = decoupled(momentum)(one, zero, zero, **how)
    assert (theta[0], b[0]) == (0.75, 0.0)


def test_decoupled_adam_is_adamw() -> None:
    hyper = {"lr": lambda k: 0.1 / (1 + k), "weight_decay": 0.5}
    np.testing.assert_allclose(run(decoupled("adam"), **hyper), run(adamw, **hyper), rtol=1e-13)


@both
@pytest.mark.parametrize("how", [with_l2, decoupled])
def test_engines_agree_for_every_rule_without_a_decay_of_its_own(how, engine: str) -> None:
    free = [r.name for r in RULES if "weight_decay" not in inspect.signature(r.rule).parameters]
    for name in ["momentum", "rmsprop", "nadam"] if engine == "fused" else free:
        hyper = {"lr": 0.01, "weight_decay": np.linspace(0, 0.5, 5)}
        with_decay = run(how(name), engine, **hyper)
        assert abs(with_decay[0] - run(name, lr=0.01)[0]) < 1e-12  # its decay is 0
        assert (np.abs(with_decay - run(name, lr=0.01))[1:] > 1e-12).sum() >= 3
        np.testing.assert_allclose(with_decay, run(how(name), **hyper), rtol=1e-13)


def test_signature_and_name_are_those_of_a_rule() -> None:
    rule = with_l2("adam")
    assert rule.__name__ == "adam_l2"
    assert list(inspect.signature(rule).parameters) == [
        *["theta", "g", "m", "v", "t", "lr", "beta1", "beta2", "eps", "weight_decay"]
    ]
    with pytest.raises(TypeError, match="adam_l2 needs weight_decay"):
        Optimizer(rule)
    with pytest.raises(ValueError, match="adam_l2 got weight_decay=-1"):
        Optimizer(rule, weight_decay=-1)


@pytest.mark.parametrize("how", [with_l2, decoupled])
def test_a_second_decay_is_refused(how) -> None:
    with pytest.raises(ValueError, match=r"adamw has a weight_decay of its own; .* Optimizer\("):
        how("adamw")
    with pytest.raises(ValueError, match="momentum_l2 has a weight_decay of its own"):
        how(with_l2("momentum"))


@pytest.mark.parametrize("function", [with_l2, decoupled])
def test_docstring_is_complete_and_its_example_runs(function) -> None:
    assert problems(function, conventions=True, source=True) == []
