"""Run a chapter's contest and write down what it found: ``python -m nnedu.contests.record NAME``.

``NAME`` is a module of this package with ``TASKS`` and the rules of its races; names of tasks
behind it renew these alone.
"""

import argparse
import json
import platform
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nnedu.races import Race


def _entry(race: Race, provenance: Mapping[str, Any]) -> dict[str, Any]:
    results = [
        {
            "title": result.contestant.title,
            "rule": result.contestant.rule,
            "settings": [dict(setting) for setting in result.contestant.settings],
            "chosen": dict(result.chosen),
            "times": result.times.astype(int).tolist(),
            "missed": result.missed.tolist(),
            "tuning": result.tuning.astype(int).tolist(),
        }
        for result in race.results
    ]
    return {
        "limit": race.limit,
        "margin": race.margin,
        "provenance": dict(provenance),
        "results": results,
    }


def record(name: str, keys: Sequence[str]) -> None:
    """Race the tasks of a contest, or those named, and write the results.

    Parameters
    ----------
    name : str
        A module of this package.
    keys : sequence of str
        Tasks; all of them if empty.
    """
    contest = import_module(f"nnedu.contests.{name}")
    path = Path(__file__).parent / "data" / f"{name}.json"
    for key in keys or list(contest.TASKS):
        begin = time.perf_counter()
        race = contest.TASKS[key].race(
            tuning_seeds=contest.TUNING_SEEDS,
            race_seeds=contest.RACE_SEEDS,
            margin=contest.MARGIN,
        )
        provenance = {
            "command": f"python -m nnedu.contests.record {name} {key}",
            "date": datetime.now(UTC).date().isoformat(),
            "seconds": round(time.perf_counter() - begin),
            "machine": f"{platform.system()} {platform.machine()}, one core",
            "versions": {"python": platform.python_version(), "numpy": version("numpy")},
        }
        stored = json.loads(path.read_text()) if path.exists() else {}
        stored[key] = _entry(race, provenance)
        path.write_text(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("tasks", nargs="*")
    given = parser.parse_args()
    record(given.name, given.tasks)
