"""Layers for images beside the frameworks'.

PyTorch's images have channels first; ``_first`` and ``_last`` carry them there and back.
"""

from functools import partial
from typing import Any

import numpy as np

from nnedu import nn
from nnedu.parity.functions.function import Function, layer
from nnedu.parity.pairs import Adapter

_rng = np.random.default_rng(8)
# Height 6 makes the padding of "same" odd (windows of 3, stride 2); the other lengths do not.
_CONV = (_rng.normal(size=(2, 6, 5, 3)), _rng.normal(size=(3, 3, 3, 4)), _rng.normal(size=4))
_EVEN = (_rng.normal(size=(2, 6, 5, 3)),)
_ODD = (_rng.normal(size=(2, 5, 7, 3)),)

CHANNELS_FIRST = Adapter(
    "channels first",
    "PyTorch's images are (N, C, H, W) and its convolution weights (O, I, h, w): transposed.",
)
PADDED_BY_HAND = Adapter(
    "padded by hand",
    "PyTorch's 'same' takes no stride and its numbers pad both sides alike: where the padding is "
    "odd, the border is put around first, one more after than before.",
)
PADDED_FIRST = Adapter(
    "padded first", "Keras pads 'valid' or 'same' only: a number of zeros is put around first."
)
INSIDE_ONLY = Adapter(
    "padding not counted",
    "PyTorch's average pooling counts padded zeros unless told count_include_pad=False.",
)
PLACES_AVERAGED = Adapter(
    "mean over places", "PyTorch and JAX have no global average pooling but the mean over two axes."
)


def _first(x: Any) -> Any:
    return x.movedim(-1, 1)


def _last(x: Any) -> Any:
    return x.movedim(1, -1)


def _same(t: Any, x: Any, fill: float) -> Any:
    """PyTorch's images of height 6 and width 5 with the border that "same" puts around them."""
    return t.nn.functional.pad(_first(x), (1, 1, 0, 1), value=fill)


def _torch_conv(t: Any, x: Any, W: Any, b: Any, **how: Any) -> Any:
    return _last(t.nn.functional.conv2d(_first(x), W.permute(3, 2, 0, 1), b, **how))


def _torch_same(t: Any, x: Any, W: Any, b: Any) -> Any:
    return _torch_conv(t, _last(_same(t, x, 0.0)), W, b, stride=2)


def _keras_padded(k: Any, x: Any, W: Any, b: Any) -> Any:
    return k.ops.conv(k.ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0))), W, strides=2) + b


def _jax_conv(j: Any, x: Any, W: Any, b: Any, stride: int, padding: Any) -> Any:
    numbers = ("NHWC", "HWIO", "NHWC")
    return j.lax.conv_general_dilated(x, W, (stride,) * 2, padding, dimension_numbers=numbers) + b


def _conv(how: dict[str, Any], theirs: dict[str, Any], **adapters: Adapter) -> Function:
    adapters = {"torch": CHANNELS_FIRST, **adapters}
    return Function(layer(partial(nn.conv2d, **how)), _CONV, theirs, adapters=adapters)


def _jax_pool(j: Any, x: Any, padding: str, start: float, op: str) -> Any:
    window, strides = (1, 3, 3, 1), (1, 2, 2, 1)
    return j.lax.reduce_window(x, start, getattr(j.lax, op), window, strides, padding)


def _pool(f: Any, inputs: Any, padding: str, theirs: dict[str, Any], adapter: Adapter) -> Function:
    ours = layer(partial(f, size=3, stride=2, padding=padding))
    return Function(ours, inputs, theirs, adapters={"torch": adapter})


IMAGES: dict[str, Function] = {
    "conv2d": _conv(
        {},
        {
            "keras": lambda k, x, W, b: k.ops.conv(x, W) + b,
            "torch": _torch_conv,
            "optax": partial(_jax_conv, stride=1, padding="VALID"),
        },
    ),
    "conv2d, same, stride 2": _conv(
        {"stride": 2, "padding": "same"},
        {
            "keras": lambda k, x, W, b: k.ops.conv(x, W, strides=2, padding="same") + b,
            "torch": _torch_same,
            "optax": partial(_jax_conv, stride=2, padding="SAME"),
        },
        torch=PADDED_BY_HAND,
    ),
    "conv2d, padding 1, stride 2": _conv(
        {"stride": 2, "padding": 1},
        {
            "keras": _keras_padded,
            "torch": partial(_torch_conv, stride=2, padding=1),
            "optax": partial(_jax_conv, stride=2, padding=((1, 1), (1, 1))),
        },
        keras=PADDED_FIRST,
    ),
    "max_pool": _pool(
        nn.max_pool,
        _ODD,
        "valid",
        {
            "keras": lambda k, x: k.ops.max_pool(x, 3, strides=2),
            "torch": lambda t, x: _last(t.nn.functional.max_pool2d(_first(x), 3, 2)),
            "optax": partial(_jax_pool, padding="VALID", start=-np.inf, op="max"),
        },
        CHANNELS_FIRST,
    ),
    "max_pool, same": _pool(
        nn.max_pool,
        _EVEN,
        "same",
        {
            "keras": lambda k, x: k.ops.max_pool(x, 3, strides=2, padding="same"),
            "torch": lambda t, x: _last(t.nn.functional.max_pool2d(_same(t, x, -np.inf), 3, 2)),
            "optax": partial(_jax_pool, padding="SAME", start=-np.inf, op="max"),
        },
        PADDED_BY_HAND,
    ),
    "average_pool": _pool(
        nn.average_pool,
        _ODD,
        "valid",
        {
            "keras": lambda k, x: k.ops.average_pool(x, 3, strides=2),
            "torch": lambda t, x: _last(t.nn.functional.avg_pool2d(_first(x), 3, 2)),
            "optax": lambda j, x: _jax_pool(j, x, "VALID", 0.0, "add") / 9,
        },
        CHANNELS_FIRST,
    ),
    "average_pool, same": _pool(
        nn.average_pool,
        _ODD,
        "same",
        {
            "keras": lambda k, x: k.ops.average_pool(x, 3, strides=2, padding="same"),
            "torch": lambda t, x: _last(
                t.nn.functional.avg_pool2d(_first(x), 3, 2, padding=1, count_include_pad=False)
            ),
        },
        INSIDE_ONLY,
    ),
    "global_average_pool": Function(
        layer(nn.global_average_pool),
        _ODD,
        {
            "keras": lambda k, x: k.layers.GlobalAveragePooling2D(dtype="float64")(x),
            "torch": lambda t, x: _first(x).mean(dim=(2, 3)),
            "optax": lambda j, x: x.mean(axis=(1, 2)),
        },
        adapters={"torch": PLACES_AVERAGED, "optax": PLACES_AVERAGED},
    ),
    "flatten": Function(
        layer(nn.flatten),
        _ODD,
        {
            "keras": lambda k, x: k.layers.Flatten(dtype="float64")(x),
            "torch": lambda t, x: t.flatten(x, 1),
            "optax": lambda j, x: x.reshape(len(x), -1),
        },
    ),
}
