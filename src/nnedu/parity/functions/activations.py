"""Activations beside the frameworks'."""

import numpy as np

from nnedu import nn
from nnedu.parity.functions.function import Function, layer

_X = np.array([-40.0, -2.5, -1e-3, 0.0, 1e-3, 0.75, 2.0, 40.0])

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
}
