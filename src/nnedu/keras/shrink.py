"""Structured pruning made real: a smaller model with the same outputs."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from nnedu._typing import Array
from nnedu.keras.channels import Channels, makes_units, widths_of
from nnedu.keras.configs import Call, Config, Ref, changed, rebuilt, saved_config
from nnedu.keras.strip import strip


def shrink(model: Any) -> Any:
    """Remove units that do nothing: a smaller model with the same outputs.

    A unit of a ``Dense`` or convolution whose incoming weights are all 0 has a constant output.
    What it adds to the layers that read it moves into their biases, and the unit goes, together
    with its entries in BatchNormalization. A unit that no later layer listens to goes too.

    Parameters
    ----------
    model : keras.Model
        Functional or Sequential, with whole units at 0 as :class:`Pruning` with
        ``pattern="units"`` leaves them. Not changed.

    Returns
    -------
    keras.Model
        Smaller, without masks, not compiled; for all inputs the outputs of ``model`` up to
        rounding.

    Raises
    ------
    TypeError
        If the model's layers cannot be seen: it is subclassed.
    ValueError
        If no unit can be removed. The message names the layers with units at 0, and what holds
        them: an output, a residual sum whose other branches are not 0 there, a layer that mixes
        channels in a way this function does not know.

    Notes
    -----
    Understood between ``Dense`` and convolutions are BatchNormalization, elementwise activations,
    dropout, pooling, padding, ``DepthwiseConv2D``, ``Flatten``, ``Concatenate`` of channels, and
    sums and products of branches (a channel goes if it does nothing in every branch). Anything else
    keeps the units that it reads. Outputs are those of inference.

    Examples
    --------
    The second unit is constant, ``relu(0.5)``; times its weight 10 it moves into the last bias.

    >>> import keras, numpy as np
    >>> from nnedu.keras import shrink
    >>> model = keras.Sequential(
    ...     [keras.Input((1,)), keras.layers.Dense(2, "relu"), keras.layers.Dense(1)])
    >>> model.set_weights([np.array(w, "float32") for w in (
    ...     [[1.0, 0.0]], [0.0, 0.5], [[2.0], [10.0]], [0.0])])
    >>> small = shrink(model)
    >>> [weights.tolist() for weights in small.get_weights()]
    [[[1.0]], [0.0], [[2.0]], [5.0]]
    """
    small, removed = strip(model), 0
    while True:
        step = _Step(small)
        if not step.gone:
            break
        small, removed = step.smaller(), removed + len(step.gone)
    if not removed:
        raise ValueError(_why_not(step))
    return small


class _Step:
    """One round: which channels can go, and the model without them."""

    def __init__(self, model: Any) -> None:
        self.model, self.config = model, saved_config(model, "shrink")
        self.channels = Channels(self.config, widths_of(model, self.config))
        self.constant: dict[Ref, Array] = {}
        self.objections: dict[int, str] = dict(self.channels.pinned)
        self.folded: dict[str, list[Array]] = {}
        for call in self.channels.calls:
            self.constant[call.output] = self._constants(call)
        self.gone = self._removable()

    def weights(self, name: str) -> list[Array]:
        """A layer's weights as arrays; none of an operation that is no layer, such as ``x + y``."""
        found = next((layer for layer in self.model.layers if layer.name == name), None)
        return [] if found is None else [np.asarray(w) for w in found.get_weights()]

    def _constants(self, call: Call) -> Array:
        """The value of every channel that has the same one for all inputs; NaN elsewhere."""
        width = len(self.channels.of[call.output])
        unknown = np.full(width, np.nan)
        before = [self.constant[ref] for ref in call.inputs]
        settings = call.entry["config"]
        with np.errstate(all="ignore"):
            if makes_units(call):
                kernel, bias = self._kernel(call)
                summed = kernel.reshape(-1, *kernel.shape[-2:])
                heard = (summed != 0).any(axis=0)  # (inputs, units)
                known = self._foldable(call, before[0])
                parts = np.where(heard, known[:, None] * summed.sum(axis=0), 0)
                return self._activated(settings, bias + parts.sum(axis=0))  # NaN stays NaN
            if call.kind == "DepthwiseConv2D" and width == before[0].size:
                kernel, bias = self._kernel(call)
                total = kernel[..., 0].reshape(-1, width)
                moved = np.where((total != 0).any(axis=0), before[0] * total.sum(axis=0), 0)
                padded = settings["padding"] == "same"
                moved = np.where(padded & (moved != 0), np.nan, moved)
                return self._activated(settings, bias + moved)
            if call.kind == "BatchNormalization" and width == before[0].size:
                return self._normalised(call, before[0])
            if call.kind in ("Activation", "ReLU", "LeakyReLU", "ELU"):
                return self._layer_on(call, before[0])
            if call.kind.startswith("ZeroPadding"):
                return np.where(before[0] == 0, 0.0, np.nan)
            if call.kind == "Flatten" and before and width and width % before[0].size == 0:
                return np.tile(before[0], width // before[0].size)
            if call.kind == "Concatenate":
                both = np.concatenate(before)
                return both if both.size == width else unknown
            if call.kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
                return self._merged(call.kind, before, unknown)
            passes = (
                len(before) == 1
                and self.channels.of[call.output] is self.channels.of[call.inputs[0]]
            )
        return before[0] if passes else unknown

    def _kernel(self, call: Call) -> tuple[Array, Array | float]:
        weights = self.weights(call.name)
        return weights[0].astype(float), weights[1].astype(float) if len(weights) > 1 else 0.0

    def _foldable(self, call: Call, known: Array) -> Array:
        """Constants that reach every place of a convolution alike: not beside a border of zeros."""
        padded = call.kind != "Dense" and call.entry["config"]["padding"] != "valid"
        return np.where(known != 0, np.nan, known) if padded else known

    def _activated(self, settings: Config, values: Array) -> Array:
        name = settings.get("activation")
        if name in (None, "linear"):
            return values
        given = keras.ops.convert_to_tensor(values.astype("float32"))
        return np.asarray(keras.ops.convert_to_numpy(keras.activations.get(name)(given)), float)

    def _normalised(self, call: Call, known: Array) -> Array:
        settings, weights = call.entry["config"], list(self.weights(call.name))
        gamma = weights.pop(0) if settings["scale"] else np.ones(known.size)
        beta = weights.pop(0) if settings["center"] else np.zeros(known.size)
        mean, variance = weights
        centred = np.where(gamma == 0, 0.0, known - mean)
        return np.asarray(gamma * centred / np.sqrt(variance + settings["epsilon"]) + beta, float)

    def _layer_on(self, call: Call, known: Array) -> Array:
        if self.channels.of[call.output] is not self.channels.of[call.inputs[0]]:
            return np.full(len(self.channels.of[call.output]), np.nan)
        layer = self.model.get_layer(call.name)
        given = keras.ops.convert_to_tensor(known[None].astype("float32"))
        values: Array = np.asarray(keras.ops.convert_to_numpy(layer(given)), float)[0]
        return values

    def _merged(self, kind: str, before: list[Array], unknown: Array) -> Array:
        if len({known.size for known in before}) != 1 or before[0].size != unknown.size:
            return unknown
        rows = np.stack(before)
        value: dict[str, Callable[[], Any]] = {
            "Add": lambda: rows.sum(axis=0),
            "Subtract": lambda: rows[0] - rows[1:].sum(axis=0),
            "Multiply": lambda: np.where((rows == 0).any(axis=0), 0.0, rows.prod(axis=0)),
            "Average": lambda: rows.mean(axis=0),
            "Maximum": lambda: rows.max(axis=0),
            "Minimum": lambda: rows.min(axis=0),
        }
        return np.asarray(value[kind](), float)

    def _removable(self) -> set[int]:
        """Roots that no layer would miss."""
        heard_of: set[int] = set()
        makers = self.channels.makers()
        for call in self.channels.calls:
            if not makes_units(call):
                continue
            kernel, _ = self._kernel(call)
            listens = (kernel != 0).reshape(-1, *kernel.shape[-2:]).any(axis=(0, 2))
            known = self._foldable(call, self.constant[call.inputs[0]])
            has_bias = bool(call.entry["config"].get("use_bias", True))
            free = ~np.isnan(known) & (has_bias | (known == 0))
            self.folded.setdefault(call.name, []).append(np.where(free, known, 0.0))
            for root, ok in zip(self.channels.roots(call.inputs[0]), ~listens | free, strict=True):
                heard_of.add(int(root))
                if not ok:
                    self.objections.setdefault(int(root), f"{call.name} reads it")
        for name, folds in self.folded.items():  # a layer called twice folds one constant
            same = np.all([np.array_equal(fold, folds[0]) for fold in folds])
            if not same:
                for root in self.channels.roots(makers[name].inputs[0]):
                    self.objections.setdefault(int(root), f"{name} is called twice")
        made = {int(r) for call in makers.values() for r in self.channels.roots(call.output)}
        gone = made - set(self.objections)
        for call in makers.values():  # a layer keeps a unit
            roots = self.channels.roots(call.output)
            if set(roots.tolist()) <= gone:
                gone.discard(int(roots[0]))
        return gone

    def smaller(self) -> Any:
        """The model without the channels that are gone."""
        weights: dict[str, list[Array]] = {}
        sizes: dict[str, int] = {}
        for call in self.channels.calls:
            own = self.weights(call.name) if call.kind != "InputLayer" else []
            if call.name in weights or not own:
                continue
            stay = ~np.isin(self.channels.roots(call.output), list(self.gone))
            if makes_units(call):
                heard = ~np.isin(self.channels.roots(call.inputs[0]), list(self.gone))
                kernel = own[0]
                if len(own) > 1:
                    flat = kernel.reshape(-1, *kernel.shape[-2:]).sum(axis=0)
                    own[1] = own[1] + (self.folded[call.name][0] * ~heard) @ flat
                own[0] = kernel[..., heard, :]
                own = [w[..., stay] for w in own]
                sizes[call.name] = int(stay.sum())
            elif call.kind == "DepthwiseConv2D":
                own = [own[0][..., stay, :], *(w[stay] for w in own[1:])]
            elif call.kind == "BatchNormalization" and own[0].shape == stay.shape:
                own = [w[stay] for w in own]
            weights[call.name] = own
        made = rebuilt(self.model, self._resized(sizes))
        for name, own in weights.items():
            made.get_layer(name).set_weights(own)
        return made

    def _resized(self, sizes: dict[str, int]) -> Config:
        def resize(entry: Config) -> Config:
            settings = entry["config"]
            if entry.get("class_name") != "__keras_tensor__":
                entry.pop("build_config", None)
            if settings.get("name") in sizes:
                word = "units" if "units" in settings else "filters"
                settings[word] = sizes[settings["name"]]
            return entry

        config: Config = changed(self.config, resize)
        return config


def _why_not(step: _Step) -> str:
    """Why nothing can go."""
    zero = []
    for name, call in step.channels.makers().items():
        kernel, _ = step._kernel(call)
        dead = ~(kernel != 0).reshape(-1, kernel.shape[-1]).any(axis=0)
        if dead.any():
            root = int(step.channels.roots(call.output)[int(np.flatnonzero(dead)[0])])
            why = step.objections.get(root, "it is the layer's last unit")
            zero.append(f"{name} ({int(dead.sum())} of {dead.size}: {why})")
    if not zero:
        return (
            "shrink found no unit whose weights are all 0; expected whole units to be pruned. "
            "Train with Pruning(..., pattern='units'): scattered zeros make no layer smaller."
        )
    return f"shrink can remove no unit. Units at 0: {'; '.join(zero)}."
