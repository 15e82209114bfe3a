"""Networks: layers that return their own backward, over one flat parameter vector.

A layer's function returns ``(y, backward)``; ``backward(d_y)`` returns the gradients of its
inputs, in their order. The files stand in order of increasing complexity: ``activations``,
``dense``, ``initializers``, ``network``.
"""

from nnedu.nn.activations import relu, sigmoid, tanh
from nnedu.nn.dense import Dense, dense
from nnedu.nn.initializers import glorot_uniform, he_normal
from nnedu.nn.network import Network

__all__ = [
    "Dense",
    "Network",
    "dense",
    "glorot_uniform",
    "he_normal",
    "relu",
    "sigmoid",
    "tanh",
]
