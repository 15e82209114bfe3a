"""Real worker processes on this machine: started fresh, bounded in time, never left behind."""

import contextlib
import json
import os
import queue
import random
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nnedu._check import positive, whole
from nnedu.distributed._group import Ended, Watch, Worker, follow

LOOPBACK = "127.0.0.1"


def free_ports(n: int) -> list[int]:
    """Ports on the loopback interface that nobody listens on at this moment.

    Parameters
    ----------
    n : int, at least 1

    Returns
    -------
    list of int
        Different ones. Another program may take one before it is used: start soon.

    Raises
    ------
    OSError
        If there are not so many.
    ValueError
        If ``n`` is not a whole number of at least 1.

    Examples
    --------
    >>> len(set(free_ports(3)))
    3
    """
    whole("n", n, least=1)
    found: list[int] = []
    # Not those that the system hands out by itself: it would give them to others meanwhile.
    for port in random.SystemRandom().sample(range(20_000, 32_000), 2_000):
        with socket.socket() as each, contextlib.suppress(OSError):
            each.bind((LOOPBACK, port))
            found.append(port)
        if len(found) == n:
            return found
    raise OSError(f"found {len(found)} free ports from 20000 to 31999; expected {n}.")


def tf_config(ports: Sequence[int], rank: int) -> str:
    """The variable ``TF_CONFIG`` of one worker: who is in the group, and who it is.

    Parameters
    ----------
    ports : sequence of int
        One a worker, on the loopback interface.
    rank : int
        Which of them; the first is the chief.

    Returns
    -------
    str
        JSON, as ``tf.distribute.MultiWorkerMirroredStrategy`` reads it.

    Examples
    --------
    >>> tf_config([4001], 0)
    '{"cluster": {"worker": ["127.0.0.1:4001"]}, "task": {"type": "worker", "index": 0}}'
    """
    addresses = [f"{LOOPBACK}:{port}" for port in ports]
    return json.dumps({"cluster": {"worker": addresses}, "task": {"type": "worker", "index": rank}})


def run_workers(
    program: str | Path,
    settings: Mapping[str, Any],
    *,
    n: int,
    timeout: float,
    needs: Sequence[str] = (),
    watch: Watch | None = None,
    may_fail: bool = False,
) -> list[Ended]:
    """Run a program as ``n`` processes that find each other over the loopback interface.

    Each is a fresh ``python -m program``, or ``python file``, told its rank, the ports of all, and
    the settings, and limited to one thread for its arithmetic. When one ends with an error the
    others cannot go on, and are ended. Whatever happens here, an interrupt included, no process is
    left.

    Parameters
    ----------
    program : str or Path
        A module, or a file. It should begin with :func:`this_worker`.
    settings : dict
        What JSON can hold.
    n : int, at least 1
    timeout : float, seconds
        For all together, after which they are ended.
    needs : sequence of str
        Packages that the program imports: better missed here than in every worker.
    watch : callable, optional
        ``watch(rank, line, kill)`` for each printed line; ``kill()`` ends that worker at once.
    may_fail : bool
        Whether a worker that fails is a result rather than an error.

    Returns
    -------
    list of Ended
        By rank.

    Raises
    ------
    ModuleNotFoundError
        If a package that it needs is missing.
    TimeoutError
        If they are not done in time.
    RuntimeError
        If one fails and must not; the message ends with its error stream.
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> first, second = run_workers("this", {}, n=2, timeout=60)
    >>> second.lines[0]
    'The Zen of Python, by Tim Peters'
    """
    whole("n", n, least=1)
    positive(timeout=timeout)
    for package in needs:
        if find_spec(package) is None:
            raise ModuleNotFoundError(
                f"the workers need {package}, which is missing. Run: pip install {_from(package)}",
                name=package,
            )
    ports = free_ports(n)
    lines: queue.Queue[tuple[int, str | None]] = queue.Queue()
    group = [Worker(program, {**settings, "rank": k, "ports": ports}, k, lines) for k in range(n)]
    try:
        for worker in group:
            worker.start(tf_config(ports, worker.rank))
        follow(group, lines, time.monotonic() + timeout, timeout, watch)
    finally:
        for worker in group:
            worker.end()
    ended = [worker.ended() for worker in group]
    failed = next((each for each in ended if each.code > 0), None)
    failed = failed or next((each for each in ended if each.code), None)
    if failed and not may_fail:
        raise RuntimeError(
            f"worker {failed.rank} of {n} ({program}) ended with {failed.code}; expected 0.\n"
            f"{failed.errors}"
        )
    return ended


def this_worker() -> dict[str, Any]:
    """What a worker begins with: its settings, and a watch on the process that started it.

    When that process ends, for whatever reason, the worker ends too.

    Returns
    -------
    dict
        The settings, with ``rank`` and ``ports`` among them.
    """
    settings: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return settings


def say(**what: Any) -> None:
    """Print one line of JSON, at once: what a worker tells the process that started it.

    Parameters
    ----------
    **what
        What JSON can hold.
    """
    print(json.dumps(what), flush=True)


def heard(ended: Ended) -> list[dict[str, Any]]:
    """What a worker has said with :func:`say`; other lines are left out.

    Parameters
    ----------
    ended : Ended

    Returns
    -------
    list of dict

    Examples
    --------
    >>> heard(Ended(0, 0, ['{"step": 1}', "a greeting"]))
    [{'step': 1}]
    """
    return [json.loads(line) for line in ended.lines if line.startswith("{")]


def _from(package: str) -> str:
    return "'nnedu[tensorflow]'" if package in ("tensorflow", "keras") else package


def _end_with_parent() -> None:
    while os.read(0, 1024):  # nothing is ever written: it ends when the other side is closed
        pass
    os._exit(1)
