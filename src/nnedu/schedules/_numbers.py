"""What every schedule checks and returns."""

from typing import Any

import numpy as np


def number(value: Any) -> Any:
    """A Python float for a single step: a NumPy scalar would promote float32 parameters."""
    return float(value) if np.ndim(value) == 0 else value


def check_steps(t: Any) -> None:
    """Refuse a negative number of updates."""
    if not np.all(np.asarray(t) >= 0):  # put so that NaN fails it
        raise ValueError(f"t is {t}; expected updates already made, 0 at the first.")


def check_factor(**numbers: float) -> None:
    """Refuse a number outside (0, 1], by its name."""
    for name, value in numbers.items():
        if not 0 < value <= 1:
            raise ValueError(
                f"{name} is {value}; expected a factor in (0, 1], such as 0.5 or 0.99."
            )
