"""A class in which everything happens, graded once: each gets exactly what it earned."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path

import psutil
import pytest

from tests.grading.helpers import (
    CHECKS,
    MOMENTUM,
    PERFECT,
    STEP,
    Graded,
    answered,
    cell_of,
    exercise,
    sandboxed,
    save,
)

FULL = [2.0, 1.0, 1.0, 2.0, 1.0, 3.0]
NOTHING = [0.0] * 6


def without(task: str) -> list[float]:
    """Full points but for one task."""
    start = {"step": 0, "momentum": 2, "fit_line": 4}[task]
    return [0.0 if start <= number < start + 2 else full for number, full in enumerate(FULL)]


def edited() -> dict:
    """A submission that raises its points, rewrites checks and outputs, and skips cells."""
    notebook = answered({"step": STEP})
    for name in CHECKS:
        cell = cell_of(notebook, name)
        cell["metadata"]["nbgrader"]["points"] = 100
        cell["metadata"]["tags"] = ["nbval-skip"]
        cell["source"] = "print('passed')"
        cell["outputs"] = []
        cell["execution_count"] = None
    notebook["metadata"]["kernelspec"] = {"name": "forged", "display_name": "forged"}
    notebook["cells"].insert(0, {"cell_type": "code", "source": "1/0", "metadata": {}})
    return notebook


def table_of_practice_outputs() -> dict[str, str]:
    """Answers that print the outputs stored in the exercise instead of computing them."""
    lines = {name: cell_of(exercise(), name)["metadata"]["nnedu"]["expected"] for name in CHECKS}
    return {
        "step": f"TABLE = {lines!r}\n"
        "def step(theta, g, *, lr):\n"
        "    for name in ('check_step_values', 'check_step_matrix'):\n"
        "        print('\\n'.join(TABLE[name]))\n"
        "    raise SystemExit"
    }


def changed(name: str, **changes: object) -> dict:
    """A perfect submission in which one answer cell is not what it was."""
    notebook = answered(PERFECT)
    cell_of(notebook, name).update(changes)
    return notebook


def build_class(folder: Path) -> None:
    """Write the class's submissions."""
    save(folder, "perfect", answered(PERFECT))
    save(folder, "untouched", exercise())
    save(
        folder,
        "partial",
        answered({"step": "def step(theta, g, *, lr):\n    return theta - 0.1 * g"}),
    )
    uphill = (
        "def step(theta, g, *, lr):\n    return theta + lr * g * (1 if np.ndim(theta) == 1 else -1)"
    )
    save(folder, "known mistake", answered({**PERFECT, "step": uphill}))
    save(folder, "empty", b"")
    save(folder, "no cells", {**exercise(), "cells": []})
    save(folder, "malformed", b'{"cells": [')
    save(folder, "latin", json.dumps(answered(PERFECT)).encode().replace(b"One step", b"\xe9"))
    save(folder, "deep", b"[" * 100_000)
    save(folder, "huge", b'{"cells": "' + b" " * (9 * 2**20) + b'"}')
    save(folder, "old format", {"nbformat": 3, "worksheets": [{"cells": []}], "metadata": {}})
    os.symlink("/etc/passwd", folder / "link.ipynb")
    deleted = answered(PERFECT)
    deleted["cells"].remove(cell_of(deleted, "momentum"))
    deleted["cells"].remove(cell_of(deleted, "check_step_values"))
    save(folder, "deleted", deleted)
    doubled = answered(PERFECT)
    doubled["cells"].append(copy.deepcopy(cell_of(doubled, "step")))
    save(folder, "doubled", doubled)
    save(folder, "retyped", changed("step", cell_type="markdown"))
    shuffled = answered(PERFECT)
    shuffled["cells"].reverse()
    save(folder, "shuffled", shuffled)
    loop = "def step(theta, g, *, lr):\n    while True:\n        pass"
    save(folder, "loop", answered({**PERFECT, "step": loop}))
    stubborn = (
        "def step(theta, g, *, lr):\n    while True:\n        try:\n            while True:\n"
        "                pass\n        except KeyboardInterrupt:\n            pass"
    )
    save(folder, "stubborn", answered({**PERFECT, "step": stubborn}))
    leaves = "import os\n" + MOMENTUM.replace("v = mu", "os._exit(0)\n    v = mu")
    save(folder, "leaves", answered({**PERFECT, "momentum": leaves}))
    save(folder, "table", answered({**PERFECT, **table_of_practice_outputs()}))
    save(folder, "edited", edited())
    raises = "def step(theta, g, *, lr):\n    raise ValueError(f'look: {theta[0]}')"
    save(folder, "raises", answered({**PERFECT, "step": raises}))
    save(folder, "syntax", answered({**PERFECT, "step": "def step(theta, g, *, lr)\n  return"}))
    loud = "def step(theta, g, *, lr):\n    print('x' * 100_000_000)\n    return theta - lr * g"
    save(folder, "loud", answered({**PERFECT, "step": loud}))
    chatty = "def step(theta, g, *, lr):\n    print('debug', lr)\n    return theta - lr * g"
    save(folder, "chatty", answered({**PERFECT, "step": chatty}))
    nan = "def step(theta, g, *, lr):\n    return theta * np.nan"
    save(folder, "nan", answered({**PERFECT, "step": nan}))
    wrong_shape = "def step(theta, g, *, lr):\n    return np.atleast_2d(theta - lr * g)"
    save(folder, "shape", answered({**PERFECT, "step": wrong_shape}))
    single = "def step(theta, g, *, lr):\n    return np.float32(theta - lr * g)"
    save(folder, "single", answered({**PERFECT, "step": single}))
    half = (
        "def fit_line(x, y):\n    slope, intercept = np.polyfit(x, y, 1)\n"
        "    return slope, intercept + 0.3 * (len(x) > 5)"
    )
    save(folder, "half", answered({**PERFECT, "fit_line": half}))
    save(folder, "asks", answered({**PERFECT, "step": f"name = input('Who?')\n{STEP}"}))
    much = "def step(theta, g, *, lr):\n    print('x' * 140_000)\n    return theta - lr * g"
    save(folder, "much", answered({**PERFECT, "step": much}))
    save(folder, "long", answered({**PERFECT, "step": f"x = '{'y' * 100_000}'\n{STEP}"}))
    save(folder, "half a letter", answered({**PERFECT, "step": f"x = '\ud800'\n{STEP}"}))
    imports = "from nnedu.optim import sgd\n" + STEP
    daemon = (
        f"{STEP}\nimport os, sys\nif os.fork() == 0:\n    os.setsid()\n"
        "    os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(600)',"
        " 'the-daemon-of-the-class'])\n"
    )
    save(folder, "daemon", answered({**PERFECT, "step": daemon}))
    save(folder, "imports", answered({**PERFECT, "step": imports}))
    framework = "import keras\n" + STEP
    save(folder, "framework", answered({**PERFECT, "step": framework}))
    save(folder, 'Zoë <b>"O\'Neil"<i>\n学生', answered(PERFECT))
    save(folder, "=HYPERLINK(1)", answered(PERFECT))
    own = folder / "in a folder"
    own.mkdir()
    save(own, "homework", answered(PERFECT))
    (folder / "nothing inside").mkdir()
    (folder / "notes.txt").write_text("not a submission")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = tmp_path_factory.mktemp("class")
    build_class(folder)
    return Graded(folder, tmp_path_factory.mktemp("results"), sandboxed())


EARNED = {
    "perfect": FULL,
    "untouched": NOTHING,
    "partial": [2.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    "known mistake": [0.0, 1.0, *FULL[2:]],
    "no cells": NOTHING,
    "deleted": without("momentum"),
    "doubled": without("step"),
    "retyped": without("step"),
    "shuffled": FULL,
    "loop": without("step"),
    "stubborn": NOTHING,
    "leaves": [2.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    "table": without("step"),
    "edited": [2.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    "raises": without("step"),
    "syntax": without("step"),
    "loud": NOTHING,
    "chatty": FULL,
    "nan": without("step"),
    "shape": without("step"),
    "single": without("step"),
    "half": [*FULL[:5], 2.0205],
    "asks": without("step"),
    "much": without("step"),
    "long": without("step"),
    "half a letter": without("step"),
    "daemon": FULL,
    "imports": without("step"),
    "framework": without("step"),
    'Zoë <b>"O\'Neil"<i>\n学生': FULL,
    "'=HYPERLINK(1)": FULL,
    "in a folder": FULL,
}

UNREADABLE = {
    "empty": "empty",
    "malformed": "not valid JSON",
    "latin": "not UTF-8",
    "deep": "levels deep",
    "huge": "9 MB",
    "old format": "format 3",
    "link": "symbolic link",
    "nothing inside": "no notebook",
}


@pytest.mark.parametrize("student", EARNED)
def test_each_gets_what_it_earned(graded: Graded, student: str) -> None:
    assert graded.points(student) == pytest.approx(EARNED[student], abs=1e-9)
    assert float(graded.rows[student]["points"]) == pytest.approx(sum(graded.points(student)))
    assert graded.rows[student]["out_of"] == "10"
    assert graded.rows[student]["status"] == "graded"


@pytest.mark.parametrize("student", UNREADABLE)
def test_what_cannot_be_read_is_an_entry_that_says_why(graded: Graded, student: str) -> None:
    row = graded.rows[student]
    assert row["status"] == "unreadable"
    assert float(row["points"]) == 0
    assert UNREADABLE[student] in row["note"]
    assert UNREADABLE[student] in graded.feedback(student)


def test_everybody_is_there_once(graded: Graded) -> None:
    assert set(graded.rows) == set(EARNED) | set(UNREADABLE)
    assert len(list((graded.out / "feedback").iterdir())) == len(graded.rows)
    files = {path.name for path in graded.out.iterdir()}
    assert {"feedback", "grades.csv", "run.json"} <= files
    assert not [name for name in files if name.startswith(".part")]


@pytest.mark.parametrize(
    ("student", "check", "says"),
    [
        ("untouched", "check_step_values", "still raises NotImplementedError"),
        ("deleted", "check_momentum_run", "is missing"),
        ("doubled", "check_step_values", "2 answer cells"),
        ("retyped", "check_step_values", "markdown cell"),
        ("loop", "check_step_values", "longer than 5 s and was interrupted"),
        ("stubborn", "check_step_values", "could not be interrupted"),
        ("stubborn", "check_line_score", "could not be interrupted"),
        ("leaves", "check_momentum_first", "kernel process ended"),
        ("leaves", "check_line_score", "kernel process ended"),
        ("raises", "check_step_values", "look: (number)"),
        ("syntax", "check_step_values", "SyntaxError"),
        ("nan", "check_step_values", "is NaN"),
        ("shape", "check_step_values", "has shape (1, 3); expected (3,)"),
        ("single", "check_step_values", "has dtype float32; expected float64"),
        ("half", "check_line_score", "The largest error is 0.3"),
        ("asks", "check_step_values", "did not run through: StdinNotImplementedError"),
        ("much", "check_step_values", "printed too much text (more than 128K characters)"),
        ("long", "check_step_values", "expected at most 100,000"),
        ("half a letter", "check_step_values", "half of a character"),
        ("imports", "check_step_values", "No module named 'nnedu.optim'"),
        ("framework", "check_step_values", "No module named 'keras'"),
    ],
)
def test_feedback_names_the_cause(graded: Graded, student: str, check: str, says: str) -> None:
    assert says in graded.messages(student)[check]


def test_the_author_of_a_known_mistake_gets_its_hint(graded: Graded) -> None:
    assert "You walk uphill" in graded.feedback("known mistake")
    assert "does not use the learning rate" in graded.feedback("partial")
    assert "You walk uphill" not in graded.feedback("nan")
    found = [s for s in graded.record["submissions"] if s["student"] == "known mistake"]
    assert found[0]["checks"]["check_step_values"]["mistake"] == "sign_flipped"


def test_names_are_escaped_and_files_safe(graded: Graded) -> None:
    student = 'Zoë <b>"O\'Neil"<i>\n学生'
    page = graded.feedback(student)
    assert "<b>" not in page
    assert "Zoë &lt;b&gt;" in page
    name = Path(graded.rows[student]["feedback"]).name
    assert not set(name) & set("<>\"'\n /\\")


def test_feedback_shows_no_hidden_value(graded: Graded) -> None:
    expected = {
        number
        for item in graded.results
        if item.verdict
        for result in item.verdict.results
        if result.difference
        for number in result.difference.expected.split()
        if "." in number and len(number.strip("[]-")) >= 7
    }
    assert len(expected) > 5
    for student in graded.rows:
        page = graded.feedback(student)
        assert not [number for number in expected if number.strip("[]") in page]


def test_record_repeats_the_run(graded: Graded) -> None:
    assert graded.record["seed"] == "00112233445566778899aabbccddeeff"
    assert graded.record["versions"]["nbval"]
    assert graded.record["sandbox"] == ("bubblewrap" if sandboxed() else "none")
    assert len(graded.record["lesson_sha256"]) == 3
    kernels = graded.record["kernels"]
    assert kernels["warm"] + kernels["cold"] == len(EARNED)
    assert bool(kernels["cold"]) == bool(kernels["why_cold"])


def test_one_bad_submission_costs_its_own_limit_only(graded: Graded) -> None:
    seconds = {s["student"]: s["seconds"] for s in graded.record["submissions"]}
    # A death and a flood are noticed, not waited for; the rest ends by the notebook's total.
    assert seconds["leaves"] < 10
    assert seconds["loud"] < 15
    assert max(seconds.values()) < graded.record["limits"]["total"] + 10


def test_nothing_survives(graded: Graded) -> None:
    lines = [p.info["cmdline"] or [] for p in psutil.process_iter(["cmdline"])]
    assert "the-daemon-of-the-class" not in [line[-1] for line in lines if line]
