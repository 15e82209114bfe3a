"""Groups of processes: they speak, they are bounded in time, and none is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nnedu.distributed import fit_link, heard, run_workers
from nnedu.distributed.measure import measure, recorded

SAMPLE = "tests.distributed.sample_worker"
HOUSE = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def _find_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{HOUSE}{os.pathsep}{HOUSE / 'src'}")


def gone(pid: int) -> bool:
    """Whether the process has ended, or does within ten seconds."""
    for _ in range(1000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_each_knows_who_it_is_and_who_the_others_are() -> None:
    ended = run_workers(SAMPLE, {"deeds": ["end", "end"]}, n=2, timeout=60)
    said = [heard(each)[0] for each in ended]
    assert [each["rank"] for each in said] == [0, 1]
    configs = [json.loads(each["config"]) for each in said]
    assert configs[0]["cluster"] == configs[1]["cluster"]
    assert [config["task"]["index"] for config in configs] == [0, 1]
    assert [each.code for each in ended] == [0, 0]


@pytest.mark.parametrize("deed", ["fail", "die"])
def test_when_one_fails_the_others_are_ended(deed: str) -> None:
    begin = time.monotonic()
    ended = run_workers(SAMPLE, {"deeds": [deed, "wait"]}, n=2, timeout=120, may_fail=True)
    assert time.monotonic() - begin < 100
    assert ended[0].code == (1 if deed == "fail" else -signal.SIGKILL)
    assert ended[1].code == -signal.SIGKILL
    assert all(gone(heard(each)[0]["pid"]) for each in ended if heard(each))


def test_a_failure_is_told_with_its_own_words() -> None:
    with pytest.raises(RuntimeError, match="this one was told to fail"):
        run_workers(SAMPLE, {"deeds": ["wait", "fail"]}, n=2, timeout=120)


def test_a_file_runs_as_well(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from nnedu.distributed.workers import say, this_worker\nsay(**this_worker())\n"
    )
    (only,) = run_workers(program, {"word": "hello"}, n=1, timeout=60)
    assert heard(only)[0]["word"] == "hello"


def test_what_is_missing_is_said_before_anything_starts() -> None:
    with pytest.raises(ModuleNotFoundError, match="need never_heard_of"):
        run_workers(SAMPLE, {"deeds": []}, n=2, timeout=1, needs=["never_heard_of"])


def test_who_is_too_slow_is_ended() -> None:
    pids = []

    def watch(rank: int, line: str, kill: object) -> None:
        pids.append(json.loads(line)["pid"])

    with pytest.raises(TimeoutError, match=r"workers \[0\] of 1 were not done after 3 s"):
        run_workers(SAMPLE, {"deeds": ["wait"]}, n=1, timeout=3, watch=watch)
    assert all(gone(pid) for pid in pids)


def test_a_worker_can_be_killed_at_a_line() -> None:
    def watch(rank: int, line: str, kill) -> None:
        if rank == 1:
            kill()

    ended = run_workers(
        SAMPLE, {"deeds": ["wait", "wait"]}, n=2, timeout=120, watch=watch, may_fail=True
    )
    assert ended[1].code == -signal.SIGKILL


def test_an_interrupt_leaves_nobody() -> None:
    pids = []

    def interrupted(rank: int, line: str, kill: object) -> None:
        pids.append(json.loads(line)["pid"])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_workers(SAMPLE, {"deeds": ["wait", "wait"]}, n=2, timeout=60, watch=interrupted)
    assert pids
    assert all(gone(pid) for pid in pids)


def test_the_death_of_the_starter_leaves_nobody() -> None:
    program = (
        "from nnedu.distributed import run_workers\n"
        f"run_workers({SAMPLE!r}, {{'deeds': ['wait']}}, n=1, timeout=600,\n"
        "            watch=lambda rank, line, kill: print(line, flush=True))\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    with starter.stdout:
        pid = json.loads(starter.stdout.readline())["pid"]
        starter.kill()
        starter.wait()
        assert gone(pid)


@pytest.mark.parametrize("kind", ["ring", "server"])
def test_real_processes_exchange_and_check_their_sums(kind: str) -> None:
    # Each worker raises unless every entry is the sum; odd sizes make chunks unequal.
    seconds = measure(kind, 3, [1, 1000, 100_003], rounds=2, timeout=120)
    assert len(seconds) == 3
    assert min(seconds) > 0


def test_the_record_says_where_it_comes_from() -> None:
    found = recorded()
    assert {"command", "date", "machine", "versions", "rate", "wait"} <= set(found["provenance"])
    rows = [row for row in found["loopback"] if row["kind"] == "ring" and row["n"] == 2]
    size = np.array([row["bytes"] for row in rows]) / 2
    link = fit_link(np.full(len(rows), 2), size, np.array([row["seconds"] for row in rows]))
    assert 1e-7 < link.alpha < 1e-2
    assert 1e8 < 1 / link.beta < 1e12
