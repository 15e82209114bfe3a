"""What a program can ask Linux for without a name: refused by the filter of system calls.

Each attack runs with the filter, where it must fail, and without it, where it must succeed as
far as the machine's kernel has the call.
"""

from __future__ import annotations

import ctypes
import platform
import socket

import pytest

from nnedu.grading import _seccomp
from nnedu.grading.sandbox import filtered
from tests.attacks.conftest import Arena

LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
SAYS = "print(result >= 0 or os.strerror(ctypes.get_errno()))"
REFUSED = "Operation not permitted\n"

CALLS = {
    # Memory that neither a process holds nor a limit counts.
    "a file without a name": "result = libc.memfd_create(b'hidden', 0)\n",
    "a segment of shared memory": "result = libc.shmget(0, 2**20, 0o1600)\n",
    "a queue of messages": "result = libc.msgget(0, 0o1600)\n",
    # A file system of any size could be mounted in a namespace of one's own.
    "a user namespace": (  # only a process with one thread may
        "if (pid := os.fork()) == 0:\n"
        "    os._exit(-libc.unshare(0x10000000) and ctypes.get_errno())\n"
        "error = os.waitpid(pid, 0)[1] >> 8\nresult = -error\nctypes.set_errno(error)\n"
    ),
    "a process in a user namespace": (
        "result = libc.syscall(CLONE, 0x10000000 | 17, 0, 0, 0, 0)\nif result == 0: os._exit(0)\n"
    ),
    "tracing": "result = libc.ptrace(0, 0, 0, 0)\n",
}


@pytest.fixture(scope="module", autouse=True)
def filter_here() -> None:
    if not filtered():
        pytest.skip(f"system calls of {platform.machine()} are not filtered")


@pytest.fixture(scope="module")
def clone() -> str:
    which = list(_seccomp.ARCHITECTURES).index(platform.machine())
    return str(_seccomp.CLONE[which])


def test_calls_without_a_name(arena: Arena, clone: str) -> None:
    codes = [LIBC + c.replace("CLONE", clone) + SAYS for c in CALLS.values()]
    for name, outcome in zip(CALLS, arena.cells(codes), strict=True):
        assert outcome.stdout == REFUSED, name
    with arena.without("the filter of system calls"):
        for name, outcome in zip(CALLS, arena.cells(codes), strict=True):
            assert outcome.stdout == "True\n", name


HIDES = (
    "import os, time\n"
    "for n in range(6):\n"
    "    hidden = os.memfd_create('hidden')\n"
    "    for _ in range(16):\n        os.write(hidden, bytes(2**23))\n"
    "print('hidden')"
)


def test_hiding_memory_in_files_without_a_name(arena: Arena) -> None:
    """More than the memory allowed, and no process holds it: only the filter stops this."""
    assert "PermissionError" in arena.cell(HIDES, memory=600).error
    with arena.without("the filter of system calls"):
        assert arena.cell(HIDES, memory=600, file=256).stdout == "hidden\n"


def test_a_cold_start_is_filtered_too(arena: Arena) -> None:
    with arena.without("the warm start"):
        assert "PermissionError" in arena.cell(HIDES, memory=600).error


FAMILIES = {  # sockets that no network namespace holds back
    "AF_VSOCK": (40, 1),  # to the host of a virtual machine
    "AF_ALG": (38, 5),  # the kernel's cryptography
    "AF_PACKET": (17, 3),
    "AF_RDS": (21, 5),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_sockets_that_no_namespace_holds(arena: Arena, name: str) -> None:
    family, kind = FAMILIES[name]
    code = (
        f"import socket\ntry:\n    socket.socket({family}, {kind})\n    print('open')\n"
        "except OSError as error:\n    print(error.strerror)"
    )
    assert arena.cell(code).stdout == "Address family not supported by protocol\n"
    try:
        socket.socket(family, kind).close()
    except OSError:
        return  # this machine's kernel has none: there is nothing to hold back
    with arena.without("the filter of system calls"):
        # Raw packets need a capability, which bubblewrap takes as well.
        expected = "Operation not permitted\n" if name == "AF_PACKET" else "open\n"
        assert arena.cell(code).stdout == expected


def test_memory_in_the_buffers_of_sockets(arena: Arena) -> None:
    """No process holds it, so its size is bounded by the number of sockets.

    The last pairs are given back before the attack speaks: a kernel that cannot open one file
    more is ended by its own messaging library.
    """
    code = (
        "import socket\nkept, held = [], 0\n"
        "try:\n"
        "    while len(kept) < 1200:\n"
        "        kept.append(socket.socketpair())\n"
        "        kept[-1][0].setblocking(False)\n"
        "        held += kept[-1][0].send(bytes(2**16))\n"
        "except OSError as error:\n"
        "    del kept[-10:]\n"
        "    print(error.strerror)\n"
        "print(held < 2**26)"
    )
    assert arena.cell(code).stdout == "Too many open files\nTrue\n"
    assert arena.cell(code, open_files=4096).stdout == "False\n"


def test_usual_sockets_and_threads_work(arena: Arena) -> None:
    code = (
        "import socket, subprocess, sys, threading\n"
        "socket.socket().close()\nsocket.socketpair()\nsocket.socket(socket.AF_INET6).close()\n"
        "thread = threading.Thread(target=print, args=('a thread',))\nthread.start()\n"
        "thread.join()\nprint(subprocess.run([sys.executable, '-c', 'pass']).returncode)"
    )
    assert arena.cell(code).stdout == "a thread\n0\n"


def test_a_key_that_outlives_its_submission(arena: Arena) -> None:
    """A session's keyring is inherited: what one kernel leaves there, the next one would find."""
    which = list(_seccomp.ARCHITECTURES).index(platform.machine())
    add_key, keyctl = (_seccomp.REFUSED[name][which] for name in ("add_key", "keyctl"))
    leaves = LIBC + f"result = libc.syscall({add_key}, b'user', b'left', b'answers', 7, -3)\n{SAYS}"
    finds = LIBC + f"result = libc.syscall({keyctl}, 10, -3, b'user', b'left', 0)\n{SAYS}"
    for code in (leaves, finds):
        assert arena.cell(code).stdout == REFUSED
    with arena.without("the filter of system calls"):
        arena.pool.submit(log_in, keyctl).result()
        assert arena.cell(finds).stdout == "Required key not available\n"
        assert arena.cell(leaves).stdout == "True\n"
        assert arena.cell(finds).stdout == "True\n"


def log_in(keyctl: int) -> None:
    """Give a worker a session keyring, as whoever logs in has one."""
    join = 1
    assert ctypes.CDLL(None).syscall(keyctl, join, None) > 0


def run(program: bytes, machine: str, number: int, first: int = 0) -> int:
    """Be the kernel's machine, as far as the filter uses it."""
    import struct

    lines = list(struct.iter_unpack("=HBBI", program))
    data = {0: number, 4: _seccomp.ARCHITECTURES.get(machine, 0), 16: first}
    place, held = 0, 0
    while True:
        code, true, false, value = lines[place]
        place += 1
        if code == 0x06:
            return value
        if code == 0x20:
            held = data[value]
        else:
            holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
            place += true if holds else false


@pytest.mark.parametrize(("which", "machine"), list(enumerate(_seccomp.ARCHITECTURES)))
def test_the_program_of_the_filter(which: int, machine: str) -> None:
    program = _seccomp.program(machine)
    allow, refuse, kill = 0x7FFF0000, 0x00050001, 0x80000000
    for name, numbers in _seccomp.REFUSED.items():
        assert run(program, machine, numbers[which]) == refuse, name
        assert run(program, "other", numbers[which]) == kill
    refused = {numbers[which] for numbers in _seccomp.REFUSED.values()}
    clone, clone3 = _seccomp.CLONE[which], _seccomp.CLONE3[which]
    sockets = {_seccomp.SOCKET[which], _seccomp.SOCKETPAIR[which]}
    for number in set(range(470)) - refused - sockets - {clone, clone3}:
        assert run(program, machine, number, 0xFFFFFFFF) == allow
    assert run(program, machine, clone3) == 0x00050000 + 38  # "no such call": libraries use clone
    assert run(program, machine, clone, 0x3D0F00) == allow  # a thread
    for flag in (0x80, *(1 << bit for bit in (17, 25, 26, 27, 28, 29, 30))):
        assert run(program, machine, clone, flag | 17) == refuse
    for number in sockets:
        for family in range(50):
            expected = allow if family in _seccomp.FAMILIES else 0x00050000 + 97
            assert run(program, machine, number, family) == expected
    if machine == "x86_64":
        assert run(program, machine, 0x40000000 + 41) == 0x00050000 + 38
