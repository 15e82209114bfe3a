"""Attacks on what a kernel shares with the grader: memory, the folder of its sockets, and texts
that end in files. Each succeeded once; what stops it now is named beside it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path

import pytest

from nnedu.grading import kernel, lifeline, rebuild
from nnedu.grading.documents import BadNotebook, parse_notebook
from nnedu.grading.rebuild import collect_answers
from tests.attacks.conftest import Arena
from tests.grading.helpers import answered, cell_of

SOCKETS = (
    "import os, time\nfrom ipykernel.connect import get_connection_file\n"
    "folder = os.path.dirname(get_connection_file())\n"
)


# Memory that no limit of a process counts.


@pytest.mark.parametrize("place", ["/dev/shm", "/tmp", "/home/student"])
def test_filling_a_file_system_in_memory(arena: Arena, place: str) -> None:
    code = (
        "import os\n"
        "try:\n"
        "    for n in range(12):\n"
        f"        open(f'{place}/{{n}}', 'wb').write(bytes(4 * 2**20))\n"
        "except OSError as error:\n    print(error.strerror)\n"
        "print(n)"
    )
    assert arena.cell(code).stdout == "No space left on device\n4\n"
    assert arena.cell(code, file=64).stdout == "11\n"


def test_no_file_system_in_memory_without_a_size(arena: Arena) -> None:
    code = (
        "for line in open('/proc/self/mounts'):\n"
        "    _, place, kind, options, *_ = line.split()\n"
        "    options = options.split(',')\n"
        "    if kind == 'tmpfs' and 'rw' in options:\n"
        "        print(place, any(o.startswith('size=') for o in options))"
    )
    places = ["/dev/shm", "/home/student", "/tmp"]
    assert sorted(arena.cell(code).stdout.splitlines()) == [f"{p} True" for p in places]
    with arena.without("a size for what is in memory"):
        assert sorted(arena.cell(code).stdout.splitlines()) == [
            f"{place} False" for place in places
        ]


def test_many_processes_that_each_take_little(arena: Arena) -> None:
    code = (
        "import os, time\n"
        "for n in range(4):\n"
        "    if os.fork() == 0:\n"
        "        kept = b'x' * (500 * 2**20)\n"
        "        time.sleep(20)\n"
        "        os._exit(0)\n"
        "time.sleep(4)\nprint('all there')"
    )
    outcome = arena.cell(code, memory=1500, cell=10)
    assert outcome.status == "stopped"
    assert "more than 1500 megabytes together" in outcome.error
    assert arena.cell(code, memory=4096, cell=10).stdout == "all there\n"


# The folder of the sockets.

FILES = {
    "a folder of files": "os.mkdir(folder + '/d')\n"
    "for n in range(99):\n    open(f'{folder}/d/{n}', 'w').write('x')\n",
    "a large file": "open(folder + '/large', 'wb').write(bytes(2**20))\n",
    "a link": "os.symlink('/etc/passwd', folder + '/link')\n",
}


@pytest.mark.parametrize("name", FILES)
def test_files_in_the_folder_of_the_sockets(arena: Arena, name: str) -> None:
    outcome = arena.cell(SOCKETS + FILES[name] + "time.sleep(3)")
    assert (outcome.status, "grader's folder" in outcome.error) == ("stopped", True)


def test_files_in_the_folder_of_the_sockets_where_nobody_looks(arena: Arena) -> None:
    with arena.without("the watch on the shared folder"):
        for name in FILES:
            assert arena.cell(SOCKETS + FILES[name] + "time.sleep(1)").status == "ok", name


def nested(folder: Path, depth: int) -> None:
    """Make folders in folders, the last of them closed."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.chmod(here, 0)
    os.close(here)


def test_folders_too_deep_to_remove(tmp_path: Path) -> None:
    deep = tmp_path / "deep"
    deep.mkdir()
    (deep / "file").write_text("")
    (deep / "link").symlink_to(tmp_path)
    nested(deep, 1500)
    with contextlib.suppress(RecursionError):
        shutil.rmtree(deep, ignore_errors=True)
    assert deep.exists()  # the usual way does not get there
    assert kernel.remove_folder is lifeline.remove_folder
    lifeline.remove_folder(deep)
    assert list(tmp_path.iterdir()) == []


def test_a_kernel_leaves_no_folder(arena: Arena) -> None:
    """That the usual way leaves one is in the test above: here the watch may come first."""
    code = [
        SOCKETS + "print(folder)",
        "os.chdir(folder)\nfor n in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\n",
    ]
    left = Path(arena.cells(code)[0].stdout.strip())
    assert left.is_absolute()
    assert not left.exists()


# Texts that no file can be written with: one of them stopped a whole class.

HALF = "\ud800"


def test_half_a_surrogate_pair_in_an_error(arena: Arena) -> None:
    code = (
        "import json\nk = get_ipython().kernel\n"
        "k.session.pack = lambda sent: json.dumps(sent, default=str).encode()\n"
        "k.session.send(k.iopub_socket, 'error', {'ename': 'E', 'evalue': '\\ud800\\x1b[2J', "
        "'traceback': []}, parent=k.get_parent())"
    )
    outcome = arena.cell(code)
    assert outcome.error == "E: \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J"
    with arena.without("texts that can be written"), pytest.raises(UnicodeEncodeError):
        arena.cell(code).error.encode()


def test_half_a_surrogate_pair_in_a_file(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadNotebook) as caught:
        parse_notebook(json.dumps({"nbformat": HALF, "cells": []}).encode())
    assert str(caught.value).encode()
    notebook = answered({})
    cell_of(notebook, "step")["cell_type"] = HALF
    problems = collect_answers(arena.lesson, notebook).problems
    assert "is a \N{REPLACEMENT CHARACTER} cell" in problems["step"]
    assert problems["step"].encode()
    monkeypatch.setattr(rebuild, "printable", str)
    with pytest.raises(UnicodeEncodeError):
        rebuild.collect_answers(arena.lesson, notebook).problems["step"].encode()
