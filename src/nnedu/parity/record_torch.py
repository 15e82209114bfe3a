"""Runs PyTorch over everything that has a counterpart there, and writes the records.

After ``pip install torch``: ``python -m nnedu.parity.record_torch`` for all families, or with the
names of some. A family is one function here and one file in ``data/``.
"""

import json
import platform
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from nnedu._check import known
from nnedu._typing import Array
from nnedu.parity.clipping import CLIPPING
from nnedu.parity.disagreements import DISAGREEMENTS
from nnedu.parity.frameworks import framework, run
from nnedu.parity.functions import ACTIVATIONS, LAYERS, LOSSES, Function, run_torch
from nnedu.parity.loss_scaling import LOSS_SCALING
from nnedu.parity.pairs import ADDED, PAIRS, SETTINGS
from nnedu.parity.pruning import PRUNING
from nnedu.parity.quantization import QUANTIZATION
from nnedu.parity.record import COMMAND, Record
from nnedu.parity.schedules import SCHEDULES, schedule_values
from nnedu.parity.tensors.recorded import tensor_optimizers
from nnedu.parity.trajectory import Trajectory
from nnedu.parity.values import ValueCase

Made = tuple[dict[str, Array], dict[str, Any]]
"""Arrays by case, and what else there is to say about them."""


def optimizers() -> Made:
    """Paths of the optimizers over the hard trajectory."""
    trajectory = Trajectory.hard()
    arrays = {"theta": trajectory.theta, "g": trajectory.g, "lr": trajectory.lr}
    for pair in (*PAIRS, *ADDED):
        if pair.framework == "torch":
            for i, numbers in enumerate(SETTINGS[pair.name]):
                arrays[f"{pair.name}/{i}"] = run(pair, numbers, trajectory)
    return arrays, {"settings": {name: list(settings) for name, settings in SETTINGS.items()}}


def functions(table: Mapping[str, Function]) -> Made:
    """Outputs and gradients of differentiable functions."""
    return {
        f"{name}/{part}": value
        for name, function in table.items()
        if "torch" in function.theirs
        for part, value in run_torch(function).items()
    }, {}


def schedules() -> Made:
    """Values of schedules."""
    cases = {name: case for name, case in SCHEDULES.items() if "torch" in case.theirs}
    return {name: schedule_values(case, "torch") for name, case in cases.items()}, {}


def values(table: Mapping[str, ValueCase]) -> Made:
    """Arrays without a trajectory: masks, codes, rounded values."""
    return {
        f"{name}/{part}": array
        for name, case in table.items()
        if "torch" in case.theirs
        for part, array in case.run_theirs("torch").items()
    }, {}


def disagreements() -> Made:
    """PyTorch's numbers in the examples on which frameworks disagree."""
    return {
        entry.key(side): np.array(side.run())
        for entry in DISAGREEMENTS
        for side in entry.sides
        if side.framework == "torch"
    }, {}


FAMILIES: dict[str, Callable[[], Made]] = {
    "optimizers": optimizers,
    "tensor_optimizers": tensor_optimizers,
    "activations": lambda: functions(ACTIVATIONS),
    "layers": lambda: functions(LAYERS),
    "losses": lambda: functions(LOSSES),
    "schedules": schedules,
    "pruning": lambda: values(PRUNING),
    "clipping": lambda: values(CLIPPING),
    "loss_scaling": lambda: values(LOSS_SCALING),
    "quantization": lambda: values(QUANTIZATION),
    "disagreements": disagreements,
}


def make(family: str) -> Record:
    """Run PyTorch over a family.

    Raises
    ------
    ModuleNotFoundError
        If torch is missing.
    ValueError
        If there is no such family.
    """
    known("family", family, list(FAMILIES))
    torch = framework("torch")
    arrays, more = FAMILIES[family]()
    about = {
        "command": f"{COMMAND} {family}",
        "date": date.today().isoformat(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        **more,
    }
    return Record(family, about, arrays)


def save(record: Record, path: Path) -> None:
    """Write a record."""
    named = {"about": np.array(json.dumps(record.about)), **record.arrays}
    np.savez_compressed(path, **named)  # type: ignore[arg-type]


if __name__ == "__main__":
    for name in sys.argv[1:] or FAMILIES:
        where = Path(__file__).parent / "data" / f"torch_{name}.npz"
        made = make(name)
        save(made, where)
        print(f"{where}: {len(made.arrays)} arrays, PyTorch {made.about['torch']}")
