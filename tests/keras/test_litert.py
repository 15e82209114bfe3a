"""Exported files are run by LiteRT's runtime and agree with the model that was trained."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nnedu.keras import (
    Pruning,
    agreement,
    contents,
    export_litert,
    quantization_aware,
    run_in_integers,
    shrink,
    strip,
)
from nnedu.keras.export import PRECISIONS
from tests.keras.zoo import ZOO, convnet, digits, trained
from tests.needs import require

X, Y = digits(160)
on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="LiteRT files are written by TensorFlow"
)


@pytest.fixture(scope="module")
def models():
    require("ai_edge_litert")
    return {
        name: trained(make, keras.optimizers.Adam(1e-2), epochs=20) for name, make in ZOO.items()
    }


@on_tensorflow
@pytest.mark.parametrize("name", ZOO)
def test_every_precision_agrees_with_the_model(models, name, tmp_path):
    model = models[name]
    for precision, relative in (
        ("float32", 1e-5),
        ("float16", 5e-3),
        ("dynamic", 0.1),
        ("int8", 0.2),
    ):
        made = export_litert(
            model, tmp_path / f"{precision}.tflite", precision=precision, data=X[:64]
        )
        found = agreement(model, made, X[64:])
        assert found.relative < relative, precision
        assert found.same_class >= {"float32": 1.0, "float16": 0.98}.get(precision, 0.85)
        assert made.input_dtype == (np.int8 if precision == "int8" else np.float32)
    assert made.predict(X[:3]).shape == (3, 10)  # another batch size


@on_tensorflow
def test_int8_of_a_model_trained_for_it_is_what_was_trained(tmp_path):
    adam, callback = keras.optimizers.Adam(1e-2), Pruning(0.25, pattern="units", end_step=60)
    model = trained(convnet, adam, epochs=20, callbacks=[callback])
    aware = quantization_aware(shrink(model), data=X[:96])
    aware.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    aware.fit(X[:96], Y[:96], batch_size=16, epochs=2, verbose=0)
    small = export_litert(strip(aware), tmp_path / "m.tflite", precision="int8", data=X[:96])
    found = agreement(aware, small, X[96:])
    assert found.same_class >= 0.9
    assert found.relative < 0.1
    assert small.bytes < export_litert(model, tmp_path / "whole.tflite").bytes


@on_tensorflow
def test_codes_of_the_file_are_those_of_the_library(tmp_path):
    """A dense layer's int8 weights in the file equal nnedu.quantization's, code for code."""
    from ai_edge_litert.interpreter import Interpreter

    from nnedu.quantization import quantize, symmetric

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, name="out")])
    x = np.random.default_rng(0).normal(size=(64, 8)).astype("float32")
    export_litert(model, tmp_path / "m.tflite", precision="int8", data=x)
    interpreter = Interpreter(str(tmp_path / "m.tflite"))
    interpreter.allocate_tensors()
    (stored,) = (
        interpreter.get_tensor(d["index"])
        for d in interpreter.get_tensor_details()
        if tuple(d["shape"]) == (4, 8) and d["dtype"] == np.int8
    )
    w = model.get_layer("out").kernel.numpy()
    ours = quantize(w, symmetric(abs(w).max(axis=0), axis=-1))
    assert np.mean(ours != stored.T) < 0.02
    assert abs(stored.T.astype(int) - ours).max() <= 1


@pytest.fixture(scope="module")
def dense(tmp_path_factory):
    """Two dense layers and their file in every precision."""
    require("ai_edge_litert")
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(40, "relu"), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input((64,)), *layers])
    rng = np.random.default_rng(0)  # the converter leaves biases of zeros out
    model.set_weights([w + 0.1 * rng.normal(size=w.shape) for w in model.get_weights()])
    folder, x = tmp_path_factory.mktemp("files"), X.reshape(-1, 64)
    return model, {
        precision: export_litert(
            model, folder / f"{precision}.tflite", precision=precision, data=x[:64]
        )
        for precision in PRECISIONS
    }


@on_tensorflow
def test_contents_are_counted_and_are_the_models(dense):
    model, files = dense
    held = {precision: contents(file) for precision, file in files.items()}
    for precision, file in files.items():
        assert sum(held[precision].nbytes.values()) == file.bytes
        assert 500 < held[precision].nbytes["the rest"] < 4000
    weights, biases = 64 * 40 + 40 * 10, 40 + 10
    assert held["float32"].nbytes["weights"] == 4 * weights
    assert held["float16"].nbytes["weights"] == 2 * weights
    assert held["int8"].nbytes["weights"] == weights
    assert held["int8"].nbytes["biases"] == 4 * biases  # int32
    # A scale of 4 bytes and a zero point of 8: for each output twice, and for three activations.
    assert held["int8"].nbytes["grids"] == 12 * (2 * biases + 3)
    first, second = held["float32"].operators
    assert first.name == second.name == "FULLY_CONNECTED"
    assert (first.activation, second.activation) == ("RELU", "NONE")
    np.testing.assert_array_equal(first.inputs[1].values.T, model.layers[0].kernel.numpy())
    assert {step.name for step in held["float16"].operators} == {"DEQUANTIZE", "FULLY_CONNECTED"}


@on_tensorflow
def test_our_integers_are_the_runtimes(dense):
    _, files = dense
    x, held = X.reshape(-1, 64), contents(files["int8"])
    grid, out = held.operators[0].inputs[0], held.operators[-1].outputs[0]
    codes = np.rint(x / grid.scales + grid.zero_points).clip(-128, 127).astype(np.int8)
    ours = (run_in_integers(held, codes).astype(float) - out.zero_points) * out.scales
    steps = np.abs(ours - files["int8"].predict(x)) / out.scales
    assert steps.max() < 1.01
    assert np.mean(steps > 0.01) < 0.01
    with pytest.raises(ValueError, match="FULLY_CONNECTED alone"):
        run_in_integers(contents(files["float16"]), codes)
    with pytest.raises(ValueError, match="in float"):
        run_in_integers(contents(files["dynamic"]), codes)


@on_tensorflow
def test_what_export_needs_is_said(tmp_path, monkeypatch):
    model = convnet()
    with pytest.raises(ValueError, match=r"unknown precision 'int4'"):
        export_litert(model, tmp_path / "m.tflite", precision="int4")
    with pytest.raises(ValueError, match=r"needs data: a few hundred inputs"):
        export_litert(model, tmp_path / "m.tflite", precision="int8")
    with pytest.raises(TypeError, match=r"still computes with fake quantization; export strip"):
        export_litert(quantization_aware(model), tmp_path / "m.tflite")


def test_other_backends_are_told_where_to_go(tmp_path, monkeypatch):
    model = convnet()
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    with pytest.raises(
        RuntimeError, match=r"Keras on jax\. Save the model .*KERAS_BACKEND=tensorflow"
    ):
        export_litert(model, tmp_path / "m.tflite")
