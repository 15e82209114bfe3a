"""SAM, by hand; and that it sees the batch it should."""

import itertools

import numpy as np
import pytest

from nnedu.losses import mse
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import SAM, Optimizer, State, TensorOptimizer, climb
from nnedu.train import descend, train
from tests.contracts.docstrings import problems

A = np.diag([1.0, 10.0])


def bowl(theta):
    return float(theta @ A @ theta) / 2, A @ theta


def test_gradient_is_taken_at_the_given_distance_uphill() -> None:
    # At (4, 0.3) the gradient is (4, 3), of norm 5: up to (4.8, 0.9), where it is (4.8, 9).
    opt, theta = SAM(Optimizer("sgd", lr=0.5), radius=1.0), np.array([4.0, 0.3])
    after, _ = opt.step(bowl, theta, opt.init(theta))
    np.testing.assert_allclose(after, theta - 0.5 * np.array([4.8, 9.0]), rtol=1e-14)


def test_climb_is_as_steep_as_any_step_of_its_length() -> None:
    theta = np.array([1.0, -0.5])
    _, g = bowl(theta)
    up = climb(theta, g, radius=1e-4) - theta
    assert np.linalg.norm(up) == pytest.approx(1e-4, rel=1e-10)
    for angle in np.linspace(0, 6, 25):
        other = 1e-4 * np.array([np.cos(angle), np.sin(angle)])
        assert g @ other <= g @ up + 1e-18
    assert problems(climb, conventions=True, source=True) == []


def test_where_the_gradient_is_zero_there_is_no_climb() -> None:
    opt, theta = SAM(Optimizer("sgd", lr=0.5), radius=1.0), np.zeros(2)
    after, _ = opt.step(bowl, theta, opt.init(theta))
    np.testing.assert_array_equal(after, theta)


@pytest.mark.parametrize(
    "base",
    [
        Optimizer("momentum", lr=0.01),
        Optimizer("adam", lr=0.05),
        TensorOptimizer("lamb", shapes={"a": (1,), "b": (1,)}, lr=0.02),
    ],
    ids=lambda base: base.name,
)
def test_is_the_base_with_other_gradients(base) -> None:
    opt, theta = SAM(base, radius=0.2), np.array([1.0, -1.0])
    state = plain = opt.init(theta)
    for _ in range(20):
        g = bowl(theta)[1]
        at_top = A @ (theta + 0.2 * g / np.linalg.norm(g))
        expected, plain = base.step(theta, at_top, plain)
        theta, state = opt.step(bowl, theta, state)
        np.testing.assert_allclose(theta, expected, rtol=1e-13)
    assert state.t == 20
    assert state.arrays.keys() == base.init(theta).arrays.keys()


def test_does_not_stay_in_a_minimum_narrower_than_the_climb() -> None:
    # A narrow dent in the side of a wide bowl: plain descent stays in it.
    def dented(theta):
        x = theta[0]
        bump = np.exp(-(((x - 1.5) / 0.1) ** 2))
        return x * x / 2 - 0.5 * bump, np.array([x + 100 * 0.5 * 2 * (x - 1.5) * bump])

    start = np.array([1.5])
    plain = descend(dented, start, Optimizer("sgd", lr=0.005), steps=2000)[-1]
    sharp = descend(dented, start, SAM(Optimizer("sgd", lr=0.005), radius=0.3), steps=2000)[-1]
    assert abs(plain[0] - 1.5) < 0.1
    assert abs(sharp[0] - 1.5) > 0.3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_update_is_pure_keeps_dtype_and_resumes(dtype) -> None:
    def make():
        return SAM(Optimizer("adam", lr=0.1), radius=lambda k: 0.1 / (1 + k))

    M = A.astype(dtype)

    def objective(theta):
        return float(theta @ M @ theta) / 2, M @ theta

    theta = np.array([1.0, -1.0], dtype)
    whole = descend(objective, theta, make(), steps=10)
    assert whole.dtype == dtype
    state = make().init(theta)
    for k in range(10):
        inputs = [theta, *state.arrays.values()]
        copies = [array.copy() for array in inputs]
        for array in inputs:
            array.flags.writeable = False
        theta, after = make().step(objective, theta, state)
        for array, copy in zip(inputs, copies, strict=True):
            np.testing.assert_array_equal(array, copy)
        state = State(after.t, {name: array.copy() for name, array in after.arrays.items()})
        np.testing.assert_array_equal(theta, whole[k + 1])


def test_what_is_known_is_not_evaluated_again() -> None:
    calls = []

    def counted(theta):
        calls.append(theta)
        return bowl(theta)

    opt, theta = SAM(Optimizer("sgd", lr=0.1)), np.ones(2)
    opt.step(counted, theta, opt.init(theta))
    assert len(calls) == 2
    opt.step(counted, theta, opt.init(theta), known=bowl(theta))
    assert len(calls) == 3


def test_both_gradients_of_an_update_are_of_one_batch() -> None:
    seen = []

    def objective(theta, number):
        seen.append(number)
        return bowl(theta)

    batches = ((number,) for number in itertools.count())
    train(objective, np.ones(2), SAM(Optimizer("sgd", lr=0.01)), batches, steps=3)
    assert seen == [0, 0, 1, 1, 2, 2]


def test_trains_a_network_through_the_one_loop() -> None:
    net = Network([Dense(8), tanh, Dense(1)], inputs=1)
    x = np.linspace(-1, 1, 50)[:, None]
    base = TensorOptimizer("muon", shapes=net.shapes, others=Optimizer("adam", lr=0.02), lr=0.02)
    run = train(
        net.objective(mse),
        net.init(np.random.default_rng(0)),
        SAM(base, radius=0.01),
        itertools.repeat((x, x**2)),
        steps=300,
    )
    assert run.losses[-1] < 0.05 * run.losses[0]


def test_bad_arguments_are_refused() -> None:
    for radius in (0, -1, np.nan, "1", True, None):
        with pytest.raises((ValueError, TypeError), match=r"sam\(sgd\) (got|needs) radius"):
            SAM(Optimizer("sgd", lr=0.1), radius=radius)
    with pytest.raises(TypeError, match="base is 'sgd'; expected an optimizer"):
        SAM("sgd")
    opt = SAM(Optimizer("sgd", lr=0.1), radius=lambda k: -1.0)
    with pytest.raises(ValueError, match=r"radius=-1.0 from its schedule after 0 updates"):
        opt.step(bowl, np.ones(2), opt.init(np.ones(2)))
    with pytest.raises(TypeError, match="g has dtype float32"):
        opt.step(lambda x: (1.0, x.astype(np.float32)), np.ones(2), opt.init(np.ones(2)))


def test_repr_is_the_call() -> None:
    opt = SAM(Optimizer("sgd", lr=0.1), radius=0.25)
    assert repr(eval(repr(opt))) == repr(opt)
