"""Grading the same class with this grader, plain nbval, nbgrader and otter-grader.

Run as ``python -m benchmarks.grading``. Round after round each grader in turn grades the whole
class, from its command to its results. Reported are ratios within a round, their medians.
With ``--growth 10 100 1000`` instead: how this grader's time grows with the class.

nbgrader and otter-grader need environments of their own: ``tests/nbgrader`` makes the first; the
second is named by ``--otter PYTHON`` (``pip install otter-grader numpy`` there). For a lesson that
imports more, such as ``--lesson 17_tensorflow``, both must have it: a copy of the first with
TensorFlow in it is named by ``--nbgrader PYTHON``. What is missing is named, and the rest is
measured.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.grading_class import answers_of, filled, lesson_of, write_class
from benchmarks.side_by_side import keep, table
from nnedu.grading.documents import read_notebook
from nnedu.grading.lessons import Lesson, grade_id, is_check

SEED = "00112233445566778899aabbccddeeff"
SOURCE = Path(__file__).parents[1] / "src"
NBGRADER = Path(__file__).parents[1] / "_build" / "nbgrader" / "bin" / "python"

Grade = Callable[[], float | None]
"""Grades the class once; returns the points of all students, if it gives any."""
SetUp = Callable[[Lesson, int, Path, argparse.Namespace], Grade]


class Missing(Exception):
    """A grader is not here; the text says what is missing."""


def run(*command: str | Path, cwd: Path | None = None, ok: tuple[int, ...] = (0,)) -> None:
    """Run a command; what it says is shown only if it fails."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    # Its helpers are started by name.
    environment["PATH"] = f"{Path(command[0]).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [*map(str, command)],
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
    )
    if done.returncode not in ok:
        raise RuntimeError(f"{command}: {done.stdout[-1500:]}{done.stderr[-1500:]}")


def ours(*options: str) -> SetUp:
    """Return how this grader grades a class, as an instructor calls it."""

    def set_up(lesson: Lesson, students: int, folder: Path, _: argparse.Namespace) -> Grade:
        write_class(lesson, students, folder / "class")
        start = "import sys; from nnedu.cli import main; sys.exit(main(sys.argv[1:]))"

        def grade() -> float:
            out = Path(tempfile.mkdtemp(dir=folder))
            command = [sys.executable, "-c", start, "grade", folder / "class"]
            command += ["--lesson", lesson.slug, "--lessons", lesson.folder.parent]
            run(*command, "--out", out, "--seed", SEED, *options)
            with open(out / "grades.csv", newline="", encoding="utf-8") as file:
                return sum(float(row["points"]) for row in csv.DictReader(file))

        return grade

    return set_up


def nbval(lesson: Lesson, students: int, folder: Path, _: argparse.Namespace) -> Grade:
    """Plain nbval: runs each notebook as it is; no sandbox, no points."""
    write_class(lesson, students, folder / "class")
    options = ["-q", "-p", "no:cacheprovider", "--nbval", "--nbval-cell-timeout=60"]

    def grade() -> None:
        # One says that a cell failed.
        run(sys.executable, "-m", "pytest", *options, folder / "class", ok=(0, 1))

    return grade


def nbgrader(lesson: Lesson, students: int, folder: Path, options: argparse.Namespace) -> Grade:
    """nbgrader, on the edition for it, whose hidden tests assert."""
    python = options.nbgrader
    if not python.exists():
        raise Missing("its environment: run pytest tests/nbgrader, or name one: --nbgrader PYTHON")
    start = "import sys; from nnedu.cli import main; sys.exit(main(sys.argv[1:]))"
    build = ["lesson", "build", lesson.slug, "--lessons", lesson.folder.parent, "--nbgrader"]
    run(sys.executable, "-c", start, *build, "--out", folder / "course", "--seed", SEED)
    course = folder / "course"
    run(python, "-m", "nbgrader", "generate_assignment", lesson.slug, cwd=course)
    release = read_notebook(course / "release" / lesson.slug / f"{lesson.slug}.ipynb")
    for student, answers in answers_of(lesson, students).items():
        place = course / "submitted" / student / lesson.slug
        place.mkdir(parents=True)
        text = json.dumps(filled(release, answers))
        (place / f"{lesson.slug}.ipynb").write_text(text, encoding="utf-8")

    def grade() -> float:
        run(python, "-m", "nbgrader", "autograde", lesson.slug, "--force", cwd=course)
        run(python, "-m", "nbgrader", "export", "--to", "grades.csv", cwd=course)
        with open(course / "grades.csv", newline="", encoding="utf-8") as file:
            return sum(float(row["score"]) for row in csv.DictReader(file))

    return grade


TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}

@test_case()
def test_it(env):
    import contextlib, io
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec({source!r}, env)
    assert said.getvalue().splitlines() == {expected!r}
"""


def otter(lesson: Lesson, students: int, folder: Path, options: argparse.Namespace) -> Grade:
    """Grade with `otter run`, which takes one submission; its tests compare the practice values."""
    if options.otter is None or not options.otter.exists():
        raise Missing("its environment: --otter PYTHON")
    write_class(lesson, students, folder / "class")
    exercise = read_notebook(lesson.folder / "exercise.ipynb")
    tests = folder / "tests"
    tests.mkdir()
    for cell in exercise["cells"]:
        if is_check(cell) and "expected" in cell["metadata"]["nnedu"]:
            data = cell["metadata"]
            text = TEST.format(
                name=grade_id(cell),
                points=data["nbgrader"]["points"],
                source=cell["source"],
                expected=data["nnedu"]["expected"],
            )
            (tests / f"{grade_id(cell)}.py").write_text(text, encoding="utf-8")
    call = [options.otter, "-m", "otter"]
    bare = ["--no-config", "--no-requirements", "--no-environment"]
    run(*call, "generate", "-t", tests, "-o", folder / "autograder.zip", *bare, cwd=folder)

    def grade() -> float:
        total = 0.0
        for path in sorted((folder / "class").glob("*.ipynb")):
            out = Path(tempfile.mkdtemp(dir=folder))
            zipped = folder / "autograder.zip"
            run(*call, "run", "-a", zipped, "-o", out, "--no-logo", path, cwd=out)
            results = json.loads((out / "results.json").read_text(encoding="utf-8"))
            total += sum(float(test.get("score", 0)) for test in results["tests"])
        return total

    return grade


CONTENDERS: dict[str, SetUp] = {
    "nnedu, 1 worker": ours("--workers", "1"),
    "nnedu, 2 workers": ours("--workers", "2"),
    "nnedu, no sandbox, 1 worker": ours("--workers", "1", "--no-sandbox"),
    "nbval": nbval,
    "nbgrader autograde": nbgrader,
    "otter run": otter,
}


def compare(options: argparse.Namespace, names: list[str], students: int) -> dict[str, Any]:
    """Grade one class with some graders in turn; return seconds, ratios and points."""
    lesson = lesson_of(options.lesson)
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    graders: dict[str, Grade] = {}
    missing: dict[str, str] = {}
    for name in names:
        place = folder / str(len(graders) + len(missing))
        place.mkdir()
        try:
            graders[name] = CONTENDERS[name](lesson, students, place, options)
        except Missing as error:
            missing[name] = str(error)
    seconds: dict[str, list[float]] = {name: [] for name in graders}
    points: dict[str, float | None] = {}
    try:
        for _ in range(options.rounds):
            for name, grade in graders.items():
                begin = time.perf_counter()
                points[name] = grade()
                seconds[name].append(time.perf_counter() - begin)
                print(f"  {students} by {name}: {seconds[name][-1]:.1f} s", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "lesson": options.lesson,
        "students": students,
        "median_seconds": {name: float(np.median(s)) for name, s in seconds.items()},
        "seconds_a_submission": {
            name: float(np.median(s)) / students for name, s in seconds.items()
        },
        "ratios": {
            base: {
                name: float(np.median(np.array(s) / np.array(seconds[base])))
                for name, s in seconds.items()
            }
            for base in names[:1]
            if base in seconds
        },
        "result": points,
        "missing": missing,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else "")
    parser.add_argument("--lesson", default="03_gradient_descent")
    parser.add_argument("--students", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS)
    parser.add_argument(
        "--growth", nargs="+", type=int, help="sizes; by this grader if no contenders are named"
    )
    parser.add_argument(
        "--nbgrader",
        type=Path,
        default=NBGRADER,
        metavar="PYTHON",
        help="of nbgrader's environment, if not the tests' own",
    )
    parser.add_argument("--otter", type=Path, metavar="PYTHON", help="of otter's environment")
    parser.add_argument("--no-history", action="store_true", help="do not append to the history")
    options = parser.parse_args()
    grows = ["nnedu, 1 worker", "nnedu, 2 workers"]
    names = options.contenders or (grows if options.growth else list(CONTENDERS))
    sizes = options.growth or [options.students]
    results = [compare(options, names, size) for size in sizes]
    print(table(results, [f"{r['students']} students" for r in results], names[0]))
    for r in results:
        print({name: f"{s:.2f} s each" for name, s in r["seconds_a_submission"].items()})
    if len(results) > 1:
        print("each further submission:", further(results[0], results[-1]))
    if not options.no_history:
        graders = {"nbgrader": options.nbgrader, "otter-grader": options.otter}
        keep("grading", options.rounds, results, graders=versions(graders))


def further(small: dict[str, Any], large: dict[str, Any]) -> dict[str, str]:
    """Say what a submission costs beyond the start of a run, from classes of two sizes."""
    more = large["students"] - small["students"]
    before, after = small["median_seconds"], large["median_seconds"]
    return {n: f"{(after[n] - before[n]) / more:.2f} s" for n in before if n in after}


def versions(graders: dict[str, Path | None]) -> dict[str, str]:
    """Return the versions of the graders, and of what they share with this one."""
    import importlib.metadata

    found = {name: importlib.metadata.version(name) for name in ("nbval", "ipykernel", "pytest")}
    ask = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    for name, python in graders.items():
        found[name] = "missing"
        if python is not None and python.exists():
            done = subprocess.run(
                [str(python), "-c", ask, name], check=False, capture_output=True, text=True
            )
            found[name] = done.stdout.strip() or "missing"
    return found


if __name__ == "__main__":
    main()
