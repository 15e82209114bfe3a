"""Workers on a Dask cluster, for a class that has outgrown one machine.

Every worker machine needs the same version of nnedu, and of what the lesson imports, as the
machine that grades; that is checked before anything is sent. A worker that is lost midway
costs a retry: Dask gives its work to another.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import platform
from concurrent.futures import Future
from typing import Any

from nnedu.grading.remote import HelperLost, run_remotely
from nnedu.grading.sandbox import sandbox_problem

WAIT = 30.0
"""Seconds for the scheduler to answer and for the first worker to be there."""


class ClusterProblem(Exception):
    """The cluster cannot be used; the message says what to do."""


def facts(imports: tuple[str, ...]) -> dict[str, str]:
    """Return what must be the same on every machine for grades to be the same."""
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in ("nnedu", "numpy", "nbval", *imports):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _examine(imports: tuple[str, ...], sandbox: bool) -> tuple[dict[str, str], str]:
    """Return a worker's facts, and why its sandbox does not work (or nothing)."""
    return facts(imports), (sandbox_problem() or "") if sandbox else ""


class ClusterWorkers:
    """The workers of a Dask scheduler.

    Parameters
    ----------
    address : str
        Of the scheduler, as ``tcp://10.0.0.1:8786``.
    imports : tuple of str
        What the lesson imports: each machine lays it out for its own kernels.
    sandbox : bool

    Raises
    ------
    ClusterProblem
        If it does not answer, has no workers, or a worker could give other grades.
    """

    def __init__(self, address: str, imports: tuple[str, ...], sandbox: bool) -> None:
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise ClusterProblem(
                "--cluster needs Dask, which is not installed: `pip install 'nnedu[cluster]'`."
            ) from error
        self._imports = imports
        self.lost: tuple[type[BaseException], ...] = (distributed.KilledWorker, HelperLost)
        self.address = address
        try:
            client: Any = distributed.Client  # declares no types
            self._client: Any = client(address, timeout=WAIT, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ClusterProblem(
                f"No Dask scheduler answers at {address} ({str(error)[:200]}); expected an address "
                "such as tcp://10.0.0.1:8786, which `dask scheduler` prints."
            ) from error
        try:
            self._examine_all(sandbox)
        except BaseException:
            self._client.close(timeout=2)
            raise
        self._executor: Any = self._client.get_executor(pure=False, retries=2)

    def _examine_all(self, sandbox: bool) -> None:
        """Look at every worker before anything is sent."""
        try:
            self._client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError as error:
            raise ClusterProblem(
                f"The scheduler at {self.address} has no workers; start some with "
                f"`dask worker {self.address}`."
            ) from error
        ours = facts(self._imports)
        for worker, (theirs, problem) in self._client.run(_examine, self._imports, sandbox).items():
            different = [
                f"{name} {theirs.get(name, 'missing')} (here {ours.get(name, 'missing')})"
                for name in sorted(set(ours) | set(theirs))
                if ours.get(name) != theirs.get(name)
            ]
            if different:
                raise ClusterProblem(
                    f"Worker {worker} has {', '.join(different)}; expected the same as here, or "
                    "grades could differ. Install the same lock file there."
                )
            if problem:
                raise ClusterProblem(f"Worker {worker} has no sandbox: {problem}")

    @property
    def width(self) -> int:
        """Two jobs for every thread that the cluster has at the moment."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return max(2, 2 * sum(int(worker["nthreads"]) for worker in workers))

    def submit(self, job: str) -> Future[str]:
        """Begin one job somewhere."""
        data = json.loads(job)
        del data["runtime"]  # paths of this machine
        text = json.dumps({"job": data, "imports": self._imports, "facts": facts(self._imports)})
        future: Future[str] = self._executor.submit(run_remotely, text)
        return future

    def renew(self) -> bool:
        """Nothing to replace: Dask gave the other jobs of a lost worker to others."""
        return False

    def close(self) -> None:
        """Leave the cluster as it is; it is not ours."""
        self._executor.shutdown(wait=False)
        self._client.close(timeout=5)

    def stop(self) -> None:
        """Call back what is under way, and leave."""
        # The scheduler may be gone already; that is said elsewhere.
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=False)
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)
