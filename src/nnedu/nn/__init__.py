"""Networks: layers that return their own backward, over one flat parameter vector.

A layer's function returns ``(y, backward)``; ``backward(d_y)`` returns the gradients of its
inputs, in their order. The files stand in order of increasing complexity: ``activations``,
``smooth_rectifiers``, ``dense``, ``initializers``, ``dropout``, ``normalize``, ``layer_norm``,
``batch_norm``, ``flatten``, ``windows``, ``pooling``, ``conv``, ``recurrent``, ``attention``;
``layer``, ``chain``, ``residual``, ``each_place``, ``recompute``, ``network``, ``parameters`` put
them together, and ``fused`` compiles what they do.
"""

from nnedu.nn.activations import leaky_relu, relu, sigmoid, tanh
from nnedu.nn.attention import SelfAttention, attention, multi_head_attention
from nnedu.nn.batch_norm import BatchNorm, batch_norm, batch_norm_inference
from nnedu.nn.chain import Chain
from nnedu.nn.conv import Conv2D, conv2d
from nnedu.nn.dense import Dense, dense
from nnedu.nn.dropout import Dropout, dropout
from nnedu.nn.each_place import EachPlace
from nnedu.nn.flatten import flatten
from nnedu.nn.initializers import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    orthogonal,
)
from nnedu.nn.layer import Layer
from nnedu.nn.layer_norm import GroupNorm, LayerNorm, RMSNorm, group_norm, layer_norm, rms_norm
from nnedu.nn.network import Network
from nnedu.nn.normalize import normalize
from nnedu.nn.parameters import per_parameter
from nnedu.nn.pooling import AveragePool, MaxPool, average_pool, global_average_pool, max_pool
from nnedu.nn.recompute import Recompute, in_segments
from nnedu.nn.recurrent import Recurrent, last_step, recurrent
from nnedu.nn.residual import Residual
from nnedu.nn.smooth_rectifiers import gelu, gelu_tanh, silu

__all__ = [
    "AveragePool",
    "BatchNorm",
    "Chain",
    "Conv2D",
    "Dense",
    "Dropout",
    "EachPlace",
    "GroupNorm",
    "Layer",
    "LayerNorm",
    "MaxPool",
    "Network",
    "RMSNorm",
    "Recompute",
    "Recurrent",
    "Residual",
    "SelfAttention",
    "attention",
    "average_pool",
    "batch_norm",
    "batch_norm_inference",
    "conv2d",
    "dense",
    "dropout",
    "flatten",
    "gelu",
    "gelu_tanh",
    "global_average_pool",
    "glorot_normal",
    "glorot_uniform",
    "group_norm",
    "he_normal",
    "he_uniform",
    "in_segments",
    "last_step",
    "layer_norm",
    "leaky_relu",
    "lecun_normal",
    "max_pool",
    "multi_head_attention",
    "normalize",
    "orthogonal",
    "per_parameter",
    "recurrent",
    "relu",
    "rms_norm",
    "sigmoid",
    "silu",
    "tanh",
]
