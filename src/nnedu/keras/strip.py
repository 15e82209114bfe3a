"""A plain Keras model again, when training is over."""

from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.keras.configs import Config, changed, rebuilt, saved_config
from nnedu.keras.masks import PruningMask
from nnedu.keras.quantize_aware import wrappers


def strip(model: Any) -> Any:
    """Take masks and fake quantization off: the same weights in a model that is Keras alone.

    Parameters
    ----------
    model : keras.Model
        Functional or Sequential: pruned (:class:`Pruning`), prepared for quantization
        (:func:`quantization_aware`), or both. Not changed.

    Returns
    -------
    keras.Model
        With the constraints that its layers had before, with pruned weights at 0, and with
        quantized weights rounded to their grids. Not compiled. It can be saved and loaded where
        nnedu is not installed.

    Raises
    ------
    TypeError
        If the model's layers cannot be seen: it is subclassed.

    Examples
    --------
    >>> import keras
    >>> from nnedu.keras import prune, sparsity, strip
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="out")])
    >>> prune(model, 0.5)
    >>> plain = strip(model)
    >>> plain.layers[0].kernel_constraint is None, sparsity(plain)["out/kernel"]
    (True, 0.5)
    """
    config = saved_config(model, "strip")

    def plain(entry: Config) -> Any:
        settings = entry["config"]
        if entry.get("registered_name") == "nnedu>PruningMask":
            return settings["then"]
        if entry.get("registered_name") == "nnedu>QuantizeAware":
            inner = settings["layer"]
            kept = {key: entry[key] for key in ("name", "inbound_nodes") if key in entry}
            return {**inner, "build_config": settings["layer_build_config"], **kept}
        return entry

    made = rebuilt(model, changed(config, plain))
    made.set_weights(_plain_weights(model))
    return made


def _plain_weights(model: Any) -> list[Any]:
    """The weights in their order, without those that wrappers add, and rounded where they round."""
    rounded: dict[int, Any] = {}
    extra: set[int] = set()
    for wrapper in wrappers(model):
        extra |= {id(variable) for variable in wrapper.own_variables}
        for variable in wrapper.layer.variables:
            if wrapper.rounds(variable):
                rounded[id(variable)] = np.asarray(wrapper.rounded(variable))
    return [
        _masked(variable, rounded.get(id(variable), variable.numpy()))
        for variable in model.weights
        if id(variable) not in extra
    ]


def _masked(variable: Any, value: Array) -> Array:
    """A weight at its mask: an average that an optimizer wrote over it knows of none."""
    constraint = getattr(variable, "constraint", None)
    mask = constraint.variable(variable) if isinstance(constraint, PruningMask) else None
    return value if mask is None else np.where(mask.numpy(), value, np.zeros((), value.dtype))
