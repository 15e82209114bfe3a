"""Attacks that edit the notebook: rebuilt away here, and full marks where it is run as it is.

Plain nbval, which runs a student's own notebook and compares with its own stored outputs, is that
other grader. Files that are no notebook at all end as entries that say why; what they do to a
program that opens and parses whatever it is given stands beside it.
"""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnedu.grading.documents import BadNotebook, read_notebook
from nnedu.grading.judge import judge
from nnedu.grading.lessons import lesson_from
from nnedu.grading.rebuild import collect_answers, steps_of
from tests.attacks.conftest import Arena
from tests.grading.helpers import MOMENTUM, PERFECT, SAMPLE, STEP, answered, cell_of, save

LAZY = "def step(theta, g, *, lr):\n    return theta"
CHECKED = ("check_step_values", "check_step_matrix")
Notebook = dict[str, Any]


def each_check(notebook: Notebook, **changes: Any) -> None:
    """Change the checks of the task that was not solved."""
    for name in CHECKED:
        cell_of(notebook, name).update(copy.deepcopy(changes))


def stream(text: str) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": "stdout", "text": [text]}]


def edits_the_checks(notebook: Notebook) -> None:
    each_check(notebook, source="print('passed')", outputs=stream("passed\n"))


def never_ran(notebook: Notebook) -> None:
    each_check(notebook, execution_count=None, outputs=[])


def tags_to_skip(notebook: Notebook) -> None:
    for name in CHECKED:
        cell_of(notebook, name)["metadata"]["tags"] = ["nbval-skip"]


def ignores_output(notebook: Notebook) -> None:
    for name in CHECKED:
        cell_of(notebook, name)["source"] = (
            "# NBVAL_IGNORE_OUTPUT\n" + cell_of(notebook, name)["source"]
        )


def deletes_the_checks(notebook: Notebook) -> None:
    for name in CHECKED:
        notebook["cells"].remove(cell_of(notebook, name))


def makes_them_text(notebook: Notebook) -> None:
    for name in CHECKED:
        cell = cell_of(notebook, name)
        cell["cell_type"] = "raw"
        del cell["outputs"], cell["execution_count"]


def swaps_the_checks(notebook: Notebook) -> None:
    """The task that was solved is checked again, under the name of the other one."""
    solved = cell_of(notebook, "check_momentum_first")
    each_check(notebook, source=solved["source"], outputs=solved["outputs"])
    for name in CHECKED:
        cell = cell_of(notebook, name)
        notebook["cells"].remove(cell)
        notebook["cells"].append(cell)


def leaves_before_them(notebook: Notebook) -> None:
    """The outputs that a right answer gives are printed by a cell that nobody asked for."""
    said = "".join("".join(cell_of(notebook, n)["outputs"][0]["text"]) for n in CHECKED)
    each_check(notebook, source=f"print({said!r}, end='')", outputs=stream(said))


EDITS = [
    edits_the_checks,
    never_ran,
    tags_to_skip,
    ignores_output,
    deletes_the_checks,
    makes_them_text,
    swaps_the_checks,
    leaves_before_them,
]


def edited(edit: Callable[[Notebook], None] | None) -> Notebook:
    """A submission that solved two tasks of three, and edited the notebook for the other one."""
    notebook = answered({**PERFECT, "step": LAZY})
    if edit is not None:
        edit(notebook)
    return notebook


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_edited_notebooks_earn_what_their_answers_earn(
    arena: Arena, edit: Callable[[Notebook], None]
) -> None:
    verdict = arena.grade({}, notebook=edited(edit), sandbox=False)
    assert [result.points for result in verdict.results] == [0, 0, 1, 2, 1, 3]


def test_edited_notebooks_pass_where_they_are_run_as_they_are(tmp_path: Path) -> None:
    for edit in EDITS:
        save(tmp_path, edit.__name__, edited(edit))
    save(tmp_path, "unedited", edited(None))
    line = [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", "--tb=no"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    done = subprocess.run(
        [*line, "--rootdir", str(tmp_path), "--noconftest", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=kept,
        cwd=tmp_path,
    )
    failed = set(re.findall(r"^FAILED (\w+)\.ipynb", done.stdout, re.M))
    assert failed == {"unedited"}, done.stdout + done.stderr


def test_another_tasks_name(arena: Arena) -> None:
    """A solved task of 3 points takes the place of one that was not, in points and in name."""
    notebook = answered({"step": MOMENTUM.replace("momentum", "step", 1)})
    names = {"check_step_values": "check_momentum_first", "check_step_matrix": "check_momentum_run"}
    for mine, other in names.items():
        source = cell_of(notebook, other)["source"].replace("momentum(", "step(")
        cell_of(notebook, mine)["source"] = source.replace(other, mine)
    assert arena.grade({}, notebook=notebook, sandbox=False).points == 0
    # Where the submission's notebook is the lesson, its own checks are what is asked.
    reference = copy.deepcopy(notebook)
    for name, code in PERFECT.items():
        if name != "step":
            cell_of(reference, name)["source"] = code
    theirs = lesson_from(reference, SAMPLE)
    found = collect_answers(theirs, notebook)
    steps = steps_of(theirs, found, arena.seeds, {})
    whole, arena.lesson = arena.lesson, theirs
    try:
        expected = arena.expect(arena.seeds)
    finally:
        arena.lesson = whole
    outcomes = arena.run(steps, sandbox=False)
    verdict = judge(theirs, found, steps, outcomes, expected, arena.scorers)
    assert sum(r.points for r in verdict.results if r.check.task == "step") == 3


# Files.


def test_what_these_files_do_to_who_opens_them(tmp_path: Path) -> None:
    """Here each is an entry that says why; see also tests/grading/test_documents."""
    secret = save(tmp_path, "secret", answered({"step": STEP}))
    link = tmp_path / "link.ipynb"
    link.symlink_to(secret)
    assert json.loads(link.read_text())["nbformat"] == 4  # whoever follows it grades another's work
    with pytest.raises(BadNotebook, match="symbolic link"):
        read_notebook(link)
    deep = save(tmp_path, "deep", b"[" * 100_000)
    with pytest.raises(RecursionError):
        json.loads(deep.read_bytes())
    with pytest.raises(BadNotebook, match="levels deep"):
        read_notebook(deep)
    pipe = tmp_path / "pipe.ipynb"
    os.mkfifo(pipe)
    waits = threading.Thread(target=pipe.read_bytes, daemon=True)
    waits.start()
    waits.join(1)
    assert waits.is_alive()  # for ever, as nobody writes
    with pytest.raises(BadNotebook, match="not a regular file"):
        read_notebook(pipe)
    os.close(os.open(pipe, os.O_WRONLY))
    waits.join(5)


FORMAT = '"nbformat": 4'
CELL = '{"cell_type": "raw", "source": []}, '
ODD: dict[str, tuple[str, str]] = {  # what must not cost an honest answer anything
    "keys twice": (FORMAT, f'"nbformat": 3, {FORMAT}'),
    "NaN and infinity": (FORMAT, f'"x": [NaN, -Infinity], {FORMAT}'),
    "a byte order mark": ("^", "\ufeff"),
    "a float for a version": (FORMAT, f"{FORMAT}.0"),
    "lines of another system": (r"\\n", r"\\r\\n"),
    "a huge number": (FORMAT, f'"x": {"1" * 4000}, {FORMAT}'),
    "without ids": (r'"id": "\w+", ', ""),
    "100,000 cells": (
        r'"cells": \[',
        '"cells": [' + CELL * 10**5,
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_but_honest(arena: Arena, tmp_path: Path, name: str) -> None:
    honest = json.dumps(answered(PERFECT))
    text = re.sub(*ODD[name], honest)
    assert text != honest
    notebook = read_notebook(save(tmp_path, "odd", text.encode()))
    assert collect_answers(arena.lesson, notebook).problems == {}
    if name in ("lines of another system", "without ids"):
        assert arena.grade({}, notebook=notebook, sandbox=False).points == 10
