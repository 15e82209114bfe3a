"""The command that starts a kernel: under bubblewrap, or plain where that is asked for.

Under bubblewrap a kernel has no network, its own process table, no file but the read-only
runtime, and an empty folder in memory. The plain command gives the same kernel a
cleaned environment, an empty folder of its own and the same limits, but it can read what the
user who grades can read; who uses it is told so.
"""

from __future__ import annotations

import functools
import json
import math
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from nnedu.grading._seccomp import ARCHITECTURES
from nnedu.grading.bubblewrap import (
    HOME,
    PYTHON,
    bwrap,
    environment,
    furniture,
    isolation,
    processes,
    room,
)
from nnedu.grading.lifeline import own_processor
from nnedu.grading.runtime import Runtime


@dataclass(frozen=True)
class Limits:
    """What one kernel may use.

    Parameters
    ----------
    cell : float
        Seconds for one cell.
    total : float
        Seconds for the whole notebook, start excluded.
    output : int
        Bytes of messages for one cell.
    memory : int
        Megabytes of address space; 0 for no limit.
    processes : int
        Processes and threads.
    file : int
        Megabytes of the largest file, and of the working folder.
    inodes : int
        Files and folders, which take memory even where they are empty.
    open_files : int
        Files and sockets that a process has open: what waits in a socket is counted for nobody.
    cpu : float
        Seconds of processor time of one process; 0 for four times `total` and 10 more.
    """

    cell: float = 20.0
    total: float = 120.0
    output: int = 2**20
    memory: int = 4096
    processes: int = 256
    file: int = 64
    inodes: int = 10_000
    open_files: int = 1024
    cpu: float = 0.0

    def rlimits(self, own_user: bool) -> dict[str, int]:
        """Return the limits that the operating system enforces, by their names.

        Parameters
        ----------
        own_user : bool
            Whether the kernel has a user namespace of its own; elsewhere a limit on processes
            would count everything that its user runs.
        """
        megabyte = 2**20
        limits = {
            "RLIMIT_FSIZE": self.file * megabyte,
            # Several threads may count at once; wall time is the limit that bites first.
            "RLIMIT_CPU": math.ceil(self.cpu or self.total * 4 + 10),
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": self.open_files,
        }
        if self.memory:
            limits["RLIMIT_AS"] = self.memory * megabyte
        if own_user:
            limits["RLIMIT_NPROC"] = self.processes
        return limits


@dataclass(frozen=True)
class KernelCommand:
    """How to start one kernel.

    Parameters
    ----------
    argv : list of str
        ``{connection_file}`` stands for the connection file.
    env : dict
    cwd : str
    """

    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    cwd: str = "/"


class NoSandbox(Exception):
    """Bubblewrap is missing or does not work here; the message says what to do."""


@functools.cache
def sandbox_problem() -> str | None:
    """Return why bubblewrap cannot be used here, or None if it can."""
    advice = (
        "Install it (Debian, Ubuntu: `apt install bubblewrap`; Fedora: `dnf install bubblewrap`), "
        "or accept the risk with --no-sandbox: submissions then run as you, and can read your "
        "files and use the network."
    )
    if not sys.platform.startswith("linux"):
        return f"The sandbox needs Linux; this is {sys.platform}. {advice}"
    if shutil.which("bwrap") is None:
        return f"bubblewrap (bwrap) is not installed. {advice}"
    command = [bwrap(), *isolation(), "--ro-bind", "/", "/", "true"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as error:
        return f"bubblewrap does not start: {error}. {advice}"
    if done.returncode == 0:
        return None
    return (
        f"bubblewrap does not work here: {done.stderr.strip()[:200]}. Are user namespaces allowed? "
        f"{advice}"
    )


def kernel_arguments(connection_file: str) -> list[str]:
    """Return what ipykernel is told."""
    return [
        "-f",
        connection_file,
        "--HistoryManager.enabled=False",
        "--InteractiveShell.colors=NoColor",
        "--IPKernelApp.capture_fd_output=False",
    ]


def filtered() -> str:
    """Return the machine whose system calls are filtered, or nothing if there is no filter."""
    machine = platform.machine()
    return machine if sys.platform.startswith("linux") and machine in ARCHITECTURES else ""


def _boot(limits: Limits, site: str, kit: str, parent: bool) -> list[str]:
    """Return the Python command of a kernel."""
    config = {
        "path": [kit, site],
        "limits": limits.rlimits(own_user=not parent),
        "processor": own_processor(),
        "filter": "" if parent else filtered(),
        "parent": parent,
        "argv": kernel_arguments("{connection_file}"),
    }
    return [*PYTHON, f"{kit}/start/boot.py", json.dumps(config)]


def plain_command(runtime: Runtime, limits: Limits, home: Path) -> KernelCommand:
    """Return the command of a kernel without a sandbox, in an empty folder of its own."""
    return KernelCommand(
        _boot(limits, runtime.site, runtime.kit, parent=True),
        environment(str(home)),
        str(home),
    )


def sandbox_command(runtime: Runtime, limits: Limits, sockets: Path) -> KernelCommand:
    """Return the command of a kernel under bubblewrap.

    Parameters
    ----------
    runtime : Runtime
    limits : Limits
    sockets : Path
        Folder of the connection file and its sockets: the one place that both sides see.
    """
    problem = sandbox_problem()
    if problem:
        raise NoSandbox(problem)
    argv = [bwrap(), *isolation(), *processes(), *room(limits.file), *furniture(runtime)]
    argv += ["--bind", str(sockets), str(sockets), "--remount-ro", "/", "--chdir", HOME, "--"]
    argv += _boot(limits, "/site", "/kit", parent=False)
    return KernelCommand(argv, {}, str(sockets))
