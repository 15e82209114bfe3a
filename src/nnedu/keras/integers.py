"""An int8 file computed by this library's integers, to be compared with the runtime's."""

import numpy as np

from nnedu._typing import Array
from nnedu.keras.contents import Contents
from nnedu.quantization import integer_matmul, requantize


def run_in_integers(held: Contents, codes: Array) -> Array:
    """The codes of the outputs, from the codes of the inputs, in integers alone.

    Parameters
    ----------
    held : Contents
        Of a file in int8 throughout, made of dense layers with or without ReLU.
    codes : int8 array, shape (N, I)
        On the grid of the file's input.

    Returns
    -------
    int8 array, shape (N, O)

    Raises
    ------
    ValueError
        If the file has other steps, or some of it is in float.

    Notes
    -----
    Each step adds products of codes and biases in int32, and scales the sums by
    :func:`~nnedu.quantization.requantize`, which keeps codes of a ReLU at or above that of 0.

    Examples
    --------
    >>> import keras, numpy as np, tempfile
    >>> from nnedu.keras import contents, export_litert, run_in_integers
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "relu")])
    >>> x = np.random.default_rng(0).normal(size=(100, 4)).astype("float32")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     small = export_litert(model, f"{folder}/m.tflite", precision="int8", data=x)
    ...     run_in_integers(contents(small), np.zeros((2, 4), np.int8)).shape
    (2, 3)
    """
    for step in held.operators:
        if step.name != "FULLY_CONNECTED" or step.activation not in ("NONE", "RELU"):
            raise ValueError(
                f"the file has the step {step.name} ({step.activation}); expected FULLY_CONNECTED "
                "alone, with or without RELU: a model of dense layers in int8."
            )
        x, W, *bias = step.inputs  # a bias of zeros is left out of the file
        (y,) = step.outputs
        if W.values is None or y.dtype != "INT8":
            raise ValueError(
                f"{y.name} is in float; expected int8 throughout. Export with precision='int8'."
            )
        sums = integer_matmul(codes, W.values.T, zero_x=int(x.zero_points[0]))
        for b in bias:
            sums = sums + b.values
        factor = x.scales.astype(np.float64) * W.scales / y.scales
        zero = int(y.zero_points[0])
        low = zero if step.activation == "RELU" else -128
        codes = requantize(sums, factor, zero, low=low)
    return codes
