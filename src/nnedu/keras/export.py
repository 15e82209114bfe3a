"""Export of a Keras model to LiteRT; TensorFlow has the converter."""

import os
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np

from nnedu._check import known
from nnedu._typing import Array
from nnedu.keras.litert import LiteRT
from nnedu.keras.quantize_aware import wrappers

PRECISIONS = ("float32", "float16", "dynamic", "int8")


def export_litert(
    model: Any,
    path: str | os.PathLike[str],
    *,
    precision: str = "float32",
    data: Array | None = None,
) -> LiteRT:
    """Write a LiteRT file (``.tflite``) of a trained model, and open it.

    Parameters
    ----------
    model : keras.Model
        With one input and one output. :func:`strip` a pruned or quantization-aware model first.
    path : str or path
    precision : {"float32", "float16", "dynamic", "int8"}
        ``"float16"``: weights in half the bytes, arithmetic in float32. ``"dynamic"``: int8
        weights, activations quantized while they are computed. ``"int8"``: everything in int8,
        inputs and outputs too.
    data : array, shape (N, ...), optional
        For ``"int8"``: a few hundred inputs such as those to come, which set the ranges of the
        activations. Each is run by itself.

    Returns
    -------
    LiteRT
        Its ``predict`` runs the file with LiteRT's runtime; :func:`agreement` compares.

    Raises
    ------
    RuntimeError
        If Keras does not run on TensorFlow, which has the converter.
    TypeError
        If the model still has masks or fake quantization.
    ValueError
        If ``precision`` is unknown, or int8 has no ``data``.

    Notes
    -----
    Small weights (under 1,024 numbers) stay float in ``"dynamic"``: the converter's choice.

    Examples
    --------
    >>> import keras, numpy as np, tempfile
    >>> from nnedu.keras import agreement, export_litert
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    >>> x = np.random.default_rng(0).normal(size=(100, 4)).astype("float32")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     small = export_litert(model, f"{folder}/m.tflite", precision="int8", data=x)
    ...     small.input_dtype.name, agreement(model, small, x).relative < 0.02
    ('int8', True)
    """
    known("precision", precision, PRECISIONS)
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise RuntimeError(
            f"export_litert needs Keras on TensorFlow, whose converter writes the file; this is "
            f"Keras on {backend}. Save the model (model.save), and load and export it in a process "
            "with KERAS_BACKEND=tensorflow."
        )
    if precision == "int8" and data is None:
        raise ValueError(
            "precision='int8' needs data: a few hundred inputs, from which the ranges of the "
            "activations are found. Pass data=x_train[:200]."
        )
    _plain(model)
    tf = import_module("tensorflow")
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, format="tf_saved_model", verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if precision != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if precision == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if precision == "int8":
            assert data is not None
            converter.representative_dataset = _one_by_one(np.asarray(data))
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = tf.int8
            converter.inference_output_type = tf.int8
        written = converter.convert()
    Path(path).write_bytes(written)
    return LiteRT(path)


def _one_by_one(data: Array) -> Callable[[], Any]:
    return lambda: ([data[i : i + 1].astype(np.float32)] for i in range(len(data)))


def _plain(model: Any) -> None:
    """Raise TypeError unless a model is Keras alone."""
    for wrapper in wrappers(model):
        raise TypeError(
            f"{wrapper.name} still computes with fake quantization; export strip(model), whose "
            "weights are on the same grids."
        )
