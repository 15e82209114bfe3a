"""What sparsity costs and saves: bytes, seconds of one layer, and the points of part IV."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.compression import shrink
from nnedu.contests import pruning
from nnedu.contests.smaller import (
    NET,
    SEEDS,
    Point,
    accuracy,
    digits,
    forward,
    processor_seconds,
    record,
    seconds_ratio,
    trained,
)
from nnedu.pruning import report

SIZE, BATCHES = 1024, (1, 64)
"""A layer of 1,024 inputs and outputs in float32, for one example and for 64."""

SHARES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
"""Sparsities at which the layer is timed."""


def layer_calls(sparsity: float, batch: int) -> dict[str, Callable[[], Array]]:
    """One layer's product in four forms: dense, masked dense, compressed rows, shrunk.

    The zeros of "masked" and "CSR" lie at random; "shrunk" has as many weights left in a square
    dense matrix, its inputs and outputs reduced alike.
    """
    from scipy.sparse import csr_array

    rng = np.random.default_rng(0)
    W = rng.normal(size=(SIZE, SIZE)).astype(np.float32)
    x = rng.normal(size=(batch, SIZE)).astype(np.float32)
    masked = np.where(rng.random(W.shape) < sparsity, np.float32(0), W)
    rows, x_T = csr_array(masked.T), np.ascontiguousarray(x.T)
    side = max(1, round(SIZE * (1 - sparsity) ** 0.5))
    small, x_small = W[:side, :side].copy(), x[:, :side].copy()
    return {
        "dense": lambda: x @ W,
        "masked": lambda: x @ masked,
        "CSR": lambda: rows @ x_T,
        "shrunk": lambda: x_small @ small,
    }


def layer_seconds(sparsity: float, batch: int, *, rounds: int = 151) -> dict[str, float]:
    """Median processor time of each form as a ratio to the dense one, all taken in turns."""
    calls = layer_calls(sparsity, batch)
    taken = processor_seconds(*calls.values(), rounds=rounds)
    return {name: seconds / taken[0] for name, seconds in zip(calls, taken, strict=True)}


def speed() -> dict[str, Any]:
    """Ratios to dense by batch and form, one for each of the sparsities."""
    found: dict[str, Any] = {"size": SIZE, "sparsities": list(SHARES)}
    for batch in BATCHES:
        rows = [layer_seconds(sparsity, batch) for sparsity in SHARES]
        found[str(batch)] = {name: [row[name] for row in rows] for name in rows[0]}
    return found


def stored_bytes(theta: Array) -> tuple[int, str]:
    """The fewest bytes of a network in float32, and of which format: each matrix in its best."""
    views = {name: view.astype(np.float32) for name, view in NET.views(theta).items()}
    biases = sum(view.nbytes for view in views.values() if view.ndim == 1)
    total, kinds = biases, set[str]()
    for row in report({n: v for n, v in views.items() if v.ndim > 1}).layers:
        sizes = {"dense": row.dense_bytes, "bit mask": row.bitmap_bytes, "CSR": row.csr_bytes}
        kind = min(sizes, key=lambda name: sizes[name])
        total, kinds = total + sizes[kind], kinds | {kind}
    return total, " and ".join(sorted(kinds))


def sparse_forward(theta: Array) -> Callable[[], Array]:
    """The pass of :func:`nnedu.contests.smaller.forward` with compressed rows for the weights."""
    from scipy.sparse import csr_array

    views = {name: view.astype(np.float32) for name, view in NET.views(theta).items()}
    layers = [(csr_array(views[f"W{k}"].T), views[f"b{k}"][:, None]) for k in (1, 2, 3)]
    x_T = np.ascontiguousarray(digits().x_test.T.astype(np.float32))

    def run() -> Array:
        h = x_T
        for W, b in layers[:-1]:
            h = W @ h
            h += b
            np.maximum(h, 0, out=h)
        W, b = layers[-1]
        outputs: Array = (W @ h + b).T
        return outputs

    return run


CHOSEN = {
    "units": (0.5, 0.8, 0.9, 0.95),
    "2 of 4": (0.5,),
    "magnitude": (0.8, 0.9),
    "gradual": (0.9, 0.95),
    "movement": (0.9, 0.95, 0.98),
}
"""What part IV's figure shows of the race."""


def measured(method: str, sparsity: float, lr: float) -> Point:
    """One point: the race's runs again, with their bytes and seconds."""
    thetas = [pruning.METHODS[method](sparsity, seed, lr) for seed in SEEDS]
    accuracies, base = [accuracy(theta) for theta in thetas], forward(trained(0))
    name = f"{method} {sparsity:.0%}".replace("%", " %")
    if method == "units":
        small, theta = shrink(NET, thetas[0])
        seconds = seconds_ratio(forward(theta, net=small), base)
        return Point(name, "14_pruning", accuracies, 4 * theta.size, seconds, "smaller and dense")
    nbytes, kind = stored_bytes(thetas[0])
    passes = {"dense": forward(thetas[0]), "CSR": sparse_forward(thetas[0])}
    ratios = {form: seconds_ratio(call, base) for form, call in passes.items()}
    fastest = min(ratios, key=lambda form: ratios[form])
    note = f"bytes: {kind}; seconds: {fastest}"
    return Point(name, "14_pruning", accuracies, nbytes, ratios[fastest], note)


def write_points() -> dict[str, Any]:
    """Measure and record the points of this chapter in part IV's file."""
    from nnedu.contests.pruned import recorded_race

    race = recorded_race()
    dense = [accuracy(trained(seed)) for seed in SEEDS]
    found = [Point("dense", "14_pruning", dense, 4 * NET.size, 1.0, "float32, as it was trained")]
    for method, sparsities in CHOSEN.items():
        for sparsity in sparsities:
            rows = race[method]
            row = min(rows, key=lambda each: abs(each.sparsity - sparsity))
            found.append(measured(method, sparsity, row.lr))
            print(found[-1].name, found[-1].accuracy, found[-1].nbytes, found[-1].seconds)
    record("14_pruning", found, command="python -m nnedu.contests.record_pruning points")
    return {"names": [point.name for point in found]}
