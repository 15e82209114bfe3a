"""Attacks that break other graders. Each is run as grading runs it, where it must gain nothing,
and once more with the one defence off that stops it, where it must succeed: an attack that
never works tests nothing."""

from __future__ import annotations

import contextlib
import copy
import os
import socket
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from nnedu.grading.judge import judge
from nnedu.grading.lessons import lesson_from
from nnedu.grading.rebuild import Step, collect_answers, steps_of
from tests.attacks.conftest import Arena
from tests.grading.helpers import CHECKS, SAMPLE, STEP, answered, cell_of, exercise
from tests.needs import require


def step_points(verdict) -> float:
    return sum(r.points for r in verdict.results if r.check.task == "step")


def test_an_honest_answer_earns_its_points(arena: Arena) -> None:
    assert step_points(arena.grade({"step": STEP})) == 3


# Files: what the grading user can read, a submission cannot.

STEALS = f"""
import json
for cell in json.load(open({str(SAMPLE / "solution.ipynb")!r}))["cells"]:
    if cell["metadata"].get("nbgrader", {{}}).get("grade_id") == "step":
        exec("".join(cell["source"]))
"""


def test_reading_the_reference(arena: Arena) -> None:
    verdict = arena.grade({"step": STEALS})
    assert step_points(verdict) == 0
    assert "No such file" in verdict.results[0].message
    assert step_points(arena.grade({"step": STEALS}, sandbox=False)) == 3


def test_nothing_of_the_host_to_be_seen(arena: Arena) -> None:
    places = ["/tmp", "/root", "/home", "/var", "/work", "/etc", "/proc/1/root/work"]
    code = (
        "import os\nprint([os.path.join(p, f) for p, _, files in os.walk({place!r}) for f in files "
        "if f.endswith('.ipynb') or f in ('passwd', 'shadow', 'wrong.py', 'score.py')])"
    )
    for outcome in arena.cells([code.format(place=place) for place in places]):
        assert outcome.stdout == "[]\n"
    assert "passwd" in arena.cell(code.format(place="/etc"), sandbox=False).stdout


def test_the_host_can_be_seen_without_the_sandbox(arena: Arena, tmp_path: Path) -> None:
    (tmp_path / "gradebook").write_text("secret")
    code = f"print(open({str(tmp_path / 'gradebook')!r}).read())"
    assert arena.cell(code).status == "error"
    assert arena.cell(code, sandbox=False).stdout == "secret\n"


def test_writing_where_the_grader_would_see_it(arena: Arena, tmp_path: Path) -> None:
    target = tmp_path / "forged.csv"
    code = f"open({str(target)!r}, 'w').write('me,100')"
    assert arena.cell(code).status == "error"
    assert not target.exists()
    assert arena.cell(code, sandbox=False).status == "ok"
    assert target.exists()


def test_the_runtime_cannot_be_changed(arena: Arena) -> None:
    places = ["/site/x", "/site/numpy/x", "/kit/start/boot.py", "/usr/lib/x", "/x", "/etc/x"]
    for outcome in arena.cells([f"open({place!r}, 'w')" for place in places]):
        assert "Read-only file system" in outcome.error or "No such file" in outcome.error
    runtime = arena.make_runtime("numpy")
    code = (
        f"open({runtime.kit + '/start/boot.py'!r}, 'a').close(); open({runtime.site + '/x'!r}, 'w')"
    )
    assert arena.cell(code, sandbox=False, runtime=runtime).status == "ok"


@pytest.mark.parametrize("start", ["warm", "cold"])
def test_settings_of_the_machine(arena: Arena, start: str) -> None:
    """Whoever grades as the superuser owns these files; nothing is written into them here."""
    code = (
        "import os\nfound = []\n"
        "for place, folders, files in os.walk('/proc'):\n"
        "    folders[:] = [f for f in folders if not f.isdigit() and 'self' not in f]\n"
        "    for name in files:\n"
        "        try:\n"
        "            os.close(os.open(f'{place}/{name}', os.O_WRONLY | os.O_NONBLOCK))\n"
        "        except OSError:\n            continue\n"
        "        found.append(name)\n"
        "print('core_pattern' in found, len(found))"
    )
    options = contextlib.nullcontext() if start == "warm" else arena.without("the warm start")
    with options:
        assert arena.cell(code, cell=20).stdout == "False 0\n"
    if os.geteuid() == 0 and start == "warm":
        with arena.without("a /proc that is only read"):
            assert arena.cell(code, cell=20).stdout.startswith("True ")


def test_filling_the_folder_shared_with_the_grader(arena: Arena) -> None:
    code = (
        "import glob, os, time\n"
        "from ipykernel.connect import get_connection_file\n"
        "folder = os.path.dirname(get_connection_file())\n"
        "for n in range(100):\n    open(f'{folder}/{n}', 'w').write('x')\n"
        "time.sleep(4)"
    )
    outcome = arena.cell(code)
    assert outcome.status == "stopped"
    assert "grader's folder" in outcome.error
    with arena.without("the watch on the shared folder"):
        assert arena.cell(code).status == "ok"


# Network.


def accept_one(server: socket.socket) -> None:
    server.accept()[0].close()


def test_the_network(arena: Arena) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        port = server.getsockname()[1]
        code = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2)"
        assert arena.cell(code).status == "error"
        thread = threading.Thread(target=accept_one, args=(server,))
        thread.start()
        assert arena.cell(code, sandbox=False).status == "ok"
        thread.join()


# Processes.


def test_signals_to_the_grader(arena: Arena) -> None:
    code = "import os\nprint(os.getppid())\nos.kill(int({pid}), 0)"
    outcome = arena.cell(code.format(pid=os.getpid()))
    assert "ProcessLookupError" in outcome.error or os.getpid() < 10
    assert arena.cell(code.format(pid=os.getpid()), sandbox=False).status == "ok"


def test_reading_the_graders_memory(arena: Arena) -> None:
    code = f"print(len(open('/proc/{os.getpid()}/cmdline', 'rb').read()) > 0)"
    assert arena.cell(code).status == "error"
    assert arena.cell(code, sandbox=False).stdout == "True\n"


def daemon(mark: str) -> str:
    """Code that leaves a process behind which has cut all ties to its parents."""
    return (
        "import os, sys\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        f"        sleep = [sys.executable, '-c', 'import time; time.sleep(60)', {mark!r}]\n"
        "        os.execv(sleep[0], sleep)\n"
        "    os._exit(0)\n"
        "import time\ntime.sleep(0.5)\n"
    )


def marked(mark: str) -> list[psutil.Process]:
    """The living processes with a mark as their last argument."""
    found = psutil.process_iter(["cmdline", "status"])
    return [p for p in found if (p.info["cmdline"] or [""])[-1] == mark]


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_daemon_left_behind(arena: Arena, sandbox: bool) -> None:
    mark = f"daemon-of-{os.getpid()}-{sandbox}"
    assert arena.cell(daemon(mark), sandbox=sandbox).status == "ok"
    assert marked(mark) == []


def test_a_daemon_survives_where_nobody_ends_it(arena: Arena) -> None:
    mark = f"daemon-of-{os.getpid()}-alone"
    try:
        with arena.without("ending what a kernel leaves behind"):
            assert arena.cell(daemon(mark), sandbox=False).status == "ok"
            assert len(marked(mark)) == 1
    finally:
        for process in marked(mark):
            process.kill()


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_fork_bomb(arena: Arena, sandbox: bool) -> None:
    code = (
        "import os, time\n"
        "for made in range(150):\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(30)\n"
        "        os._exit(0)\n"
        "time.sleep(1)\n"
        "print('made', made)"
    )
    outcome = arena.cell(code, sandbox=sandbox, processes=64)
    assert "too many processes" in outcome.error or "Resource temporarily" in outcome.error
    assert arena.cell(code, sandbox=sandbox, processes=4096).stdout == "made 149\n"


# Memory, disk, output.


def test_a_memory_bomb(arena: Arena) -> None:
    code = "import numpy as np\nprint(np.empty(3 * 2**30, np.uint8).size)"
    assert "MemoryError" in arena.cell(code, memory=2048).error
    assert arena.cell(code, memory=0).stdout == f"{3 * 2**30}\n"


def test_filling_the_disk(arena: Arena) -> None:
    one = "open('x', 'wb').write(bytes(20 * 2**20))"
    many = "for n in range(5):\n    open(f'x{n}', 'wb').write(bytes(5 * 2**20))"
    large, small = arena.cells(["import os\n" + one, "os.remove('x')\n" + many])
    assert large.status == "error"
    assert "No space left" in small.error
    assert [outcome.status for outcome in arena.cells([one, many], file=64)] == ["ok", "ok"]


@pytest.mark.parametrize(
    "code",
    [
        "print('x' * 10_000_000)",
        "while True:\n    print('x' * 1000)",
        "import sys\nfor n in range(10**7):\n    print(n, file=sys.stderr)",
        "from IPython.display import display\nwhile True:\n    display('x' * 10000)",
    ],
)
def test_floods_of_output(arena: Arena, code: str) -> None:
    begin = time.monotonic()
    outcome = arena.cell(code, sandbox=False)
    assert outcome.status in ("stopped", "timeout")
    assert len(outcome.stdout) < 2**20
    assert time.monotonic() - begin < 12


@pytest.mark.parametrize(
    "code",
    [
        "print('x' * 3_000_000)",
        "import sys\nfor n in range(30):\n    print('x' * 100_000, file=sys.stderr)",
        "from IPython.display import display\nfor n in range(300):\n    display('x' * 10_000)",
    ],
)
def test_output_arrives_without_the_cap(arena: Arena, code: str) -> None:
    """The endless floods above would end at the time limit only: these end by themselves."""
    assert arena.cell(code, sandbox=False).status == "stopped"
    arrived = arena.cell(code, sandbox=False, output=2**24)
    # A text that arrives may still be too long for what is compared.
    assert arrived.status == "ok" or "too much text" in arrived.error


# Time: the loops are in the class of tests/grading; here, who notices what when.


def test_a_dead_kernel_is_noticed_at_once(arena: Arena) -> None:
    begin = time.monotonic()
    steps = [Step("a", "answer", "import os\nos._exit(3)"), Step("b", "check", "print(1)")]
    first, second = arena.run(steps, sandbox=False, cell=60, total=100)
    assert time.monotonic() - begin < 20
    assert (first.status, second.status) == ("stopped", "not reached")
    assert first.seconds < 4
    with arena.without("the look at a running kernel"):
        assert arena.run(steps, sandbox=False, cell=4)[0].seconds > 4


def test_the_total_is_a_limit_too(arena: Arena) -> None:
    steps = [Step(f"s{n}", "answer", "import time\ntime.sleep(1.5)") for n in range(4)]
    outcomes = arena.run(steps, sandbox=False, total=3.0)
    assert [o.status for o in outcomes[:1]] == ["ok"]
    assert outcomes[-1].status in ("timeout", "not reached")
    assert [o.status for o in arena.run(steps, sandbox=False)] == ["ok"] * 4


# Comparison: nothing in the kernel decides.

PATCHES = {
    "allclose": "np.allclose = np.array_equal = lambda *a, **k: True\n",
    "equal to everything": (
        "class Anything(float):\n    __eq__ = lambda self, other: True\n"
        "    __hash__ = None\n    __repr__ = __str__ = lambda self: 'right'\n"
        "    __format__ = lambda self, spec: '0.1'\n"
    ),
    "print": "import builtins\nbuiltins.print = lambda *a, **k: None\n",
    "show": "import nnedu.lesson\nnnedu.lesson.show = show = lambda *a: None\n",
    "fresh": (
        "import nnedu.lesson, numpy\n"
        "fresh = nnedu.lesson.fresh = lambda *a: numpy.random.default_rng(0)\n"
    ),
    "assert": (
        "import ast\nclass T(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node):\n        return ast.Pass()\n"
        "get_ipython().ast_transformers.append(T())\n"
    ),
    "hooks": (
        "get_ipython().events.register('post_run_cell', lambda r: setattr(r, 'error_in_exec', 0))\n"
        "get_ipython().showtraceback = lambda *a, **k: None\n"
    ),
}
RETURNS = {"equal to everything": "Anything(0.1)"}


@pytest.mark.parametrize("name", PATCHES)
def test_patching_what_compares(arena: Arena, name: str) -> None:
    returned = RETURNS.get(name, "theta * 0")
    code = PATCHES[name] + f"def step(theta, g, *, lr):\n    return {returned}"
    assert step_points(arena.grade({"step": code}, sandbox=False)) == 0


@pytest.mark.parametrize("name", ["allclose", "equal to everything", "assert"])
def test_the_patches_work_where_the_kernel_compares(arena: Arena, name: str) -> None:
    returned = RETURNS.get(name, "theta * 0")
    code = PATCHES[name] + f"def step(theta, g, *, lr):\n    return {returned}"
    check = "assert step(np.ones(3), np.ones(3), lr=0.1) == 0.9"
    if name == "allclose":
        check = "assert np.allclose(step(np.ones(3), np.ones(3), lr=0.1), 0.9)"
    steps = [
        Step("i", "locked", "import numpy as np"),
        Step("a", "answer", code),
        Step("c", "check", check),
    ]
    assert arena.run(steps, sandbox=False)[-1].status == "ok"
    honest = [steps[0], Step("a", "answer", code.splitlines()[-2] + "\n    return theta * 0")]
    assert arena.run([*honest, steps[2]], sandbox=False)[-1].status == "error"


TRUSTING = {  # a check by which another grader would decide, and that it passed there
    "print": ("if step(1.0, 1.0, lr=0.1) != 0.9:\n    print('wrong')", "wrong"),
    "show": ("show('right', step(1.0, 1.0, lr=0.1) == 0.9)", "right: False"),
    "fresh": (
        "print('right' if float(fresh('c').random()) == 0.6369616873214543 else 'other')",
        "",
    ),
}


@pytest.mark.parametrize("name", TRUSTING)
def test_the_patches_hide_what_a_check_says(arena: Arena, name: str) -> None:
    source, complaint = TRUSTING[name]
    check = Step("c", "check", source)
    imports = Step("i", "locked", "import numpy as np\nfrom nnedu.lesson import fresh, show")
    code = "def step(theta, g, *, lr):\n    return theta * 0"
    patched, plain = (
        arena.run([imports, Step("a", "answer", patch + code), check], sandbox=False)
        for patch in (PATCHES[name], "")
    )
    if name == "fresh":
        assert (patched[-1].stdout, plain[-1].stdout) == ("right\n", "other\n")
    else:
        assert (patched[-1].status, patched[-1].stdout) == ("ok", "")
        assert complaint in plain[-1].stdout


def test_the_hooks_hide_an_error_that_is_looked_for_in_the_outputs(arena: Arena) -> None:
    raises = Step("c", "check", "assert False")
    hidden = arena.run([Step("a", "answer", PATCHES["hooks"]), raises], sandbox=False)[-1]
    assert arena.run([raises], sandbox=False)[-1].error.startswith("AssertionError")
    assert "AssertionError" not in hidden.error
    assert hidden.stdout == ""


# Tables and recognised inputs: fresh inputs.


def table() -> str:
    lines = {name: cell_of(exercise(), name)["metadata"]["nnedu"]["expected"] for name in CHECKS}
    return (
        f"TABLE = {lines!r}\nCALLS = []\ndef step(theta, g, *, lr):\n"
        "    CALLS.append(0)\n"
        "    name = 'check_step_values' if len(CALLS) == 1 else 'check_step_matrix'\n"
        "    if len(CALLS) < 3:\n        print('\\n'.join(TABLE[name]))\n"
        "    return Quiet()\n"
        "import nnedu.lesson\nclass Quiet: pass\n"
        "_show = show\ndef show(label, value):\n"
        "    if not isinstance(value, Quiet): _show(label, value)\n"
    )


def test_printing_the_practice_outputs(arena: Arena) -> None:
    assert step_points(arena.grade({"step": table()}, sandbox=False)) == 0
    practice = arena.expect(None)
    assert step_points(arena.grade({"step": table()}, sandbox=False, expected=practice)) == 3


def test_answering_the_practice_inputs_only(arena: Arena) -> None:
    code = (
        "import nnedu.lesson\n"
        "def step(theta, g, *, lr):\n"
        "    known = nnedu.lesson.generator(nnedu.lesson.practice_seed('check_step_values'))\n"
        "    return theta - lr * g if np.array_equal(theta, known.normal(size=3)) else theta"
    )
    practice = arena.expect(None)
    assert step_points(arena.grade({"step": code}, sandbox=False)) == 0
    assert step_points(arena.grade({"step": code}, sandbox=False, expected=practice)) == 2


def test_a_seed_is_not_there_before_its_check(arena: Arena) -> None:
    steps = steps_of(arena.lesson, collect_answers(arena.lesson, exercise()), arena.seeds, {})
    place = arena.pool.submit(tempfile.gettempdir).result()  # other graders have their own
    assert Path(place).name.startswith("nnw-")
    looks = Step(
        "look",
        "answer",
        "import nnedu.lesson, os, glob\nprint(sorted(nnedu.lesson._seeds))\n"
        "print([v for k, v in os.environ.items() if 'SEED' in k.upper()])\n"
        f"print(glob.glob('{place}/nnb-*/*.ipynb'))",
    )
    where = [step.kind for step in steps].index("check")
    outcomes = arena.run([*steps[: where + 1], looks, *steps[where + 1 :]], sandbox=False)
    assert outcomes[where + 1].stdout == "['check_step_values']\n[]\n[]\n"
    # Had all seeds come first, as a grader that sets them once would have it:
    seeds = [step for step in steps if step.kind == "seed"]
    early = arena.run([steps[0], *seeds, looks], sandbox=False)[-1]
    assert early.stdout.splitlines()[0] == str(sorted(arena.seeds))


# The notebook: only answers come from the student.


def test_raised_points(arena: Arena) -> None:
    notebook = answered({"step": STEP})
    for name in CHECKS:
        cell_of(notebook, name)["metadata"]["nbgrader"]["points"] = 1000
    assert arena.grade({}, notebook=notebook, sandbox=False).points == 3
    theirs = lesson_from(copy.deepcopy(notebook), SAMPLE)
    found = collect_answers(arena.lesson, notebook)
    steps = steps_of(arena.lesson, found, arena.seeds, {})
    outcomes = arena.run(steps, sandbox=False)
    trusting = judge(theirs, found, steps, outcomes, arena.expected, arena.scorers)
    assert trusting.points == 2000


@pytest.mark.parametrize("marker", ["# NBVAL_SKIP", "# NBVAL_IGNORE_OUTPUT", "%%script true"])
def test_markers_and_magics(arena: Arena, marker: str) -> None:
    code = f"{marker}\ndef step(theta, g, *, lr):\n    return theta"
    assert step_points(arena.grade({"step": code}, sandbox=False)) == 0


def test_a_marker_skips_nothing(arena: Arena) -> None:
    """The other markers change what nbval compares, which is nothing here: no line does that."""
    step = Step("a", "answer", "# NBVAL_SKIP\nprint('ran')")
    assert arena.run([step], sandbox=False)[0].stdout == "ran\n"
    with arena.without("running every cell"):
        assert arena.run([step], sandbox=False)[0].stdout == ""


def test_swapped_answers(arena: Arena) -> None:
    """An answer runs in its task's place: no line of ours could be switched off."""
    swapped = {"step": answered({})["cells"][3]["source"], "momentum": STEP}
    assert arena.grade(swapped, sandbox=False).points == 0


# Imports.


def test_importing_the_answer(arena: Arena) -> None:
    code = (
        "from nnedu.optim import sgd\n"
        "def step(theta, g, *, lr):\n    return sgd(theta, g, t=1, lr=lr)[0]"
    )
    verdict = arena.grade({"step": code}, sandbox=False)
    assert step_points(verdict) == 0
    assert "No module named 'nnedu.optim'" in verdict.results[0].message
    open_door = arena.make_runtime(
        "numpy", "nnedu.optim", "nnedu._check", "nnedu._compile", "nnedu._typing"
    )
    assert step_points(arena.grade({"step": code}, sandbox=False, runtime=open_door)) == 3


def test_other_packages_are_not_there(arena: Arena) -> None:
    names = ["keras", "tensorflow", "optax", "scipy", "pytest", "nbval", "torch", "jax"]
    outcomes = arena.cells([f"import {name}" for name in names], sandbox=False)
    for name, outcome in zip(names, outcomes, strict=True):
        assert outcome.error == f"ModuleNotFoundError: No module named '{name}'"
    require("scipy")
    open_door = arena.make_runtime("numpy", "scipy")
    assert arena.cell("import scipy", sandbox=False, runtime=open_door).status == "ok"


def test_finding_a_package_by_its_path(arena: Arena) -> None:
    import nnedu

    source = str(Path(nnedu.__file__).parents[1])
    code = (
        f"import sys\nsys.path.insert(0, {source!r})\n"
        "for name in [n for n in sys.modules if n.split('.')[0] == 'nnedu']:\n"
        "    del sys.modules[name]\n"
        "from nnedu.optim import sgd"
    )
    assert "No module named 'nnedu.optim'" in arena.cell(code).error
    assert arena.cell(code, sandbox=False).status == "ok"


# The environment.


def test_the_graders_environment(arena: Arena) -> None:
    code = "import os\nprint(sorted(k for k in os.environ if 'NNEDU' in k or 'PYTEST' in k))"
    assert arena.cell(code, sandbox=False).stdout == "[]\n"
    assert arena.cell(code).stdout == "[]\n"
    with arena.without("a clean environment"):
        assert "NNEDU_GRADING_WORKER" in arena.cell(code, sandbox=False).stdout


# Messages: nothing a kernel sends can break the run or be executed.

FORGERIES = {
    "no such type": "k.session.send(k.iopub_socket, 'stream', {'name': 5}, parent=k.get_parent())",
    "empty": "k.session.send(k.iopub_socket, 'display_data', {}, parent=k.get_parent())",
    "error": "k.session.send(k.iopub_socket, 'error', {'ename': 1}, parent=k.get_parent())",
    "garbage": "k.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', b'', b'{', b'{', b'{', b'{'])",
    "idle": "k.session.send(k.iopub_socket, 'status', {'execution_state': 'idle'}, "
    "parent=k.get_parent())",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_messages(arena: Arena, name: str) -> None:
    code = (
        "k = get_ipython().kernel\n"
        f"def step(theta, g, *, lr):\n    {FORGERIES[name]}\n    return theta\n"
    )
    verdict = arena.grade({"step": code + FORGERIES[name]}, sandbox=False)
    assert step_points(verdict) == 0


def test_garbage_reaches_whoever_believes_it(arena: Arena) -> None:
    """The other forgeries are well-formed: they gain nothing because nothing they say is points."""
    code = "k = get_ipython().kernel\n" + FORGERIES["garbage"] + "\nprint('on')"
    assert arena.cell(code, sandbox=False).stdout == "on\n"
    with arena.without("doubt about messages"):
        assert arena.cell(code, sandbox=False).stdout != "on\n"


def test_forged_outputs_are_worth_what_they_say(arena: Arena) -> None:
    """Who sends an output past `show` gains what it says: nothing, unless the inputs are known."""
    lines = {name: cell_of(exercise(), name)["metadata"]["nnedu"]["expected"] for name in CHECKS}
    code = (
        f"LINES, CALLS = {lines!r}, []\nk = get_ipython().kernel\n"
        "def step(theta, g, *, lr):\n"
        "    CALLS.append(0)\n"
        "    name = 'check_step_values' if len(CALLS) == 1 else 'check_step_matrix'\n"
        "    said = {'name': 'stdout', 'text': '\\n'.join(LINES[name]) + '\\n'}\n"
        "    if len(CALLS) < 3:\n"
        "        k.session.send(k.iopub_socket, 'stream', said, parent=k.get_parent())\n"
        "    return theta\n"
        "show = lambda *a: None\n"
    )
    practice = arena.expect(None)
    assert step_points(arena.grade({"step": code}, sandbox=False)) == 0
    assert step_points(arena.grade({"step": code}, sandbox=False, expected=practice)) == 3
