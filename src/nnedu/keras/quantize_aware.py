"""A layer that computes with rounded weights and rounded inputs."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import ops

from nnedu.keras.configs import Config
from nnedu.keras.grids import fake_affine, fake_symmetric
from nnedu.keras.masks import layers_of

MATRICES = ("kernel", "depthwise_kernel", "pointwise_kernel")


@keras.saving.register_keras_serializable(package="nnedu")
class QuantizeAware(keras.layers.Layer):  # type: ignore[misc]
    """A layer that computes as it will when it is quantized; :func:`quantization_aware` makes it.

    The inputs are rounded to an affine grid over the range seen in training, kernels to a symmetric
    grid for each output; the layer then does what it does. Gradients pass the rounding unchanged.

    Parameters
    ----------
    layer : keras.Layer
    layer_build_config : dict
        The inner layer's ``get_build_config()``.
    weight_bits : int, 2 to 16
    input_bits : int, 2 to 16, or None
        None: inputs are not rounded.
    range_momentum : float in [0, 1]
        What remains of the range's ends after one training step; at 1 a range stays as it is.
    """

    def __init__(
        self,
        layer: Any,
        layer_build_config: Any = None,
        weight_bits: int = 8,
        input_bits: int | None = 8,
        range_momentum: float = 0.99,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(layer, dict):
            layer = keras.saving.deserialize_keras_object(layer)
        self.layer, self.layer_build_config = layer, layer_build_config
        self.weight_bits, self.input_bits = weight_bits, input_bits
        self.range_momentum = range_momentum
        self._observe: Callable[[int, Any], None] | None = None
        self.supports_masking = layer.supports_masking
        if not layer.built and layer_build_config:
            layer.build_from_config(layer_build_config)
            layer.built = True

    def build(self, *shapes: Any, **named: Any) -> None:
        """Create the ranges of the inputs: of attention's query, value and key, or of one."""
        if not self.layer.built:
            self.layer.build(*shapes, **named)
        count = 3 if type(self.layer).__name__ == "MultiHeadAttention" else 1
        self.ranges = self.add_weight(
            shape=(count, 2), initializer="zeros", trainable=False, autocast=False, name="ranges"
        )
        self.built = True

    def get_build_config(self) -> Config:
        """The ranges need no shape; the inner layer has its own."""
        return {"inner": self.layer_build_config}

    def build_from_config(self, config: Config) -> None:
        """Build after loading."""
        self.build()

    @property
    def own_variables(self) -> list[Any]:
        """What the wrapper adds to the layer's variables."""
        return [self.ranges]

    def rounds(self, variable: Any) -> bool:
        """Whether a variable of the layer is rounded: its kernels."""
        return variable.name in MATRICES and len(variable.shape) > 1

    def rounded(self, variable: Any) -> Any:
        """A kernel on its grid."""
        kind = type(self.layer).__name__
        axes: tuple[int, ...] = (-1,)
        if variable.name == "depthwise_kernel" or kind.startswith("Depthwise"):
            axes = (-2, -1)
        elif kind.endswith("Transpose"):
            axes = (-2,)
        return fake_symmetric(ops.convert_to_tensor(variable), bits=self.weight_bits, axes=axes)

    def call(self, inputs: Any, *others: Any, training: Any = None, **keywords: Any) -> Any:
        """The layer, on rounded inputs, with rounded kernels."""
        given = [inputs, *others]
        rounded = [self._input(i, x, training) for i, x in enumerate(given)]
        named = {
            word: self._input({"value": 1, "key": 2}[word], x, training)
            if word in ("value", "key") and x is not None
            else x
            for word, x in keywords.items()
        }
        variables = self.layer.variables
        mapping = [
            (v, self.rounded(v) if self.rounds(v) else ops.convert_to_tensor(v)) for v in variables
        ]
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
            outputs = self.layer(*rounded, **named)
        for loss in scope.losses:
            self.add_loss(loss)
        for variable in self.layer.non_trainable_variables:
            variable.assign(scope.get_current_value(variable))
        return outputs

    def _input(self, slot: int, x: Any, training: Any) -> Any:
        if self.input_bits is None or x is None or slot >= self.ranges.shape[0]:
            return x
        if not keras.backend.is_float_dtype(x.dtype):
            return x
        work = (
            x if keras.backend.standardize_dtype(x.dtype) == "float64" else ops.cast(x, "float32")
        )
        if self._observe is not None:
            self._observe(slot, work)
            return x
        ranges = ops.convert_to_tensor(self.ranges)
        if training:
            still = ops.stop_gradient(work)
            seen = ops.cast(ops.stack([ops.min(still), ops.max(still)]), ranges.dtype)
            before, kept = ranges[slot], self.range_momentum
            moved = kept * before + (1 - kept) * seen
            row = ops.where(before[1] > before[0], moved, seen)
            count = self.ranges.shape[0]
            chosen = ops.expand_dims(ops.arange(count) == slot, 1)
            self.ranges.assign(ops.where(chosen, row, ranges))
            ranges = ops.convert_to_tensor(self.ranges)
        y = fake_affine(work, ranges[slot, 0], ranges[slot, 1], bits=self.input_bits)
        return ops.cast(y, x.dtype)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """What the layer says."""
        kwargs.pop("training", None)
        return self.layer.compute_output_spec(*args, **kwargs)

    def compute_mask(self, *args: Any, **kwargs: Any) -> Any:
        """What the layer says."""
        return self.layer.compute_mask(*args, **kwargs)

    def get_config(self) -> Config:
        """What ``from_config`` needs."""
        config: Config = super().get_config()
        return {
            **config,
            "layer": keras.saving.serialize_keras_object(self.layer),
            "layer_build_config": self.layer_build_config,
            "weight_bits": self.weight_bits,
            "input_bits": self.input_bits,
            "range_momentum": self.range_momentum,
        }


def wrappers(model: Any) -> Iterator[QuantizeAware]:
    """Every :class:`QuantizeAware` of a model, nested models entered."""
    for layer in layers_of(model):
        if isinstance(layer, QuantizeAware):
            yield layer
