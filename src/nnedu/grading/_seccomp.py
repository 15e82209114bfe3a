"""A filter of system calls for a kernel; runs inside the sandbox, standard library only.

Bubblewrap takes away what has a name: files, networks, processes. What a program can ask the
Linux kernel for without a name is refused here: memory that no limit counts, namespaces of its
own, other processors, keys that outlive a process, sockets that no network namespace holds back,
and calls that no notebook needs and many flaws of the kernel needed.

The filter is a program for the kernel's own small machine (classic BPF; ``man 2 seccomp``). It
looks at a call's number, and for three calls at one argument. A refused call fails as it would
for lack of permission; a call made in the numbering of another architecture ends the process.
"""

from __future__ import annotations

import ctypes
import struct

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""`platform.machine()` to the kernel's number for it (linux/audit.h)."""

REFUSED = {  # name: number on x86_64, on aarch64
    # Memory that RLIMIT_AS does not count, and that no process holds.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # Of the processors each submission has one, so that nobody else's is slowed down.
    "sched_setaffinity": (203, 122),
    # Namespaces: in one of its own a process may mount file systems of any size.
    "unshare": (272, 97),
    "setns": (308, 268),
    # A keyring is inherited: what one submission leaves in it the next one finds.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # Much of the kernel for a caller to find flaws in.
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "perf_event_open": (298, 241),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "userfaultfd": (323, 282),
}
CLONE, CLONE3 = (56, 220), (435, 435)
SOCKET, SOCKETPAIR = (41, 198), (53, 199)

NAMESPACES = 0x7E020080
"""Flags of clone that ask for a namespace: user, pid, net, uts, ipc, cgroup, mount, time."""

FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: the namespaces of the sandbox hold these."""

EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # where these are in seccomp_data
_X32 = 0x40000000  # x86_64 has a second numbering, from here on


def program(machine: str) -> bytes:
    """Return the filter for a machine: 8 bytes an instruction.

    Parameters
    ----------
    machine : str
        A key of `ARCHITECTURES`.

    Examples
    --------
    >>> len(program("x86_64")) % 8
    0
    """
    which = list(ARCHITECTURES).index(machine)
    # Each test stands alone and either returns or goes on: nothing jumps far.
    lines: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        lines += [(_JUMP_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO | ENOSYS)]
    for numbers in REFUSED.values():
        lines += [(_JUMP_EQUAL, 0, 1, numbers[which]), (_RETURN, 0, 0, _ERRNO | EPERM)]
    # Its flags are in memory, where a filter cannot look; libraries then use clone.
    lines += [(_JUMP_EQUAL, 0, 1, CLONE3[which]), (_RETURN, 0, 0, _ERRNO | ENOSYS)]
    lines += [
        (_JUMP_EQUAL, 0, 4, CLONE[which]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_ANY_BIT, 0, 1, NAMESPACES),
        (_RETURN, 0, 0, _ERRNO | EPERM),
        (_RETURN, 0, 0, _ALLOW),
        (_JUMP_EQUAL, 1, 0, SOCKET[which]),
        (_JUMP_EQUAL, 0, 2 + len(FAMILIES), SOCKETPAIR[which]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
    ]
    for place, family in enumerate(FAMILIES):
        lines.append((_JUMP_EQUAL, len(FAMILIES) - place, 0, family))
    lines += [(_RETURN, 0, 0, _ERRNO | EAFNOSUPPORT), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def install(machine: str) -> None:
    """Put this process, and all it will start, under the filter for good.

    Raises
    ------
    OSError
        If the kernel does not take it.
    """

    class Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))

    libc = ctypes.CDLL(None, use_errno=True)
    pr_set_no_new_privs, pr_set_seccomp, filtering = 38, 22, 2
    text = program(machine)
    ask = Filter(len(text) // 8, text)
    if libc.prctl(pr_set_no_new_privs, 1, 0, 0, 0) or libc.prctl(
        pr_set_seccomp, filtering, ctypes.byref(ask), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the kernel took no filter of system calls")
