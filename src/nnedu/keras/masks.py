"""Masks that the variables themselves carry: a Keras constraint that keeps pruned weights at 0.

Every Keras optimizer applies a variable's constraint inside its compiled step, after momentum,
decay and whatever else it does; and a layer's configuration holds its constraints. So a mask needs
no wrapper around the layer: it is trained with, saved with and loaded with the model.
"""

import base64
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from nnedu._typing import Array

PAIRS = {
    "kernel": "kernel_constraint",
    "recurrent_kernel": "recurrent_constraint",
    "depthwise_kernel": "depthwise_constraint",
    "pointwise_kernel": "pointwise_constraint",
    "embeddings": "embeddings_constraint",
}
"""Weights that can be pruned, and the attribute of a layer that holds their constraint."""
UNIT_PAIRS = {
    "bias": "bias_constraint",
    "gamma": "gamma_constraint",
    "beta": "beta_constraint",
}
"""What goes with a whole unit."""


@keras.saving.register_keras_serializable(package="nnedu")
class PruningMask(keras.constraints.Constraint):  # type: ignore[misc]
    """A constraint that puts pruned weights to 0 after every update.

    Parameters
    ----------
    masks : mapping of str to boolean array, or to what :meth:`get_config` made of one
        True where the weight stays. One mask under the name ``""``; a layer whose parts share a
        constraint (attention) has one for each part, by its name.
    then : Constraint, optional
        Another constraint, applied before the mask: the one that the layer had.

    Examples
    --------
    >>> import numpy as np
    >>> from nnedu.keras import PruningMask
    >>> keep = PruningMask({"": np.array([True, False])})
    >>> np.asarray(keep(np.array([3.0, 4.0], "float32"))).tolist()
    [3.0, 0.0]
    """

    def __init__(self, masks: Mapping[str, Any], then: Any = None) -> None:
        self.then = keras.constraints.get(then)
        self.variables: dict[str, Any] = {}
        for name, mask in masks.items():
            self.add(name, _decoded(mask) if isinstance(mask, Mapping) else np.asarray(mask, bool))

    def add(self, name: str, mask: Array) -> Any:
        """Add the mask of one part."""
        self.variables[name] = keras.Variable(
            mask, dtype="bool", trainable=False, name="pruning_mask"
        )
        return self.variables[name]

    def variable(self, of: Any = None) -> Any:
        """The mask of a weight: the only one, or that of the part which the weight's path names."""
        if "" in self.variables:
            return self.variables[""]
        parts = getattr(of, "path", "").split("/")
        return next((mask for name, mask in self.variables.items() if name in parts), None)

    def __call__(self, w: Any) -> Any:
        """The weights, 0 where the mask is False."""
        mask, w_after = self.variable(w), w if self.then is None else self.then(w)
        if mask is None:
            return ops.convert_to_tensor(w_after)
        w_after = ops.convert_to_tensor(w_after)
        return ops.where(ops.convert_to_tensor(mask), w_after, ops.zeros_like(w_after))

    def get_config(self) -> dict[str, Any]:
        """The masks as compressed bits, so that they travel in the model's configuration."""
        masks = {name: _encoded(mask.numpy()) for name, mask in self.variables.items()}
        return {"masks": masks, "then": keras.constraints.serialize(self.then)}


def masked_gradient(g: Any, variable: Any) -> Any:
    """A gradient with 0 for pruned weights, so that they count in no norm either."""
    constraint = getattr(variable, "constraint", None)
    mask = constraint.variable(variable) if isinstance(constraint, PruningMask) else None
    return g if mask is None else ops.where(ops.convert_to_tensor(mask), g, ops.zeros_like(g))


class Site(NamedTuple):
    """A weight that can carry a mask.

    Attributes
    ----------
    layer : keras.Layer
        The layer as the model lists it, whose configuration is saved.
    owner : object
        What has the constraint as an attribute: the layer, or the cell of a recurrent one.
    attribute : str
    part : str
        The name of the mask within the constraint.
    variable : keras.Variable
    """

    layer: Any
    owner: Any
    attribute: str
    part: str
    variable: Any

    @property
    def name(self) -> str:
        """The layer's name, and the weight's."""
        tail = f"{self.part}/{self.variable.name}" if self.part else self.variable.name
        return f"{self.layer.name}/{tail}"

    @property
    def constraint(self) -> PruningMask | None:
        """The mask's constraint, if it is there."""
        here = getattr(self.owner, self.attribute)
        return here if isinstance(here, PruningMask) and self.part in here.variables else None

    def install(self) -> bool:
        """Give the weight a mask of True throughout, unless it has one; whether it was given."""
        if self.constraint is not None:
            return False
        here, everything = getattr(self.owner, self.attribute), np.ones(self.variable.shape, bool)
        if isinstance(here, PruningMask):
            here.add(self.part, everything)
        else:
            here = PruningMask({self.part: everything}, then=here)
            setattr(self.owner, self.attribute, here)
        self.variable.constraint = here
        return True

    @property
    def mask(self) -> Array:
        """The mask; True throughout where there is none yet."""
        if self.constraint is None:
            return np.ones(self.variable.shape, bool)
        return np.asarray(self.constraint.variables[self.part].numpy())

    def cut(self, mask: Array) -> None:
        """Set the mask, and the weights with it."""
        self.install()
        assert self.constraint is not None
        self.constraint.variables[self.part].assign(mask)
        w = self.variable.numpy()
        self.variable.assign(np.where(mask, w, np.zeros((), w.dtype)))


def layers_of(model: Any) -> Iterator[Any]:
    """Every layer whose configuration is saved with the model, nested models entered."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_of(layer)
        else:
            yield layer


def sites(model: Any) -> list[Site]:
    """Every weight of a model that can carry a mask and be saved with it."""
    return [site for layer in layers_of(model) for site in sites_of(layer, PAIRS)]


def sites_of(layer: Any, pairs: Mapping[str, str]) -> list[Site]:
    """The weights of one layer that can carry a mask, by :data:`PAIRS` or :data:`UNIT_PAIRS`."""
    if type(layer).__name__ in ("TimeDistributed", "QuantizeAware"):
        layer = layer.layer
    owner = getattr(layer, "cell", layer)
    saved = layer.get_config() if hasattr(layer, "get_config") else {}
    found = []
    for name, attribute in pairs.items():
        variable = getattr(owner, name, None)
        if attribute not in saved or not isinstance(variable, keras.Variable):
            continue
        if hasattr(owner, attribute) and variable.trainable:
            found.append(Site(layer, owner, attribute, "", variable))
    shared = f"_{PAIRS['kernel']}"
    if "kernel" in pairs and hasattr(layer, shared) and PAIRS["kernel"] in saved:
        for part in layer._flatten_layers(include_self=False):
            if isinstance(getattr(part, "kernel", None), keras.Variable):
                found.append(Site(layer, layer, shared, part.name, part.kernel))
    return found


def _encoded(mask: Array) -> dict[str, Any]:
    bits = zlib.compress(np.packbits(mask).tobytes(), 9)
    return {"shape": list(mask.shape), "bits": base64.b64encode(bits).decode("ascii")}


def _decoded(saved: Mapping[str, Any]) -> Array:
    shape = tuple(saved["shape"])
    packed = np.frombuffer(zlib.decompress(base64.b64decode(saved["bits"])), np.uint8)
    return np.unpackbits(packed, count=int(np.prod(shape))).astype(bool).reshape(shape)
