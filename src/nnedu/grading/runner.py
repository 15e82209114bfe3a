"""nbval runs a notebook; what its cells printed comes back as plain data.

nbval is a pytest plugin. It is run in this process with nothing else loaded, on a notebook
written for the run: code cells without stored outputs, so that it has nothing to compare.
Comparing is somebody else's job, in another process, because expected values must not be
where a student's code may look.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context, resource_tracker
from pathlib import Path
from typing import Any

from nnedu.grading.documents import printable
from nnedu.grading.lifeline import temporary_folder
from nnedu.grading.rebuild import Step
from nnedu.grading.runtime import Runtime
from nnedu.grading.sandbox import Limits
from nnedu.lesson import HAND_IN_MIME, MAX_HANDED_IN

MAX_TEXT = 2**17
"""Characters of standard output that a cell may print."""

CAUSES = {
    "timeout": "it ran longer than {cell:g} s and could not be interrupted",
    "total": "the notebook used up its {total:g} s",
    "output": "it printed more than {output} bytes",
    "died": "the kernel process ended (os._exit, a crash, or too much memory)",
    "files": "it wrote files into the grader's folder",
    "inodes": "it made too many files (more than {inodes})",
    "processes": "it started too many processes (more than {processes})",
    "memory": "its processes took more than {memory} megabytes together",
    "start": "the kernel did not start",
}


@dataclass
class Outcome:
    """What became of one cell.

    Parameters
    ----------
    status : {"ok", "error", "timeout", "stopped", "not reached"}
        "stopped" if this cell ended the kernel, "not reached" for those after it.
    stdout : str
    error : str
        Type and message of the exception, or why the kernel was stopped.
    handed_in : list of dict
        What `nnedu.lesson.hand_in` sent, unchecked.
    seconds : float
    """

    status: str = "not reached"
    stdout: str = ""
    error: str = "the notebook ended before this cell"
    handed_in: list[Any] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Job:
    """A notebook to run.

    Parameters
    ----------
    steps : list of Step
    runtime : Runtime
    limits : Limits
    sandbox : bool
    """

    steps: list[Step]
    runtime: Runtime
    limits: Limits
    sandbox: bool

    def to_json(self) -> str:
        """Return the job as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Return the job that a text describes."""
        data = json.loads(text)
        return cls(
            [Step(**step) for step in data["steps"]],
            Runtime(**data["runtime"]),
            Limits(**data["limits"]),
            data["sandbox"],
        )


def run_job(text: str) -> str:
    """Run one job in this process; JSON in, JSON out.

    Out come ``outcomes`` (one `Outcome` per step) and ``cold``: why the kernel was started from
    nothing, or an empty text if it was forked from a warm process.
    """
    outcomes, cold = run_steps(Job.from_json(text))
    return json.dumps({"outcomes": [asdict(outcome) for outcome in outcomes], "cold": cold})


def outcomes_from(text: str, steps: list[Step]) -> list[Outcome]:
    """Return what `run_job` returned, checked to fit the steps."""
    outcomes = [Outcome(**item) for item in json.loads(text)["outcomes"]]
    if len(outcomes) != len(steps):
        raise ValueError(f"{len(outcomes)} outcomes for {len(steps)} cells")
    return outcomes


def cold_from(text: str) -> str:
    """Return why the kernel of a job was started from nothing; empty if it was forked."""
    return str(json.loads(text)["cold"])


def worker_pool(workers: int, own_processors: bool = True) -> Executor:
    """Return a pool of processes in which `run_job` may run.

    The workers start from nothing ("spawn"): forked ones would carry this process's memory,
    expected values included, one system call away from a student's code.

    Parameters
    ----------
    workers : int
    own_processors : bool
        Whether the kernels of each are kept on one processor.
    """
    context = get_context("spawn")
    return ProcessPoolExecutor(
        workers, mp_context=context, initializer=prepare_worker, initargs=(own_processors,)
    )


def submit(pool: Executor, job: str) -> Future[str]:
    """Have a worker of `worker_pool` run a job.

    Submitting may start a worker, and until that has got as far as ignoring Ctrl-C it would
    answer one with a traceback: it is born with the signal blocked. Nor may one get in between
    starting it and telling it what to do.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        return pool.submit(run_job, job)
    resource_tracker.ensure_running()  # it unblocks the signal when it starts
    with _interrupted_later():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return pool.submit(run_job, job)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _interrupted_later() -> Iterator[None]:
    """Put a Ctrl-C off to the end.

    Blocking the signal in this thread is not enough: the pool's own thread takes it, and Python
    raises KeyboardInterrupt here all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
        if came:
            signal.raise_signal(signal.SIGINT)


def stop_now(pool: Executor) -> None:
    """End a pool without waiting for the notebooks that are running; their kernels end too."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def prepare_worker(own_processor: bool = True) -> None:
    """Prepare a worker: import what every run needs, adopt what a kernel leaves behind."""
    # Ctrl-C reaches the whole process group; the parent decides when workers stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):  # what `submit` blocked; a kernel would inherit it
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.environ["NNEDU_GRADING_WORKER"] = "1"
    # pytest looks at these; a grader called from a test must not inherit its options.
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # jsonschema, below nbformat, loads this for a format that notebooks do not use: 2 seconds.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from nnedu.grading import lifeline, processes

    processes.adopt_orphans()
    lifeline.hold()
    if own_processor:
        lifeline.claim_processor()


def run_steps(job: Job) -> tuple[list[Outcome], str]:
    """Run the cells of a job with nbval in one kernel.

    Parameters
    ----------
    job : Job

    Returns
    -------
    outcomes : list of Outcome
        One per step. Nothing a cell does raises here.
    cold : str
        Why the kernel was started from nothing.
    """
    import pytest

    plugin = _Plugin(job)
    with temporary_folder("nnb-") as folder:
        path = folder / "notebook.ipynb"
        path.write_text(json.dumps(_notebook(job.steps)), encoding="utf-8")
        arguments = ["-p", "nbval.plugin", "-p", "no:cacheprovider", "--color=no"]
        arguments += ["-p", "no:doctest", "-p", "no:faulthandler", "-p", "no:unraisableexception"]
        arguments += ["-p", "no:threadexception", "-p", "no:logging", "-p", "no:warnings"]
        (folder / "pytest.ini").write_text("[pytest]\n")
        arguments += [
            "-c",
            f"{folder}/pytest.ini",
            "--rootdir",
            str(folder),
            "--noconftest",
            "-s",
            "--tb=no",
            "-q",
            str(path),
        ]
        # nbval prints what it does not know; a progress bar is what belongs on this screen.
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = pytest.main(arguments, plugins=[plugin])
    if plugin.start_error or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(
            f"nbval could not run the notebook: {plugin.start_error or said.getvalue()[-500:]}"
        )
    return plugin.outcomes, plugin.kernel.cold


def _notebook(steps: list[Step]) -> dict[str, Any]:
    """Return the notebook of a run: code cells without outputs."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": step.source,
        }
        for number, step in enumerate(steps)
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


class _Plugin:
    """Collects the notebook with our kernel, and keeps what each cell printed."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.outcomes = [Outcome() for _ in job.steps]
        self.kernel: Any = None
        self.stopped = ""
        self.start_error = ""

    def pytest_collect_file(self, file_path: Path, parent: Any) -> Any:
        """Collect the notebook as nbval does, with a kernel of our own."""
        from nbval.plugin import IPyNbFile

        from nnedu.grading.kernel import LimitedKernel

        plugin = self

        class Notebook(IPyNbFile):  # type: ignore[misc, unused-ignore]
            def setup(self) -> None:
                job = plugin.job
                plugin.kernel = self.kernel = LimitedKernel(job.runtime, job.limits, job.sandbox)
                self.setup_sanitize_files()

            def teardown(self) -> None:
                if self.kernel is not None:
                    self.kernel.stop()

        return Notebook.from_parent(parent, path=file_path)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Run every cell: a marker in a student's comment skips nothing."""
        if len(items) != len(self.job.steps):
            raise RuntimeError(f"nbval found {len(items)} cells; expected {len(self.job.steps)}")
        for number, item in enumerate(items):
            item.options = {"check": True, "skip": False, "check_exception": False}
            item.number = number
        # Without a sandbox a cell could read from it which seeds come next.
        for item in items[:1]:
            item.path.unlink()

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        """Keep what a cell printed, and how it ended."""
        if call.when == "setup" and call.excinfo is not None and self.kernel is None:
            self.start_error = f"{type(call.excinfo.value).__name__}: {call.excinfo.value}"
        if call.when != "call":
            return
        outcome = self.outcomes[item.number]
        outcome.seconds = call.duration
        _read_outputs(item.test_outputs, outcome)
        cause = self.kernel.cause
        if self.stopped:
            outcome.status, outcome.error = (
                "not reached",
                f"the notebook was stopped: {self.stopped}",
            )
        elif cause or not self.kernel.is_alive():
            limits = {
                name: getattr(self.job.limits, name)
                for name in ("cell", "total", "output", "inodes", "processes", "memory")
            }
            self.stopped = CAUSES[cause or "timeout"].format(**limits)
            timed_out = cause in (None, "total")
            outcome.status = "timeout" if timed_out else "stopped"
            outcome.error = self.stopped
        elif self.kernel.interrupted:
            outcome.status = "timeout"
            outcome.error = f"it ran longer than {self.job.limits.cell:g} s and was interrupted"
        elif call.excinfo is None and len(outcome.stdout) > MAX_TEXT:
            outcome.status = "error"
            outcome.error = f"it printed too much text (more than {MAX_TEXT // 1024}K characters)"
        elif call.excinfo is None:
            outcome.status, outcome.error = "ok", ""
        elif outcome.status != "error":
            outcome.status = "error"
            outcome.error = "the kernel sent something that is no notebook output"
        outcome.stdout = outcome.stdout[:MAX_TEXT]


def _read_outputs(outputs: Any, outcome: Outcome) -> None:
    """Take from nbval's outputs what grading uses, trusting none of it."""
    text: list[str] = []
    handed_in = 0
    for output in outputs or []:
        kind = output.get("output_type")
        if kind == "stream" and output.get("name") == "stdout":
            text.append(str(output.get("text", "")))
        elif kind == "display_data" and isinstance(output.get("data"), dict):
            array = output["data"].get(HAND_IN_MIME)
            if isinstance(array, dict) and isinstance(array.get("values"), list):
                handed_in += len(array["values"])
                if handed_in <= MAX_HANDED_IN:
                    outcome.handed_in.append(json.loads(json.dumps(array)))
        elif kind == "error":
            outcome.status = "error"
            name, message = str(output.get("ename"))[:100], str(output.get("evalue"))[:500]
            outcome.error = printable(f"{name}: {message}" if message else name)
    outcome.stdout = "".join(text)
