"""A kernel for nbval with deadlines, a cap on output, and a prompt eye for its death.

nbval waits for a cell's reply with one time limit, reads outputs without a bound, and notices
a dead kernel at the timeout only. This kernel object has nbval's interface and fills these
three gaps; how the process is started is the business of ``sandbox`` and ``warm``.
"""

from __future__ import annotations

import os
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
from nnedu.grading.processes import (
    descendants,
    end_orphans,
    files_in_memory,
    memory_of,
    strange_files,
)
from nnedu.grading.runtime import Runtime
from nnedu.grading.sandbox import KernelCommand, Limits, plain_command, sandbox_command
from nnedu.grading.warm import KEEPER, ColdStart, ForkingProvisioner, Zygote

GRACE = 2.0
"""Seconds for an interrupted cell to end, and for the last outputs to arrive."""

START = 60.0
"""Seconds for a kernel to be ready; it imports nothing of the lesson's yet."""


class KernelStopped(RuntimeError):
    """The kernel can run no further cell; the message says why."""


class CappedClient(BlockingKernelClient):  # type: ignore[misc, unused-ignore]
    """A client that drops the connection on a message larger than a cell's whole output."""

    max_message = 2**22
    max_replies = 4

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        """Create a socket that is limited before it connects."""
        kinds = {"hb": zmq.REQ, "iopub": zmq.SUB}
        socket = self.context.socket(kinds.get(channel, zmq.DEALER))
        socket.linger = 0
        socket.setsockopt(zmq.RECONNECT_IVL, 5)  # milliseconds; the kernel's sockets come later
        socket.setsockopt(zmq.MAXMSGSIZE, self.max_message)
        if channel != "iopub":  # one reply a cell; more must not wait in this process's memory
            socket.setsockopt(zmq.RCVHWM, self.max_replies)
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
    cold : str
        Why it was started from nothing; empty if it was forked.
    """

    def __init__(self, runtime: Runtime, limits: Limits, sandbox: bool) -> None:
        self.limits = limits
        self.cause: str | None = None
        self.interrupted = False
        self._stash: deque[Any] = deque()
        self._bytes = 0
        self._inside = sandbox
        self._remaining = limits.total
        self._started = self._deadline = 0.0
        self._folder: Path | None = None
        self.cold = "without the sandbox each kernel starts from nothing"
        try:
            zygote = KEEPER.zygote_for(runtime) if sandbox else None
            if zygote is None or not self._fork(zygote):
                if sandbox:
                    self.cold = KEEPER.why_cold or "this process is no worker"
                self._spawn(runtime, sandbox)
            self._connect()
        except BaseException:
            self.stop()
            raise

    def _fork(self, zygote: Zygote) -> bool:
        """Start the process from one that has done its imports; say whether that worked."""
        self._sockets = self._folder = zygote.place()
        self.km = km = self._manager(KernelCommand(["{connection_file}"]))
        km.provisioner = ForkingProvisioner(parent=km, kernel_spec=km.kernel_spec)
        km.provisioner.zygote = zygote
        km.provisioner.limits, km.provisioner.sockets = self.limits, self._sockets
        try:
            km.start_kernel(env={})
        except ColdStart as error:
            KEEPER.failed(str(error))
            del self.km
            return False
        KEEPER.worked()
        self.cold = ""
        self._pid = zygote.pid
        return True

    def _spawn(self, runtime: Runtime, sandbox: bool) -> None:
        """Start the process from nothing."""
        # Short, for a socket's path has 107 bytes at most.
        self._folder = Path(claimed_folder("nnk-"))
        home = self._folder / "home"
        self._sockets = self._folder / "io"
        home.mkdir()
        self._sockets.mkdir()
        if sandbox:
            command = sandbox_command(runtime, self.limits, self._sockets)
        else:
            command = plain_command(runtime, self.limits, home)
        self.km = self._manager(command)
        with open(os.devnull, "wb") as nothing:
            self.km.start_kernel(env=command.env, cwd=command.cwd, stderr=nothing, stdout=nothing)
        self._pid = int(getattr(self.km.provisioner, "pid", 0))

    def _manager(self, command: KernelCommand) -> KernelManager:
        """Return what starts a kernel with a command."""
        ipc = os.name == "posix"
        manager = KernelManager(
            kernel_name="nnedu",
            kernel_spec_manager=_OneSpec(command),
            connection_file=str(self._sockets / "kernel.json"),
            **({"transport": "ipc", "ip": str(self._sockets / "s")} if ipc else {}),
        )
        manager.client_factory = CappedClient
        return manager

    def _connect(self) -> None:
        """Wait until it answers on both channels."""
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
                ask_again = 0.0
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
        if strange_files(self._sockets):
            self._give_up("files")
        started = descendants(self._pid)
        if self._inside and files_in_memory(started) > self.limits.inodes:
            self._give_up("inodes")
        if len(started) > self.limits.processes:
            self._give_up("processes")
        if self.limits.memory and memory_of(started) > self.limits.memory * 2**20:
            self._give_up("memory")

    def _take(self, socket: Any) -> None:
        """Take in one published message."""
        message = self._read(socket)
        if message:
            self._stash.append(message)

    def _drain(self, seconds: float) -> None:
        """Take in what is published within some seconds."""
        end = time.monotonic() + seconds
        socket = self.kc.iopub_channel.socket
        while not self._stash and socket.poll(max(0, int(1000 * (end - time.monotonic())))):
            self._take(socket)

    def _read(self, socket: Any) -> Any:
        """Read one message, counting its bytes, or None if it is malformed."""
        frames = socket.recv_multipart()
        self._bytes += sum(map(len, frames))
        if self._bytes > self.limits.output:
            self._give_up("output")
        return self._parse(frames)

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
        process = getattr(getattr(self, "km", None), "provisioner", None)
        process = getattr(process, "process", None)
        if process is not None:
            # jupyter_client would do it, and look ten times a second whether it is done.
            process.kill()
            process.wait()
        if hasattr(self, "km"):
            if self.km.has_kernel:
                self.km.shutdown_kernel(now=True)
            del self.km
        end_orphans(KEEPER.spared())
        if self._folder is not None:
            remove_folder(self._folder)
