"""A model's configuration as data: its layers, and who reads whose output.

``get_config()`` of a functional or Sequential model lists every layer with its own configuration
and with the tensors it was called on. Changing that and building the model anew is how the kit
strips, wraps and shrinks models; nothing here touches a private attribute of Keras.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import keras

Config = dict[str, Any]
Ref = tuple[str, int, int]
"""A tensor: the layer that made it, which of its calls, which of its outputs."""


@dataclass(frozen=True)
class Call:
    """One call of one layer.

    Attributes
    ----------
    entry : dict
        The layer in the model's configuration.
    number : int
        Which of the layer's calls.
    inputs : tuple of Ref
        Every tensor among its arguments.
    """

    entry: Config
    number: int
    inputs: tuple[Ref, ...]

    @property
    def name(self) -> str:
        """The layer's name."""
        return str(self.entry.get("name") or self.entry["config"]["name"])

    @property
    def kind(self) -> str:
        """The layer's class where it is Keras's own; ``x + y`` is an ``Add`` of two tensors."""
        name, module = str(self.entry["class_name"]), str(self.entry.get("module"))
        of_two = module.startswith("keras.src.ops") and len(self.inputs) == 2
        known = module == "keras.layers" or (of_two and name in ("Add", "Subtract", "Multiply"))
        return name if known else f"{module}.{name}"

    @property
    def output(self) -> Ref:
        """Its first output."""
        return self.name, self.number, 0


def saved_config(model: Any, what: str) -> Config:
    """The configuration of a model that is made of layers.

    Raises
    ------
    TypeError
        If it is no functional or Sequential Keras model.
    ValueError
        If it has no weights yet.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"{what} got a {type(model).__name__}; expected a Keras 3 model.")
    if not model.built:
        raise ValueError(
            f"{what} got a model without weights; expected a built one. Start it with "
            "keras.Input, or call it on data once."
        )
    config = model.get_config()
    if not isinstance(config, dict) or "layers" not in config:
        raise TypeError(
            f"{what} got a {type(model).__name__} whose layers cannot be seen (a subclassed "
            "model); expected a functional or Sequential model. Build its parts as functional "
            "models, and treat those."
        )
    copied: Config = deepcopy(config)
    return copied


def changed(node: Any, change: Callable[[Config], Any]) -> Any:
    """A configuration in which every serialised object went through ``change``, innermost first."""
    if isinstance(node, dict):
        node = {key: changed(value, change) for key, value in node.items()}
        return change(node) if "class_name" in node and "config" in node else node
    if isinstance(node, list | tuple):
        return type(node)(changed(value, change) for value in node)
    return node


def rebuilt(model: Any, config: Config) -> Any:
    """A new model of the same class from a configuration."""
    return type(model).from_config(config)


def calls(config: Config) -> list[Call]:
    """Every call of every layer, each after those that it reads."""
    if "input_layers" not in config:  # Sequential
        found: list[Call] = []
        for entry in config["layers"]:
            found.append(Call(entry, 0, (found[-1].output,) if found else ()))
        return found
    waiting = [
        Call(entry, number, tuple(_tensors(node)))
        for entry in config["layers"]
        for number, node in enumerate(entry["inbound_nodes"] or [{}])
    ]
    ordered: list[Call] = []
    while waiting:
        there = {(call.name, call.number) for call in ordered}
        ready = [call for call in waiting if all(ref[:2] in there for ref in call.inputs)]
        if not ready:
            raise ValueError("the model's layers read each other in a circle.")
        ordered += ready
        waiting = [call for call in waiting if call not in ready]
    return ordered


def outputs(config: Config) -> list[Ref]:
    """The tensors that leave the model."""
    if "output_layers" not in config:
        return [calls(config)[-1].output]
    return _refs(config["output_layers"])


def _refs(node: Any) -> list[Ref]:
    if isinstance(node, dict):
        return [ref for value in node.values() for ref in _refs(value)]
    if len(node) == 3 and isinstance(node[0], str):
        return [tuple(node)]
    return [ref for value in node for ref in _refs(value)]


def _tensors(node: Any) -> Iterator[Ref]:
    if isinstance(node, dict):
        if node.get("class_name") == "__keras_tensor__":
            name, number, index = node["config"]["keras_history"]
            yield name, number, index
        else:
            for value in node.values():
                yield from _tensors(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _tensors(value)
