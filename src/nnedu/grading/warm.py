"""Kernels that start warm: forked from a process which has imported what they need.

Starting a kernel and importing NumPy takes longer than running a light lesson, and importing
TensorFlow takes longer than that. A worker therefore keeps one process, the zygote, that has
imported both and forks a kernel for each submission. The zygote runs under bubblewrap, and each
fork in a new sandbox of its own inside that one: files, processes, network and memory segments
are as new as those of a kernel started cold. See ``_zygote`` and decision 11.

Where a sandbox cannot be made inside a sandbox, kernels are started cold: that costs time and
changes nothing else.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import subprocess
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from nnedu.grading.bubblewrap import HOME, PYTHON, bwrap, furniture, isolation, processes, room
from nnedu.grading.lifeline import claimed_folder, own_processor, remove_folder
from nnedu.grading.runtime import Runtime
from nnedu.grading.sandbox import Limits, filtered, kernel_arguments

WAIT = 90.0
"""Seconds for the zygote to import packages, and to answer."""

TRIES = 3
"""Kernels in a row that no zygote could fork, after which a worker starts its kernels cold."""


class ColdStart(Exception):
    """No kernel can be forked here; the message says why."""


class Zygote:
    """The process that forks kernels, seen from its worker.

    Parameters
    ----------
    runtime : Runtime
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        # Short, for a socket's path has 107 bytes at most.
        self.io = Path(claimed_folder("nnz-"))
        self._numbers = itertools.count()
        self._process = subprocess.Popen(
            _zygote_command(runtime, self.io),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        try:
            self.pid = int(self._answer()["pid"])
        except BaseException:
            self.end()
            raise

    @property
    def spared(self) -> set[int]:
        """The processes that stay when a submission's processes are ended."""
        return {self._process.pid, self.pid}

    def serves(self, runtime: Runtime) -> bool:
        """Say whether it lives and has this runtime."""
        return self.runtime == runtime and self._process.poll() is None

    def place(self) -> Path:
        """Return a new folder for the sockets of one kernel."""
        place = self.io / str(next(self._numbers))
        place.mkdir()
        return place

    def fork(self, sockets: Path, limits: Limits, connection_file: str) -> Forked:
        """Start a kernel.

        Parameters
        ----------
        sockets : Path
            What `place` returned.
        limits : Limits
        connection_file : str
            In `sockets`; the zygote does not read it.

        Raises
        ------
        ColdStart
            If that is not possible.
        """
        ask = {
            "sandbox": _sandbox_command(self.io, sockets, limits),
            "limits": limits.rlimits(own_user=True),
            "processor": own_processor(),
            "filter": filtered(),
            "argv": kernel_arguments(connection_file),
        }
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(ask).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._answer()
            if "error" in answer:
                raise ColdStart(answer["error"])
            return Forked(int(answer["pid"]))
        except OSError as error:
            raise ColdStart(f"the zygote has ended: {error}") from error

    def _answer(self) -> dict[str, Any]:
        """Read one line."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], WAIT)[0]:
            raise ColdStart(f"the zygote has said nothing for {WAIT:g} s")
        try:
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except ValueError as error:
            raise ColdStart("the zygote has ended") from error
        return answer

    def end(self) -> None:
        """End it; what it forked ends with it."""
        self._process.kill()
        self._process.communicate()
        remove_folder(self.io)


def _zygote_command(runtime: Runtime, io: Path) -> list[str]:
    """Return the command of a zygote: bubblewrap, without what would forbid a second one inside.

    Process numbers stay those of the machine, and /proc its own, for a mount of /proc inside
    needs one that nothing covers. Nobody's code looks at it here.
    """
    argv = [bwrap(), *isolation()]
    argv.remove("--unshare-all")
    argv += ["--unshare-user", "--unshare-ipc", "--unshare-net", "--unshare-uts"]
    if os.geteuid() == 0:
        argv += ["--cap-add", "CAP_SETFCAP"]  # to map the superuser into a user namespace inside
    argv += ["--bind", "/proc", "/proc", *room(Limits().file), *furniture(runtime)]
    argv += ["--ro-bind", bwrap(), bwrap(), "--bind", str(io), str(io), "--remount-ro", "/"]
    config = {"path": ["/kit", "/site"], "imports": list(runtime.warm)}
    return [*argv, "--chdir", HOME, "--", *PYTHON, "/kit/start/zygote.py", json.dumps(config)]


def _sandbox_command(io: Path, sockets: Path, limits: Limits) -> list[str]:
    """Return the command, inside the zygote's sandbox, of one submission's."""
    argv = [bwrap(), *isolation(), "--ro-bind", "/", "/", *processes(), *room(limits.file)]
    # Of the folders with sockets it sees its own.
    argv += ["--tmpfs", str(io), "--bind", str(sockets), str(sockets), "--remount-ro", str(io)]
    return [*argv, "--remount-ro", "/", "--chdir", HOME, "--", *PYTHON, "-c"]


class Forked:
    """A forked kernel, as `subprocess.Popen` shows a started one."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        try:
            self._handle = os.pidfd_open(pid)
        except ProcessLookupError:
            self._handle, self.returncode = -1, 0

    def poll(self) -> int | None:
        """Return 0 if it has ended, or None."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end."""
        if self.returncode is None and select.select([self._handle], [], [], timeout)[0]:
            os.close(self._handle)
            self.returncode = 0
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class ForkingProvisioner(LocalProvisioner):  # type: ignore[misc, unused-ignore]
    """Starts a kernel by asking a zygote: jupyter_client's way to have kernels of one's own."""

    zygote: Zygote
    limits: Limits
    sockets: Path

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel."""
        forked = self.zygote.fork(self.sockets, self.limits, cmd[-1])
        process: Any = forked
        self.process, self.pid = process, forked.pid
        return self.connection_info


class Keeper:
    """Keeps a worker's zygote, or remembers why it has none.

    Where a kernel could not be forked, the zygote is ended, that kernel starts cold, and the next
    one gets a new zygote; where that fails several times in a row, nothing more is tried.

    Attributes
    ----------
    why_cold : str
        Why the latest kernel could not be forked.
    """

    def __init__(self) -> None:
        self.why_cold = ""
        self._failures = 0
        self._given_up = False
        self._zygote: Zygote | None = None
        if not hasattr(os, "pidfd_open"):
            self.give_up("this system has no process handles")

    def zygote_for(self, runtime: Runtime) -> Zygote | None:
        """Return the zygote for a runtime, or None where kernels start cold.

        Only in a worker: it runs one kernel at a time, and ends what that leaves behind.
        """
        if self._given_up or not os.environ.get("NNEDU_GRADING_WORKER"):
            return None
        if self._zygote is not None and not self._zygote.serves(runtime):
            self.end()
        if self._zygote is None:
            try:
                self._zygote = Zygote(runtime)
            except (ColdStart, OSError, subprocess.SubprocessError) as error:
                self.failed(str(error))
        return self._zygote

    def worked(self) -> None:
        """Note that a kernel was forked."""
        self.why_cold, self._failures = "", 0

    def failed(self, problem: str) -> None:
        """Note that a kernel could not be forked; the next one gets a new zygote, or none."""
        self._failures += 1
        if self._failures < TRIES:
            self.why_cold = problem
            self.end()
        else:
            self.give_up(f"{problem} ({TRIES} times in a row)")

    def give_up(self, problem: str) -> None:
        """Start no more kernels warm in this process."""
        self.why_cold, self._given_up = problem, True
        self.end()

    def end(self) -> None:
        """End the zygote."""
        if self._zygote is not None:
            self._zygote.end()
        self._zygote = None

    def spared(self) -> set[int]:
        """Return the processes of this worker that belong to no submission."""
        return self._zygote.spared if self._zygote is not None else set()


KEEPER = Keeper()
