"""LiteRT files, run by LiteRT's own runtime and compared with the model they were made of."""

import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from nnedu._typing import Array


class LiteRT:
    """A LiteRT file, run by ``ai-edge-litert``.

    Parameters
    ----------
    path : str or path
        A ``.tflite`` file with one input and one output.

    Attributes
    ----------
    bytes : int
        The size of the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModuleNotFoundError
        If ``ai-edge-litert`` is missing: ``pip install 'nnedu[edge]'``.

    Examples
    --------
    See :func:`export_litert`.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.bytes = self.path.stat().st_size
        try:
            runtime = import_module("ai_edge_litert.interpreter")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"running {self.path.name} needs {error.name}, which is missing. "
                "Run: pip install 'nnedu[edge]'",
                name=error.name,
            ) from error
        self._interpreter = runtime.Interpreter(model_path=str(self.path), num_threads=1)
        inputs = self._interpreter.get_input_details()
        outputs = self._interpreter.get_output_details()
        if len(inputs) != 1 or len(outputs) != 1:
            raise ValueError(
                f"{self.path.name} has {len(inputs)} inputs and {len(outputs)} outputs; expected "
                "one of each. Run others with ai_edge_litert.interpreter.Interpreter."
            )
        self._input, self._output = inputs[0], outputs[0]
        self._batch: int | None = None

    def __repr__(self) -> str:
        """The file and its size."""
        return f"LiteRT({str(self.path)!r}): {self.bytes:,} bytes"

    @property
    def input_dtype(self) -> np.dtype[Any]:
        """What the model takes: int8 where the whole model is."""
        dtype: np.dtype[Any] = np.dtype(self._input["dtype"])
        return dtype

    def predict(self, x: Array) -> Array:
        """Outputs in float32 for inputs in float, quantized on the way in where the model is.

        Parameters
        ----------
        x : array, shape (N, ...)

        Returns
        -------
        float32 array, shape (N, ...)
        """
        x = np.asarray(x)
        if len(x) != self._batch:
            self._interpreter.resize_tensor_input(self._input["index"], x.shape)
            self._interpreter.allocate_tensors()
            self._batch = len(x)
        self._interpreter.set_tensor(self._input["index"], _codes(x, self._input))
        self._interpreter.invoke()
        y = self._interpreter.get_tensor(self._output["index"])
        return _numbers(y, self._output)


def _codes(x: Array, detail: dict[str, Any]) -> Array:
    """Floats as the codes that a tensor of the file wants."""
    dtype = np.dtype(detail["dtype"])
    if (
        dtype.kind != "i"
        or x.dtype == dtype
        or not len(detail["quantization_parameters"]["scales"])
    ):
        return x.astype(dtype)
    scale, zero = detail["quantization"]
    ends = np.iinfo(dtype)
    codes: Array = np.clip(np.rint(x / scale) + zero, ends.min, ends.max).astype(dtype)
    return codes


def _numbers(y: Array, detail: dict[str, Any]) -> Array:
    """Codes of a tensor of the file as floats."""
    if y.dtype.kind != "i" or not len(detail["quantization_parameters"]["scales"]):
        return np.array(y, np.float32)
    scale, zero = detail["quantization"]
    numbers: Array = ((y.astype(np.float32) - zero) * scale).astype(np.float32)
    return numbers


@dataclass(frozen=True)
class Agreement:
    """How far an exported model is from the one it was made of.

    Attributes
    ----------
    same_class : float
        The share of examples to which both give the largest output in the same place.
    largest_difference : float
        Over all outputs of all examples, in the unit of the outputs.
    relative : float
        The root mean square difference, relative to the outputs' standard deviation.
    """

    same_class: float
    largest_difference: float
    relative: float


def agreement(model: Any, exported: LiteRT, x: Array) -> Agreement:
    """Compare an exported model with the Keras model, on inputs that it was not calibrated with.

    Parameters
    ----------
    model : keras.Model
    exported : LiteRT
    x : array, shape (N, ...)

    Returns
    -------
    Agreement

    Examples
    --------
    See :func:`export_litert`.
    """
    ours = np.asarray(model.predict(x, verbose=0), np.float64)
    theirs = exported.predict(x).astype(np.float64)
    if ours.shape != theirs.shape:
        raise ValueError(
            f"the model gives shape {ours.shape} and {exported.path.name} {theirs.shape}; expected "
            "the file that was made of this model."
        )
    apart = ours - theirs
    same = ours.reshape(-1, ours.shape[-1]).argmax(1) == theirs.reshape(-1, ours.shape[-1]).argmax(
        1
    )
    spread = float(ours.std())
    return Agreement(
        float(same.mean()),
        float(np.abs(apart).max()),
        float(np.sqrt((apart**2).mean()) / spread) if spread else 0.0,
    )
