"""Quantization-aware training: a model whose layers compute as they will when quantized."""

from collections.abc import Callable, Collection
from copy import deepcopy
from typing import Any

import numpy as np
from keras import ops

from nnedu._check import known
from nnedu._typing import Array
from nnedu.keras.configs import Config, changed, rebuilt, saved_config
from nnedu.keras.masks import layers_of
from nnedu.keras.quantize_aware import QuantizeAware, wrappers
from nnedu.quantization import min_max

KINDS = (
    "Dense",
    "EinsumDense",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Conv1DTranspose",
    "Conv2DTranspose",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "SeparableConv1D",
    "SeparableConv2D",
    "MultiHeadAttention",
)
"""Layers that can be trained as they will be quantized."""


def quantization_aware(
    model: Any,
    *,
    data: Any = None,
    weight_bits: int = 8,
    input_bits: int | None = 8,
    layers: Collection[str] | None = None,
    range_momentum: float = 0.99,
) -> Any:
    """Prepare a trained model for quantization-aware training.

    Parameters
    ----------
    model : keras.Model
        Functional or Sequential; trained, and pruned if it is to be. Not changed.
    data : array or list of arrays, optional
        Inputs to find the ranges of activations with, as ``model.predict`` takes them; a few
        hundred examples. Without it ranges are those of the first batches of training.
    weight_bits : int, 2 to 16
    input_bits : int, 2 to 16, or None
        Of the inputs of each layer. None: only weights are rounded.
    layers : collection of str, optional
        Names of layers to prepare; by default all that can be: ``Dense``, ``EinsumDense``,
        convolutions and ``MultiHeadAttention``.
    range_momentum : float in [0, 1]
        What remains of a range's ends after one training step. 1: ranges stay as ``data`` set them.

    Returns
    -------
    keras.Model
        With a :class:`QuantizeAware` in the place, and under the name, of each layer. Not compiled:
        compile and ``fit`` it for a few epochs at a small learning rate, then :func:`strip` it.
        Masks of pruning stay in force.

    Raises
    ------
    TypeError
        If the model's layers cannot be seen: it is subclassed.
    ValueError
        If there is no layer to prepare, or a named one cannot be.

    Notes
    -----
    The grids are those of :func:`nnedu.quantization.symmetric` for each output of a kernel and of
    :func:`nnedu.quantization.affine` for an input, with codes as LiteRT's int8 has them. A scale
    of BatchNormalization that the converter folds into a kernel scales the grid of an output with
    its weights, and changes no code. Rounded are the inputs of the layers above; outputs of other
    layers (sums, pooling, normalisation, the products inside attention) are not.

    Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", section 3.

    Examples
    --------
    >>> import keras, numpy as np
    >>> from nnedu.keras import quantization_aware, strip
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    >>> model.set_weights([np.array([[1.0], [0.4]], "float32")])
    >>> aware = quantization_aware(model, weight_bits=2, input_bits=None)
    >>> strip(aware).get_weights()[0].tolist()
    [[1.0], [0.0]]
    """
    for word, bits in (("weight_bits", weight_bits), ("input_bits", input_bits)):
        if bits is not None and not 2 <= bits <= 16:
            raise ValueError(f"{word} is {bits}; expected 2 to 16.")
    if not 0 <= range_momentum <= 1:
        raise ValueError(f"range_momentum is {range_momentum}; expected a share in [0, 1].")
    config = saved_config(model, "quantization_aware")
    possible = [layer.name for layer in layers_of(model) if type(layer).__name__ in KINDS]
    for name in possible if layers is None else layers:
        known("layer that can be trained for quantization", name, possible)
    wanted = set(possible if layers is None else layers)
    if not wanted:
        raise ValueError(
            f"the model has no layer to quantize; expected one of {', '.join(KINDS)}. Its layers: "
            f"{', '.join(sorted({type(layer).__name__ for layer in layers_of(model)}))}."
        )

    def wrap(entry: Config) -> Config:
        settings = entry["config"]
        if settings.get("name") not in wanted or entry["class_name"] not in KINDS:
            return entry
        kept: Config = {key: entry[key] for key in ("name", "inbound_nodes") if key in entry}
        inner = {key: value for key, value in entry.items() if key not in kept}
        build_config = inner.pop("build_config", None)
        return {
            "module": "nnedu.keras.quantize_aware",
            "class_name": "QuantizeAware",
            "registered_name": "nnedu>QuantizeAware",
            "config": {
                "name": settings["name"],
                "layer": deepcopy(inner),
                "layer_build_config": build_config,
                "weight_bits": weight_bits,
                "input_bits": input_bits,
                "range_momentum": range_momentum,
            },
            "build_config": {"inner": build_config},
            **kept,
        }

    made = rebuilt(model, changed(config, wrap))
    own = {id(variable) for wrapper in wrappers(made) for variable in wrapper.own_variables}
    values = iter(model.get_weights())
    made.set_weights([v.numpy() if id(v) in own else next(values) for v in made.weights])
    if data is not None and input_bits is not None:
        calibrate(made, data)
    return made


def calibrate(model: Any, data: Any) -> None:
    """Set the ranges of activations to what a sample of inputs reaches, in place.

    Parameters
    ----------
    model : keras.Model
        From :func:`quantization_aware`.
    data : array or list of arrays
        Inputs, as one batch.

    Examples
    --------
    >>> import keras, numpy as np
    >>> from nnedu.keras import calibrate, quantization_aware
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, name="out")])
    >>> aware = quantization_aware(model)
    >>> calibrate(aware, np.array([[-1.0], [3.0]], "float32"))
    >>> aware.get_layer("out").ranges.numpy().tolist()
    [[-1.0, 3.0]]
    """
    seen: dict[QuantizeAware, Array] = {w: np.array(w.ranges.numpy()) for w in wrappers(model)}

    def observer(wrapper: QuantizeAware) -> Callable[[int, Any], None]:
        def observe(slot: int, x: Any) -> None:
            low, high = min_max(np.asarray(ops.convert_to_numpy(x)))
            seen[wrapper][slot] = low, high

        return observe

    for wrapper in seen:
        wrapper._observe = observer(wrapper)
    try:
        model(data, training=False)
    finally:
        for wrapper in seen:
            wrapper._observe = None
    for wrapper, ranges in seen.items():
        wrapper.ranges.assign(ranges)
