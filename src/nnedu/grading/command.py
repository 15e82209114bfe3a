"""The command `nnedu grade`; imports what grading needs only when it runs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnedu.grading.classroom import Graded
    from nnedu.grading.outputs import Exports, Written

DESCRIPTION = """\
Grade a folder of submissions: one notebook per student, one folder per student, nbgrader's
`submitted`, or what Moodle or Canvas let you download. Results land one by one in DIR/gradebook.db;
after an interruption run the same command again. Out come grades.csv, feedback/, class.html."""


def add_options(parser: argparse.ArgumentParser, lesson_help: str) -> None:
    """Add the command's options."""
    parser.description = DESCRIPTION
    parser.add_argument("folder", type=Path, help="the submissions")
    parser.add_argument("--lesson", required=True, metavar="SLUG", help=lesson_help)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="for the results")
    parser.add_argument("--seed", help="repeat a run: its seed, from run.json")
    where = parser.add_argument_group("where submissions run")
    where.add_argument(
        "--workers", type=int, default=None, metavar="N", help="submissions graded at a time"
    )
    where.add_argument(
        "--cluster", metavar="ADDRESS", help="send them to the workers of a Dask scheduler"
    )
    where.add_argument(
        "--no-sandbox",
        action="store_true",
        help="run submissions without bubblewrap: they can then read your files",
    )
    again = parser.add_argument_group("grading again")
    again.add_argument(
        "--regrade",
        action="append",
        default=[],
        metavar="STUDENT",
        help="this student (again for more)",
    )
    again.add_argument("--regrade-all", action="store_true", help="everybody")
    again.add_argument(
        "--task",
        metavar="TASK",
        help="change the points of this task only; alone it means everybody's",
    )
    more = parser.add_argument_group("handing grades on")
    more.add_argument(
        "--adjust",
        type=Path,
        metavar="CSV",
        help="late penalties and extra points: student, late_penalty, extra, comment",
    )
    more.add_argument("--canvas", type=Path, metavar="CSV", help="fill in this Canvas export")
    more.add_argument("--canvas-column", metavar="NAME", help="its assignment")
    more.add_argument("--moodle", type=Path, metavar="CSV", help="fill in this Moodle worksheet")
    more.add_argument("--moodle-column", metavar="NAME", help="its grade, if not called Grade")
    more.add_argument(
        "--scale", action="store_true", help="convert points to the worksheet's maximum"
    )
    more.add_argument("--gradescope", action="store_true", help="write results.json per student")
    more.add_argument("--junit", action="store_true", help="write junit.xml")


def run(options: argparse.Namespace) -> int:
    """Grade a class."""
    from nnedu.grading.lessons import find_lesson
    from nnedu.grading.plan import Regrade
    from nnedu.grading.progress import Progress
    from nnedu.grading.report import WITHOUT_SANDBOX
    from nnedu.grading.session import GRADEBOOK, grade

    if options.workers is not None and options.workers < 1:
        raise ValueError(f"--workers is {options.workers}; expected at least 1.")
    bar = Progress()
    cold: list[str] = []

    def landed(item: Graded) -> None:
        bar.step()
        if item.cold:
            cold.append(item.cold)

    try:
        graded = grade(
            options.folder,
            find_lesson(options.lesson, options.lessons),
            options.out,
            seed=options.seed,
            sandbox=not options.no_sandbox,
            workers=options.workers or cores(),
            cluster=options.cluster,
            regrade=Regrade(tuple(options.regrade), options.regrade_all, options.task),
            adjust=options.adjust,
            exports=_exports(options),
            started=bar.start,
            progress=landed,
            finished=_say_exports,
        )
    except KeyboardInterrupt:
        bar.end()
        said = f"{bar.done} of {bar.total} are graded and recorded in {options.out / GRADEBOOK}"
        print(
            f"\nnnedu: interrupted; {said}. Run the same command again to continue.",
            file=sys.stderr,
        )
        return 130
    finally:
        bar.end()
    _say(graded, options.out)
    if cold and not options.no_sandbox:
        print(
            f"{len(cold)} kernels started cold, which takes longer and changes no grade: "
            f"{'; '.join(sorted(set(cold))[:3])}"
        )
    if options.no_sandbox:
        print("Without the sandbox these defences were off:")
        print("\n".join(f"  {line}" for line in WITHOUT_SANDBOX))
    return 0


def cores() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _exports(options: argparse.Namespace) -> Exports:
    """Return what to write beside the grades."""
    from nnedu.grading.exports.filling import Platform
    from nnedu.grading.outputs import Exports

    platforms = [
        Platform(system, path, column, options.scale)
        for system, path, column in (
            ("canvas", options.canvas, options.canvas_column),
            ("moodle", options.moodle, options.moodle_column),
        )
        if path is not None
    ]
    return Exports(tuple(platforms), options.gradescope, options.junit)


def _say(graded: list[Graded], out: Path) -> None:
    """Print what became of the class."""
    bad = [item for item in graded if item.status != "graded"]
    print(f"{len(graded) - len(bad)} graded, {len(bad)} could not be: {out / 'grades.csv'}")
    for item in bad:
        print(f"  {item.submission.student!r}: {item.message}")
    for item in graded:
        if item.status == "graded" and item.message:
            print(f"  {item.submission.student!r}: {item.message}")
    for trouble in sorted({t for item in graded if item.verdict for t in item.verdict.troubles}):
        print(f"  score.py failed: {trouble}")


def _say_exports(written: Written) -> None:
    """Print whom a platform's worksheet left out."""
    for name, filled in written.filled.items():
        print(f"{name}: {len(filled.students)} grades filled in, {len(filled.left)} not")
        for student, reason in filled.left.items():
            print(f"  {student!r}: {reason}")
