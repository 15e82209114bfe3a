"""Networks: layers that return their own backward, over one flat parameter vector.

A layer's function returns ``(y, backward)``; ``backward(d_y)`` returns the gradients of its
inputs, in their order. The files stand in order of increasing complexity: ``activations``,
``smooth_rectifiers``, ``dense``, ``initializers``, ``network``.
"""

from nnedu.nn.activations import leaky_relu, relu, sigmoid, tanh
from nnedu.nn.chain import Chain
from nnedu.nn.dense import Dense, dense
from nnedu.nn.initializers import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    orthogonal,
)
from nnedu.nn.layer import Layer
from nnedu.nn.network import Network
from nnedu.nn.smooth_rectifiers import gelu, gelu_tanh, silu

__all__ = [
    "Chain",
    "Dense",
    "Layer",
    "Network",
    "dense",
    "gelu",
    "gelu_tanh",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "leaky_relu",
    "lecun_normal",
    "orthogonal",
    "relu",
    "sigmoid",
    "silu",
    "tanh",
]
