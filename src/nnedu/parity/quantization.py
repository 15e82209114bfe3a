"""Grids, codes and fake quantization beside PyTorch's and Keras's.

PyTorch's fake quantization multiplies codes and scale in float32 even where the values are float64;
the scales here have few digits, so that this product is exact. Keras (on TensorFlow) works in
float32 throughout.
"""

from typing import Any

import numpy as np

from nnedu import quantization as q
from nnedu._typing import Array
from nnedu.parity.frameworks import framework
from nnedu.parity.pairs import Adapter
from nnedu.parity.values import Parts, ValueCase

_rng = np.random.default_rng(12)
_X = np.concatenate([_rng.normal(size=60), _rng.normal(size=20) * 5, [0.0, -0.0]])
_C = _rng.normal(size=(30, 3)) * [0.5, 4.0, 60.0]
_D = np.cos(1.0 + np.arange(_X.size))
_D_C = np.cos(1.0 + np.arange(_C.size)).reshape(_C.shape)
_F = _C.astype(np.float32)
_LOWS, _HIGHS = np.array([-0.9, -3.0, 20.0]), np.array([1.3, 7.7, 150.0])
# Every tail that decides a rounding, at exponents from subnormal to the largest.
_BITS = (
    (np.arange(0, 2**16, 97, dtype=np.uint32)[:, None] << 16)
    | np.array([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF], np.uint32)
).ravel()
_FLOATS = _BITS.view(np.float32)[np.isfinite(_BITS.view(np.float32))]


def _grid(scale: Any, zero: Any, low: int, high: int, axis: int | None = None) -> q.Grid:
    return q.Grid(np.asarray(scale, float), np.asarray(zero, np.int64), low, high, axis)


def _both(made: Any, d_y: Array) -> Parts:
    y, backward = made
    return {"y": y, "d_x": backward(d_y)[0]}


def _torch_gradient(torch: Any, f: Any, x: Array, d_y: Array) -> Parts:
    at = torch.tensor(x, requires_grad=True)
    y = f(at)
    (d_x,) = torch.autograd.grad(y, at, torch.tensor(d_y))
    return {"y": y.detach().numpy(), "d_x": d_x.numpy()}


def _observed(torch: Any, symmetric: bool) -> Parts:
    observer = framework("torch.ao.quantization").PerChannelMinMaxObserver(
        ch_axis=1,
        dtype=torch.qint8,
        qscheme=torch.per_channel_symmetric if symmetric else torch.per_channel_affine,
        quant_min=-127 if symmetric else -128,
        quant_max=127,
    )
    observer(torch.tensor(_F))
    scale, zero = observer.calculate_qparams()
    return {"scale": scale.double().numpy(), "zero_point": zero.double().numpy()}


def _of(grid: q.Grid) -> Parts:
    return {"scale": grid.scale, "zero_point": grid.zero_point.astype(float)}


def _keras_nudged(keras: Any, *, axis: int | None, low: Any, high: Any, bits: int = 8) -> Parts:
    """Forward alone: the gradient is TensorFlow's, which the tests ask for by name."""
    y = keras.quantizers.fake_quant_with_min_max_vars(
        keras.ops.convert_to_tensor(_F if axis == 1 else _X.astype(np.float32)),
        np.float32(low),
        np.float32(high),
        num_bits=bits,
        axis=axis,
    )
    return {"y": np.asarray(keras.ops.convert_to_numpy(y), np.float64)}


def _keras_codes(keras: Any) -> Parts:
    codes, scale = keras.quantizers.abs_max_quantize(keras.ops.convert_to_tensor(_F), axis=0)
    return {
        "codes": np.asarray(keras.ops.convert_to_numpy(codes), float),
        "scale": 1 / np.asarray(keras.ops.convert_to_numpy(scale), np.float64).ravel(),
    }


def _codes(peak: float) -> Parts:
    """Keras adds 1e-7 to the largest magnitude."""
    grid = q.symmetric(peak * np.abs(_F).max(axis=0).astype(float) + 1e-7, axis=1)
    return {"codes": q.quantize(_F, grid).astype(float), "scale": grid.scale}


_KERAS_WAY = Adapter(
    "nudged range",
    "TensorFlow rounds halves up, shifts a range beside 0 instead of widening it, and ends the "
    "gradient at the range: the function `nudged`, where PyTorch's convention is `fake_quantize`.",
)

QUANTIZATION: dict[str, ValueCase] = {
    "fake, per tensor": ValueCase(
        lambda scale: _both(q.fake_quantize(_X, _grid(scale, 3, -128, 127)), _D),
        {"scale": 38 / 1024},
        {
            "torch": lambda t, scale: _torch_gradient(
                t, lambda x: t.fake_quantize_per_tensor_affine(x, scale, 3, -128, 127), _X, _D
            )
        },
    ),
    "fake, per tensor, four bits": ValueCase(
        lambda scale: _both(q.fake_quantize(_X, _grid(scale, 6, 0, 15)), _D),
        {"scale": 0.25},
        {
            "torch": lambda t, scale: _torch_gradient(
                t, lambda x: t.fake_quantize_per_tensor_affine(x, scale, 6, 0, 15), _X, _D
            )
        },
    ),
    "fake, per channel": ValueCase(
        lambda scale: _both(
            q.fake_quantize(
                _C, _grid(scale * np.array([1, 8, 64]), [0, -20, 90], -128, 127, axis=1)
            ),
            _D_C,
        ),
        {"scale": float(np.float32(0.0123))},
        {
            "torch": lambda t, scale: _torch_gradient(
                t,
                lambda x: t.fake_quantize_per_channel_affine(
                    x,
                    t.tensor([scale, 8 * scale, 64 * scale]),
                    t.tensor([0, -20, 90], dtype=t.int32),
                    1,
                    -128,
                    127,
                ),
                _C,
                _D_C,
            )
        },
    ),
    "affine grids of channels": ValueCase(
        lambda width: _of(q.affine(width * _F.min(axis=0), width * _F.max(axis=0), axis=1)),
        {"width": 1.0},
        {"torch": lambda t, width: _observed(t, symmetric=False)},
    ),
    "symmetric grids of channels": ValueCase(
        lambda width: _of(q.symmetric(width * np.abs(_F).max(axis=0).astype(float), axis=1)),
        {"width": 1.0},
        {"torch": lambda t, width: _observed(t, symmetric=True)},
        {
            "torch": Adapter(
                "codes from -127",
                "PyTorch's symmetric grid runs from -128 and divides by 127.5; it is told to start "
                "at -127.",
            )
        },
    ),
    "bfloat16": ValueCase(
        lambda: {"y": q.bfloat16(_FLOATS)},
        {},
        {"torch": lambda t: {"y": t.tensor(_FLOATS).to(t.bfloat16).float().numpy()}},
    ),
    "float16": ValueCase(
        lambda: {"y": q.float16(_FLOATS)},
        {},
        {"torch": lambda t: {"y": t.tensor(_FLOATS).half().float().numpy()}},
    ),
    "nudged": ValueCase(
        lambda low, high: {"y": q.nudged(_X.astype(np.float32), low, high)[0].astype(float)},
        {"low": -4.31, "high": 5.07},
        {"keras": lambda k, low, high: _keras_nudged(k, axis=None, low=low, high=high)},
        {"keras": _KERAS_WAY},
    ),
    "nudged, of channels, four bits": ValueCase(
        lambda width: {
            "y": q.nudged(_F, width * _LOWS, width * _HIGHS, bits=4, axis=1)[0].astype(float)
        },
        {"width": 1.0},
        {
            "keras": lambda k, width: _keras_nudged(
                k, axis=1, low=width * _LOWS, high=width * _HIGHS, bits=4
            )
        },
        {"keras": _KERAS_WAY},
    ),
    "codes by the largest magnitude": ValueCase(
        _codes,
        {"peak": 1.0},
        {"keras": lambda k, peak: _keras_codes(k)},
        {
            "keras": Adapter(
                "peak plus 1e-7",
                "Keras's abs_max_quantize adds 1e-7 to the largest magnitude before dividing.",
            )
        },
    ),
}
