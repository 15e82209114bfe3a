"""What one machine measured, and how it is kept."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from nnedu.device import Device

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy")


@dataclass(frozen=True)
class Recording:
    """One run of a chapter's measurements.

    Attributes
    ----------
    device : str
        What it ran on: the GPU's name, or the CPU's architecture and number of cores.
    kind : {"gpu", "cpu"}
    backend : {"tensorflow", "jax", "torch"}
        Keras's.
    date : str
        Such as ``"2026-11-28"``.
    command : str
        What was typed.
    versions : dict of str to str
        Of the packages involved, and of Python.
    load : float, optional
        What else the machine was doing: the load average when the run began, where it is known.
    results : dict
        Whatever the measurements return.
    """

    device: str
    kind: str
    backend: str
    date: str
    command: str
    versions: Mapping[str, str]
    load: float | None
    results: Mapping[str, Any]

    @property
    def label(self) -> str:
        """What a page writes beside the numbers."""
        return f"recorded {self.date} on {self.device}, Keras on {self.backend}"


def made(device: Device, name: str, results: Mapping[str, Any], load: float | None) -> Recording:
    """A recording of now.

    Parameters
    ----------
    device : Device
        What the measurements ran on.
    name : str
        Of the measurements.
    results : dict
    load : float or None
        The load average when they began.

    Returns
    -------
    Recording
    """
    cpu = f"CPU ({platform.machine()}, {device.cores} cores)"
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return Recording(
        device=" + ".join(gpu.name for gpu in device.gpus) or cpu,
        kind=device.kind,
        backend=device.backend,
        date=datetime.now(UTC).date().isoformat(),
        command=f"KERAS_BACKEND={device.backend} python -m nnedu.recordings {name}",
        versions=versions,
        load=load,
        results=results,
    )


def load_now() -> float | None:
    """The machine's load average over the last minute, where the system tells."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def kept(name: str) -> Path:
    """Where the recordings of these measurements lie.

    Parameters
    ----------
    name : str
        Such as ``"memory_precision"``.

    Returns
    -------
    pathlib.Path
    """
    return Path(str(files("nnedu.recordings"))) / "data" / f"{name}.json"


def recordings(name: str, path: Path | None = None) -> tuple[Recording, ...]:
    """Every recording of these measurements, GPUs first.

    Parameters
    ----------
    name : str
        Such as ``"memory_precision"``.
    path : pathlib.Path, optional
        Another file than the package's own.

    Returns
    -------
    tuple of Recording
        Empty if there is none.
    """
    path = path or kept(name)
    if not path.exists():
        return ()
    return tuple(Recording(**each) for each in json.loads(path.read_text("utf-8")))


def keep(name: str, recording: Recording, path: Path | None = None) -> Path:
    """Add a recording, in the place of an earlier one of the same device and backend.

    Parameters
    ----------
    name : str
    recording : Recording
    path : pathlib.Path, optional
        Another file than the package's own.

    Returns
    -------
    pathlib.Path
        Of what was written.
    """
    path = path or kept(name)
    mine = (recording.device, recording.backend)
    others = [r for r in recordings(name, path) if (r.device, r.backend) != mine]
    every = sorted([*others, recording], key=lambda r: (r.kind != "gpu", r.device, r.backend))
    path.write_text(json.dumps([asdict(each) for each in every], indent=1) + "\n", "utf-8")
    return path
