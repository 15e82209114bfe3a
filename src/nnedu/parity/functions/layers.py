"""Layers beside the frameworks'."""

import numpy as np

from nnedu import nn
from nnedu.parity.functions.function import Function, layer
from nnedu.parity.functions.images import IMAGES
from nnedu.parity.functions.normalizations import NORMALIZATIONS
from nnedu.parity.functions.sequences import SEQUENCES

_rng = np.random.default_rng(7)
_DENSE = (_rng.normal(size=(5, 3)), _rng.normal(size=(3, 2)), _rng.normal(size=2))

DENSE: dict[str, Function] = {
    "dense": Function(
        layer(nn.dense),
        _DENSE,
        {
            "keras": lambda k, x, W, b: k.ops.matmul(x, W) + b,
            "torch": lambda t, x, W, b: t.nn.functional.linear(x, W.T, b),
            "optax": lambda j, x, W, b: x @ W + b,
        },
    ),
}
LAYERS: dict[str, Function] = DENSE | NORMALIZATIONS | IMAGES | SEQUENCES
