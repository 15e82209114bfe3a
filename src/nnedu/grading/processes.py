"""What a kernel started, what it holds, and the end of all of it."""

from __future__ import annotations

import importlib
import itertools
import os
import signal
import stat
import time
from pathlib import Path
from typing import Any

from nnedu.grading.bubblewrap import WRITABLE


def strange_files(sockets: Path) -> bool:
    """Say whether a folder holds anything but a small connection file and sockets."""
    try:
        with os.scandir(sockets) as entries:
            found = list(itertools.islice(entries, 14))
    except PermissionError:
        return True  # somebody has closed it to us
    for entry in found:
        try:
            info = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        small = stat.S_ISREG(info.st_mode) and info.st_size < 2**14
        if not (stat.S_ISSOCK(info.st_mode) or small):
            return True
    return len(found) > 13


def descendants(pid: int) -> list[Any]:
    """Return the processes that a process started, directly or not."""
    psutil: Any = importlib.import_module("psutil")  # declares no types
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []


def memory_of(processes: list[Any]) -> int:
    """Return the bytes that processes hold together, shared ones counted once (Linux)."""
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as file:
                total += sum(2**10 * int(line.split()[1]) for line in file if line[:4] == "Pss:")
        except (OSError, ValueError):
            continue
    return total


def files_in_memory(processes: list[Any]) -> int:
    """Return how many files lie in the folders that a sandbox can write to (Linux).

    Parameters
    ----------
    processes : list
        Of one sandbox; the latest of them that lives is asked what it sees.
    """
    for process in reversed(processes):
        try:
            found = [os.statvfs(f"/proc/{process.pid}/root{place}") for place in WRITABLE]
        except OSError:
            continue
        return sum(one.f_files - one.f_ffree for one in found)
    return 0


def adopt_orphans() -> None:
    """Make this process inherit processes whose parent ended, so that none escapes (Linux)."""
    import ctypes
    import sys

    if sys.platform.startswith("linux"):
        pr_set_child_subreaper = 36
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def end_orphans(but: set[int] | frozenset[int] = frozenset()) -> None:
    """Kill every process descended from this one, and collect it.

    Only a worker that adopted orphans and runs one kernel at a time may call this; elsewhere
    it does nothing.

    Parameters
    ----------
    but : set of int
        Processes to spare.
    """
    if not os.environ.get("NNEDU_GRADING_WORKER"):
        return
    psutil: Any = importlib.import_module("psutil")  # declares no types
    end = time.monotonic() + 10
    while time.monotonic() < end:
        children = [p for p in psutil.Process().children(recursive=True) if p.pid not in but]
        if not children:
            return
        for child in children:
            try:
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, os.WNOHANG)
            except (ProcessLookupError, PermissionError, ChildProcessError):
                continue
        time.sleep(0.005)
