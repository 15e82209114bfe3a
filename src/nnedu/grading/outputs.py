"""What instructors hand on: the class report, the platforms' worksheets, JUnit and Gradescope."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nnedu.grading.adjust import Adjustment
from nnedu.grading.class_report import class_report
from nnedu.grading.classroom import Graded
from nnedu.grading.documents import write_atomically
from nnedu.grading.exports.filling import Filled, Grade, Platform, fill
from nnedu.grading.exports.gradescope import results_json
from nnedu.grading.exports.junit import Suite, junit_xml
from nnedu.grading.lessons import Lesson
from nnedu.grading.report import feedback_name
from nnedu.lesson import Mistake


@dataclass(frozen=True)
class Exports:
    """What to write beside grades.csv, the feedback pages and the class report.

    Parameters
    ----------
    platforms : tuple of Platform
        Worksheets to fill in.
    gradescope, junit : bool
    """

    platforms: tuple[Platform, ...] = ()
    gradescope: bool = False
    junit: bool = False


@dataclass
class Written:
    """What was written, and whom a platform's worksheet has no row for.

    Parameters
    ----------
    files : list of Path
    filled : dict
        File name to what was filled in.
    """

    files: list[Path] = field(default_factory=list)
    filled: dict[str, Filled] = field(default_factory=dict)


def totals_of(graded: Sequence[Graded], adjustments: Mapping[str, Adjustment]) -> dict[str, float]:
    """Return student to points after penalty and extra points."""
    totals = {}
    for item in graded:
        student = item.submission.student
        adjustment = adjustments.get(student)
        totals[student] = adjustment.total(item.points) if adjustment else item.points
    return totals


def check_exports(exports: Exports, lesson: Lesson) -> None:
    """Raise now what a worksheet would raise after an hour of grading."""
    for platform in exports.platforms:
        fill(platform, [], title=lesson.title, slug=lesson.slug, out_of=lesson.points)


def write_exports(
    out: Path,
    lesson: Lesson,
    graded: Sequence[Graded],
    mistakes: Sequence[Mistake],
    adjustments: Mapping[str, Adjustment],
    exports: Exports,
    defences_off: Sequence[str] = (),
) -> Written:
    """Write the class report and what else was asked for; each file whole or not at all.

    Parameters
    ----------
    out : Path
    lesson : Lesson
    graded : sequence of Graded
    mistakes : sequence of Mistake
        The lesson's.
    adjustments : mapping
        Student to adjustment.
    exports : Exports
    defences_off : sequence of str
        What the class report says of them.
    """
    written = Written()
    totals = totals_of(graded, adjustments)

    def put(name: str, text: str) -> None:
        write_atomically(out / name, text)
        written.files.append(out / name)

    counted = totals if adjustments else None
    put("class.html", class_report(lesson, graded, mistakes, counted, defences_off))
    if exports.junit:
        suites = [Suite(i.submission.student, i.verdict, i.message, i.seconds) for i in graded]
        put("junit.xml", junit_xml(lesson, suites))
    if exports.gradescope:
        _gradescope(out / "gradescope", lesson, graded, adjustments)
        written.files.append(out / "gradescope")
    for platform in exports.platforms:
        grades = [
            Grade(item.submission, totals[item.submission.student], item.verdict is not None)
            for item in graded
        ]
        filled = fill(platform, grades, title=lesson.title, slug=lesson.slug, out_of=lesson.points)
        name = f"{platform.system}.csv"
        _put_bytes(out / name, filled.data)
        written.files.append(out / name)
        written.filled[name] = filled
    return written


def _gradescope(
    folder: Path,
    lesson: Lesson,
    graded: Sequence[Graded],
    adjustments: Mapping[str, Adjustment],
) -> None:
    """Write one folder with a results.json per student, all of them or none."""
    staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".part-"))
    try:
        for item in graded:
            place = staging / "new" / feedback_name(item).removesuffix(".html")
            place.mkdir(parents=True)
            adjustment = adjustments.get(item.submission.student)
            text = results_json(lesson, item.verdict, item.message, item.seconds, adjustment)
            (place / "results.json").write_text(text, encoding="utf-8")
        (staging / "new").mkdir(exist_ok=True)
        if folder.exists():
            folder.rename(staging / "old")
        (staging / "new").rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _put_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".part-{path.name}")
    with open(part, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
