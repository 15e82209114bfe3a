"""The recorded runs of PyTorch, which is too large to install for a test.

One file a family. ``python -m nnedu.parity.record_torch FAMILY`` makes one anew; it needs
``pip install torch``.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from nnedu._typing import Array
from nnedu.parity.trajectory import Trajectory

COMMAND = "python -m nnedu.parity.record_torch"


@dataclass(frozen=True)
class Record:
    """What PyTorch did with one family, once.

    Attributes
    ----------
    family : str
        ``"optimizers"``, ``"losses"``, ...
    about : dict
        Versions, date, the command, and for optimizers the settings at the time.
    arrays : dict of str to array
        By case: ``"adam/0"`` is the path of that rule's counterpart in its setting 0,
        ``"mse/d0"`` the first gradient of a function, ``"cosine"`` a schedule's values.
    """

    family: str
    about: dict[str, Any]
    arrays: dict[str, Array]

    @property
    def trajectory(self) -> Trajectory:
        """The gradients that optimizers were given."""
        return Trajectory(*(self.arrays[name] for name in ("theta", "g", "lr")))

    def path(self, rule: str, setting: int, numbers: dict[str, float]) -> Array:
        """The recorded parameters after each update.

        Raises
        ------
        KeyError
            If it is not in the record, or was recorded for other numbers.
        """
        key = f"{rule}/{setting}"
        if key not in self.arrays or self.about["settings"][rule][setting] != numbers:
            raise KeyError(
                f"PyTorch's run of {rule} in setting {numbers} is not recorded. "
                f"Record it anew, with torch installed: {COMMAND} {self.family}"
            )
        return self.arrays[key]


def load(family: str) -> Record:
    """Read a record that comes with the package.

    Raises
    ------
    FileNotFoundError
        If this family has none.
    """
    with files("nnedu.parity").joinpath(f"data/torch_{family}.npz").open("rb") as file:
        arrays = dict(np.load(file, allow_pickle=False))
    return Record(family, json.loads(str(arrays.pop("about"))), arrays)
