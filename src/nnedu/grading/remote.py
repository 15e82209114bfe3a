"""Running a job on a machine of a cluster.

A cluster's worker is a process with threads and children of its own, in which a kernel cannot be
contained: ending what a kernel left behind would end those as well. Jobs therefore run in a
helper process beside it, which is prepared as a local worker is. One helper serves one job at a
time and is kept for the next; it ends with the cluster's worker.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any


class HelperLost(Exception):
    """The helper process ended while it ran a job."""


class JobFailed(Exception):
    """The job could not be run; the helper says why."""


_idle: queue.LifoQueue[subprocess.Popen[bytes]] = queue.LifoQueue()


def run_remotely(text: str) -> str:
    """Run one job in a helper process; called in a cluster's worker.

    Parameters
    ----------
    text : str
        JSON: the job without its runtime, what the lesson imports, and the versions that the
        grading machine has.

    Returns
    -------
    str
        As `nnedu.grading.runner.run_job` returns it.
    """
    try:
        helper = _idle.get_nowait()
    except queue.Empty:
        helper = _start()
    answer = _ask(helper, text)
    _idle.put(helper)
    if "error" in answer:
        raise JobFailed(answer["error"])
    return str(answer["outcomes"])


def _start() -> subprocess.Popen[bytes]:
    """Start a helper."""
    helper = subprocess.Popen(
        [sys.executable, "-m", "nnedu.grading.remote"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    atexit.register(helper.terminate)
    return helper


def _ask(helper: subprocess.Popen[bytes], text: str) -> dict[str, Any]:
    """Send one line and return the line that comes back."""
    assert helper.stdin is not None
    assert helper.stdout is not None
    try:
        helper.stdin.write(text.encode() + b"\n")
        helper.stdin.flush()
        answer: dict[str, Any] = json.loads(helper.stdout.readline())
    except (OSError, ValueError) as error:
        helper.kill()
        helper.wait()
        raise HelperLost(f"the helper process ended with {helper.returncode}") from error
    return answer


def main() -> None:
    """Be a helper: one job a line in, one answer a line out, until the input ends."""
    from nnedu.grading.lifeline import sweep, temporary_folder
    from nnedu.grading.runner import prepare_worker

    # What a job prints on standard output must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sweep()
    prepare_worker()
    runtimes: dict[tuple[str, ...], dict[str, Any]] = {}
    with temporary_folder("nnr-") as folder:
        for line in sys.stdin:
            try:
                answer = {"outcomes": _run(line, runtimes, folder)}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {str(error)[:500]}"}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def _run(line: str, runtimes: dict[tuple[str, ...], dict[str, Any]], folder: Path) -> str:
    """Run one job with a runtime laid out on this machine."""
    from nnedu.grading.cluster import facts
    from nnedu.grading.runner import run_job
    from nnedu.grading.runtime import make_runtime

    data = json.loads(line)
    imports = tuple(data["imports"])
    if facts(imports) != data["facts"]:
        raise RuntimeError(f"this machine has {facts(imports)}; expected {data['facts']}")
    if imports not in runtimes:
        place = folder / str(len(runtimes))
        place.mkdir()
        runtimes[imports] = asdict(make_runtime(imports, place))
    return run_job(json.dumps({**data["job"], "runtime": runtimes[imports]}))


if __name__ == "__main__":
    main()
