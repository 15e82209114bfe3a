"""What a contest found, read from its record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from nnedu.races import Contestant, Race, Result


@dataclass(frozen=True)
class Recording:
    """A contest as it was recorded.

    Attributes
    ----------
    races : dict of str to Race
        By task.
    provenance : dict of str to dict
        By task: command, date, seconds, machine and versions.
    """

    races: Mapping[str, Race]
    provenance: Mapping[str, Mapping[str, Any]]


def recorded(name: str) -> Recording:
    """Read what a contest found.

    Parameters
    ----------
    name : str
        Such as ``"beyond_adam"``.

    Returns
    -------
    Recording

    Raises
    ------
    FileNotFoundError
        If it has not been recorded.
    """
    stored = json.loads(files("nnedu.contests").joinpath("data", f"{name}.json").read_text())
    races = {key: _race(entry) for key, entry in stored.items()}
    return Recording(races, {key: entry["provenance"] for key, entry in stored.items()})


def _race(entry: Mapping[str, Any]) -> Race:
    limit = entry["limit"]
    results = []
    for row in entry["results"]:
        contestant = Contestant(row["title"], row["rule"], row["settings"])
        times = np.array(row["times"], dtype=float)
        missed, tuning = np.array(row["missed"]), np.array(row["tuning"], dtype=float)
        results.append(Result(contestant, row["chosen"], times, missed, tuning))
    return Race(tuple(results), limit, entry["margin"])
