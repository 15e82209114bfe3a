"""What a LiteRT file holds: operators, tensors with their grids, and where its bytes go."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.keras.litert import LiteRT

_DTYPES = {
    "FLOAT32": np.float32,
    "FLOAT16": np.float16,
    "INT8": np.int8,
    "UINT8": np.uint8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "BOOL": np.bool_,
}


@dataclass(frozen=True)
class Stored:
    """A tensor of a file.

    Attributes
    ----------
    name : str
    shape : tuple of int
        As in the file, where a dense layer's weights are (O, I) and one example is the batch.
    dtype : str
        In the file's words: ``"INT8"``.
    scales : float32 array, shape (), (channels,) or (0,)
        Of its grid; empty where it has none.
    zero_points : int64 array, shape of ``scales``
    values : array or None
        Of a constant, in its own dtype; None where the values come with an input.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    scales: Array
    zero_points: Array
    values: Array | None


@dataclass(frozen=True)
class Operator:
    """A step of a file.

    Attributes
    ----------
    name : str
        In the file's words: ``"FULLY_CONNECTED"``.
    inputs, outputs : tuples of Stored
    activation : str
        What is done to the output within the step: ``"NONE"``, ``"RELU"``, ...
    """

    name: str
    inputs: tuple[Stored, ...]
    outputs: tuple[Stored, ...]
    activation: str


@dataclass(frozen=True)
class Contents:
    """What a file holds.

    Attributes
    ----------
    operators : tuple of Operator
        In the order in which they run.
    tensors : tuple of Stored
    nbytes : dict of str to int
        The file's bytes as ``"weights"`` (constants of two axes and more), ``"biases"`` (of one),
        ``"grids"`` (scales and zero points) and ``"the rest"`` (names, tables, metadata).
    """

    operators: tuple[Operator, ...]
    tensors: tuple[Stored, ...]
    nbytes: dict[str, int]


def contents(file: LiteRT) -> Contents:
    """Read what a LiteRT file holds, from the file itself.

    Parameters
    ----------
    file : LiteRT
        From :func:`export_litert`, or ``LiteRT(path)``.

    Returns
    -------
    Contents

    Raises
    ------
    ValueError
        If the file has several graphs (one with control flow).

    Notes
    -----
    A file is a FlatBuffer: tables that point at one another, so that it is used where it lies,
    without being parsed. The class that reads it here is LiteRT's own.

    Examples
    --------
    >>> import keras, tempfile
    >>> from nnedu.keras import contents, export_litert
    >>> layer = keras.layers.Dense(3, "relu", bias_initializer="ones")
    >>> model = keras.Sequential([keras.Input((4,)), layer])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     held = contents(export_litert(model, f"{folder}/m.tflite"))
    >>> [step.name for step in held.operators], held.nbytes["weights"], held.nbytes["biases"]
    (['FULLY_CONNECTED'], 48, 12)
    """
    schema = import_module("ai_edge_litert.schema_py_generated")
    model = schema.ModelT.InitFromPackedBuf(file.path.read_bytes(), 0)
    if len(model.subgraphs) != 1:
        raise ValueError(
            f"{file.path.name} has {len(model.subgraphs)} graphs; expected one. Models with "
            "control flow (recurrent layers, for instance) have several."
        )
    (graph,) = model.subgraphs
    types = {code: name for name, code in vars(schema.TensorType).items()}
    codes = {code: name for name, code in vars(schema.BuiltinOperator).items()}
    fused = {code: name for name, code in vars(schema.ActivationFunctionType).items()}
    tensors = tuple(_stored(each, model.buffers, types) for each in graph.tensors)
    operators = tuple(
        Operator(
            codes[model.operatorCodes[each.opcodeIndex].builtinCode],
            tuple(tensors[i] for i in each.inputs if i >= 0),
            tuple(tensors[i] for i in each.outputs),
            fused[getattr(each.builtinOptions, "fusedActivationFunction", 0)],
        )
        for each in graph.operators
    )
    constants = [each.values for each in tensors if each.values is not None]
    nbytes = {
        "weights": sum(values.nbytes for values in constants if values.ndim > 1),
        "biases": sum(values.nbytes for values in constants if values.ndim < 2),
        "grids": sum(t.scales.nbytes + t.zero_points.nbytes for t in tensors),
    }
    return Contents(operators, tensors, nbytes | {"the rest": file.bytes - sum(nbytes.values())})


def _stored(tensor: Any, buffers: Any, types: dict[int, str]) -> Stored:
    """One tensor, its constants read where it has any."""
    dtype, data = types[tensor.type], buffers[tensor.buffer].data
    shape = tuple(int(n) for n in (() if tensor.shape is None else tensor.shape))
    values: Array | None = None
    if data is not None and len(data) and dtype in _DTYPES:
        values = np.asarray(data, np.uint8).view(_DTYPES[dtype]).reshape(shape)
    grid = tensor.quantization
    scales, zeros = (None, None) if grid is None else (grid.scale, grid.zeroPoint)
    return Stored(
        tensor.name.decode(),
        shape,
        dtype,
        np.asarray([] if scales is None else scales, np.float32),
        np.asarray([] if zeros is None else zeros, np.int64),
        values,
    )
