"""What an optimizer keeps beside the parameters, counted."""

from __future__ import annotations

import numpy as np

from nnedu.optim import LBFGS, RULES, TENSOR_RULES, TensorRow
from nnedu.optim._hyper import signature

LAYER = (784, 64)
FLOAT32 = 4


def state(name: str) -> tuple[str, str] | None:
    """Bytes a parameter in float32, and in words; None if the name is no optimizer."""
    for row in RULES:
        if row.name == name:
            names = signature(row.rule)[0]
            return _same_shape(names)
    for row in TENSOR_RULES:
        for form in (row, row.vectors):
            if form is not None and form.name == name:
                return _of_tensor(form, vectors=form is row.vectors)
    if name == "SAM":
        return "the base's", "that of its base optimizer."
    if name == "LBFGS":
        theta = np.zeros(1000, np.float32)
        each = round(LBFGS(memory=10).init(theta).nbytes / theta.size)
        return f"{each}", (
            f"{each} bytes a parameter in float32 at `memory=10`: two numbers a parameter for "
            "every pair that is kept."
        )
    return None


def _same_shape(names: tuple[str, ...]) -> tuple[str, str]:
    if not names:
        return "0", "none: 0 bytes a parameter."
    size = FLOAT32 * len(names)
    which = ", ".join(f"`{name}`" for name in names)
    many = "1 number" if len(names) == 1 else f"{len(names)} numbers"
    return f"{size}", (
        f"{which}: {many} a parameter, {size} bytes in float32, {2 * size} in float64."
    )


def _of_tensor(row: TensorRow, *, vectors: bool) -> tuple[str, str]:
    names = signature(row.rule)[0]
    small = (3,) if vectors else (3, 5)
    shapes = [array.shape for array in row.start(small)]
    if all(shape == small for shape in shapes):
        return _same_shape(names)
    letter = {3: "I", 5: "O"}
    words = ", ".join(
        f"`{name}` ({', '.join(letter[n] for n in shape)}{',' * (len(shape) == 1)})"
        for name, shape in zip(names, shapes, strict=True)
    )
    full = LAYER[:1] if vectors else LAYER
    held = FLOAT32 * sum(array.size for array in row.start(full))
    each = held / int(np.prod(full))
    return f"{each:.2g}" if each < 10 else f"{each:.0f}", (
        f"{words}. For {'a vector of 784' if vectors else 'a layer from 784 to 64'} in float32 "
        f"{held:,} bytes, {each:.2g} a parameter."
    )
