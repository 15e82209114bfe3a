"""Activations beside the frameworks'."""

from typing import Any

import numpy as np

from nnedu import nn
from nnedu.parity.functions.function import Function, layer
from nnedu.parity.pairs import Adapter

_X = np.array([-40.0, -2.5, -1e-3, 0.0, 1e-3, 0.75, 2.0, 40.0])

SLOPE = Adapter(
    "slope given",
    "The default slope is 0.01 here and in PyTorch and JAX, 0.2 in keras.ops.leaky_relu and "
    "keras.activations.leaky_relu, 0.3 in keras.layers.LeakyReLU: give it (exact in float32, since "
    "TensorFlow keeps it so).",
)
SLOPE_AT_ZERO = Adapter(
    "not at 0",
    "The derivative at exactly 0 is the slope here, in PyTorch and in Keras, and 1 in JAX.",
)
EXACT = Adapter(
    "approximate=False",
    "jax.nn.gelu and keras.ops.gelu approximate by tanh unless told otherwise; PyTorch, "
    "tf.nn.gelu and keras.activations.gelu are exact unless told otherwise.",
)
ROOT_OF_HALF = Adapter(
    "root of 1/2 in float32",
    "TensorFlow multiplies by the root of 1/2 rounded to float32, in float64 too. Its input and "
    "output are scaled by what the rounding left.",
)
APPROXIMATE = Adapter(
    "approximation asked for",
    "PyTorch's gelu is exact by default; approximate='tanh' asks for the approximation.",
)
CONSTANT = Adapter(
    "constant in float32",
    "TensorFlow rounds 0.044715 to float32, in float64 too. A test of its own holds Keras against "
    "the formula with that number.",
)


def _keras_gelu(k: Any, x: Any) -> Any:
    rounding = float(np.float32(np.sqrt(0.5))) * np.sqrt(2)
    return k.activations.gelu(x / rounding) * rounding


ACTIVATIONS: dict[str, Function] = {
    "relu": Function(
        layer(nn.relu),
        (_X,),
        {
            "keras": lambda k, x: k.ops.relu(x),
            "torch": lambda t, x: t.relu(x),
            "optax": lambda j, x: j.nn.relu(x),
        },
    ),
    "sigmoid": Function(
        layer(nn.sigmoid),
        (_X,),
        {
            "keras": lambda k, x: k.ops.sigmoid(x),
            "torch": lambda t, x: t.sigmoid(x),
            "optax": lambda j, x: j.nn.sigmoid(x),
        },
    ),
    "tanh": Function(
        layer(nn.tanh),
        (_X,),
        {
            "keras": lambda k, x: k.ops.tanh(x),
            "torch": lambda t, x: t.tanh(x),
            "optax": lambda j, x: j.numpy.tanh(x),
        },
    ),
    "leaky_relu": Function(
        layer(nn.leaky_relu),
        (_X,),
        {
            "keras": lambda k, x, slope: k.ops.leaky_relu(x, negative_slope=slope),
            "torch": lambda t, x, slope: t.nn.functional.leaky_relu(x, slope),
        },
        numbers={"slope": 0.125},
        adapters={"keras": SLOPE},
    ),
    "leaky_relu, away from 0": Function(
        layer(nn.leaky_relu),
        (_X[_X != 0],),
        {
            "optax": lambda j, x, slope: j.nn.leaky_relu(x, slope),
            "torch": lambda t, x, slope: t.nn.functional.leaky_relu(x, slope),
        },
        numbers={"slope": 0.125},
        adapters={"optax": SLOPE_AT_ZERO},
    ),
    "silu": Function(
        layer(nn.silu),
        (_X,),
        {
            "keras": lambda k, x: k.ops.silu(x),
            "torch": lambda t, x: t.nn.functional.silu(x),
            "optax": lambda j, x: j.nn.silu(x),
        },
    ),
    "gelu_tanh": Function(
        layer(nn.gelu_tanh),
        (_X,),
        {
            "torch": lambda t, x: t.nn.functional.gelu(x, approximate="tanh"),
            "optax": lambda j, x: j.nn.gelu(x),
        },
        adapters={"keras": CONSTANT, "torch": APPROXIMATE},
    ),
    "gelu": Function(
        layer(nn.gelu),
        (_X,),
        {
            "keras": _keras_gelu,
            "torch": lambda t, x: t.nn.functional.gelu(x),
            "optax": lambda j, x: j.nn.gelu(x, approximate=False),
        },
        adapters={"keras": ROOT_OF_HALF, "optax": EXACT},
    ),
}
