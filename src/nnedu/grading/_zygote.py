"""A process that has imported what kernels need, and forks one kernel per submission.

This file is copied beside the kernels and runs under bubblewrap itself, as ``python -I -S``; it
never runs anything of a submission. For each submission it has bubblewrap make a new sandbox
inside its own. A fork joins that sandbox's namespaces, forks once more (a process enters a
process namespace only by being born into it), gives up every capability, sets the limits and
becomes the kernel. What a kernel inherits is the memory of imported packages and nothing else:
no connection key, no seed, no expected value has ever been here.

Standard input brings one JSON object a line: ``sandbox`` (the command of the new sandbox),
``limits``, ``processor``, ``filter``, ``argv``. Each is answered by one on standard output:
``pid``, or ``error``. Its argument is a JSON object: ``path``, ``imports``.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import boot  # type: ignore[import-not-found]  # a copy of _boot.py, from beside this one

del sys.path[0]

WAIT = 20.0
"""Seconds for bubblewrap to make a sandbox."""

HOLDER = "import os; os.write(1, b'x'); os.read(0, 1)"
"""What runs in a new sandbox and holds it open until its standard input ends."""

LAZY = (  # what a kernel imports when it starts, runs its first cell or meets its first error
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "nnedu.lesson",
    "numpy.random",
    "psutil",
    "pygments.formatters.terminal256",
    "stack_data",
    "tornado.platform.asyncio",
    "tornado.queues",
)

NAMESPACES = 0x7E020000  # user, pid, net, uts, ipc, cgroup, mount
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Import, say so, and fork a kernel for each line that comes."""
    config = json.loads(sys.argv[1])
    sys.dont_write_bytecode = True
    sys.path.extend(config["path"])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a package prints when it is imported must not get between the answers.
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    for name in (*LAZY, *config["imports"]):
        with contextlib.suppress(Exception):  # a kernel that needs it will say so
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a fork would touch, and so copy, all of it
    print(json.dumps({"pid": os.getpid()}), file=answers, flush=True)
    # One line at a time, unbuffered: nothing of a next one may be in memory at a fork.
    signal.signal(signal.SIGCHLD, _collect_ended)
    while line := _line():
        try:
            answer: dict[str, Any] = {"pid": _kernel(json.loads(line))}
        except (OSError, ValueError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def _line() -> bytes:
    """Read one line, byte by byte."""
    line = b""
    while not line.endswith(b"\n"):
        one = os.read(0, 1)
        if not one:
            return b""
        line += one
    return line


def _collect_ended(*_: object) -> None:
    """Collect processes of a submission."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _kernel(config: dict[str, Any]) -> int:
    """Make a sandbox and a kernel in it; return the process that ends when the kernel does."""
    holder, hold = _sandbox(config["sandbox"])
    told, tell = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            # Whatever goes wrong here must not come back as a second zygote.
            try:
                _join(holder, tell, config)
            finally:
                os._exit(1)
    finally:
        # From now on the fork alone holds the sandbox open.
        for end in (holder, hold, tell):
            os.close(end)
    try:
        if not os.read(told, 1):
            raise OSError("a process could not join the namespaces of a sandbox")
    finally:
        os.close(told)
    return pid


def _sandbox(argv: list[str]) -> tuple[int, int]:
    """Start a sandbox; return a handle of a process in it, and what holds it open."""
    wait, hold = os.pipe()
    ready, inside = os.pipe()
    told, tell = os.pipe()
    try:
        subprocess.Popen(
            [*argv[:1], "--info-fd", str(tell), *argv[1:], HOLDER],
            stdin=wait,
            stdout=inside,
            stderr=subprocess.DEVNULL,
            pass_fds=[tell],
            close_fds=True,
        )
        for end in (wait, inside, tell):
            os.close(end)
        if not select.select([ready], [], [], WAIT)[0] or not os.read(ready, 1):
            raise OSError("bubblewrap made no sandbox inside a sandbox")
        holder = json.loads(os.read(told, 4096))["child-pid"]
        return os.pidfd_open(holder), hold
    except BaseException:
        os.close(hold)
        raise
    finally:
        os.close(ready)
        os.close(told)


def _join(holder: int, tell: int, config: dict[str, Any]) -> None:
    """Move this process into a sandbox and fork the kernel there; end when it does."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if _libc.setns(holder, NAMESPACES):
        raise OSError(ctypes.get_errno(), "setns")
    kernel = os.fork()
    if kernel == 0:
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for end in (0, 1, 2):
                os.dup2(nothing, end)
            os.closerange(3, 1 << 16)
            os.chdir(os.environ["HOME"])
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            _give_up_capabilities()
            boot.confine(config)
            _draw_new_entropy()
            boot.launch(config["argv"])
        except SystemExit:
            pass
        finally:
            os._exit(0)
    _give_up_capabilities()
    os.write(tell, b"x")
    os.close(tell)
    os.waitpid(kernel, 0)


def _give_up_capabilities() -> None:
    """Take from this process all it may do in the user namespace that it joined."""
    pr_set_dumpable, pr_capbset_drop, pr_set_no_new_privs = 4, 24, 38
    number = 0
    while _libc.prctl(pr_capbset_drop, number, 0, 0, 0) == 0:
        number += 1
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if _libc.capset(version_3, nothing) or number < 38:
        raise OSError(ctypes.get_errno(), "capabilities cannot be given up")
    # Joining changed what this process may do, which closed its own files in /proc to it.
    _libc.prctl(pr_set_dumpable, 1, 0, 0, 0)
    _libc.prctl(pr_set_no_new_privs, 1, 0, 0, 0)


def _draw_new_entropy() -> None:
    """Reseed what was seeded when it was imported; Python's own generator does it by itself."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


if __name__ == "__main__":
    main()
