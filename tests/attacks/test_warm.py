"""Attacks on the warm start: what one submission might leave for the next, or take from it.

Each submission's kernel is forked from one process, the zygote. The same attack runs once more
with the one line of the zygote off that stops it: on a copy of its program, which a kernel's
runtime holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from nnedu.grading.rebuild import Step
from nnedu.grading.runner import Job, cold_from, outcomes_from, submit
from nnedu.grading.runtime import Runtime
from nnedu.grading.warm import TRIES
from tests.attacks.conftest import Arena
from tests.attacks.test_attacks import daemon, marked


def cold(_: int) -> str:
    """Why the latest kernel of a worker started cold; runs there."""
    from nnedu.grading.warm import KEEPER

    return KEEPER.why_cold


@pytest.fixture(scope="module", autouse=True)
def warm(arena: Arena) -> Iterator[None]:
    arena.cell("pass")
    problem = arena.pool.submit(cold, 0).result()
    if problem:
        pytest.skip(f"kernels start cold here: {problem}")
    yield
    assert arena.pool.submit(cold, 0).result() == ""  # nothing above made it give up


def weak(arena: Arena, line: str, instead: str) -> Runtime:
    """Return a runtime whose zygote has one line less."""
    runtime = arena.make_runtime("numpy")
    program = Path(runtime.kit, "start", "zygote.py")
    text = program.read_text()
    assert text.count(line) == 1
    program.write_text(text.replace(line, instead))
    return runtime


SPACES = "NAMESPACES = 0x7E020000"
NO_MOUNTS, NO_PROCESSES, NO_SEGMENTS = (
    f"NAMESPACES = {0x7E020000 & ~flag:#x}" for flag in (0x20000, 0x20000000, 0x8000000)
)


def test_a_kernel_is_forked(arena: Arena) -> None:
    assert arena.cell("import os\nprint(os.getppid())").stdout == "0\n"
    with arena.without("the warm start"):
        assert arena.cell("import os\nprint(os.getppid())").stdout != "0\n"


PATCHES = (
    "import numpy, nnedu.lesson, ipykernel.kernelapp, IPython\n"
    "for module in (numpy, nnedu.lesson, ipykernel.kernelapp, IPython):\n"
    "    module.left = 'here'\n"
)
LOOKS = (
    "import numpy, nnedu.lesson, ipykernel.kernelapp, IPython\n"
    "print([hasattr(m, 'left') for m in (numpy, nnedu.lesson, ipykernel.kernelapp, IPython)])"
)


def test_patched_modules_stay_with_who_patched_them(arena: Arena) -> None:
    arena.cell(PATCHES)
    assert arena.cell(LOOKS).stdout == f"{[False] * 4}\n"
    # Without a process of its own for each submission:
    both = [Step("one", "answer", PATCHES), Step("next", "answer", LOOKS)]
    assert arena.run(both)[1].stdout == f"{[True] * 4}\n"


LEAVES = "for n in ('/tmp/left', '/home/student/left', '/dev/shm/left'): open(n, 'w').write('x')"
FINDS = (
    "import os\nprint([os.path.exists(f'{p}/left') for p in ('/tmp', '/home/student', '/dev/shm')])"
)


def test_files_left_for_the_next(arena: Arena) -> None:
    assert arena.cell(LEAVES).status == "ok"
    assert arena.cell(FINDS).stdout == f"{[False] * 3}\n"
    runtime = weak(arena, SPACES, NO_MOUNTS)
    arena.cell(LEAVES, runtime=runtime)
    assert arena.cell(FINDS, runtime=runtime).stdout == f"{[True] * 3}\n"


SEGMENT = "import ctypes\nlibc = ctypes.CDLL(None)\n"


def test_a_segment_left_for_the_next(arena: Arena) -> None:
    makes = SEGMENT + "print(libc.shmget(4711, 4096, 0o1600) >= 0)"
    finds = SEGMENT + "print(libc.shmget(4711, 4096, 0o600) >= 0)"
    with arena.without("the filter of system calls"):
        assert arena.cell(makes).stdout == "True\n"
        assert arena.cell(finds).stdout == "False\n"
        runtime = weak(arena, SPACES, NO_SEGMENTS)
        assert arena.cell(makes, runtime=runtime).stdout == "True\n"
        assert arena.cell(finds, runtime=runtime).stdout == "True\n"


def zygote() -> int:
    """The zygote of the arena's worker."""
    for process in psutil.Process().children(recursive=True):
        if "/kit/start/zygote.py" in process.cmdline() and "bwrap" not in process.cmdline()[0]:
            return process.pid
    raise AssertionError("no zygote")


def test_signals_to_the_zygote(arena: Arena) -> None:
    arena.cell("pass")
    code = f"import os\nos.kill({zygote()}, 0)"
    assert "ProcessLookupError" in arena.cell(code).error
    runtime = weak(arena, SPACES, NO_PROCESSES)
    arena.cell("pass", runtime=runtime)
    assert arena.cell(f"import os\nos.kill({zygote()}, 0)", runtime=runtime).status == "ok"


def test_nobody_else_is_in_sight(arena: Arena) -> None:
    code = (
        "import os\n"
        "for pid in sorted(p for p in os.listdir('/proc') if p.isdigit()):\n"
        "    print(open(f'/proc/{pid}/comm').read().strip())\n"
    )
    # bubblewrap's first process, what holds the sandbox open, and the kernel.
    names = arena.cell(code).stdout.splitlines()
    assert len(names) == 3
    assert names[0] == "bwrap"
    assert len(arena.cell(code, sandbox=False).stdout.splitlines()) > 3


def test_killing_all_in_sight_ends_this_submission_only(arena: Arena) -> None:
    """The processes of a sandbox are the student's own: that these can die is no flaw."""
    arena.cell("pass")
    before = zygote()
    outcome = arena.cell("import os, time\nos.kill(-1, 9)\ntime.sleep(1)\nos.kill(os.getpid(), 9)")
    assert outcome.status == "stopped"
    assert arena.cell("print('next')").stdout == "next\n"
    assert zygote() == before


def test_a_process_left_behind_does_not_meet_the_next(arena: Arena) -> None:
    mark = f"warm-daemon-of-{os.getpid()}"
    arena.cell("pass")
    before = zygote()
    assert arena.cell(daemon(mark)).status == "ok"
    assert marked(mark) == []
    assert zygote() == before
    # In a namespace of its own it would end anyway: switch that off as well.
    with arena.without("ending what a kernel leaves behind"):
        runtime = weak(arena, SPACES, NO_PROCESSES)
        worker = psutil.Process(arena.pool.submit(os.getpid).result())
        try:
            assert arena.cell(daemon(mark), runtime=runtime).status == "ok"
            assert len(marked(mark)) == 1
        finally:
            for process in worker.children(recursive=True):  # the kernel was left behind, too
                process.kill()


def test_taking_over_what_holds_the_sandbox(arena: Arena) -> None:
    """Two processes beside the kernel are not filtered: nobody may write into their memory."""
    code = (
        "import os\nfor n in (1, 2):\n"
        "    try:\n        os.close(os.open(f'/proc/{n}/mem', os.O_RDWR))\n        print('open')\n"
        "    except OSError as error:\n        print(error.strerror)"
    )
    outcome = arena.cell(code)
    assert len(outcome.stdout.splitlines()) == 2
    assert "open" not in outcome.stdout
    yama = Path("/proc/sys/kernel/yama/ptrace_scope")
    if yama.exists() and yama.read_text().strip() != "0":
        return  # this machine's kernel refuses it, too
    with arena.without("a /proc that is only read"):
        assert arena.cell(code).stdout == "open\nopen\n"


def test_open_files_of_the_zygote(arena: Arena) -> None:
    code = (
        "import fcntl, os\n"
        "print(sorted(os.path.basename(os.readlink(f'/proc/self/fd/{n}')).split(':')[0]\n"
        "      for n in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{n}')\n"
        "      and os.readlink(f'/proc/self/fd/{n}').startswith('pipe:')))"
    )
    assert "pipe" not in arena.cell(code).stdout
    runtime = weak(arena, "os.closerange(3, 1 << 16)", "pass")
    assert "pipe" in arena.cell(code, runtime=runtime).stdout


MOUNTS = (
    "import ctypes\n"
    "print(ctypes.CDLL(None).mount(b'none', b'/home/student', b'tmpfs', 0, b'size=8g'))"
)


def test_a_kernel_has_no_capability(arena: Arena) -> None:
    """A process has them all in the user namespace that it joins, until it gives them up."""
    code = "print(*[li for li in open('/proc/self/status') if li[:3] in ('Cap', 'NoN')], sep='')"
    lines = dict(line.split(":\t") for line in arena.cell(code).stdout.split("\n") if line)
    assert lines.pop("NoNewPrivs") == "1"
    assert set(lines.values()) == {"0" * 16}
    assert arena.cell(MOUNTS).stdout == "-1\n"
    runtime = weak(arena, "            _give_up_capabilities()\n", "")
    assert arena.cell(MOUNTS, runtime=runtime).stdout == "0\n"


REMEMBERS = "for n in range(3):\n    kept = bytes(400 * 2**20)\nprint(len(kept))"


def test_filling_the_memory_of_the_zygote(arena: Arena) -> None:
    """Linux copies what a fork writes to; there is no line of ours to switch off."""
    arena.cell("pass")
    process = psutil.Process(zygote())
    before = process.memory_info().rss
    assert arena.cell(REMEMBERS).status == "ok"
    assert abs(process.memory_info().rss - before) < 2**20


DRAWS = (
    "import random, os, numpy\n"
    "print(random.random(), os.urandom(4).hex(), numpy.random.random(), sep='\\n')"
)


def test_random_numbers_are_not_those_of_the_one_before(arena: Arena) -> None:
    one, two = (arena.cell(DRAWS).stdout.split() for _ in range(2))
    assert not set(one) & set(two)
    runtime = weak(arena, 'sys.modules["numpy"].random.seed()', "pass")
    one, two = (arena.cell(DRAWS, runtime=runtime).stdout.split() for _ in range(2))
    assert len(set(one) & set(two)) == 1


KEY = (
    "import json\nfrom ipykernel.connect import get_connection_file\n"
    "print(json.load(open(get_connection_file()))['key'][::-1])"
)
SEARCHES = """
key = KEY[::-1].encode()
found = False
with open("/proc/self/mem", "rb", 0) as memory:
    for line in open("/proc/self/maps"):
        place, kind = line.split()[:2]
        if kind.startswith("rw") and "stack" not in line:
            first, last = (int(end, 16) for end in place.split("-"))
            memory.seek(first)
            # Once is this search's own: what it looks for is in memory.
            found |= memory.read(last - first).count(key) > 1
print(found)
"""


def test_keys_of_other_kernels_are_not_in_memory(arena: Arena) -> None:
    """The zygote is told where a connection file is; it never reads one."""
    reads = "_KEPT.extend(open(config['argv'][1]).read() for _ in range(3))\n    told, tell ="
    here = "    told, tell = os.pipe()\n    try:\n        pid"
    runtime = weak(arena, here, f"    {reads} os.pipe()\n    try:\n        pid")
    program = Path(runtime.kit, "start", "zygote.py")
    program.write_text(program.read_text().replace("_libc = ", "_KEPT = []\n_libc = ", 1))
    for place, there in ((arena.runtime, False), (runtime, True)):
        key = arena.cell(KEY, runtime=place, cell=20).stdout.strip()
        outcome = arena.cell(SEARCHES.replace("KEY", repr(key)), runtime=place, cell=20)
        assert outcome.stdout == f"{there}\n", outcome


def test_a_zygote_that_dies_costs_nothing(arena: Arena) -> None:
    arena.cell("pass")
    os.kill(zygote(), 9)
    assert arena.cell("print('next')").stdout == "next\n"


PARENT = "import os\nprint(os.getppid() == 0)"  # a forked kernel's is in another namespace
NO_JOIN = "if _libc.setns(holder, NAMESPACES):"


def test_a_fork_that_fails_costs_one_cold_start(arena: Arena) -> None:
    """The kernel starts cold, the record says why, and the next gets a new zygote."""
    runtime = weak(arena, NO_JOIN, "if os.path.exists('/kit/broken') or " + NO_JOIN[3:])
    broken = Path(runtime.kit, "broken")
    broken.touch()
    assert arena.cell(PARENT, runtime=runtime).stdout == "False\n"
    assert "could not join the namespaces" in arena.pool.submit(cold, 0).result()
    broken.unlink()
    assert arena.cell(PARENT, runtime=runtime).stdout == "True\n"
    assert arena.pool.submit(cold, 0).result() == ""


def test_where_no_kernel_can_be_forked_they_start_cold(arena: Arena) -> None:
    runtime = weak(arena, NO_JOIN, "if True:")
    steps = [Step("a", "answer", PARENT)]
    job = Job(steps, runtime, arena.limits, sandbox=True).to_json()
    with arena.without("texts that can be written"):  # a worker of its own, to be spoilt
        for tried in range(1, TRIES + 2):
            text = submit(arena.pool, job).result()
            assert outcomes_from(text, steps)[0].stdout == "False\n"
            assert "could not join the namespaces" in cold_from(text)
            assert (f"{TRIES} times in a row" in cold_from(text)) == (tried >= TRIES)
        # Nothing is tried any more, even where it would work.
        assert arena.cell(PARENT).stdout == "False\n"
