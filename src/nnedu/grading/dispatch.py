"""Handing notebooks to workers, wherever those are, and losing none when a worker is lost.

What travels to a worker is the text of a job (cells, limits, the checks' seeds), and what comes
back is the text of its outcomes. Expected values never leave the grading process, and nothing
that a notebook produced is unpickled in it.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from nnedu.grading.runner import stop_now, submit, worker_pool

Key = TypeVar("Key")


class WorkerLost(Exception):
    """A job's worker was lost, and lost again when the job was run alone."""


class WorkersGone(Exception):
    """All workers went away for good, as when a cluster's scheduler ends."""


class Workers(Protocol):
    """Something that runs jobs.

    Attributes
    ----------
    width : int
        Jobs worth having under way at a time.
    lost : tuple of exception types
        What a job's future raises when its worker was lost.
    """

    lost: tuple[type[BaseException], ...]

    @property
    def width(self) -> int:
        """Jobs worth having under way at a time."""

    def submit(self, job: str) -> Future[str]:
        """Begin one job."""

    def renew(self) -> bool:
        """Replace lost workers; say whether all jobs under way were lost with them."""

    def close(self) -> None:
        """End the workers, who have nothing to do."""

    def stop(self) -> None:
        """End the workers at once, whatever they do."""


class LocalWorkers:
    """Processes on this machine.

    Parameters
    ----------
    number : int
        Each runs one kernel at a time.
    """

    lost: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, number: int, start: Callable[[int], Executor] = worker_pool) -> None:
        self.number = number
        self._start = start
        self._pool = start(number)

    @property
    def width(self) -> int:
        """One job per worker, and one that waits: all are run again when a worker is lost."""
        return 2 * self.number

    def submit(self, job: str) -> Future[str]:
        """Begin one job."""
        return submit(self._pool, job)

    def renew(self) -> bool:
        """Replace the pool: one lost process breaks all of it."""
        stop_now(self._pool)
        self._pool = self._start(self.number)
        return True

    def close(self) -> None:
        """End the workers, who have nothing to do."""
        self._pool.shutdown(wait=True)

    def stop(self) -> None:
        """End the workers at once, whatever they do."""
        stop_now(self._pool)


@contextlib.contextmanager
def open_workers(
    number: int, cluster: str | None, imports: tuple[str, ...], sandbox: bool
) -> Iterator[Workers]:
    """Give workers, and end them: at once where something went wrong.

    Parameters
    ----------
    number : int
        Processes on this machine.
    cluster : str or None
        Address of a Dask scheduler, whose workers are used instead.
    imports : tuple of str
        What the lesson imports.
    sandbox : bool
    """
    workers: Workers
    if cluster is None:
        workers = LocalWorkers(number)
    else:
        from nnedu.grading.cluster import ClusterWorkers

        workers = ClusterWorkers(cluster, imports, sandbox)
    try:
        yield workers
    except BaseException:
        workers.stop()
        raise
    workers.close()


def dispatch(
    workers: Workers, jobs: Iterable[tuple[Key, str]]
) -> Iterator[tuple[Key, str | Exception]]:
    """Run jobs and yield what each returned, as it comes.

    Jobs are taken from `jobs` as workers become free, so that a class need not fit in memory.
    When a worker is lost, the jobs that may have caused it are run again one at a time: who kills
    a worker takes nobody along, and only who does so twice gets no result.

    Parameters
    ----------
    workers : Workers
    jobs : iterable of (key, str)

    Yields
    ------
    (key, str or Exception)
        The outcomes' text; `WorkerLost`, or what the job raised.
    """
    source = iter(jobs)
    under_way: dict[Future[str], tuple[Key, str, bool]] = {}
    suspects: deque[tuple[Key, str]] = deque()
    exhausted = False
    while True:
        while not suspects and not exhausted and len(under_way) < workers.width:
            try:
                key, job = next(source)
            except StopIteration:
                exhausted = True
                break
            under_way[_submit(workers, job)] = (key, job, False)
        if suspects and not under_way:
            key, job = suspects.popleft()
            under_way[_submit(workers, job)] = (key, job, True)
        if not under_way:
            return
        finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
        if any(isinstance(_error(future), workers.lost) for future in finished) and workers.renew():
            # All of them end now: done before the loss, or lost with it.
            finished, _ = wait(under_way)
        for future in finished:
            key, job, alone = under_way.pop(future)
            error = _error(future)
            if error is None:
                yield key, future.result()
            elif not isinstance(error, workers.lost):
                if not isinstance(error, Exception):
                    raise error
                yield key, error
            elif alone:
                yield key, WorkerLost("The grader's worker process was lost twice.")
            else:
                suspects.append((key, job))


def _submit(workers: Workers, job: str) -> Future[str]:
    """Begin one job; workers that were lost while idle are replaced."""
    try:
        return workers.submit(job)
    except workers.lost as error:
        lost: Future[str] = Future()
        lost.set_exception(error)
        return lost


def _error(future: Future[str]) -> BaseException | None:
    """Return what a finished job raised."""
    try:
        return future.exception()
    except CancelledError as error:
        raise WorkersGone(
            "The workers went away while notebooks were being graded (has the cluster's scheduler "
            "ended?). What was graded is recorded: run the same command again to continue."
        ) from error
