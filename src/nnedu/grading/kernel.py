"""A kernel for nbval with deadlines, a cap on output, and a prompt eye for its death.

nbval waits for a cell's reply with one time limit, reads outputs without a bound, and notices
a dead kernel at the timeout only. This kernel object has nbval's interface and fills these
three gaps; how the process is started is the business of ``sandbox``.
"""

from __future__ import annotations

import importlib
import os
import signal
import stat
import time
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from nbval.kernel import RunningKernel

from nnedu.grading.lifeline import claimed_folder, remove_folder
from nnedu.grading.runtime import Runtime
from nnedu.grading.sandbox import KernelCommand, Limits, plain_command, sandbox_command

GRACE = 2.0
"""Seconds for an interrupted cell to end, and for the last outputs to arrive."""

START = 60.0
"""Seconds for a kernel to be ready; it imports nothing of the lesson's yet."""


class KernelStopped(RuntimeError):
    """The kernel can run no further cell; the message says why."""


class CappedClient(BlockingKernelClient):  # type: ignore[misc, unused-ignore]
    """A client that drops the connection on a message larger than a cell's whole output."""

    max_message = 2**22

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        """Create a socket that is limited before it connects."""
        kinds = {"hb": zmq.REQ, "iopub": zmq.SUB}
        socket = self.context.socket(kinds.get(channel, zmq.DEALER))
        socket.linger = 0
        socket.setsockopt(zmq.MAXMSGSIZE, self.max_message)
        if identity:
            socket.identity = identity
        socket.connect(self._make_url(channel))
        return socket


class _OneSpec(KernelSpecManager):  # type: ignore[misc, unused-ignore]
    """A kernel spec manager that knows one kernel, whatever a notebook asks for."""

    def __init__(self, command: KernelCommand) -> None:
        super().__init__()
        self._command = command

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the one kernel."""
        return KernelSpec(
            argv=self._command.argv,
            display_name="nnedu",
            language="python",
            interrupt_mode="message",
            resource_dir="",
        )


class LimitedKernel(RunningKernel):  # type: ignore[misc, unused-ignore]
    """A started kernel; see the module's text.

    Parameters
    ----------
    runtime : Runtime
    limits : Limits
    sandbox : bool
        Whether to start it under bubblewrap.

    Attributes
    ----------
    cause : str or None
        Once the kernel was stopped: a key of `runner.CAUSES`.
    """

    def __init__(self, runtime: Runtime, limits: Limits, sandbox: bool) -> None:
        self.limits = limits
        self.cause: str | None = None
        self.interrupted = False
        self._stash: deque[Any] = deque()
        self._bytes = 0
        self._remaining = limits.total
        self._started = self._deadline = 0.0
        # Short, for a socket's path has 107 bytes at most.
        self._folder = Path(claimed_folder("nnk-"))
        home = self._folder / "home"
        sockets = self._folder / "io"
        home.mkdir()
        sockets.mkdir()
        self._sockets = sockets
        try:
            if sandbox:
                command = sandbox_command(runtime, limits, sockets)
            else:
                command = plain_command(runtime, limits, home)
            self._start(command, sockets)
        except BaseException:
            self.stop()
            raise

    def _start(self, command: KernelCommand, sockets: Path) -> None:
        """Start the process and wait until it answers on both channels."""
        ipc = os.name == "posix"
        self.km = KernelManager(
            kernel_name="nnedu",
            kernel_spec_manager=_OneSpec(command),
            connection_file=str(sockets / "kernel.json"),
            **({"transport": "ipc", "ip": str(sockets / "s")} if ipc else {}),
        )
        self.km.client_factory = CappedClient
        with open(os.devnull, "wb") as nothing:
            self.km.start_kernel(env=command.env, cwd=command.cwd, stderr=nothing, stdout=nothing)
        self._pid = int(getattr(self.km.provisioner, "pid", 0))
        self.kc = self.km.client()
        self.kc.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=True)
        self._begin(START)
        ask_again = 0.0
        # Messages published before the subscription arrives are lost, so ask until heard.
        while not self._stash:
            if time.monotonic() > ask_again:
                message = self.kc.kernel_info()
                ask_again = time.monotonic() + 1.0
            try:
                self._wait_for(message, min(ask_again, self._deadline))
            except Empty:
                if time.monotonic() > self._deadline:
                    self._give_up("start")
            self._drain(0.05)

    def _begin(self, seconds: float) -> None:
        """Set the deadline of what comes next."""
        self._started = time.monotonic()
        self._deadline = self._started + seconds
        self._stash.clear()
        self._bytes = 0

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        """Send a cell to the kernel; its time begins."""
        if self._remaining <= 0.05:
            self._give_up("total")
        self._begin(min(self.limits.cell, self._remaining))
        self.interrupted = False
        return str(super().execute_cell_input(cell_input, allow_stdin))

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """Wait for a cell's reply; raise `queue.Empty` at the deadline."""
        try:
            self._wait_for(msg_id, self._deadline)
        finally:
            self._remaining -= time.monotonic() - self._started

    def _wait_for(self, msg_id: str, deadline: float) -> None:
        """Wait for one reply, taking in what the kernel publishes meanwhile."""
        shell, iopub = self.kc.shell_channel.socket, self.kc.iopub_channel.socket
        poller = zmq.Poller()
        poller.register(shell, zmq.POLLIN)
        poller.register(iopub, zmq.POLLIN)
        look = time.monotonic() + 0.2
        while True:
            ready = dict(poller.poll(100))
            if iopub in ready:
                self._take(iopub)
            if shell in ready:
                message = self._read(shell)
                if message and message["parent_header"].get("msg_id") == msg_id:
                    return
            now = time.monotonic()
            if now > deadline:
                raise Empty
            if now > look:
                look = now + 0.2
                self._look(bool(ready))

    def _look(self, busy: bool) -> None:
        """Notice a kernel that died, fills the folder it shares with us, or multiplies.

        The operating system's own limit on processes does not hold for the superuser, and that
        on memory holds for each process alone.
        """
        if not busy and not self.km.is_alive():
            self._give_up("died")
        if _strange_files(self._sockets):
            self._give_up("files")
        started = _descendants(self._pid)
        if len(started) > self.limits.processes:
            self._give_up("processes")
        if self.limits.memory and _memory(started) > self.limits.memory * 2**20:
            self._give_up("memory")

    def _take(self, socket: Any) -> None:
        """Take in one published message, counting its bytes."""
        frames = socket.recv_multipart()
        self._bytes += sum(map(len, frames))
        if self._bytes > self.limits.output:
            self._give_up("output")
        message = self._parse(frames)
        if message:
            self._stash.append(message)

    def _drain(self, seconds: float) -> None:
        """Take in what is published within some seconds."""
        end = time.monotonic() + seconds
        socket = self.kc.iopub_channel.socket
        while not self._stash and socket.poll(max(0, int(1000 * (end - time.monotonic())))):
            self._take(socket)

    def _read(self, socket: Any) -> Any:
        """Read one message, or None if it is malformed."""
        return self._parse(socket.recv_multipart())

    def _parse(self, frames: list[bytes]) -> Any:
        """Decode a message: JSON only, signature checked."""
        session = self.kc.session
        try:
            return session.deserialize(session.feed_identities(frames)[1])
        except Exception:
            # The kernel is not trusted to speak its own protocol.
            return None

    def get_message(self, stream: str, timeout: float | None = None) -> Any:
        """Return the next message of a channel; raise `queue.Empty` when time is up."""
        end = max(self._deadline, time.monotonic() if self._stash else 0.0) + GRACE
        end = min(end, time.monotonic() + GRACE)
        if stream != "iopub":
            return super().get_message(stream, timeout=min(timeout or GRACE, GRACE))
        if time.monotonic() > self._deadline + 2 * GRACE:
            self._stash.clear()
            raise Empty
        socket = self.kc.iopub_channel.socket
        while not self._stash:
            left = end - time.monotonic()
            if left <= 0 or not socket.poll(int(1000 * left) + 1):
                raise Empty
            self._take(socket)
        return self._stash.popleft()

    def interrupt(self) -> None:
        """Interrupt the cell whose time is up."""
        self.interrupted = True
        super().interrupt()

    def is_alive(self) -> bool:
        """Say whether another cell can run."""
        return self.cause is None and hasattr(self, "km") and bool(self.km.is_alive())

    def _give_up(self, cause: str) -> None:
        """Stop the kernel for a reason."""
        self.cause = self.cause or cause
        self.stop()
        raise KernelStopped(cause)

    def stop(self) -> None:
        """End the kernel with all it started, and remove its folder."""
        if hasattr(self, "kc"):
            self.kc.stop_channels()
        if hasattr(self, "km"):
            if self.km.has_kernel:
                self.km.shutdown_kernel(now=True)
            del self.km
        end_orphans()
        remove_folder(self._folder)


def _strange_files(sockets: Path) -> bool:
    """Say whether a folder holds anything but a small connection file and sockets."""
    with os.scandir(sockets) as entries:
        for number, entry in enumerate(entries):
            try:
                info = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            small = stat.S_ISREG(info.st_mode) and info.st_size < 2**14
            if number > 12 or not (stat.S_ISSOCK(info.st_mode) or small):
                return True
    return False


def _descendants(pid: int) -> list[Any]:
    """Return the processes that a process started, directly or not."""
    psutil: Any = importlib.import_module("psutil")  # declares no types
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []


def _memory(processes: list[Any]) -> int:
    """Return the bytes that processes hold together, shared ones counted once (Linux)."""
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as file:
                total += sum(2**10 * int(line.split()[1]) for line in file if line[:4] == "Pss:")
        except (OSError, ValueError):
            continue
    return total


def adopt_orphans() -> None:
    """Make this process inherit processes whose parent ended, so that none escapes (Linux)."""
    import ctypes
    import sys

    if sys.platform.startswith("linux"):
        pr_set_child_subreaper = 36
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def end_orphans() -> None:
    """Kill every process descended from this one, and collect it.

    Only a worker that adopted orphans and runs one kernel at a time may call this; elsewhere
    it does nothing.
    """
    if not os.environ.get("NNEDU_GRADING_WORKER"):
        return
    psutil: Any = importlib.import_module("psutil")  # declares no types
    for _ in range(50):
        children = psutil.Process().children(recursive=True)
        if not children:
            return
        for child in children:
            try:
                os.kill(child.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        psutil.wait_procs(children, timeout=0.2)
