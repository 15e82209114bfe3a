"""Runs PyTorch over everything that has a counterpart there, and writes the record.

Run it as ``python -m nnedu.parity.record_torch`` after ``pip install torch``.
"""

import json
import platform
from datetime import date
from pathlib import Path

import numpy as np

from nnedu._typing import Array
from nnedu.parity.frameworks import framework, run
from nnedu.parity.functions import FUNCTIONS, SCHEDULES, run_torch, schedule_values
from nnedu.parity.pairs import PAIRS, SETTINGS
from nnedu.parity.record import COMMAND, Record
from nnedu.parity.trajectory import Trajectory


def make() -> Record:
    """Run PyTorch over everything that has a counterpart there.

    Raises
    ------
    ModuleNotFoundError
        If torch is missing.
    """
    torch = framework("torch")
    trajectory = Trajectory.hard()
    arrays: dict[str, Array] = {}
    for pair in PAIRS:
        if pair.framework == "torch":
            for i, numbers in enumerate(SETTINGS[pair.rule]):
                arrays[f"{pair.rule}/{i}"] = run(pair, numbers, trajectory)
    for name, function in FUNCTIONS.items():
        for part, value in run_torch(function).items():
            arrays[f"functions/{name}/{part}"] = value
    for name, case in SCHEDULES.items():
        if "torch" in case.theirs:
            arrays[f"schedules/{name}"] = schedule_values(case, "torch")
    about = {
        "command": COMMAND,
        "date": date.today().isoformat(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "settings": {name: list(settings) for name, settings in SETTINGS.items()},
    }
    return Record(about, trajectory, arrays)


def save(record: Record, path: Path) -> None:
    """Write a record."""
    given = record.trajectory
    named = {"about": np.array(json.dumps(record.about)), **record.arrays}
    np.savez_compressed(path, theta=given.theta, g=given.g, lr=given.lr, **named)  # type: ignore[arg-type]


if __name__ == "__main__":
    where = Path(__file__).parent / "data" / "torch.npz"
    made = make()
    save(made, where)
    print(f"{where}: {len(made.arrays)} arrays, PyTorch {made.about['torch']}")
