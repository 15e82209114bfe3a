"""Rounding: what is left of a number between two codes, and of weights of one sign."""

from typing import Any

import numpy as np

from nnedu.parity.disagreements.disagreement import Disagreement, sides

HALF = np.array([2.5], np.float32)
ONE_SIGN = np.linspace(0.5, 1.0, 32, dtype=np.float32)


def _keras_codes(keras: Any) -> float:
    y = keras.quantizers.fake_quant_with_min_max_vars(
        keras.ops.convert_to_tensor(HALF), np.float32(0.0), np.float32(255.0), num_bits=8
    )
    return float(np.asarray(keras.ops.convert_to_numpy(y))[0])


def _keras_group(keras: Any) -> float:
    q, scale, zero = keras.quantizers.abs_max_quantize_grouped_with_zero_point(
        keras.ops.convert_to_tensor(ONE_SIGN[:, None]), block_size=32, to_numpy=True
    )
    q, scale, zero = (np.asarray(keras.ops.convert_to_numpy(a), float) for a in (q, scale, zero))
    return float(((q - zero) * scale)[-1, 0])


def _torch_group(torch: Any) -> float:
    observer = torch.ao.quantization.MinMaxObserver(dtype=torch.quint8, quant_min=0, quant_max=15)
    x = torch.tensor(ONE_SIGN)
    observer(x)
    scale, zero = observer.calculate_qparams()
    return float(torch.fake_quantize_per_tensor_affine(x, float(scale), int(zero), 0, 15)[-1])


DISAGREEMENTS: tuple[Disagreement, ...] = (
    Disagreement(
        "rounding-halves",
        "Halves",
        "quantization",
        "Exactly between two codes TensorFlow rounds up, PyTorch to the even one.",
        "2.5 on a grid of whole numbers from 0 to 255.",
        sides(
            {
                "keras": ("keras.quantizers.fake_quant_with_min_max_vars", 3.0, _keras_codes),
                "torch": (
                    "torch.fake_quantize_per_tensor_affine",
                    2.0,
                    lambda t: float(
                        t.fake_quantize_per_tensor_affine(t.tensor(HALF), 1.0, 0, 0, 255)[0]
                    ),
                ),
            }
        ),
        "`nudged` here is TensorFlow's, `fake_quantize` PyTorch's.",
    ),
    Disagreement(
        "group-of-one-sign",
        "Weights of one sign",
        "quantization",
        "In four bits with a zero point PyTorch widens the range to hold 0. Keras does not: it "
        "cuts the zero point off at the last code, and all weights of the group become one number.",
        "32 weights from 0.5 to 1 in one group: what the largest comes back as.",
        sides(
            {
                "keras": (
                    "keras.quantizers.abs_max_quantize_grouped_with_zero_point",
                    0.5,
                    _keras_group,
                ),
                "torch": ("torch.ao.quantization.MinMaxObserver", 1.0, _torch_group),
            }
        ),
        "`affine` here widens the range; `quantize_groups` is symmetric and has no zero point.",
    ),
)
