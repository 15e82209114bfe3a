"""Attacks on checks that ask where their data come from: the label is not in the kernel.

With the defence on, a student's kernel gets the data and no seed. With it off, as before there
was `nnedu.lesson.given`, it gets the seed and makes the data itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnedu.grading.documents import read_notebook
from nnedu.grading.lessons import BadLesson, Lesson, grade_id, lesson_from
from nnedu.grading.rebuild import reference_answers, steps_of
from nnedu.grading.reference import execute
from nnedu.grading.runner import worker_pool
from tests.attacks.conftest import Arena

LESSONS = Path(__file__).parents[2] / "lessons"
DIAGNOSE = ["check_diagnose_words", "check_diagnose_curvature", "check_diagnose_origin"]
TRACES = ["check_diagnose_known", "check_diagnose_scale", "check_diagnose_broken"]

HELD_IN_THE_CELL = """\
# The check as it was: it draws the label itself.
rng = fresh("check_diagnose_words")
words = []
for r in rng.choice(FACTORS, size=8):
    path = recorded(r, rng.normal(), rng.uniform(2, 9))
    words.append(diagnose(path, rng.uniform(0.01, 0.1))[0])
show("words", words)"""

WORD = """
def word_of(r):
    return ("diverging" if abs(r) >= 1 else "oscillating" if r < 0 else
            "crawling" if r > 0.9 else "good")
"""

WALKS = f"""{WORD}
import sys
def diagnose(path, lr):
    frame, r = sys._getframe(1), 0.5
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            r = names.get("r", r) if isinstance(names.get("r", r), float) else r
        frame = frame.f_back
    return word_of(r), 0.0
"""

REPLAYS = f"""{WORD}
import nnedu.lesson
drawn = []
def diagnose(path, lr):
    if not drawn:
        drawn.extend(nnedu.lesson.fresh("check_diagnose_words").choice(FACTORS, size=8))
    return word_of(drawn.pop(0)), 0.0
"""

WATCHES = f"""{WORD}
import sys
seen = []
def watch(frame, event, arg):
    if event == "return" and frame.f_code.co_name == "recorded":
        seen.append(frame.f_locals["r"])
sys.setprofile(watch)
def diagnose(path, lr):
    return word_of(seen.pop(0) if seen else 0.5), 0.0
"""


def without_tensorflow(folder: Path) -> Lesson:
    """A lesson up to its first cell that needs TensorFlow."""
    document = read_notebook(folder / "solution.ipynb")
    cells = document["cells"]
    ends = [n for n, cell in enumerate(cells) if "import tensorflow" in cell["source"]]
    document["cells"] = cells[: ends[0]] if ends else cells
    document["metadata"]["nnedu"]["lesson"]["imports"] = ["numpy"]
    return lesson_from(document, folder)


def arena_of(slug: str, folder: Path) -> Iterator[Arena]:
    with worker_pool(1) as pool:
        yield Arena(folder, pool, without_tensorflow(LESSONS / slug))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    yield from arena_of("03_gradient_descent", tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    yield from arena_of("06_adaptive", tmp_path_factory.mktemp("traces"))


def points(arena: Arena, code: str, check: str, *, defended: bool = True) -> float:
    """Grade an answer to `diagnose` and return what it earns in one check."""
    sources = reference_answers(arena.lesson).sources | {"diagnose": code}
    notebook = {"cells": [dict(cell) for cell in arena.lesson.cells]}
    for cell in notebook["cells"]:
        cell["source"] = sources.get(grade_id(cell) or "", cell["source"])
    expected = arena.expected if defended else dataclasses.replace(arena.expected, given={})
    verdict = arena.grade({}, notebook=notebook, expected=expected, sandbox=False)
    return sum(result.points for result in verdict.results if result.check.id == check)


@pytest.mark.parametrize("attack", [REPLAYS, WATCHES], ids=["replays", "watches"])
def test_finding_the_label(runs: Arena, attack: str) -> None:
    assert points(runs, attack, DIAGNOSE[0]) == 0
    assert points(runs, attack, DIAGNOSE[0], defended=False) == 2


def test_walking_to_the_variables_of_the_check(runs: Arena) -> None:
    assert points(runs, WALKS, DIAGNOSE[0]) == 0
    before = with_check(runs.lesson, DIAGNOSE[0], HELD_IN_THE_CELL)
    whole, runs.lesson = runs.lesson, before
    try:
        assert points(runs, WALKS, DIAGNOSE[0], defended=False) == 2
    finally:
        runs.lesson = whole


NAMES_REPLAYED = """
import nnedu.lesson
drawn = []
def diagnose(g, steps):
    if not drawn:
        rng = nnedu.lesson.fresh("check_diagnose_known")
        drawn.extend(rng.permutation(["sgd", "adagrad", "rmsprop", "adam"]))
    return str(drawn.pop(0)), 0.1
"""


def test_replaying_which_optimizer_it_was(traces: Arena) -> None:
    assert points(traces, NAMES_REPLAYED, TRACES[0]) == 0
    assert points(traces, NAMES_REPLAYED, TRACES[0], defended=False) == 1


@pytest.mark.parametrize(("name", "checks"), [("runs", DIAGNOSE), ("traces", TRACES)])
def test_data_instead_of_a_seed(request: pytest.FixtureRequest, name: str, checks: list[str]):
    arena = request.getfixturevalue(name)
    lesson, expected = arena.lesson, arena.expected
    steps = steps_of(lesson, reference_answers(lesson), expected.seeds, expected.given)
    for check in checks:
        assert not any(str(expected.seeds[check]) in step.source for step in steps)
    outcomes = dict(zip([step.id for step in steps], arena.run(steps, sandbox=False), strict=True))
    for check in lesson.checks:
        assert outcomes[check.id].stdout == expected.printed[check.id].outcome.stdout


def with_check(lesson: Lesson, name: str, source: str) -> Lesson:
    """The lesson with another text in one check."""
    cells = [{**c, "source": source} if grade_id(c) == name else c for c in lesson.cells]
    return lesson_from({**lesson.notebook, "cells": cells}, lesson.folder)


def test_a_check_that_draws_in_both_ways_is_refused(runs: Arena) -> None:
    source = (
        "# A label drawn in both ways.\n"
        f'data = given("{DIAGNOSE[0]}", lambda rng: {{"r": rng.normal(size=2)}})\n'
        f'show("r", data["r"] + fresh("{DIAGNOSE[0]}").normal())'
    )
    lesson = with_check(runs.lesson, DIAGNOSE[0], source)
    with pytest.raises(BadLesson, match="calls fresh and given; expected one of them"):
        execute(lesson, lambda steps: runs.run(steps, sandbox=False), runs.seeds, [])
