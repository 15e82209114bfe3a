"""What each normalisation forgets, measured when the page is made."""

from __future__ import annotations

import numpy as np

from nnedu.nn import batch_norm, group_norm, layer_norm, rms_norm

F = 8
_ONE, _ZERO = np.ones(F), np.zeros(F)
FUNCTIONS = {
    "batch_norm": lambda x: batch_norm(x, _ONE, _ZERO, _ZERO, _ONE)[0],
    "layer_norm": lambda x: layer_norm(x, _ONE, _ZERO)[0],
    "group_norm": lambda x: group_norm(x, _ONE, _ZERO, groups=2)[0],
    "rms_norm": lambda x: rms_norm(x, _ONE)[0],
}
"""The same call for each: a batch (N, F), in training."""

CHANGES = {
    "the other examples of the batch change": lambda x: np.vstack([x[:1], x[1:] * 2 + 1]),
    "1 is added to every feature": lambda x: x + 1,
    "every feature is multiplied by 10": lambda x: 10 * x,
}
"""What is done to a batch; the first example is looked at."""


def changed(function: str, change: str) -> float:
    """How far the first example's output moves, root mean square; outputs are about 1."""
    x = np.random.default_rng(0).normal(size=(8, F))
    f = FUNCTIONS[function]
    return float(np.sqrt(((f(CHANGES[change](x))[0] - f(x)[0]) ** 2).mean()))


def measured() -> str:
    """A table: a normalisation a row, a change a column."""
    head = ("How far an example's output moves when", *(f"`{name}`" for name in FUNCTIONS))
    rows = [(change, *(_number(changed(name, change)) for name in FUNCTIONS)) for change in CHANGES]
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
    return "\n".join(
        [
            "(ref-normalisation-figures)=",
            *lines,
            "",
            "Eight random examples of eight features, in training; root mean square, where outputs "
            "are about 1. Computed when this page was made.",
        ]
    )


def _number(value: float) -> str:
    return "0" if value < 1e-4 else f"{value:.2f}"
