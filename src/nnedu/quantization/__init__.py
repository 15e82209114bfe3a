"""Quantization: numbers in fewer bits, as pure functions of arrays.

A :class:`Grid` says which number each integer code stands for; ``affine`` and ``symmetric`` make
one from a range, ``min_max``, ``percentile`` and ``least_error`` find the range, ``quantize`` and
``dequantize`` go there and back. The files stand in order of reading: ``half`` (16-bit floats),
``grid``, ``codes``, ``nudged`` (as TensorFlow), ``calibration``, ``matmul`` (int8 products),
``requantize`` (sums back to codes), ``groups`` (four bits), ``clustering`` (shared values). What
needs a network, such as an int8 copy of it or quantization-aware training, is in
``nnedu.compression``.
"""

from nnedu.quantization.calibration import least_error, min_max, percentile
from nnedu.quantization.clustering import Clusters, cluster, cluster_gradient
from nnedu.quantization.codes import dequantize, fake_quantize, quantize
from nnedu.quantization.grid import Grid, affine, symmetric
from nnedu.quantization.groups import (
    Groups,
    dequantize_groups,
    pack_nibbles,
    quantize_groups,
    unpack_nibbles,
)
from nnedu.quantization.half import bfloat16, bfloat16_bits, float16
from nnedu.quantization.matmul import integer_matmul
from nnedu.quantization.nudged import nudged
from nnedu.quantization.quantizers import QUANTIZERS, Quantizer
from nnedu.quantization.requantize import fixed_point, requantize

__all__ = [
    "QUANTIZERS",
    "Clusters",
    "Grid",
    "Groups",
    "Quantizer",
    "affine",
    "bfloat16",
    "bfloat16_bits",
    "cluster",
    "cluster_gradient",
    "dequantize",
    "dequantize_groups",
    "fake_quantize",
    "fixed_point",
    "float16",
    "integer_matmul",
    "least_error",
    "min_max",
    "nudged",
    "pack_nibbles",
    "percentile",
    "quantize",
    "quantize_groups",
    "requantize",
    "symmetric",
    "unpack_nibbles",
]
