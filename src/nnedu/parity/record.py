"""The recorded run of PyTorch, which is too large to install for a test.

``python -m nnedu.parity.record_torch`` makes it anew; it needs ``pip install torch``.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.pairs import SETTINGS
from nnedu.parity.trajectory import Trajectory

COMMAND = "python -m nnedu.parity.record_torch"


@dataclass(frozen=True)
class Record:
    """What PyTorch did, once.

    Attributes
    ----------
    about : dict
        Versions, date, the command, and the settings at the time.
    trajectory : Trajectory
        The gradients that were used.
    arrays : dict of str to array
        ``"adam/0"``: the path of that rule's counterpart in its setting 0;
        ``"functions/mse/d0"``, ``"schedules/cosine"``.
    """

    about: dict[str, Any]
    trajectory: Trajectory
    arrays: dict[str, Array]

    def path(self, rule: str, setting: int) -> Array:
        """The recorded parameters after each update.

        Raises
        ------
        KeyError
            If it is not in the record, or was recorded for other numbers.
        """
        key = f"{rule}/{setting}"
        if (
            key not in self.arrays
            or self.about["settings"][rule][setting] != SETTINGS[rule][setting]
        ):
            raise KeyError(
                f"PyTorch's run of {rule} in setting {SETTINGS[rule][setting]} is not recorded. "
                f"Record it anew, with torch installed: {COMMAND}"
            )
        return self.arrays[key]


def load() -> Record:
    """Read the record that comes with the package."""
    with files("nnedu.parity").joinpath("data/torch.npz").open("rb") as file:
        arrays = dict(np.load(file, allow_pickle=False))
    about = json.loads(str(arrays.pop("about")))
    trajectory = Trajectory(arrays.pop("theta"), arrays.pop("g"), arrays.pop("lr"))
    return Record(about, trajectory, arrays)
