"""Rounding: what is left of a number between two codes."""

from typing import Any

import numpy as np

from nnedu.parity.disagreements.disagreement import Disagreement, sides

HALF = np.array([2.5], np.float32)


def _keras_codes(keras: Any) -> float:
    y = keras.quantizers.fake_quant_with_min_max_vars(
        keras.ops.convert_to_tensor(HALF), np.float32(0.0), np.float32(255.0), num_bits=8
    )
    return float(np.asarray(keras.ops.convert_to_numpy(y))[0])


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
)
