"""Attacks that use up what a submission shares with the grader or with its neighbour: the grader's
memory through the channels nobody reads, the Linux kernel's through empty files, processors."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from nnedu.grading.lifeline import own_processor
from tests.attacks.conftest import Arena

# What a kernel may send beside its outputs: one reply a cell, and nothing for nothing.

CHANNEL = (
    "k = get_ipython().kernel\n"
    "stream = k.{channel}_stream\n"
    "socket, to = getattr(stream, 'socket', stream), k._shell_parent_ident.get()\n"
)
BIG = "socket.send_multipart([*to, b'<IDS|MSG>', b'', b'{}', b'{}', b'{}', bytes(3 * 2**20)])\n"


def forget_peak(_: int) -> None:
    """Count a worker's most memory from now on; runs there."""
    Path("/proc/self/clear_refs").write_text("5")


def peak(_: int) -> int:
    """The most memory that a worker had since then, in bytes; runs there."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 2**10 for line in lines if line.startswith("VmHWM"))


def test_replies_that_nobody_waits_for(arena: Arena) -> None:
    """The control channel is never read: what lies there lies in the grader's memory."""
    code = CHANNEL.format(channel="control") + f"for n in range(100):\n    {BIG}"
    code += "import time\ntime.sleep(4)"
    with arena.without("texts that can be written"):  # a worker that had little so far
        arena.cell("pass")
        arena.pool.submit(forget_peak, 0).result()
        before = arena.pool.submit(peak, 0).result()
        assert arena.cell(code, cell=20).status == "ok"
        assert arena.pool.submit(peak, 0).result() - before < 75 * 2**20
    with arena.without("few replies at a time"):
        arena.cell("pass")
        arena.pool.submit(forget_peak, 0).result()
        before = arena.pool.submit(peak, 0).result()
        assert arena.cell(code, cell=20).status == "ok"
        assert arena.pool.submit(peak, 0).result() - before > 150 * 2**20


def test_a_flood_of_replies(arena: Arena) -> None:
    code = CHANNEL.format(channel="shell") + f"for n in range(40):\n    {BIG}    time.sleep(0.02)\n"
    code = "import time\n" + code
    outcome = arena.cell(code, cell=20)
    assert (outcome.status, "printed more than" in outcome.error) == ("stopped", True)
    assert arena.cell(code, cell=20, output=2**30).status == "ok"


# Files without content: their size is nothing, and each takes a kilobyte of the Linux kernel.

EMPTY = (
    "import os, time\n"
    "for n in range(12_000):\n    os.close(os.open(f'{place}/{n}', os.O_CREAT | os.O_WRONLY))\n"
    "time.sleep(1)\nprint('made')"
)


@pytest.mark.parametrize("place", ["/tmp", "/home/student", "/dev/shm", "cold"])
def test_empty_files(arena: Arena, place: str) -> None:
    code = EMPTY.replace("{place}", "/tmp" if place == "cold" else place)
    with arena.without("the warm start") if place == "cold" else contextlib.nullcontext():
        outcome = arena.cell(code, cell=20)
    assert outcome.status == "stopped"
    assert "too many files (more than 10000)" in outcome.error
    assert arena.cell(code, cell=20, inodes=20_000).stdout == "made\n"


# Processors: with hundreds of busy processes, a neighbour's cells would run out of time.

WIDENS = (
    "import os\nprint(len(os.sched_getaffinity(0)))\n"
    "try:\n    os.sched_setaffinity(0, range(1024))\n    print(len(os.sched_getaffinity(0)))\n"
    "except PermissionError:\n    print('refused')"
)


BUSY = (
    "import ctypes, os, time\n"
    "libc, (read, write) = ctypes.CDLL(None), os.pipe()\n"
    "for n in range(8):\n"
    "    if os.fork() == 0:\n"
    "        end, seen = time.time() + 1.5, set()\n"
    "        while time.time() < end:\n            seen.add(libc.sched_getcpu() % 256)\n"
    "        os.write(write, bytes(seen))\n        os._exit(0)\n"
    "for n in range(8):\n    os.wait()\n"
    "print(len(set(os.read(read, 4096))))"
)


def processor_of(_: int) -> int | None:
    """The processor of a worker; runs there."""
    return own_processor()


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="processors need Linux here")
def test_a_neighbours_processor(arena: Arena) -> None:
    if arena.pool.submit(processor_of, 0).result() is None:
        pytest.skip("all processors of this machine are claimed by other graders")
    assert arena.cell(WIDENS).stdout == "1\nrefused\n"
    with arena.without("the warm start"):
        # A second worker has another processor, or none where there are no more.
        mine, other = (p.submit(processor_of, 0).result() for p in (arena.whole, arena.pool))
        assert mine != other
        if other is not None:
            assert arena.cell(WIDENS).stdout == "1\nrefused\n"
    if len(os.sched_getaffinity(0)) > 1:
        assert arena.cell(BUSY, cell=20).stdout == "1\n"
        with arena.without("a processor of its own"):
            assert int(arena.cell(WIDENS).stdout.split()[0]) > 1
            assert int(arena.cell(BUSY, cell=20).stdout) > 1
