"""Batch normalisation: the batch in training, what was seen in inference."""

import numpy as np
import pytest

from nnedu.losses import mse
from nnedu.nn import BatchNorm, Dense, Network, batch_norm, batch_norm_inference, tanh
from nnedu.optim import Optimizer
from nnedu.train import minibatches, train

ONE, ZERO = np.ones(1), np.zeros(1)


def test_training_by_hand() -> None:
    # 1, 3: mean 2, variance 1 (unbiased 2), eps 3: -1/2, 1/2.
    x = np.array([[1.0], [3.0]])
    y, backward, mean, var = batch_norm(
        x, 2 * ONE, 10 * ONE, 6 * ONE, 5 * ONE, momentum=0.75, eps=3.0
    )
    np.testing.assert_array_equal(y, [[9.0], [11.0]])
    assert (mean.item(), var.item()) == (5.0, 4.0)
    d_x, d_gamma, d_beta = backward(np.array([[1.0], [0.0]]))
    np.testing.assert_array_equal(d_x, [[0.375], [-0.375]])
    assert (d_gamma.item(), d_beta.item()) == (-0.5, 1.0)


def test_correction_counts_in_the_running_variance_and_nowhere_else() -> None:
    x = np.array([[1.0], [3.0]])
    biased = batch_norm(x, ONE, ZERO, ZERO, ONE, momentum=0.5, correction=0)
    unbiased = batch_norm(x, ONE, ZERO, ZERO, ONE, momentum=0.5, correction=1)
    np.testing.assert_array_equal(biased[0], unbiased[0])
    assert (biased[3].item(), unbiased[3].item()) == (1.0, 1.5)


def test_images_are_normalised_by_channel_over_examples_and_places() -> None:
    x = np.random.default_rng(0).normal(3, 2, size=(4, 5, 6, 2))
    y, _, mean, var = batch_norm(
        x, np.ones(2), np.zeros(2), np.zeros(2), np.ones(2), momentum=0, eps=0.0
    )
    np.testing.assert_allclose(y.reshape(-1, 2).mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(y.reshape(-1, 2).var(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(mean, x.reshape(-1, 2).mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(var, x.reshape(-1, 2).var(axis=0), rtol=1e-13)


def test_inference_by_hand() -> None:
    y, backward = batch_norm_inference(
        np.array([[7.0]]), 10 * ONE, 1 * ONE, 5 * ONE, 3 * ONE, eps=1.0
    )
    assert y.item() == 11.0
    assert [d.item() for d in backward(ONE[None])] == [5.0, 1.0, 1.0]


def test_in_training_the_scale_of_the_layer_before_does_not_matter() -> None:
    net = Network([Dense(3), BatchNorm(eps=0.0)], inputs=2)
    theta, x = net.init(np.random.default_rng(0)), np.random.default_rng(1).normal(size=(8, 2))
    larger = theta.copy()
    net.views(larger)["W1"][:] *= 10
    first, backward, _ = net.forward_training(theta, x, net.statistics())
    second, backward_larger, _ = net.forward_training(larger, x, net.statistics())
    np.testing.assert_allclose(first, second, rtol=1e-10)
    # and so ten times the weights have a tenth of the gradient
    d_y = np.random.default_rng(2).normal(size=first.shape)
    g, g_larger = (net.views(back(d_y))["W1"] for back in (backward, backward_larger))
    np.testing.assert_allclose(g, 10 * g_larger, rtol=1e-8)


def test_the_one_training_loop_trains_it_and_leaves_statistics_for_inference() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(50, 20, size=(256, 2))  # far from standardised
    y = np.sin(x[:, :1] / 20)
    net = Network([BatchNorm(), Dense(16), tanh, BatchNorm(), Dense(1)], inputs=2)
    statistics = net.statistics()
    assert list(statistics) == ["mean1", "var1", "mean3", "var3"]
    run = train(
        net.objective(mse, statistics=statistics),
        net.init(rng),
        Optimizer("adam", lr=0.02),
        minibatches(rng, 64, x, y),
        steps=300,
        evaluate=lambda theta: {"mse": mse(net.predict(theta, x, statistics), y)[0]},
        every=100,
        names=net.views,
    )
    seen = run.metrics["mse"]
    assert seen[-1] < 0.02 < 0.2 < seen[0]
    np.testing.assert_allclose(statistics["mean1"], x.mean(axis=0), rtol=0.1)
    np.testing.assert_allclose(statistics["var1"], x.var(axis=0), rtol=0.3)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="each feature has 1 numbers; expected more than 1"):
        batch_norm(np.ones((1, 1)), ONE, ZERO, ZERO, ONE, correction=1)
    with pytest.raises(ValueError, match=r"var has shape \(2,\) and x \(3, 1\); expected \(1,\)"):
        batch_norm_inference(np.ones((3, 1)), ONE, ZERO, ZERO, np.ones(2))
    for momentum in (-0.1, 1.0, np.nan, True):
        with pytest.raises(ValueError, match=r"momentum is .*; expected 0 <= momentum < 1"):
            BatchNorm(momentum=momentum)
