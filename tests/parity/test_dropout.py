"""Dropout beside the frameworks': whatever each of them draws, the rest is the same."""

from __future__ import annotations

import numpy as np
import pytest

from nnedu.nn import dropout
from nnedu.parity import framework
from tests.needs import require

X = np.random.default_rng(0).normal(size=(40, 50))
D_Y = np.cos(np.arange(2000.0)).reshape(40, 50)


def keras(rate: float) -> tuple[np.ndarray, np.ndarray]:
    require("tensorflow")
    import tensorflow as tf

    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = framework("keras").layers.Dropout(rate, seed=0, dtype="float64")(x, training=True)
    return y.numpy(), tape.gradient(y, x, tf.constant(D_Y)).numpy()


def torch(rate: float) -> tuple[np.ndarray, np.ndarray]:
    require("torch", optional=True)
    module = framework("torch")
    module.manual_seed(0)
    x = module.tensor(X, requires_grad=True)
    y = module.nn.functional.dropout(x, rate)
    y.backward(module.tensor(D_Y))
    return y.detach().numpy(), x.grad.numpy()


@pytest.mark.parametrize("rate", [0.25, 0.7])
@pytest.mark.parametrize("run", [keras, torch])
def test_agrees_for_the_mask_that_was_drawn(run, rate: float) -> None:
    theirs, d_theirs = run(rate)
    kept = theirs != 0
    assert np.mean(~kept) == pytest.approx(rate, abs=0.05)
    y, backward = dropout(X, kept, rate=rate)
    (d_x,) = backward(D_Y)
    np.testing.assert_allclose(y, theirs, rtol=1e-14)
    np.testing.assert_allclose(d_x, d_theirs, rtol=1e-14)
    off, _ = dropout(X, kept, rate=rate * (1 + 1e-6))
    assert np.abs(off / np.where(kept, theirs, 1) - 1)[kept].max() > 1e-7
