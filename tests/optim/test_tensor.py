"""What no row of the table shows: who updates which tensor, rules of one's own, a network."""

import numpy as np
import pytest

from nnedu.losses import softmax_cross_entropy
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import TENSOR_RULES, Optimizer, TensorOptimizer, TensorRow, tensor_row
from nnedu.train import minibatches, train

SHAPES = {"W1": (2, 3), "b1": (3,), "W2": (3, 2), "b2": (2,)}
ADAM = Optimizer("adam", lr=0.1)


def centre(theta, g, *, t, lr):
    """A rule from outside the table: steps without their mean."""
    return (theta - lr * (g - g.mean()),)


def test_others_get_vectors_and_what_is_named() -> None:
    opt = TensorOptimizer("muon", shapes=SHAPES, others=ADAM, others_take=["W2"], lr=0.1)
    theta, g = np.ones(17), np.linspace(-1, 2, 17)
    state = opt.init(theta)
    assert list(state.arrays) == ["W1.m", "b1.m", "b1.v", "W2.m", "W2.v", "b2.m", "b2.v"]
    after, state = opt.step(theta, g, state)
    alone, _ = ADAM.step(theta, g, ADAM.init(theta))
    np.testing.assert_array_equal(after[6:], alone[6:])
    assert not np.allclose(after[:6], alone[:6])
    # Their own t and their own schedules go on with the updates.
    again, _ = opt.step(after, g, state)
    np.testing.assert_allclose(after[6:] - again[6:], 0.1 * np.sign(g[6:]), rtol=1e-6)


def test_others_may_take_from_a_rule_that_takes_any_shape() -> None:
    opt = TensorOptimizer("lars", shapes=SHAPES, others=ADAM, others_take=["b1", "b2"], lr=1.0)
    assert list(opt.init(np.ones(17)).arrays) == [
        "W1.v",
        "b1.m",
        "b1.v",
        "W2.v",
        "b2.m",
        "b2.v",
    ]


def test_a_tensor_nobody_updates_is_an_error_that_says_what_to_pass() -> None:
    for rule in ("muon", "soap"):
        with pytest.raises(ValueError, match=rf"b1 has shape \(3,\); {rule} updates .* others="):
            TensorOptimizer(rule, shapes=SHAPES, lr=0.1)
    with pytest.raises(ValueError, match=r"W2 has .*; others_take leaves it out\. .* others="):
        TensorOptimizer("lars", shapes=SHAPES, others_take=["W2"], lr=0.1)


def test_others_with_nothing_to_do_and_names_of_nothing_are_errors() -> None:
    with pytest.raises(ValueError, match="lars updates every tensor, and nothing is left for"):
        TensorOptimizer("lars", shapes=SHAPES, others=ADAM, lr=0.1)
    with pytest.raises(ValueError, match="others_take names W9 and shapes W1, b1, W2, b2"):
        TensorOptimizer("lars", shapes=SHAPES, others=ADAM, others_take=["W9"], lr=0.1)
    with pytest.raises(ValueError, match="shapes nothing; expected"):
        TensorOptimizer("lars", shapes={}, lr=0.1)


def test_unknown_rule_suggests_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"unknown rule for tensors 'muonn'; .* mean 'muon'"):
        TensorOptimizer("muonn", shapes=SHAPES, lr=0.1)
    with pytest.raises(ValueError, match="expected one of lars, lamb"):
        tensor_row("adam")


def test_any_row_is_a_rule() -> None:
    row = TensorRow(centre, "Centred", bowl_lr=0.1, start=lambda shape: ())
    opt = TensorOptimizer(row, shapes={"a": (2,), "b": (3,)}, lr=1.0)
    after, _ = opt.step(np.zeros(5), np.array([1.0, 3.0, 0.0, 0.0, 6.0]), opt.init(np.zeros(5)))
    np.testing.assert_array_equal(after, [1.0, -1.0, 2.0, 2.0, -4.0])


def test_t_of_the_rule_is_one_at_the_first_update() -> None:
    seen = []

    def watching(theta, g, *, t, lr):
        seen.append(t)
        return (theta - lr * g,)

    row = TensorRow(watching, "Watching", bowl_lr=0.1, start=lambda shape: ())
    opt, theta = TensorOptimizer(row, shapes={"a": (2,)}, lr=1.0), np.zeros(2)
    state = opt.init(theta)
    for _ in range(3):
        theta, state = opt.step(theta, theta, state)
    assert seen == [1, 2, 3]


def test_a_scalar_is_a_tensor() -> None:
    opt = TensorOptimizer("lamb", shapes={"s": (), "W": (1, 2)}, lr=0.1)
    theta, state = opt.step(np.ones(3), np.ones(3), opt.init(np.ones(3)))
    np.testing.assert_allclose(theta, [0.9, 0.9, 0.9], rtol=1e-6)
    assert state.arrays["s.m"].shape == ()


@pytest.mark.parametrize("entry", TENSOR_RULES, ids=lambda entry: entry.name)
def test_each_trains_a_network_through_the_one_loop(entry: TensorRow) -> None:
    net = Network([Dense(8), tanh, Dense(2)], inputs=2)
    x = np.random.default_rng(0).normal(size=(200, 2))
    labels = (x[:, 0] * x[:, 1] > 0).astype(int)  # no line separates these
    rng = np.random.default_rng(1)
    adam = Optimizer("adam", lr=0.03)
    lr = {"lars": 20.0, "lamb": 0.03, "adafactor": 0.05, "shampoo": 0.3, "soap": 0.03}
    opt = TensorOptimizer(
        entry.name,
        shapes=net.shapes,
        others=adam,
        others_take=["b1", "b2"],
        lr=lr.get(entry.name, 0.05),
    )
    run = train(
        net.objective(softmax_cross_entropy),
        net.init(rng),
        opt,
        minibatches(rng, 50, x, labels),
        steps=300,
        evaluate=lambda theta: {
            "accuracy": float(np.mean(net.predict(theta, x).argmax(axis=1) == labels))
        },
        every=300,
    )
    assert run.metrics["accuracy"][0] < 0.7
    assert run.metrics["accuracy"][1] > 0.93
