"""A Dask scheduler and two workers on this machine: one is killed midway, no grade changes."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnedu.grading import cluster
from tests.grading_class.helpers import (
    SEED,
    SIZE,
    after,
    descendants,
    kill,
    recorded,
    run,
    start,
    wait_for,
    wait_until_gone,
)
from tests.needs import require


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.log = open(folder / "log", "wb")  # noqa: SIM115
        self.processes = [self.begin("scheduler", "--host", "127.0.0.1", "--port", "0")]
        wait_for(self.file.exists)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = [self.worker(), self.worker()]

    def worker(self) -> subprocess.Popen[str]:
        return self.begin("worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")

    def begin(self, kind: str, *more: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard"]
        line += ["--scheduler-file", str(self.file), *more]
        process = subprocess.Popen(
            line, stdout=self.log, stderr=self.log, text=True, start_new_session=True
        )
        if kind == "worker":
            self.processes.append(process)
        return process

    def end(self) -> None:
        left = [pid for process in self.processes for pid in descendants(process)]
        for process in self.processes:
            if process.poll() is None:
                kill(process)
            process.wait()
        self.log.close()
        assert wait_until_gone(left) == []


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    require("distributed")
    made = Cluster(tmp_path)
    yield made
    made.end()


def test_a_worker_killed_midway_costs_a_retry(
    tmp_path: Path, dask: Cluster, uninterrupted: tuple[Path, Path]
) -> None:
    folder, local = uninterrupted
    out = tmp_path / "out"
    process = start(folder, out, "--seed", SEED, "--cluster", dask.address)
    wait_for(lambda: after(2)(out) or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    busy = next(worker for worker in dask.workers if descendants(worker))
    left = descendants(busy)
    kill(busy)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert wait_until_gone(left) == []
    assert (out / "grades.csv").read_bytes() == (local / "grades.csv").read_bytes()
    assert set(recorded(out).values()) == {1}
    assert len(recorded(out)) == SIZE + 1
    record = json.loads((out / "run.json").read_text())
    assert record["workers"] == dask.address


def test_a_scheduler_that_ends_loses_nothing(
    tmp_path: Path, dask: Cluster, uninterrupted: tuple[Path, Path]
) -> None:
    folder, local = uninterrupted
    out = tmp_path / "out"
    process = start(folder, out, "--seed", SEED, "--cluster", dask.address)
    wait_for(lambda: after(2)(out) or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    kill(dask.processes[0])
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 2, said
    assert "run the same command again" in said
    done = run(folder, out)
    assert done.returncode == 0, done.stderr
    assert (out / "grades.csv").read_bytes() == (local / "grades.csv").read_bytes()
    assert set(recorded(out).values()) == {1}


def test_no_scheduler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    require("distributed")
    monkeypatch.setattr(cluster, "WAIT", 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(cluster.ClusterProblem, match=r"No Dask scheduler answers at tcp://127"):
            cluster.ClusterWorkers("tcp://127.0.0.1:9", (), False)


def test_without_dask_the_way_to_get_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(cluster.ClusterProblem, match=r"pip install 'nnedu\[cluster\]'"):
        cluster.ClusterWorkers("tcp://127.0.0.1:9", (), False)
