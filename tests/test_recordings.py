"""Recordings: kept with their provenance, one for each device and backend; the command runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnedu.device import Device, Gpu
from nnedu.recordings import kept, recordings
from nnedu.recordings.memory_precision import DEPTH, POLICIES, SEGMENTS
from nnedu.recordings.recording import keep, made
from tests.needs import require

CPU = Device("jax", cores=4)
GPU = Device("tensorflow", (Gpu("A100", (8, 0)),), cores=16)


def test_a_recording_says_where_when_and_how_it_was_made() -> None:
    cpu, gpu = (made(device, "x", {"a": 1}, 0.5) for device in (CPU, GPU))
    assert cpu.device.startswith("CPU (")
    assert "4 cores" in cpu.device
    assert (gpu.device, gpu.kind, gpu.backend) == ("A100", "gpu", "tensorflow")
    assert gpu.command == "KERAS_BACKEND=tensorflow python -m nnedu.recordings x"
    assert {"python", "numpy"} <= set(cpu.versions)
    assert gpu.label == f"recorded {gpu.date} on A100, Keras on tensorflow"


def test_a_later_run_on_the_same_device_and_backend_takes_the_earlier_ones_place(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.json"
    assert recordings("x", path) == ()
    for device, value in ((CPU, 1), (GPU, 2), (CPU, 3), (Device("torch", cores=4), 4)):
        keep("x", made(device, "x", {"a": value}, None), path)
    found = [(each.kind, each.backend, each.results["a"]) for each in recordings("x", path)]
    assert found == [("gpu", "tensorflow", 2), ("cpu", "jax", 3), ("cpu", "torch", 4)]


def test_the_recordings_that_come_along_are_complete() -> None:
    assert kept("memory_precision").exists()
    found = recordings("memory_precision")
    assert {each.backend for each in found} >= {"tensorflow", "jax"}
    for each in found:
        speed, memory = each.results["throughput"], each.results["memory"]
        assert set(speed["rates"]) == set(POLICIES)
        for rates in speed["rates"].values():
            assert len(rates) == len(speed["batches"])
            assert min(rates) > 0
        assert memory["depth"] == DEPTH
        cases = [(step["policy"], step["segments"]) for step in memory["steps"]]
        assert cases == [(p, k) for p in POLICIES[:2] for k in SEGMENTS]
        assert all(step["bytes"] is None or step["bytes"] >= 0 for step in memory["steps"])


@pytest.mark.parametrize(("backend", "needs"), [("tensorflow", "tensorflow"), ("jax", "optax")])
def test_the_command_runs(backend: str, needs: str, tmp_path: Path) -> None:
    require(needs)
    path = tmp_path / "out.json"
    done = subprocess.run(
        [sys.executable, "-m", "nnedu.recordings", "memory_precision", "--quick", "--out", path],
        env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (recording,) = json.loads(path.read_text())
    assert recording["backend"] == backend
    rates = recording["results"]["throughput"]["rates"]
    assert all(rate > 0 for row in rates.values() for rate in row)
    first, second = recording["results"]["memory"]["steps"]
    assert (first["segments"], second["segments"]) == (0, 6)
    assert first["seconds"] > 0 < second["seconds"]


def test_an_unknown_name_is_refused() -> None:
    from nnedu.recordings.__main__ import main

    with pytest.raises(ValueError, match="unknown name 'memory'"):
        main(["memory"])
