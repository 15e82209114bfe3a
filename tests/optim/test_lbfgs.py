"""L-BFGS: against the dense inverse Hessian, on quadratics, in a bent valley, over a network."""

import itertools

import numpy as np
import pytest

from nnedu.data import ROSENBROCK, bowl
from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import LBFGS, State, two_loops
from nnedu.train import descend, train
from tests.contracts.docstrings import problems
from tests.needs import require


def quadratic(n: int, condition: float = 100.0):
    """A quadratic whose axes are turned; its Hessian, its minimum, and the objective."""
    rng = np.random.default_rng(n)
    Q = np.linalg.qr(rng.normal(size=(n, n))).Q
    A = (Q * np.geomspace(1, condition, n)) @ Q.T
    minimum = rng.normal(size=n)

    def objective(theta):
        away = theta - minimum
        return float(away @ A @ away) / 2, A @ away

    return A, minimum, objective


def dense(s: np.ndarray, y: np.ndarray, gamma: float) -> np.ndarray:
    """BFGS's estimate of the inverse Hessian itself, pair by pair from the oldest."""
    one = np.eye(s.shape[1])
    H = gamma * one
    for a, b in zip(s, y, strict=True):
        rho = 1 / (a @ b)
        V = one - rho * np.outer(b, a)
        H = V.T @ H @ V + rho * np.outer(a, a)
    return H


@pytest.mark.parametrize("pairs", [1, 3, 7])
def test_two_loops_multiply_by_the_dense_inverse_hessian(pairs: int) -> None:
    rng = np.random.default_rng(pairs)
    A, _, _ = quadratic(5)
    s = rng.normal(size=(pairs, 5))
    y, g = s @ A, rng.normal(size=5)
    gamma = (s[-1] @ y[-1]) / (y[-1] @ y[-1])
    expected = dense(s, y, gamma) @ g
    np.testing.assert_allclose(two_loops(g, s, y), expected, rtol=1e-11)
    # Rows that are not filled yet do not count.
    empty = np.zeros((2, 5))
    padded = two_loops(g, np.vstack([empty, s]), np.vstack([empty, y]))
    np.testing.assert_array_equal(padded, two_loops(g, s, y))
    # The newest pair is kept exactly: H y = s.
    np.testing.assert_allclose(two_loops(y[-1], s, y), s[-1], rtol=1e-11)


def test_without_pairs_the_first_step_has_length_one_at_most() -> None:
    empty = np.zeros((3, 2))
    np.testing.assert_allclose(two_loops(np.array([3.0, 4.0]), empty, empty), [0.6, 0.8])
    np.testing.assert_array_equal(two_loops(np.array([0.3, 0.4]), empty, empty), [0.3, 0.4])


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_ends_on_a_quadratic_in_n_steps_where_the_line_search_is_exact(n: int) -> None:
    _, minimum, objective = quadratic(n)
    opt = LBFGS(memory=n, c1=1e-10, c2=1e-9)
    path = descend(objective, np.zeros(n), opt, steps=n)
    assert np.abs(path[-1] - minimum).max() < 1e-7
    if n > 1:
        assert np.abs(path[-2] - minimum).max() > 1e-4


def test_directions_on_a_quadratic_are_conjugate_where_the_line_search_is_exact() -> None:
    A, _, objective = quadratic(5)
    path = descend(objective, np.zeros(5), LBFGS(memory=5, c1=1e-10, c2=1e-9), steps=4)
    steps = np.diff(path, axis=0)
    steps /= np.sqrt(np.einsum("ki,ij,kj->k", steps, A, steps))[:, None]
    np.testing.assert_allclose(steps @ A @ steps.T, np.eye(4), atol=1e-6)


def test_wolfe_conditions_hold_at_every_step_of_a_bent_valley() -> None:
    theta, opt = np.array(ROSENBROCK.start), LBFGS()
    state, c1, c2 = opt.init(theta), 1e-4, 0.9
    while (value := ROSENBROCK(theta)[0]) > 1e-20 and state.t < 45:
        before, g = theta, ROSENBROCK(theta)[1]
        theta, state = opt.step(ROSENBROCK, theta, state)
        step = theta - before
        after, g_after = ROSENBROCK(theta)
        assert after <= value + c1 * (g @ step)
        assert abs(g_after @ step) <= c2 * abs(g @ step)
        assert state.arrays["s"][-1] @ state.arrays["y"][-1] > 0
    assert value < 1e-20


def test_no_slower_than_scipy_in_the_bent_valley() -> None:
    require("scipy")
    from scipy.optimize import minimize

    calls = []

    def counted(theta):
        calls.append(1)
        return ROSENBROCK(theta)

    theta = np.array(ROSENBROCK.start)
    theirs = minimize(
        ROSENBROCK, theta, jac=True, method="L-BFGS-B", options={"gtol": 1e-8, "ftol": 0.0}
    )
    opt = LBFGS()
    state = opt.init(theta)
    while np.abs(ROSENBROCK(theta)[1]).max() > 1e-8:
        theta, state = opt.step(counted, theta, state, known=ROSENBROCK(theta))
    np.testing.assert_allclose(theta, theirs.x, atol=1e-7)
    assert len(calls) <= 1.5 * theirs.nfev


def test_the_oldest_pair_leaves() -> None:
    _, _, objective = quadratic(6)
    theta, opt = np.zeros(6), LBFGS(memory=3)
    state, steps, changes = opt.init(theta), [], []
    for _ in range(5):
        before, g = theta, objective(theta)[1]
        theta, state = opt.step(objective, theta, state)
        steps.append(theta - before)
        changes.append(objective(theta)[1] - g)
    np.testing.assert_allclose(state.arrays["s"], steps[-3:], rtol=1e-12)
    np.testing.assert_allclose(state.arrays["y"], changes[-3:], rtol=1e-10, atol=1e-13)
    assert state.t == 5


def test_what_is_known_is_not_evaluated_again() -> None:
    _, _, objective = quadratic(3)
    theta, opt = np.zeros(3), LBFGS()
    seen = []

    def counted(theta):
        seen.append(theta.copy())
        return objective(theta)

    opt.step(counted, theta, opt.init(theta), known=objective(theta))
    assert not any((at == theta).all() for at in seen)
    before = len(seen)
    opt.step(counted, theta, opt.init(theta))
    assert len(seen) == 2 * before + 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rests_at_a_minimum_up_to_rounding(dtype) -> None:
    A, minimum, _ = quadratic(4, condition=10.0)
    A, minimum = A.astype(dtype), minimum.astype(dtype)

    def objective(theta):
        away = theta - minimum
        return 1.0 + float(away @ A @ away) / 2, A @ away

    path = descend(objective, np.zeros(4, dtype), LBFGS(), steps=60)
    assert path.dtype == dtype
    assert len(path) == 61
    assert np.abs(path[-1] - minimum).max() < 100 * np.sqrt(np.finfo(dtype).eps)
    np.testing.assert_array_equal(path[-1], path[-2])


def test_an_update_is_pure_and_resuming_is_not_stopping() -> None:
    opt, theta = LBFGS(memory=4, lr=lambda k: 1 / (1 + k % 2)), np.array(ROSENBROCK.start)
    whole = descend(ROSENBROCK, theta, opt, steps=12)
    state = opt.init(theta)
    for k in range(12):
        given = [theta, *state.arrays.values()]
        copies = [array.copy() for array in given]
        for array in given:
            array.flags.writeable = False
        theta, after = opt.step(ROSENBROCK, theta, state)
        for array, copy in zip(given, copies, strict=True):
            np.testing.assert_array_equal(array, copy)
            assert not any(np.shares_memory(array, a) for a in (theta, *after.arrays.values()))
        # A state read back from a file, with another object that knows nothing of the first.
        state = State(after.t, {name: array.copy() for name, array in after.arrays.items()})
        opt = LBFGS(memory=4, lr=lambda k: 1 / (1 + k % 2))
        np.testing.assert_array_equal(theta, whole[k + 1])


def test_a_wrong_gradient_is_an_error() -> None:
    with pytest.raises(FloatingPointError, match="check_gradient"):
        LBFGS().step(
            lambda x: (float(x @ x), -2 * x), np.ones(2), State(0, LBFGS().init(np.ones(2)).arrays)
        )
    with pytest.raises(FloatingPointError, match="the loss at theta is nan"):
        LBFGS().step(lambda x: (np.nan, x), np.ones(2), LBFGS().init(np.ones(2)))


def test_bad_arguments_are_refused() -> None:
    for name, value in (("lr", 0), ("memory", 0), ("memory", 2.5), ("c1", 0), ("c2", 1.0)):
        with pytest.raises(ValueError, match=f"lbfgs got {name}="):
            LBFGS(**{name: value})
    with pytest.raises(TypeError, match="lbfgs has no hyper-parameter 'history'; it has lr, mem"):
        LBFGS(history=3)
    with pytest.raises(TypeError, match="expected one whole number"):
        LBFGS(memory=lambda k: 3)
    opt, theta = LBFGS(), np.ones(2)
    with pytest.raises(TypeError, match="theta has dtype int64"):
        opt.init(np.ones(2, int))
    with pytest.raises(ValueError, match="Made by another optimizer"):
        opt.step(bowl(2), theta, State(0, {"m": theta}))
    with pytest.raises(ValueError, match=r"state s has shape \(10, 3\); expected \(10, 2\)"):
        opt.step(bowl(2), theta, opt.init(np.ones(3)))
    with pytest.raises(TypeError, match="g has dtype float32"):
        opt.step(lambda x: (1.0, x.astype(np.float32)), theta, opt.init(theta))


def test_repr_is_the_call_and_docstrings_are_complete() -> None:
    assert repr(eval(repr(LBFGS(memory=3)))) == repr(LBFGS(memory=3))
    assert problems(two_loops, conventions=True, source=True) == []


def test_trains_a_network_through_the_one_loop() -> None:
    net = Network([Dense(8), tanh, Dense(2)], inputs=2)
    x = np.random.default_rng(0).normal(size=(200, 2))
    labels = (x[:, 0] * x[:, 1] > 0).astype(int)  # no line separates these
    calls = []

    def objective(theta, *batch):
        calls.append(1)
        return net.objective(softmax_cross_entropy)(theta, *batch)

    run = train(
        objective,
        net.init(np.random.default_rng(1)),
        LBFGS(),
        itertools.repeat((x, labels)),
        steps=60,
        evaluate=lambda theta: {
            "accuracy": float(np.mean(net.predict(theta, x).argmax(axis=1) == labels))
        },
        every=60,
    )
    assert run.metrics["accuracy"][0] < 0.7
    assert run.metrics["accuracy"][1] > 0.98
    assert (np.diff(run.losses) < 0).all()
    assert len(calls) < 2.5 * 60
