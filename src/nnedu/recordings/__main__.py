"""Measure on this machine and keep what comes out: ``python -m nnedu.recordings NAME``.

``KERAS_BACKEND`` chooses the backend. ``--out FILE`` writes elsewhere than into the package.
"""

import argparse
from importlib import import_module
from pathlib import Path

from nnedu._check import known
from nnedu.device import find_device
from nnedu.recordings.recording import keep, load_now, made

NAMES = ("memory_precision",)


def main(arguments: list[str] | None = None) -> None:
    """Measure, print a line for each result, and write the recording."""
    parser = argparse.ArgumentParser(prog="python -m nnedu.recordings", description=__doc__)
    parser.add_argument("name", help=f"one of {', '.join(NAMES)}")
    parser.add_argument("--out", type=Path, help="the file to write")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: try the command itself")
    given = parser.parse_args(arguments)
    known("name", given.name, NAMES)
    device, load = find_device(), load_now()
    print(device)
    measure = import_module(f"nnedu.recordings.{given.name}").measure
    results = measure(device, quick=given.quick)
    path = keep(given.name, made(device, given.name, results, load), given.out)
    print(f"kept in {path}")


if __name__ == "__main__":
    main()
