"""Which channel of which tensor is which: what a unit may be removed from.

Every output channel of a ``Dense`` or convolution gets a number; layers that treat channels alike
hand the numbers on, ``Add`` makes two numbers one, ``Flatten`` repeats them. What meets a layer
that mixes channels in a way this file does not know, or an input or output of the model, is
*pinned*: it cannot be removed.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from nnedu._typing import Array
from nnedu.keras.configs import Call, Config, Ref, calls, outputs

MAKERS = ("Dense", "Conv1D", "Conv2D", "Conv3D")
"""Layers whose units can be removed."""
ALIKE = (
    *("BatchNormalization", "Activation", "ReLU", "LeakyReLU", "ELU", "DepthwiseConv2D"),
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
    *("GaussianNoise", "GaussianDropout", "ZeroPadding1D", "ZeroPadding2D", "UpSampling2D"),
    *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"),
    *("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
    *("GlobalAveragePooling1D", "GlobalAveragePooling2D"),
    *("GlobalMaxPooling1D", "GlobalMaxPooling2D"),
)
"""Layers that hand every channel on as itself."""
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
"""Layers that combine equal channels of several tensors."""
ELEMENTWISE = (
    *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "mish"),
    *("sigmoid", "hard_sigmoid", "hard_silu", "hard_swish", "tanh", "softplus", "softsign"),
    "exponential",
)
"""Activations that look at one number at a time."""


class Channels:
    """The channels of a model, from its configuration.

    Parameters
    ----------
    config : dict
    widths : callable
        ``widths(ref) -> int``: the number of channels of a tensor (its last axis).

    Attributes
    ----------
    calls : list of Call
    of : dict of Ref to int array
        The numbers of a tensor's channels; look them up with :meth:`root`.
    pinned : dict of int to str
        Roots that cannot be removed, and why.
    """

    def __init__(self, config: Config, widths: Callable[[Ref], int]) -> None:
        self.calls, self._widths = calls(config), widths
        self.of: dict[Ref, Array] = {}
        self._parent: list[int] = []
        self._why: dict[int, str] = {}
        first: dict[str, Call] = {}
        for call in self.calls:
            self._add(call)
            if call.name in first:  # a layer called again has the same units
                before = first[call.name]
                self._same(self.of[call.output], self.of[before.output])
                for one, other in zip(call.inputs, before.inputs, strict=False):
                    self._same(self.of[one], self.of[other])
            first.setdefault(call.name, call)
        for ref in outputs(config):
            self._pin(self.of[ref], "it is an output of the model")
        self.pinned = {self.root(number): why for number, why in self._why.items()}

    def root(self, number: int) -> int:
        """The one number of channels that are the same."""
        while self._parent[number] != number:
            number = self._parent[number]
        return number

    def roots(self, ref: Ref) -> Array:
        """The roots of a tensor's channels."""
        return np.array([self.root(int(number)) for number in self.of[ref]], int)

    def makers(self) -> dict[str, Call]:
        """The first call of every layer whose units might be removed."""
        found: dict[str, Call] = {}
        for call in self.calls:
            if makes_units(call):
                found.setdefault(call.name, call)
        return found

    def free_units(self) -> list[str]:
        """Layers whose units nothing pins and no other layer shares."""
        owners: dict[int, set[str]] = {}
        for name, call in self.makers().items():
            for root in self.roots(call.output):
                owners.setdefault(int(root), set()).add(name)
        return [
            name
            for name, call in self.makers().items()
            if all(r not in self.pinned and len(owners[r]) == 1 for r in self.roots(call.output))
        ]

    def _add(self, call: Call) -> None:
        inputs = [self.of[ref] for ref in call.inputs]
        settings = call.entry["config"]
        if call.kind == "InputLayer":
            self.of[call.output] = self._new(self._widths(call.output), "it is an input")
        elif makes_units(call):
            self.of[call.output] = self._new(self._widths(call.output))
            activation = settings.get("activation")
            if activation not in (None, *ELEMENTWISE):
                self._pin(self.of[call.output], f"{call.name} has the activation {activation}")
        elif call.kind in ALIKE and len(inputs) == 1 and hands_on(call):
            self.of[call.output] = inputs[0]
        elif call.kind == "Flatten" and settings.get("data_format") != "channels_first":
            repeats = self._widths(call.output) // max(1, len(inputs[0]))
            self.of[call.output] = np.tile(inputs[0], repeats)
        elif call.kind == "Concatenate" and settings["axis"] in (-1,):
            self.of[call.output] = np.concatenate(inputs)
        elif call.kind in MERGES and len({len(numbers) for numbers in inputs}) == 1:
            for numbers in inputs[1:]:
                self._same(inputs[0], numbers)
            self.of[call.output] = inputs[0]
        else:
            why = f"{call.name} ({call.kind}) reads it"
            for numbers in inputs:
                self._pin(numbers, why)
            self.of[call.output] = self._new(
                self._widths(call.output), f"{call.name} ({call.kind}) makes it"
            )

    def _new(self, count: int, why: str | None = None) -> Array:
        numbers = np.arange(len(self._parent), len(self._parent) + count)
        self._parent += numbers.tolist()
        if why is not None:
            self._pin(numbers, why)
        return numbers

    def _pin(self, numbers: Array, why: str) -> None:
        for number in numbers.tolist():
            self._why.setdefault(number, why)

    def _same(self, some: Array, others: Array) -> None:
        for one, other in zip(some.tolist(), others.tolist(), strict=True):
            self._parent[self.root(one)] = self.root(other)


def makes_units(call: Call) -> bool:
    """Whether a call is one of a layer whose units can be removed."""
    settings = call.entry["config"]
    plain = settings.get("data_format") != "channels_first" and settings.get("groups", 1) == 1
    whole = not settings.get("lora_rank") and not settings.get("quantization_config")
    return call.kind in MAKERS and len(call.inputs) == 1 and plain and whole


def hands_on(call: Call) -> bool:
    """Whether a layer of :data:`ALIKE`, as it is configured, hands channels on as themselves."""
    settings = call.entry["config"]
    if settings.get("data_format") == "channels_first" or settings.get("depth_multiplier", 1) != 1:
        return False
    if call.kind == "BatchNormalization":
        return bool(settings["axis"] in (-1, [-1]))
    activation = settings.get("activation")
    return activation is None or activation in ELEMENTWISE


def widths_of(model: Any, config: Config) -> Callable[[Ref], int]:
    """The number of channels of a model's tensors, as :class:`Channels` asks for it."""
    seen: dict[Ref, int] = {}

    def look(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("class_name") == "__keras_tensor__":
                shape = node["config"]["shape"]
                name, number, index = node["config"]["keras_history"]
                seen[name, number, index] = int(shape[-1] or 0) if shape else 0
            for value in node.values():
                look(value)
        elif isinstance(node, list | tuple):
            for value in node:
                look(value)

    look(config)
    for entry in config["layers"]:
        if entry["class_name"] == "InputLayer":
            shape: Any = entry["config"].get("batch_shape") or ()
            seen[entry["config"]["name"], 0, 0] = int(shape[-1] or 0) if len(shape) > 1 else 0

    def width(ref: Ref) -> int:
        if ref not in seen:
            everything = getattr(model, "operations", model.layers)  # x + y is no layer
            made = next(part.output for part in everything if part.name == ref[0])
            last = keras.tree.flatten(made)[ref[2]].shape
            seen[ref] = int(last[-1] or 0) if len(last) else 0
        return seen[ref]

    return width
