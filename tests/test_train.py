"""The training loop: batches, evaluation, the target, what it says when a run explodes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnedu.data import bowl
from nnedu.losses import mse, softmax_cross_entropy
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import Optimizer
from nnedu.train import descend, minibatches, train


def batches(count=None):
    made = 0
    while count is None or made < count:
        made += 1
        yield ()


@given(st.integers(1, 20), st.data())
def test_an_epoch_gives_each_example_at_most_once_in_whole_batches(N: int, data) -> None:
    size = data.draw(st.integers(1, N))
    stream = minibatches(np.random.default_rng(0), size, np.arange(N), -np.arange(N))
    for _ in range(3):
        epoch = [next(stream) for _ in range(N // size)]
        assert {len(x) for x, _ in epoch} == {size}
        for x, y in epoch:
            np.testing.assert_array_equal(x, -y)
        seen = np.concatenate([x for x, _ in epoch])
        assert len(set(seen.tolist())) == len(seen) == N // size * size


def test_every_epoch_has_its_own_order_and_a_seed_repeats_them() -> None:
    def orders(seed: int) -> list[list[int]]:
        stream = minibatches(np.random.default_rng(seed), 50, np.arange(50))
        return [next(stream)[0].tolist() for _ in range(3)]

    first = orders(0)
    assert first == orders(0)
    assert first != orders(1)
    assert len({tuple(order) for order in first}) == 3


def test_what_an_epoch_drops_comes_again() -> None:
    stream = minibatches(np.random.default_rng(0), 3, np.arange(5))
    seen = {int(i) for _ in range(20) for i in next(stream)[0]}
    assert seen == set(range(5))


def test_bad_batches_are_refused_before_the_first() -> None:
    rng, x = np.random.default_rng(0), np.zeros((5, 2))
    for size in (0, 6, -1):
        with pytest.raises(ValueError, match=f"size is {size}; expected 1 to 5"):
            minibatches(rng, size, x)
    with pytest.raises(ValueError, match=r"the arrays have lengths \[5, 4\]; expected one length"):
        minibatches(rng, 2, x, np.zeros(4))


def test_losses_are_those_before_each_update() -> None:
    # f = x**2 / 2 with lr 1/2: x = 1, 1/2, 1/4 and f = 1/2, 1/8, 1/32.
    theta = np.array([1.0, 0.0])
    run = train(bowl(4), theta, Optimizer("sgd", lr=0.5), batches(), steps=3)
    np.testing.assert_array_equal(run.losses, [1 / 2, 1 / 8, 1 / 32])
    np.testing.assert_array_equal(run.theta, [0.125, 0.0])
    np.testing.assert_array_equal(theta, [1.0, 0.0])
    assert run.reached is None
    assert run.metrics == {}
    assert len(run.evaluated) == 0
    assert run.seconds > 0


def test_each_batch_is_used_for_one_update() -> None:
    seen = []

    def objective(theta, x):
        seen.append(x)
        return 0.0, np.zeros_like(theta)

    stream = iter([(10,), (20,), (30,), (40,)])
    train(objective, np.zeros(1), Optimizer("sgd", lr=1.0), stream, steps=3)
    assert seen == [10, 20, 30]
    assert next(stream) == (40,)


def test_evaluations_come_before_the_first_update_and_every_so_often() -> None:
    run = train(
        bowl(4),
        np.array([1.0, 0.0]),
        Optimizer("sgd", lr=0.5),
        batches(),
        steps=7,
        evaluate=lambda theta: {"x": float(theta[0]), "twice": 2 * float(theta[0])},
        every=3,
    )
    np.testing.assert_array_equal(run.evaluated, [0, 3, 6])
    np.testing.assert_array_equal(run.metrics["x"], [1.0, 0.5**3, 0.5**6])
    np.testing.assert_array_equal(run.metrics["twice"], 2 * run.metrics["x"])
    assert len(run.losses) == 7


@pytest.mark.parametrize(
    ("target", "reached"), [(1.0, 0), (0.1, 4), (0.5**4, 4), (0.5**8, 8), (0.5**9, None)]
)
def test_stops_at_the_first_evaluation_that_meets_the_target(target, reached) -> None:
    run = train(
        bowl(4),
        np.array([1.0, 0.0]),
        Optimizer("sgd", lr=0.5),
        batches(),
        steps=8,
        evaluate=lambda theta: {"x": float(theta[0])},
        every=2,
        target=lambda metrics: metrics["x"] <= target,
    )
    assert run.reached == reached
    assert len(run.losses) == (8 if reached is None else reached)
    assert run.evaluated[-1] == len(run.losses)


def test_a_network_learns_and_a_seed_repeats_it() -> None:
    net = Network([Dense(8), tanh, Dense(2)], inputs=2)
    x = np.random.default_rng(0).normal(size=(200, 2))
    labels = (x[:, 0] * x[:, 1] > 0).astype(int)  # no line separates these

    def once():
        rng = np.random.default_rng(1)
        return train(
            net.objective(softmax_cross_entropy),
            net.init(rng),
            Optimizer("adam", lr=0.03),
            minibatches(rng, 50, x, labels),
            steps=300,
            evaluate=lambda theta: {
                "accuracy": float(np.mean(net.predict(theta, x).argmax(axis=1) == labels))
            },
            every=300,
        )

    run = once()
    assert run.metrics["accuracy"][0] < 0.7
    assert run.metrics["accuracy"][1] > 0.93
    np.testing.assert_array_equal(once().theta, run.theta)


def test_first_gradient_that_is_not_finite_is_named() -> None:
    net = Network([Dense(2), tanh, Dense(1)], inputs=1)
    theta, one = net.init(np.random.default_rng(0)), np.ones((1, 1))
    calls = []

    def objective(theta, x, y):
        calls.append(1)
        value, g = net.objective(mse)(theta, x, y)
        if len(calls) == 3:
            net.views(g)["W2"][1, 0] = np.inf
        return value, g

    with pytest.raises(
        FloatingPointError,
        match=r"^the gradient of W2 is not finite at update 3 \(after 2 updates\)",
    ):
        train(
            objective,
            theta,
            Optimizer("sgd", lr=0.1),
            iter([(one, one)] * 9),
            steps=9,
            names=net.views,
        )


def test_loss_and_gradient_that_are_not_finite_are_both_named() -> None:
    net = Network([Dense(1)], inputs=1)
    x, y = np.array([[np.nan]]), np.ones((1, 1))
    with pytest.raises(
        FloatingPointError,
        match=r"the loss is nan and the gradient of W1 is not finite at update 1 .* inputs",
    ):
        train(
            net.objective(mse),
            np.ones(2),
            Optimizer("sgd", lr=0.1),
            iter([(x, y)]),
            steps=1,
            names=net.views,
        )


def test_an_exploding_run_ends_in_that_error_and_not_in_a_warning() -> None:
    # Warnings are errors here: an overflow would come out as a RuntimeWarning.
    with pytest.raises(FloatingPointError, match=r"the loss is inf .*try a tenth of it"):
        train(bowl(100), np.ones(2), Optimizer("sgd", lr=1e3), batches(), steps=999)


def test_wrong_arguments_are_refused() -> None:
    opt, theta = Optimizer("sgd", lr=0.1), np.ones(2)
    with pytest.raises(ValueError, match="steps is 0 and every 1; expected both"):
        train(bowl(1), theta, opt, batches(), steps=0)
    with pytest.raises(ValueError, match="steps is 5 and every 0; expected both"):
        train(bowl(1), theta, opt, batches(), steps=5, every=0)
    with pytest.raises(ValueError, match="target needs evaluate"):
        train(bowl(1), theta, opt, batches(), steps=5, target=lambda metrics: True)
    with pytest.raises(ValueError, match="batches ran dry after 3 updates; expected 5"):
        train(bowl(1), theta, opt, batches(3), steps=5)
    with pytest.raises(TypeError, match="theta has dtype int64"):
        train(bowl(1), np.ones(2, int), opt, batches(), steps=5)


def test_progress_shows_updates_and_loss_on_the_error_stream(capsys) -> None:
    train(bowl(4), np.ones(2), Optimizer("sgd", lr=0.1), batches(), steps=4, progress=True)
    said = capsys.readouterr()
    assert "4/4" in said.err
    assert "loss=" in said.err
    assert said.out == ""


def test_progress_without_tqdm_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tqdm", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'nnedu\[data\]'"):
        train(bowl(4), np.ones(2), Optimizer("sgd", lr=0.1), batches(), steps=4, progress=True)


def test_descend_gives_the_start_and_every_point() -> None:
    start = np.array([1.0, 0.0])
    path = descend(bowl(4), start, Optimizer("sgd", lr=0.5), steps=3)
    np.testing.assert_array_equal(path[:, 0], [1.0, 0.5, 0.25, 0.125])
    np.testing.assert_array_equal(
        descend(bowl(4), start, Optimizer("sgd", lr=0.5), steps=0), [start]
    )
    with pytest.raises(ValueError, match="steps is -1; expected at least 0"):
        descend(bowl(4), start, Optimizer("sgd", lr=0.5), steps=-1)


def test_descend_follows_an_explosion_while_it_is_finite() -> None:
    path = descend(bowl(4), np.ones(2), Optimizer("sgd", lr=1e3), steps=500)
    assert 50 < len(path) < 500
    assert np.isfinite(path).all()
    assert np.abs(path[-1]).max() > 1e200
