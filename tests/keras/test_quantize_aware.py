"""Fake quantization is that of nnedu.quantization, forward and backward, and survives saving."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nnedu.keras import Pruning, calibrate, quantization_aware, sparsity, strip
from nnedu.keras.grids import fake_affine, fake_symmetric
from nnedu.keras.quantize_aware import wrappers
from nnedu.quantization import affine, fake_quantize, symmetric
from tests.keras.test_pruning import in_a_fresh_process
from tests.keras.zoo import ZOO, attention, convnet, digits, trained

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
X, Y = digits()
on_tensorflow = keras.backend.backend() == "tensorflow"


def gradient(function, x):
    """The gradient of the sum of ``function(x) * weights``, for weights 1, 2, 3, ..."""
    weights = np.arange(1, x.size + 1, dtype=x.dtype).reshape(x.shape)
    if on_tensorflow:
        import tensorflow as tf

        at = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(at)
            total = tf.reduce_sum(function(at) * weights)
        return tape.gradient(total, at).numpy() / weights
    import jax

    return np.asarray(jax.grad(lambda at: (function(at) * weights).sum())(x)) / weights


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_weights_are_on_the_library_s_symmetric_grids(bits):
    w = np.random.default_rng(0).normal(size=(3, 3, 4, 5)).astype("float32")
    w[..., 2] = 0
    w[..., 3] *= 1e-3
    grid = symmetric(abs(w).max(axis=(0, 1, 2)), bits=bits, axis=-1)
    expected, backward = fake_quantize(w, grid)
    got = np.asarray(fake_symmetric(w, bits=bits, axes=(-1,)))
    if on_tensorflow:
        np.testing.assert_array_equal(got, expected)
    else:  # scales in float32: the same codes, of a scale that may differ in its last bit
        np.testing.assert_allclose(got, expected, rtol=3e-7)
    np.testing.assert_array_equal(
        gradient(lambda x: fake_symmetric(x, bits=bits, axes=(-1,)), w),
        backward(np.ones_like(w))[0],
    )


@pytest.mark.parametrize(("low", "high"), [(-1.0, 3.0), (0.5, 6.25), (-2.0, -0.5), (0.0, 255.0)])
def test_activations_are_on_the_library_s_affine_grids(low, high):
    x = (8 * np.random.default_rng(1).normal(size=(40, 7))).astype("float32")
    expected, backward = fake_quantize(x, affine(low, high))
    got = np.asarray(fake_affine(x, low, high, bits=8))
    if on_tensorflow:
        np.testing.assert_array_equal(got, expected)
    else:  # scales in float32: a value within rounding of a half may go the other way
        scale = float(affine(low, high).scale)
        assert (abs(got - expected) > 1e-5 * scale).mean() < 0.01
        assert abs(got - expected).max() < 1.001 * scale
    slopes = gradient(lambda x: fake_affine(x, low, high, bits=8), x)
    assert (slopes != backward(np.ones_like(x))[0]).mean() < 0.005
    assert (slopes == 0).any()


def test_a_range_that_is_not_known_rounds_nothing():
    x = np.array([0.3, -7.0], "float32")
    np.testing.assert_array_equal(np.asarray(fake_affine(x, 0.0, 0.0, bits=8)), x)
    np.testing.assert_array_equal(gradient(lambda x: fake_affine(x, 0.0, 0.0, bits=8), x), [1, 1])


def test_ranges_start_at_the_first_batch_and_move():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    aware = quantization_aware(model, range_momentum=0.75)
    layer = aware.get_layer("out")
    layer(np.array([[-1.0, 3.0]], "float32"), training=True)
    assert layer.ranges.numpy().tolist() == [[-1.0, 3.0]]
    layer(np.array([[1.0, 7.0]], "float32"), training=True)
    assert layer.ranges.numpy().tolist() == [[-0.5, 4.0]]
    layer(np.array([[-9.0, 9.0]], "float32"), training=False)
    assert layer.ranges.numpy().tolist() == [[-0.5, 4.0]]


@pytest.mark.parametrize("make", ZOO.values(), ids=ZOO)
def test_keras_models_train_for_quantization(make):
    model = trained(make)
    aware = quantization_aware(model, data=X[:64], weight_bits=4)
    assert [layer.name for layer in aware.layers] == [layer.name for layer in model.layers]
    before = model.predict(X, verbose=0)
    assert 1e-4 < abs(aware.predict(X, verbose=0) - before).max() < 0.3
    aware.compile("adam", "sparse_categorical_crossentropy")
    history = aware.fit(X, Y, batch_size=16, epochs=2, verbose=0).history["loss"]
    assert history[-1] < history[0]
    plain = strip(aware)
    assert not list(wrappers(plain))
    assert plain.count_params() == model.count_params()
    kernels = [w for w in plain.get_weights() if w.ndim > 1]
    for w in kernels:  # at most 15 values an output
        columns = w.reshape(-1, w.shape[-1])
        assert all(len(np.unique(column)) <= 15 for column in columns.T)
    no_inputs = quantization_aware(plain, weight_bits=4, input_bits=None)
    np.testing.assert_allclose(
        no_inputs.predict(X, verbose=0), plain.predict(X, verbose=0), atol=1e-6
    )


def test_the_values_are_those_of_layers_on_rounded_inputs():
    model = trained(convnet)
    aware = quantization_aware(model, data=X)
    ranges = aware.get_layer("conv1").ranges.numpy()[0]
    rounded = fake_quantize(X, affine(*ranges))[0]
    only = quantization_aware(model, input_bits=None, layers=["conv1"])
    wanted = only.get_layer("conv1")(rounded)
    np.testing.assert_allclose(
        np.asarray(aware.get_layer("conv1")(X)), np.asarray(wanted), atol=2e-6
    )
    kernel = model.get_layer("conv1").kernel.numpy()
    by_hand = fake_quantize(kernel, symmetric(abs(kernel).max(axis=(0, 1, 2)), axis=-1))[0]
    np.testing.assert_array_equal(strip(only).get_layer("conv1").kernel.numpy(), by_hand)


def test_pruned_weights_stay_pruned_while_rounding():
    model = trained(convnet, callbacks=[Pruning(0.8, frequency=2)])
    aware = quantization_aware(model, data=X)
    aware.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    aware.fit(X, Y, batch_size=16, verbose=0)
    plain = strip(aware)
    for site, share in sparsity(model).items():
        assert sparsity(plain)[site] >= share
        assert (plain.get_layer(site.split("/")[0]).kernel.numpy() != 0).any()


FRESH = """
import sys, keras, numpy as np
import nnedu.keras
from tests.keras.zoo import digits
x, y = digits()
for path in sys.argv[1:]:
    model = keras.saving.load_model(path)
    before = model.predict(x[:8], verbose=0)
    model.fit(x, y, batch_size=16, verbose=0)
    np.savez(path + ".npz", before=before, plain=nnedu.keras.strip(model).predict(x, verbose=0))
"""


def test_saved_models_load_in_a_fresh_process(tmp_path):
    made = {}
    for make in (convnet, attention):
        model = quantization_aware(trained(make), data=X)
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(X, Y, batch_size=16, verbose=0)
        made[tmp_path / f"{make.__name__}.keras"] = model
    for path, model in made.items():
        model.save(path)
    in_a_fresh_process(FRESH, *made)
    for path, model in made.items():
        with np.load(f"{path}.npz") as found:
            np.testing.assert_allclose(
                found["before"], model.predict(X[:8], verbose=0), rtol=1e-5, atol=1e-6
            )
            assert np.isfinite(found["plain"]).all()


def test_mixed_precision_keeps_its_dtype():
    layer = keras.layers.Dense(3, dtype="mixed_float16", name="out")
    aware = quantization_aware(keras.Sequential([keras.Input((4,)), layer]))
    out = aware.get_layer("out")(np.ones((2, 4), "float16"), training=True)
    assert keras.backend.standardize_dtype(out.dtype) == "float16"


def test_calibration_finds_the_whole_range():
    aware = quantization_aware(trained(convnet))
    calibrate(aware, X)
    assert aware.get_layer("conv1").ranges.numpy().tolist() == [[0.0, 1.0]]


def test_what_cannot_be_quantized_is_named():
    with pytest.raises(ValueError, match=r"expected one of conv1, conv2, out\. Did you mean"):
        quantization_aware(convnet(), layers=["conv"])
    with pytest.raises(ValueError, match=r"no layer to quantize; .* Its layers: LSTM"):
        quantization_aware(keras.Sequential([keras.Input((3, 2)), keras.layers.LSTM(2)]))
    with pytest.raises(ValueError, match=r"weight_bits is 1; expected 2 to 16"):
        quantization_aware(convnet(), weight_bits=1)
    with pytest.raises(TypeError, match=r"got a list; expected a Keras 3 model"):
        quantization_aware([])
