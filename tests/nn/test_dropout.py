"""Dropout: what is kept, and that the expectation is."""

import numpy as np
import pytest

from nnedu.losses import mse
from nnedu.nn import Dense, Dropout, Network, dropout, tanh
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train


def test_by_hand() -> None:
    y, backward = dropout(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]), rate=0.5)
    np.testing.assert_array_equal(y, [2.0, 0.0, 6.0])
    np.testing.assert_array_equal(backward(np.array([5.0, 6.0, 7.0]))[0], [10.0, 0.0, 14.0])


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.8])
def test_the_expectation_is_kept_and_the_rate_is_what_is_dropped(rate: float) -> None:
    x = np.full((400, 500), 3.0)
    y, _ = Dropout(rate).training(np.random.default_rng(0), x)
    # 200,000 draws: the share of zeros is known to 0.001, the mean to 3 sqrt(4 / 200,000) = 0.013.
    assert np.mean(y == 0) == pytest.approx(rate, abs=0.005)
    assert y.mean() == pytest.approx(3.0, abs=0.06)
    np.testing.assert_allclose(y[y != 0], 3 / (1 - rate), rtol=1e-15)


def test_inference_hands_on() -> None:
    x = np.random.default_rng(0).normal(size=(3, 2))
    y, backward = Dropout(0.9)(x)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(backward(x)[0], x)


def test_every_batch_and_every_number_of_it_is_drawn_for_itself() -> None:
    net = Network([Dropout(0.5)], inputs=50)
    rng, x, theta = np.random.default_rng(0), np.ones((4, 50)), np.zeros(0)
    masks = [net.forward_training(theta, x, rng=rng)[0] for _ in range(2)]
    rows = {row.tobytes() for mask in masks for row in mask}
    assert len(rows) == 8


def test_the_one_training_loop_trains_it_and_a_seed_repeats_it() -> None:
    x = np.random.default_rng(0).normal(size=(100, 2))
    y = x[:, :1] * x[:, 1:]
    net = Network([Dense(32), tanh, Dropout(0.2), Dense(1)], inputs=2)

    def once() -> np.ndarray:
        rng = np.random.default_rng(1)
        objective = net.objective(mse, rng=rng)
        start, batches = net.init(rng), minibatches(rng, 50, x, y)
        return train(objective, start, Optimizer("adam", lr=0.02), batches, steps=200).theta

    first = once()
    np.testing.assert_array_equal(first, once())
    assert mse(net.predict(first, x), y)[0] < 0.3 * y.var()


def test_wrong_arguments_are_refused() -> None:
    x, kept = np.ones((2, 3)), np.ones((2, 3), bool)
    for rate in (-0.1, 1.0, 1.5, np.nan, True, "half"):
        with pytest.raises(ValueError, match=r"rate is .*; expected 0 <= rate < 1"):
            Dropout(rate)
        with pytest.raises(ValueError, match=r"rate is .*; expected 0 <= rate < 1"):
            dropout(x, kept, rate=rate)
    with pytest.raises(ValueError, match=r"kept has shape \(3,\) and x \(2, 3\)"):
        dropout(x, kept[0], rate=0.5)
    with pytest.raises(TypeError, match="kept has dtype float64; expected bool"):
        dropout(x, x, rate=0.5)
    net = Network([Dropout(0.5)], inputs=3)
    with pytest.raises(
        ValueError, match=r"no rng in training. Pass one: net.objective\(loss, rng="
    ):
        net.objective(mse)(np.zeros(0), x, x)
