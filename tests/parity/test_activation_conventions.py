"""Where the frameworks' activations differ from each other, pinned: the table says so."""

from __future__ import annotations

import numpy as np

from nnedu import nn
from nnedu.parity import framework
from nnedu.parity.functions import ACTIVATIONS
from tests.needs import require

X = np.array([-2.5, -1e-3, 0.75, 2.0])


def largest(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).max() / np.abs(b).max())


def test_keras_computes_gelu_with_a_constant_in_single_precision() -> None:
    require("tensorflow")
    keras = framework("keras")
    approximate = keras.activations.gelu(X, approximate=True).numpy()
    cubic = float(np.float32(0.044715))
    rounded = X * (1 + np.tanh(np.sqrt(2 / np.pi) * (X + cubic * X**3))) / 2
    assert largest(approximate, rounded) < 1e-14
    assert 1e-11 < largest(approximate, nn.gelu_tanh(X)[0]) < 1e-8
    assert 1e-11 < largest(keras.activations.gelu(X).numpy(), nn.gelu(X)[0]) < 1e-8
    assert set(ACTIVATIONS["gelu_tanh"].adapters) == {"keras", "torch"}


def test_gelu_means_the_exact_one_or_the_approximation() -> None:
    require("tensorflow")
    require("optax")
    keras, jax = framework("keras"), framework("jax")
    for theirs, ours in (
        (keras.activations.gelu(X), nn.gelu),
        (keras.ops.gelu(X), nn.gelu_tanh),
        (jax.nn.gelu(X), nn.gelu_tanh),
    ):
        other = {nn.gelu: nn.gelu_tanh, nn.gelu_tanh: nn.gelu}[ours]
        assert largest(np.asarray(theirs), ours(X)[0]) < 1e-6
        assert largest(np.asarray(theirs), other(X)[0]) > 1e-5


def test_leaky_slopes_differ_by_default_and_jax_s_at_zero() -> None:
    require("tensorflow")
    require("optax")
    keras, jax = framework("keras"), framework("jax")
    minus = np.array([-1.0])
    slopes = [
        -float(np.asarray(f(minus))[0])
        for f in (
            keras.ops.leaky_relu,
            keras.activations.leaky_relu,
            keras.layers.LeakyReLU(),
            jax.nn.leaky_relu,
            lambda x: nn.leaky_relu(x)[0],
        )
    ]
    np.testing.assert_allclose(slopes, [0.2, 0.2, 0.3, 0.01, 0.01], rtol=1e-6)
    assert float(jax.grad(jax.nn.leaky_relu)(0.0)) == 1.0
    assert nn.leaky_relu(np.zeros(1))[1](np.ones(1))[0][0] == 0.01


def test_initial_weights_have_the_frameworks_variance() -> None:
    require("tensorflow")
    keras = framework("keras")
    for ours, theirs in (
        (nn.glorot_uniform, keras.initializers.GlorotUniform),
        (nn.glorot_normal, keras.initializers.GlorotNormal),
        (nn.he_uniform, keras.initializers.HeUniform),
        (nn.he_normal, keras.initializers.HeNormal),
        (nn.lecun_normal, keras.initializers.LecunNormal),
        (nn.orthogonal, keras.initializers.Orthogonal),
    ):
        W = ours(np.random.default_rng(1), 200, 300)
        V = np.asarray(theirs(seed=1)((200, 300)))
        # 60,000 draws each: the ratio is known to under one per cent.
        assert abs(W.var() / V.var() - 1) < 0.03, ours.__name__
        cut = ours.__name__.endswith("normal")
        widest = np.abs(V).max() / V.std()
        assert (widest < 2.3 < np.abs(W).max() / W.std()) if cut else True
    assert np.allclose(V @ V.T, np.eye(200), atol=1e-5)
