"""A shrunken model is smaller and says the same, or the error says what holds it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nnedu.keras import Pruning, prune, shrink
from tests.keras.zoo import attention, convnet, digits, residual, trained

X, _ = digits()
layers = keras.layers


def same_outputs(model, small, x=X):
    ours, theirs = model.predict(x, verbose=0), small.predict(x, verbose=0)
    np.testing.assert_allclose(theirs, ours, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize(
    ("make", "sizes"),
    [(convnet, {"conv1": 4, "conv2": 4}), (residual, {"inner": 4, "hidden": 6})],
    ids=["convnet", "residual"],
)
def test_keras_models_lose_their_dead_units(make, sizes):
    model = trained(make, callbacks=[Pruning(0.5, pattern="units", frequency=2)])
    small = shrink(model)
    same_outputs(model, small)
    for name, size in sizes.items():
        assert small.get_layer(name).kernel.shape[-1] == size
    assert small.count_params() < 0.65 * model.count_params()
    assert all(
        layer.kernel_constraint is None for layer in small.layers if hasattr(layer, "kernel")
    )
    small.compile("sgd", "sparse_categorical_crossentropy")
    small.fit(X, np.zeros(len(X), int), verbose=0)  # an ordinary model


def kill(layer, units):
    weights = layer.get_weights()
    weights[0][..., units] = 0
    layer.set_weights(weights)


def random_weights(model, seed=0):
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        weights = [rng.normal(size=w.shape) for w in layer.get_weights()]
        if isinstance(layer, layers.BatchNormalization):
            weights[-1] = abs(weights[-1]) + 0.5
        layer.set_weights(weights)
    return model


def test_constants_move_into_biases_whatever_lies_between():
    """Biases, normalisation and activations that do not vanish at 0, on the way to every kind."""
    inputs = keras.Input((6, 6, 2))
    a = layers.Conv2D(5, 3, activation="sigmoid", name="a")(inputs)
    a = layers.BatchNormalization()(a)
    a = layers.LeakyReLU()(a)
    a = layers.Dropout(0.2)(a)
    b = layers.Conv2D(4, 2, strides=2, activation="gelu", name="b")(a)
    c = layers.DepthwiseConv2D(2, activation="tanh", name="c")(a)
    c = layers.Conv2D(3, 1, strides=2, name="d")(c)
    x = layers.Concatenate()([layers.Flatten()(b), layers.Flatten()(c)])
    x = layers.Dense(7, activation="softplus", name="e")(x)
    model = random_weights(keras.Model(inputs, layers.Dense(2, name="out")(x)))
    kill(model.get_layer("a"), [0, 3])
    kill(model.get_layer("b"), [1])
    kill(model.get_layer("d"), [2])
    kill(model.get_layer("e"), [0, 1, 6])
    small = shrink(model)
    same_outputs(model, small, np.random.default_rng(1).normal(size=(8, 6, 6, 2)))
    units = {name: small.get_layer(name).kernel.shape for name in "abcde"}
    assert units["a"][-1] == 3
    assert units["b"][-2:] == (3, 3)
    assert units["c"][-2] == 3
    assert units["d"][-1] == 2
    assert units["e"][-1] == 4


def test_a_channel_of_a_sum_goes_if_every_branch_is_constant_there():
    inputs = keras.Input((4,))
    trunk = layers.Dense(6, name="trunk")(inputs)
    branch = layers.Dense(6, name="branch")(layers.Dense(5, "relu", name="into")(trunk))
    model = keras.Model(inputs, layers.Dense(2)(layers.Add()([trunk, branch])))
    random_weights(model)
    kill(model.get_layer("trunk"), [1, 2])
    with pytest.raises(ValueError, match=r"trunk \(2 of 6: out|trunk \(2 of 6: dense.* reads it"):
        shrink(model)
    kill(model.get_layer("branch"), [2, 4])
    small = shrink(model)
    same_outputs(model, small, np.random.default_rng(1).normal(size=(8, 4)))
    assert small.get_layer("trunk").units == small.get_layer("branch").units == 5


def test_a_sum_written_with_plus_is_a_sum_and_a_number_added_is_not_lost():
    inputs = keras.Input((4,))
    a, b = layers.Dense(5, "sigmoid", name="a")(inputs), layers.Dense(5, name="b")(inputs)
    model = keras.Model(inputs, layers.Dense(2)(a + b))
    random_weights(model)
    for name in "ab":
        kill(model.get_layer(name), [1, 3])
    x = np.random.default_rng(1).normal(size=(8, 4))
    small = shrink(model)
    same_outputs(model, small, x)
    assert small.get_layer("a").units == 3
    model = random_weights(keras.Model(inputs, layers.Dense(2)(a + 2.0)))
    kill(model.get_layer("a"), [1, 3])
    with pytest.raises(ValueError, match=r"a \(2 of 5: add.* reads it\)"):
        shrink(model)


def test_a_unit_that_nobody_hears_goes_with_what_only_it_heard():
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(4, "tanh"), layers.Dense(1)]
    )
    random_weights(model)
    first, second, third = (layer.get_weights() for layer in model.layers)
    third[0][:2] = 0  # the last layer does not hear the first two
    second[0][0, 2:] = 0  # of the first layer, unit 0 is heard by those two alone
    for layer, weights in zip(model.layers, (first, second, third), strict=True):
        layer.set_weights(weights)
    small = shrink(model)
    same_outputs(model, small, np.random.default_rng(1).normal(size=(8, 3)))
    assert [layer.units for layer in small.layers] == [3, 2, 1]


def test_beside_a_border_of_zeros_only_zero_is_a_constant():
    inputs = keras.Input((5, 5, 1))
    x = layers.Conv2D(4, 3, name="a")(inputs)
    model = keras.Model(inputs, layers.Conv2D(2, 3, padding="same", name="b")(x))
    random_weights(model)
    kill(model.get_layer("a"), [0, 1])
    with pytest.raises(ValueError, match=r"a \(2 of 4: b reads it\)"):
        shrink(model)
    weights = model.get_layer("a").get_weights()
    weights[1][:2] = 0
    model.get_layer("a").set_weights(weights)
    small = shrink(model)
    same_outputs(model, small, np.random.default_rng(1).normal(size=(4, 5, 5, 1)))
    assert small.get_layer("a").filters == 2


def test_a_layer_that_is_called_twice_keeps_one_set_of_units():
    shared = layers.Dense(5, "relu", name="shared")
    one, two = keras.Input((3,)), keras.Input((3,))
    end = layers.Dense(2, name="end")
    model = keras.Model([one, two], [end(shared(one)), end(shared(two))])
    random_weights(model)
    kill(shared, [1, 4])
    small = shrink(model)
    x = [np.random.default_rng(i).normal(size=(6, 3)) for i in (1, 2)]
    for ours, theirs in zip(model.predict(x, verbose=0), small.predict(x, verbose=0), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    assert small.get_layer("shared").units == 3


def test_a_layer_keeps_its_last_unit():
    model = random_weights(
        keras.Sequential([keras.Input((3,)), layers.Dense(4, "sigmoid"), layers.Dense(2)])
    )
    kill(model.layers[0], slice(None))
    small = shrink(model)
    same_outputs(model, small, np.ones((2, 3)))
    assert small.layers[0].units == 1


def test_what_holds_a_unit_is_named():
    with pytest.raises(ValueError, match=r"no unit whose weights are all 0"):
        shrink(convnet())
    model = attention()
    kill(model.get_layer("embed"), [0])
    kill(model.get_layer("out"), [3])
    with pytest.raises(ValueError, match=r"embed \(1 of 8: .*\); out \(1 of 10: .* softmax\)"):
        shrink(model)

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.layer = layers.Dense(1)

        def call(self, x):
            return self.layer(x)

    own = Own()
    own(np.ones((1, 2)))
    with pytest.raises(TypeError, match=r"a Own whose layers cannot be seen"):
        shrink(own)
    with pytest.raises(ValueError, match=r"pattern='units' cannot prune embed"):
        prune(attention(), 0.5, pattern="units", layers=["embed"])
