"""No job is lost with a worker, none is run twice for nothing, and a killer takes nobody along."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from nnedu.grading import runner as module
from nnedu.grading.dispatch import LocalWorkers, WorkerLost, WorkersGone, dispatch


def behave(job: str) -> str:
    """Do what the job says: a stand-in for a notebook's run."""
    kind, _, rest = job.partition(" ")
    if kind == "kill":
        os._exit(9)
    if kind == "kill-once" and not Path(rest).exists():
        Path(rest).touch()
        os._exit(9)
    if kind == "raise":
        raise ValueError(rest)
    return f"done {job}"


def pool(number: int) -> Executor:
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"))


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "run_job", behave)


def collect(jobs: list[str]) -> dict[int, str | Exception]:
    workers = LocalWorkers(2, start=pool)
    try:
        results = list(dispatch(workers, enumerate(jobs)))
    finally:
        workers.close()
    assert Counter(key for key, _ in results) == Counter(range(len(jobs)))
    return dict(results)


def test_losses(tmp_path: Path) -> None:
    jobs = [f"a {k}" for k in range(6)]
    jobs += [f"kill-once {tmp_path / 'once'}", "kill", "raise oh", *(f"b {k}" for k in range(6))]
    found = collect(jobs)
    for number, job in enumerate(jobs):
        if job == "kill":
            assert isinstance(found[number], WorkerLost)
        elif job == "raise oh":
            assert str(found[number]) == "oh"
        else:
            assert found[number] == f"done {job}"


def test_jobs_are_taken_as_workers_become_free() -> None:
    taken: list[int] = []

    def jobs():  # type: ignore[no-untyped-def]
        for number in range(12):
            taken.append(number)
            yield number, f"a {number}"

    workers = LocalWorkers(1, start=pool)
    try:
        seen = 0
        for _ in dispatch(workers, jobs()):
            seen += 1
            assert len(taken) <= seen + workers.width
    finally:
        workers.close()
    assert seen == 12


def test_a_cluster_that_ended_is_named() -> None:
    class Gone(LocalWorkers):
        def submit(self, job: str) -> Future[str]:
            future: Future[str] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    workers = Gone(1, start=pool)
    try:
        with pytest.raises(WorkersGone, match="run the same command again"):
            list(dispatch(workers, [("a", "a")]))
    finally:
        workers.close()
