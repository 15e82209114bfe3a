"""Every row of ``nnedu.optim.TENSOR_RULES`` keeps these; a new row inherits them with no edit."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest

from nnedu.optim import TENSOR_RULES, Optimizer, State, TensorOptimizer, TensorRow, tensor_row
from nnedu.train import descend
from tests.contracts.docstrings import problems
from tests.contracts.test_optim import BAD as BAD_ELEMENTWISE

every_row = pytest.mark.parametrize("entry", TENSOR_RULES, ids=lambda entry: entry.name)
FORMS = [form for entry in TENSOR_RULES for form in (entry, entry.vectors) if form is not None]
every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)

SHAPES = {"W1": (4, 3), "b1": (3,), "K2": (2, 2, 3), "b2": (3,)}
SIZE = 30
COUNT = [0, -1, 2.5, math.nan, "5", True, None]
POSITIVE = [0, -0.1, math.nan, math.inf, "1", True, None]
BAD: dict[str, list[Any]] = {
    **BAD_ELEMENTWISE,
    **dict.fromkeys(("eps1", "eps2"), BAD_ELEMENTWISE["eps"]),
    **dict.fromkeys(("trust", "decay", "clip", "rms"), POSITIVE),
    **dict.fromkeys(("ns_steps", "every"), COUNT),
    "look_ahead": BAD_ELEMENTWISE["dampening"],
}


def make(entry: TensorRow, shapes: Any = None, **hyper: Any) -> TensorOptimizer:
    """The row's optimizer; what it leaves to others is Adam's."""
    shapes = SHAPES if shapes is None else shapes
    alone = entry.vectors is None and entry.matrices_only
    left = alone and any(len(shape) < 2 for shape in shapes.values())
    others = Optimizer("adam", lr=0.05) if left else None
    hyper = {"lr": entry.bowl_lr, **hyper}
    return TensorOptimizer(entry.name, shapes=shapes, others=others, **hyper)


def start(dtype: Any = np.float64) -> np.ndarray:
    return np.random.default_rng(1).uniform(0.5, 1.5, size=SIZE).astype(dtype)


def gradients(steps: int = 12, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(steps, SIZE))


def run(opt: TensorOptimizer, theta: Any, gs: Any, state: State | None = None) -> Any:
    state = opt.init(theta) if state is None else state
    for g in gs:
        theta, state = opt.step(theta, g, state)
    return theta, state


def hyper_names(form: TensorRow) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(form.rule).parameters
    return {name: p for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY and name != "t"}


@every_form
def test_signature_is_that_of_a_rule(form: TensorRow) -> None:
    parameters = list(inspect.signature(form.rule).parameters.values())
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    keyword = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert positional[:2] == ["theta", "g"]
    assert keyword[:2] == ["t", "lr"]
    assert len(positional) + len(keyword) == len(parameters), "no *args and no **kwargs"
    shape = (4, 3) if form.matrices_only else (5,)
    theta, states = np.ones(shape), form.start(shape)
    assert len(states) == len(positional) - 2
    new = form.rule(theta, theta, *states, t=1, lr=0.1)
    assert [array.shape for array in new] == [shape, *(array.shape for array in states)]


@every_form
def test_docstring_is_complete_and_its_example_runs(form: TensorRow) -> None:
    assert problems(form.rule, conventions=True, source=True) == []


@every_form
def test_a_rule_changes_none_of_its_arrays_and_hands_none_on(form: TensorRow) -> None:
    shape = (4, 3) if form.matrices_only else (5,)
    theta, state = np.ones(shape), form.start(shape)
    for t, g in enumerate(np.random.default_rng(0).normal(size=(12, *shape)), start=1):
        given = [theta, g, *state]
        copies = [array.copy() for array in given]
        for array in given:
            array.flags.writeable = False
        theta, *state = form.rule(theta, g, *state, t=t, lr=0.1)
        for array, copy in zip(given, copies, strict=True):
            np.testing.assert_array_equal(array, copy)
            assert not any(np.shares_memory(array, result) for result in (theta, *state))


@every_row
def test_both_forms_have_the_same_hyper_parameters(entry: TensorRow) -> None:
    assert tensor_row(entry.name) is entry
    if entry.vectors is not None:
        mine, theirs = hyper_names(entry), hyper_names(entry.vectors)
        assert list(mine) == list(theirs)
        assert all(mine[name].default == theirs[name].default for name in mine)


def test_names_and_titles_are_unique() -> None:
    assert len({form.name for form in FORMS}) == len({form.title for form in FORMS}) == len(FORMS)


@every_row
def test_inputs_are_not_changed_or_handed_on(entry: TensorRow) -> None:
    opt, theta = make(entry), start()
    _, state = run(opt, theta, gradients(3))
    g = gradients(1, seed=5)[0]
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


@every_row
def test_in_place_gives_the_same_numbers_in_the_same_arrays(entry: TensorRow) -> None:
    opt, gs = make(entry), gradients()
    expected, last = run(opt, start(), gs)
    theta = start()
    state = opt.init(theta)
    held = dict(state.arrays)
    for g in gs:
        after, state = opt.step(theta, g, state, inplace=True)
        assert after is theta
    np.testing.assert_array_equal(theta, expected)
    for name, array in state.arrays.items():
        assert array is held[name]
        np.testing.assert_array_equal(array, last.arrays[name])
    with pytest.raises(ValueError, match="theta and g share memory"):
        opt.step(theta, theta, state, inplace=True)


@every_row
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(entry: TensorRow, dtype: Any) -> None:
    opt = make(entry, lr=lambda k: np.float64(entry.bowl_lr))
    theta, state = run(opt, start(dtype), gradients().astype(dtype))
    assert theta.dtype == dtype
    assert {array.dtype for array in state.arrays.values()} <= {np.dtype(dtype)}


@every_row
def test_float32_follows_float64(entry: TensorRow) -> None:
    gs = gradients() + 3
    wide, _ = run(make(entry), start(np.float32).astype(float), gs.astype(np.float32).astype(float))
    narrow, _ = run(make(entry), start(np.float32), gs.astype(np.float32))
    # Relative to the distance gone; roots of nearly singular matrices lose some digits.
    assert np.abs(wide - narrow).max() < 2e-3 * np.abs(wide - start()).max()


@every_row
def test_state_is_named_after_tensor_and_rule_in_shapes_that_stay(entry: TensorRow) -> None:
    opt, theta = make(entry), start(np.float32)
    state = opt.init(theta)
    assert state.t == 0
    own = list(inspect.signature(entry.rule).parameters)[2:]
    own = own[: own.index("t")]
    assert [name for name in state.arrays if name.startswith("W1.")] == [f"W1.{n}" for n in own]
    assert {name.split(".")[0] for name in state.arrays} == set(SHAPES)
    _, after = run(opt, theta, gradients(2).astype(np.float32), state)
    assert {n: a.shape for n, a in after.arrays.items()} == {
        n: a.shape for n, a in state.arrays.items()
    }
    assert state.nbytes == sum(array.nbytes for array in state.arrays.values())


@every_row
def test_resuming_from_a_state_is_not_stopping(entry: TensorRow) -> None:
    gs, lr = gradients(24), lambda k: entry.bowl_lr / (1 + k)
    whole, last = run(make(entry, lr=lr), start(), gs)
    half, state = run(make(entry, lr=lr), start(), gs[:11])
    saved = State(state.t, {name: array.copy() for name, array in state.arrays.items()})
    resumed, end = run(make(entry, lr=lr), half, gs[11:], saved)
    np.testing.assert_array_equal(resumed, whole)
    assert end.t == last.t == len(gs)
    for name, array in end.arrays.items():
        np.testing.assert_array_equal(array, last.arrays[name])


@every_row
def test_each_tensor_goes_its_own_way(entry: TensorRow) -> None:
    # Two tensors side by side do what each does alone, whatever the other's gradient.
    gs, theta = gradients(), start()
    both, _ = run(make(entry), theta, gs)
    alone, _ = run(make(entry, {"W1": SHAPES["W1"]}), theta[:12], gs[:, :12])
    np.testing.assert_array_equal(both[:12], alone)
    last = {"K2": SHAPES["K2"]}
    alone, _ = run(make(entry, last), theta[15:27], gs[:, 15:27])
    np.testing.assert_array_equal(both[15:27], alone)


@every_row
def test_more_axes_are_seen_as_a_matrix_of_the_last_one(entry: TensorRow) -> None:
    gs, theta = gradients()[:, :12], start()[:12]
    many, _ = run(make(entry, {"K": (2, 2, 3)}), theta, gs)
    two, _ = run(make(entry, {"K": (4, 3)}), theta, gs)
    np.testing.assert_array_equal(many, two)


@every_row
def test_order_of_rows_and_columns_does_not_matter(entry: TensorRow) -> None:
    rows, columns = np.array([2, 0, 3, 1]), np.array([1, 2, 0])
    gs, theta = gradients()[:, :12].reshape(-1, 4, 3), start()[:12].reshape(4, 3)
    opt = make(entry, {"W": (4, 3)})
    plain, _ = run(opt, theta.ravel(), gs.reshape(-1, 12))
    turned, _ = run(
        opt, theta[rows][:, columns].ravel(), gs[:, rows][:, :, columns].reshape(-1, 12)
    )
    np.testing.assert_allclose(
        turned.reshape(4, 3), plain.reshape(4, 3)[rows][:, columns], rtol=1e-9
    )


def quadratic(theta: np.ndarray) -> tuple[float, np.ndarray]:
    """Curvatures from 1 to 10, and a minimum of the size of the start."""
    h = np.linspace(1, 10, theta.size)
    away = theta - np.where(np.arange(theta.size) % 3 == 0, -0.5, 0.75)
    return float(h @ away**2) / 2, h * away


@every_row
def test_goes_down_a_quadratic(entry: TensorRow) -> None:
    path = descend(quadratic, start(), make(entry), steps=300)
    losses = [quadratic(theta)[0] for theta in path]
    assert len(path) == 301
    assert min(losses) < 0.01 * losses[0]


@every_row
def test_steps_go_against_the_gradient(entry: TensorRow) -> None:
    g = gradients(1)[0]
    theta, _ = run(make(entry), start(), [g, g])  # SOAP's first gradient makes no step
    assert (theta - start())[:12] @ g[:12] < 0


@every_row
def test_zero_gradients_give_no_nan(entry: TensorRow) -> None:
    for theta in (start(), np.zeros(SIZE)):
        after, state = run(make(entry), theta, np.zeros((12, SIZE)))
        for array in (after, *state.arrays.values()):
            assert np.isfinite(array).all()


@every_row
def test_leaves_zero(entry: TensorRow) -> None:
    theta, _ = run(make(entry), np.zeros(SIZE), gradients(2))
    assert (theta != 0).all()


@every_row
def test_zero_learning_rate_of_a_schedule_is_allowed(entry: TensorRow) -> None:
    shapes = {"W1": (4, 3)}
    theta, state = run(make(entry, shapes, lr=lambda k: 0.0), start()[:12], gradients(2)[:, :12])
    np.testing.assert_array_equal(theta, start()[:12])
    assert state.t == 2


@every_row
def test_schedule_is_asked_for_updates_already_made(entry: TensorRow) -> None:
    asked: list[int] = []
    opt = make(entry, lr=lambda k: asked.append(k) or entry.bowl_lr)
    theta, _ = run(opt, start(), gradients(4))
    assert asked == [0, 1, 2, 3]
    np.testing.assert_array_equal(theta, run(make(entry), start(), gradients(4))[0])


@every_row
def test_an_array_gives_every_parameter_its_own_value(entry: TensorRow) -> None:
    # Shampoo's and SOAP's lr too stands outside their products of matrices.
    shapes, gs = {"W1": (4, 3), "W2": (3, 2)}, gradients(3)[:, :18]
    each = np.repeat([0.5, 1.0], [12, 6]) * entry.bowl_lr
    theta, _ = run(make(entry, shapes, lr=each), start()[:18], gs)
    one, _ = run(make(entry, shapes, lr=0.5 * entry.bowl_lr), start()[:18], gs)
    other, _ = run(make(entry, shapes), start()[:18], gs)
    np.testing.assert_allclose(theta, np.concatenate([one[:12], other[12:]]), rtol=1e-13)
    with pytest.raises(ValueError, match=r"lr has shape \(2,\) and theta \(18,\)"):
        run(make(entry, shapes, lr=np.ones(2)), start()[:18], gs)


@every_row
def test_bad_hyper_parameters_are_refused(entry: TensorRow) -> None:
    for name in hyper_names(entry):
        assert name in BAD, f"{name} needs a range in optim/_ranges.py and bad values here"
        for value in BAD[name]:
            with pytest.raises((ValueError, TypeError), match=name) as caught:
                make(entry, **{name: value})
            assert entry.name in str(caught.value)
        with pytest.raises(ValueError, match=rf"{name}=nan from its schedule after 0 updates"):
            run(make(entry, **{name: lambda k: math.nan}), start(), gradients(1))


@every_row
def test_unknown_and_missing_hyper_parameters_are_named(entry: TensorRow) -> None:
    with pytest.raises(TypeError, match=r"has no hyper-parameter 'learning_rate'; it has .*lr"):
        make(entry, learning_rate=0.1)
    if hyper_names(entry)["lr"].default is inspect.Parameter.empty:
        with pytest.raises(TypeError, match=f"{entry.name} needs lr; pass lr="):
            TensorOptimizer(entry.name, shapes={"W1": (4, 3)})


@every_row
def test_wrong_arrays_are_refused(entry: TensorRow) -> None:
    opt, theta = make(entry), start()
    state = opt.init(theta)
    with pytest.raises(TypeError, match="theta has dtype int64; expected float32 or float64"):
        opt.init(np.ones(SIZE, int))
    with pytest.raises(ValueError, match=r"theta has shape \(7,\); expected \(30,\) for .* W1, b1"):
        opt.init(np.ones(7))
    with pytest.raises(TypeError, match="g has dtype float32 and theta float64"):
        opt.step(theta, theta.astype(np.float32), state)
    with pytest.raises(ValueError, match=r"g has shape \(30, 1\) and theta \(30,\)"):
        opt.step(theta, np.ones((SIZE, 1)), state)
    with pytest.raises(ValueError, match="Made by another optimizer"):
        opt.step(theta, theta, State(0, {"nonsense": theta}))
    first = next(iter(state.arrays))
    with pytest.raises(TypeError, match=f"state {first} has dtype float32"):
        opt.step(theta, theta, opt.init(theta.astype(np.float32)))
    with pytest.raises(ValueError, match=rf"state {first} has shape \(2,\); expected"):
        opt.step(theta, theta, State(0, {**state.arrays, first: np.ones(2)}))


@every_row
def test_repr_is_the_call(entry: TensorRow) -> None:
    opt = make(entry)
    copy = eval(repr(opt), {"TensorOptimizer": TensorOptimizer, "Optimizer": Optimizer})
    assert repr(copy) == repr(opt)
    assert (copy.hyper, copy.shapes) == (opt.hyper, opt.shapes)
