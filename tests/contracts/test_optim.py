"""Every row of ``nnedu.optim.RULES`` keeps these; a new row inherits them with no edit here."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest

from nnedu.data import bowl
from nnedu.optim import ENGINES, RULES, Optimizer, Row, State, row
from nnedu.train import descend
from tests.contracts.docstrings import problems

pytestmark = pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry.name)

FRACTION = [-0.1, 1.0, 1.5, math.nan, math.inf, "0.5", True, None]
SIZE = [-1e-9, math.nan, math.inf, "1e-8", True, None]
BAD: dict[str, list[Any]] = {
    "lr": [0, 0.0, -0.1, math.nan, math.inf, "0.1", True, None, 1j],
    "eps": SIZE,
    "eps_root": SIZE,
    "weight_decay": SIZE,
    "momentum": FRACTION,
    "rho": FRACTION,
    "beta1": FRACTION,
    "beta2": FRACTION,
    "beta": FRACTION,
    "momentum_decay": SIZE,
    "eps_max": SIZE,
    "weight": SIZE,
    "dip": [-0.1, 1.5, math.nan, "0", True, None],
    "dampening": [-0.1, 1.5, math.nan, "0", True, None],
}
BAD_ANYWHERE = [math.nan, math.inf, "1", True]  # of a word that has no range of its own


HOW = {"engine": ENGINES[0]}  # what runs the rules of this test


@pytest.fixture(params=ENGINES, autouse=True)
def engine(request: Any, require: Any, monkeypatch: Any) -> None:
    """Every contract holds for every engine."""
    if request.param == "fused":
        require("numba")
    monkeypatch.setitem(HOW, "engine", request.param)


def make(entry: Row, **hyper: Any) -> Optimizer:
    return Optimizer(entry.name, **HOW, **{"lr": entry.bowl_lr, **hyper})


def gradients(shape: tuple[int, ...], steps: int = 12, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(steps, *shape))


def run(opt: Optimizer, theta: Any, gs: Any, state: State | None = None) -> tuple[Any, State]:
    state = opt.init(theta) if state is None else state
    for g in gs:  # a row of a (T,) array is a scalar, not an array of shape ()
        theta, state = opt.step(theta, np.asarray(g), state)
    return theta, state


def hyper_names(entry: Row) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(entry.rule).parameters
    return {name: p for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY and name != "t"}


def test_signature_is_that_of_a_rule(entry: Row) -> None:
    parameters = list(inspect.signature(entry.rule).parameters.values())
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    keyword = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert positional[:2] == ["theta", "g"]
    assert keyword[:2] == ["t", "lr"]
    assert len(positional) + len(keyword) == len(parameters), "no *args and no **kwargs"
    zeros = [np.zeros(3) for _ in positional]
    values = make(entry).values(0)
    assert len(entry.rule(*zeros, t=1, **values)) == len(positional) - 1


def test_row_is_found_by_its_name_and_has_its_own_title(entry: Row) -> None:
    assert row(entry.rule.__name__) is entry
    assert [other.title for other in RULES].count(entry.title) == 1
    assert [other.name for other in RULES].count(entry.name) == 1


def test_docstring_is_complete_and_its_example_runs(entry: Row) -> None:
    assert problems(entry.rule, conventions=True, source=True) == []


def test_inputs_are_not_changed_or_handed_on(entry: Row) -> None:
    opt, theta, g = make(entry), np.ones(4), np.linspace(-1, 1, 4)
    _, state = run(opt, theta, gradients((4,), 3))
    inputs = [theta, g, *state.arrays.values()]
    copies = [array.copy() for array in inputs]
    for array in inputs:
        array.flags.writeable = False
    new, after = opt.step(theta, g, state)
    for array, copy in zip(inputs, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
    for output in (new, *after.arrays.values()):
        assert not any(np.shares_memory(output, array) for array in inputs)
    assert (state.t, after.t) == (3, 4)


def test_same_call_gives_same_numbers(entry: Row) -> None:
    opt, theta, gs = make(entry), np.ones(4), gradients((4,))
    np.testing.assert_array_equal(run(opt, theta, gs)[0], run(opt, theta, gs)[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(entry: Row, dtype: Any) -> None:
    # eps and lr as schedules of NumPy scalars are what would promote float32.
    opt = make(entry, lr=lambda k: np.float64(entry.bowl_lr))
    theta, state = run(opt, np.ones(4, dtype), gradients((4,)).astype(dtype))
    assert theta.dtype == dtype
    assert {array.dtype for array in state.arrays.values()} <= {np.dtype(dtype)}


def test_float32_follows_float64(entry: Row) -> None:
    gs = gradients((50,)) + 3
    wide, _ = run(make(entry), np.ones(50), gs)
    narrow, _ = run(make(entry), np.ones(50, np.float32), gs.astype(np.float32))
    # Relative to the distance gone; float32 rounds at 6e-8 and there are twelve updates.
    assert np.abs(wide - narrow).max() < 2e-5 * max(1, np.abs(wide - 1).max())


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (0,)], ids=str)
def test_any_shape_gives_the_flat_numbers(entry: Row, shape: tuple[int, ...]) -> None:
    size = math.prod(shape)
    gs = gradients((size,))
    flat, _ = run(make(entry), np.ones(size), gs)
    theta, state = run(make(entry), np.ones(shape), gs.reshape(len(gs), *shape))
    assert isinstance(theta, np.ndarray)
    assert theta.shape == shape
    assert {array.shape for array in state.arrays.values()} <= {shape}
    np.testing.assert_array_equal(theta.ravel(), flat)


def test_state_starts_at_zero_with_the_names_of_the_signature(entry: Row) -> None:
    theta = np.ones((2, 3), np.float32)
    state = make(entry).init(theta)
    names = list(inspect.signature(entry.rule).parameters)
    assert list(state.arrays) == names[2 : names.index("t")]
    assert state.t == 0
    for array in state.arrays.values():
        assert array.shape == theta.shape
        assert array.dtype == theta.dtype
        assert not array.any()
    assert state.nbytes == theta.nbytes * len(state.arrays)


def test_resuming_from_a_state_is_not_stopping(entry: Row) -> None:
    gs, lr = gradients((4,)), lambda k: entry.bowl_lr / (1 + k)
    whole, last = run(make(entry, lr=lr), np.ones(4), gs)
    half, state = run(make(entry, lr=lr), np.ones(4), gs[:5])
    saved = State(state.t, {name: array.copy() for name, array in state.arrays.items()})
    resumed, end = run(make(entry, lr=lr), half, gs[5:], saved)
    np.testing.assert_array_equal(resumed, whole)
    assert end.t == last.t == len(gs)
    for name, array in end.arrays.items():
        np.testing.assert_array_equal(array, last.arrays[name])


def test_order_of_coordinates_does_not_matter(entry: Row) -> None:
    gs, theta = gradients((6,)), np.linspace(-1, 1, 6)
    order = np.random.default_rng(1).permutation(6)
    np.testing.assert_array_equal(
        run(make(entry), theta[order], gs[:, order])[0], run(make(entry), theta, gs)[0][order]
    )


def test_goes_down_the_bowl(entry: Row) -> None:
    surface = bowl(10)
    path = descend(surface, np.array([1.0, 1.0]), make(entry), steps=300)
    losses = surface.f(path[:, 0], path[:, 1])
    assert len(path) == 301
    assert losses.min() < 0.01 * losses[0]


def test_first_step_goes_against_the_gradient(entry: Row) -> None:
    g = np.array([3.0, -3.0, 1e-3, -1e-3])
    theta, _ = run(make(entry), np.zeros(4), [g])
    np.testing.assert_array_equal(np.sign(theta), -np.sign(g))


def test_zero_gradients_give_no_nan(entry: Row) -> None:
    theta, state = run(make(entry), np.ones(3), np.zeros((5, 3)))
    for array in (theta, *state.arrays.values()):
        assert np.isfinite(array).all()


def test_zero_learning_rate_of_a_schedule_is_allowed(entry: Row) -> None:
    theta, state = run(make(entry, lr=lambda k: 0.0), np.ones(3), gradients((3,), 1))
    np.testing.assert_array_equal(theta, np.ones(3))
    assert state.t == 1


def test_schedule_is_asked_for_updates_already_made(entry: Row) -> None:
    asked: list[int] = []
    opt = make(entry, lr=lambda k: asked.append(k) or entry.bowl_lr)
    theta, _ = run(opt, np.ones(3), gradients((3,), 4))
    assert asked == [0, 1, 2, 3]
    np.testing.assert_array_equal(theta, run(make(entry), np.ones(3), gradients((3,), 4))[0])


def test_bad_hyper_parameters_are_refused(entry: Row) -> None:
    for name in hyper_names(entry):
        for value in BAD.get(name, BAD_ANYWHERE):
            with pytest.raises((ValueError, TypeError), match=name) as caught:
                make(entry, **{name: value})
            assert entry.name in str(caught.value)
        with pytest.raises(ValueError, match=rf"{name}=nan from its schedule after 0 updates"):
            run(make(entry, **{name: lambda k: math.nan}), np.ones(2), np.ones((1, 2)))


def test_hyper_parameter_without_default_is_asked_for(entry: Row) -> None:
    for name, parameter in hyper_names(entry).items():
        if parameter.default is parameter.empty:
            with pytest.raises(TypeError, match=f"{entry.name} needs {name}; pass {name}="):
                Optimizer(entry.name, **({} if name == "lr" else {"lr": 0.1}))


def test_unknown_hyper_parameter_is_refused_with_the_known_ones(entry: Row) -> None:
    with pytest.raises(TypeError, match=r"has no hyper-parameter 'learning_rate'; it has .*lr"):
        make(entry, learning_rate=0.1)


def test_wrong_arrays_are_refused(entry: Row) -> None:
    opt, theta = make(entry), np.ones(3)
    state = opt.init(theta)
    with pytest.raises(TypeError, match="theta has dtype int64; expected float32 or float64"):
        opt.init(np.ones(3, int))
    with pytest.raises(TypeError, match="theta is a list; expected a NumPy array"):
        opt.init([1.0, 2.0])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="g has dtype int64"):
        opt.step(theta, np.ones(3, int), state)
    with pytest.raises(TypeError, match="g has dtype float32 and theta float64"):
        opt.step(theta, np.ones(3, np.float32), state)
    with pytest.raises(ValueError, match=r"g has shape \(3, 1\) and theta \(3,\)"):
        opt.step(theta, np.ones((3, 1)), state)
    with pytest.raises(ValueError, match="expected the same shape"):
        opt.step(theta, np.ones(1), state)


def test_foreign_state_is_refused(entry: Row) -> None:
    opt, theta = make(entry), np.ones(3)
    with pytest.raises(TypeError, match="has no state 'nonsense'"):
        opt.init(theta, nonsense=1.0)
    with pytest.raises(ValueError, match="Made by another optimizer"):
        opt.step(theta, theta, State(0, {"nonsense": theta}))
    for name in opt.init(theta).arrays:
        with pytest.raises(ValueError, match=f"state {name} has shape"):
            opt.step(theta, theta, opt.init(np.ones(4)))
        with pytest.raises(TypeError, match=f"state {name} has dtype float32"):
            opt.step(theta, theta, opt.init(theta.astype(np.float32)))
        break


def test_repr_is_the_call(entry: Row) -> None:
    made = repr(make(entry))
    assert made.startswith(f"Optimizer('{entry.name}', ")
    copy = eval(made, {"Optimizer": Optimizer})
    assert (copy.name, copy.hyper) == (entry.name, make(entry).hyper)
