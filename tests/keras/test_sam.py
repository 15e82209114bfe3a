"""SAMModel makes the library's SAM step, and is a functional model in everything else."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nnedu.keras import SAMModel, prune
from nnedu.losses import mse
from nnedu.nn import Dense, Network, tanh
from nnedu.optim import SAM, Optimizer
from tests.keras.zoo import convnet, digits

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_training_equals_the_reference_over_fifty_steps():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3)).astype("float32")
    y = np.sin(x @ rng.normal(size=(3, 2))).astype("float32")
    net = Network([Dense(5), tanh, Dense(2)], inputs=3)
    theta = (0.5 * rng.normal(size=net.size)).astype("float32").astype(float)
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(5, "tanh")(inputs)
    model = SAMModel(inputs, keras.layers.Dense(2)(hidden), radius=0.25)
    views = net.views(theta)
    model.set_weights([views[name] for name in ("W1", "b1", "W2", "b2")])
    model.compile(keras.optimizers.SGD(0.125, momentum=0.75), "mse")
    model.fit(x, y, batch_size=40, epochs=50, shuffle=False, verbose=0)

    objective = net.objective(mse)
    sam = SAM(Optimizer("heavy_ball", lr=0.125, momentum=0.75), radius=0.25)
    plain, state, start = Optimizer("heavy_ball", lr=0.125, momentum=0.75), sam.init(theta), theta
    for _ in range(50):
        theta, state = sam.step(
            lambda w: objective(w, x.astype(float), y.astype(float)), theta, state
        )
    straight, state = start, plain.init(start)
    for _ in range(50):
        _, g = objective(straight, x.astype(float), y.astype(float))
        straight, state = plain.step(straight, g, state)
    got = np.concatenate([w.ravel() for w in model.get_weights()])
    expected = np.concatenate([net.views(theta)[n].ravel() for n in ("W1", "b1", "W2", "b2")])
    control = np.concatenate([net.views(straight)[n].ravel() for n in ("W1", "b1", "W2", "b2")])
    assert abs(got - expected).max() < 1e-4 * abs(expected).max()
    assert abs(control - expected).max() > 1e-2 * abs(expected).max()


def test_statistics_see_the_batch_once_and_dropout_draws_once():
    """With a radius that moves nothing, a SAM step is the plain step, state of layers included."""
    x, y = digits(32)

    def make(kind, **radius):
        keras.utils.set_random_seed(0)
        inputs = keras.Input((8, 8, 1))
        h = keras.layers.Conv2D(4, 3)(inputs)
        h = keras.layers.BatchNormalization(momentum=0.5)(h)
        h = keras.layers.Dropout(0.5, seed=1)(keras.layers.Flatten()(h))
        model = kind(inputs, keras.layers.Dense(10)(h), **radius)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
        return model, model.fit(x, y, batch_size=16, shuffle=False, verbose=0).history

    (plain, ours), (sam, theirs) = make(keras.Model), make(SAMModel, radius=1e-9)
    assert ours.keys() == theirs.keys()
    assert theirs["loss"] == pytest.approx(ours["loss"], rel=1e-5)
    for a, b in zip(plain.get_weights(), sam.get_weights(), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-6)


def test_a_model_that_exists_is_trained_saved_and_keeps_its_zeros(tmp_path):
    x, y = digits(32)
    model = convnet()
    prune(model, 0.5, layers=["conv2", "out"])
    sam = SAMModel(model.inputs, model.outputs, radius=0.1)
    sam.compile("adam", "sparse_categorical_crossentropy", jit_compile=True)
    sam.fit(x, y, batch_size=16, verbose=0)
    assert (model.get_layer("conv2").kernel.numpy() == 0).mean() == 0.5
    np.testing.assert_array_equal(model.get_layer("out").get_weights()[0], sam.get_weights()[-2])
    sam.save(tmp_path / "sam.keras")
    again = keras.saving.load_model(tmp_path / "sam.keras")
    assert isinstance(again, SAMModel)
    assert again.radius == 0.1
    np.testing.assert_allclose(
        again.predict(x, verbose=0), sam.predict(x, verbose=0), rtol=1e-5, atol=1e-6
    )
    again.fit(x, y, batch_size=16, verbose=0)
    assert (again.get_layer("conv2").kernel.numpy() == 0).mean() == 0.5


def test_what_is_wrong_is_named():
    with pytest.raises(TypeError, match=r"needs inputs and outputs; of a model that exists"):
        SAMModel()
    inputs = keras.Input((3,))
    with pytest.raises(ValueError, match=r"radius is 0; expected a finite number above 0"):
        SAMModel(inputs, keras.layers.Dense(1)(inputs), radius=0)
