"""The table of quantizers: each a round trip from weights to codes and back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnedu._typing import Array
from nnedu.quantization.calibration import min_max
from nnedu.quantization.clustering import cluster
from nnedu.quantization.codes import fake_quantize
from nnedu.quantization.grid import affine, symmetric
from nnedu.quantization.groups import dequantize_groups, quantize_groups
from nnedu.quantization.half import bfloat16, float16


@dataclass(frozen=True)
class Quantizer:
    """Weights to few bits and back.

    Attributes
    ----------
    name, title : str
    round_trip : callable
        ``round_trip(W) -> W'`` for weights (I, O), of the same shape and dtype.
    bits : callable
        ``bits(I, O) -> float``: bits a weight, with what it shares of scales and codebooks
        (float32, zero points of one byte; the groups' scales float16).
    """

    name: str
    title: str
    round_trip: Callable[[Array], Array]
    bits: Callable[[int, int], float]


def _affine(W: Array, bits: int, axis: int | None) -> Array:
    return fake_quantize(W, affine(*min_max(W, axis=axis), bits=bits, axis=axis))[0]


def _symmetric(W: Array, bits: int, axis: int | None) -> Array:
    _, peak = min_max(np.abs(W), axis=axis)
    return fake_quantize(W, symmetric(peak, bits=bits, axis=axis))[0]


QUANTIZERS: tuple[Quantizer, ...] = (
    Quantizer("float16", "float16", float16, lambda i, o: 16.0),
    Quantizer("bfloat16", "bfloat16", bfloat16, lambda i, o: 16.0),
    Quantizer(
        "affine8", "int8, affine", lambda W: _affine(W, 8, None), lambda i, o: 8 + 40 / (i * o)
    ),
    Quantizer(
        "symmetric8",
        "int8, symmetric",
        lambda W: _symmetric(W, 8, None),
        lambda i, o: 8 + 32 / (i * o),
    ),
    Quantizer(
        "affine8_channel",
        "int8, affine, per channel",
        lambda W: _affine(W, 8, 1),
        lambda i, o: 8 + 40 / i,
    ),
    Quantizer(
        "symmetric8_channel",
        "int8, symmetric, per channel",
        lambda W: _symmetric(W, 8, 1),
        lambda i, o: 8 + 32 / i,
    ),
    Quantizer(
        "symmetric4_groups",
        "int4, symmetric, groups of 32",
        lambda W: dequantize_groups(quantize_groups(W), dtype=W.dtype),
        lambda i, o: 4 + 16 * -(-i // 32) / i,
    ),
    Quantizer(
        "clusters16",
        "16 shared values",
        lambda W: cluster(W, 16).weights.astype(W.dtype),
        lambda i, o: 4 + 16 * 32 / (i * o),
    ),
)
"""Every round trip, the most bits first."""
