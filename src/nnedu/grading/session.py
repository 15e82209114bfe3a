"""One grading run from beginning to end, and running a lesson's own notebook."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nnedu.grading import report
from nnedu.grading.adjust import read_adjustments
from nnedu.grading.classroom import Exam, Graded, grade_class
from nnedu.grading.dispatch import open_workers
from nnedu.grading.gradebook import Gradebook
from nnedu.grading.layouts import Submission, find_submissions
from nnedu.grading.lessons import BadLesson, Lesson, load_lesson, load_mistakes
from nnedu.grading.lifeline import sweep, temporary_folder
from nnedu.grading.outputs import Exports, Written, check_exports, write_exports
from nnedu.grading.plan import Regrade, digest, merged, to_grade
from nnedu.grading.rebuild import Step
from nnedu.grading.reference import Run, execute
from nnedu.grading.runner import Job, Outcome, outcomes_from, stop_now, submit, worker_pool
from nnedu.grading.runtime import Runtime, make_runtime
from nnedu.grading.sandbox import Limits, NoSandbox, sandbox_problem
from nnedu.grading.scoring import load_scorers
from nnedu.grading.seeds import check_seed, parse_run_seed
from nnedu.lesson import Mistake

GRADEBOOK = "gradebook.db"

REFERENCE_TOTAL = 900.0
"""Seconds for the reference and all planted mistakes of a lesson, in one kernel."""


def limits_for(lesson: Lesson, sandbox: bool) -> Limits:
    """Return the limits of one submission's kernel."""
    limits: dict[str, Any] = {
        # Three cells may run out of time before the rest of a notebook is given up.
        "total": 3.5 * lesson.timeout + 10,
        **lesson.limits,
    }
    return Limits(cell=lesson.timeout, memory=lesson.memory if sandbox else 0, **limits)


@contextlib.contextmanager
def kernels(lesson: Lesson, *, sandbox: bool, trusted: bool) -> Iterator[tuple[Run, Runtime]]:
    """Give a function that runs steps in a fresh kernel of a lesson, in one worker process.

    Parameters
    ----------
    lesson : Lesson
    sandbox : bool
    trusted : bool
        Whether the code is the instructor's, with all the time it needs.
    """
    limits = limits_for(lesson, sandbox)
    if trusted:
        limits = replace(limits, total=REFERENCE_TOTAL, cpu=0.0)
    sweep()
    with temporary_folder("nnr-") as folder:
        runtime = make_runtime(lesson.imports, folder)
        pool = worker_pool(1, own_processors=False)  # they are for the submissions

        def run(steps: list[Step]) -> list[Outcome]:
            job = Job(steps, runtime, limits, sandbox)
            return outcomes_from(submit(pool, job.to_json()).result(), steps)

        try:
            yield run, runtime
        except BaseException:
            # Ctrl-C must not wait for the reference to run through.
            stop_now(pool)
            raise
        pool.shutdown(wait=True)


def require_sandbox(sandbox: bool) -> None:
    """Raise `NoSandbox` if a sandbox is wanted and there is none."""
    problem = sandbox_problem() if sandbox else None
    if problem:
        raise NoSandbox(problem)


def grade(
    folder: Path,
    lesson_folder: Path,
    out: Path,
    *,
    seed: str | None = None,
    sandbox: bool = True,
    workers: int = 1,
    cluster: str | None = None,
    regrade: Regrade = Regrade(),  # noqa: B008
    adjust: Path | None = None,
    exports: Exports = Exports(),  # noqa: B008
    started: Callable[[int, int, str], None] = lambda todo, kept, seed: None,
    progress: Callable[[Graded], None] = lambda graded: None,
    finished: Callable[[Written], None] = lambda written: None,
) -> list[Graded]:
    """Grade a folder of submissions into a gradebook and write what instructors read.

    What the gradebook in `out` already holds is not graded again, unless its file changed or that
    is asked for; so an interrupted run is continued by the same call.

    Parameters
    ----------
    folder : Path
        In one of the layouts of `nnedu.grading.layouts`.
    lesson_folder : Path
        With solution.ipynb, wrong.py and score.py.
    out : Path
        Made if need be: gradebook.db, grades.csv, feedback/, class.html and run.json.
    seed : str, optional
        32 hexadecimal digits, to repeat a run; otherwise that of the gradebook, or a new secret.
    sandbox : bool
        Whether kernels run under bubblewrap.
    workers : int
        Submissions graded at a time.
    cluster : str, optional
        Address of a Dask scheduler, to whose workers the submissions are sent.
    regrade : Regrade
        What to grade again.
    adjust : Path, optional
        An instructor's table of penalties and extra points; it is kept in the gradebook.
    exports : Exports
        What else to write.
    started, progress, finished : callable
        Called with how many submissions are to be graded, how many are graded already and the
        seed; with each result; with what was written.

    Returns
    -------
    list of Graded
        The class, by name: everybody in the gradebook.

    Raises
    ------
    BadLesson, NoSandbox, NotADirectoryError, ValueError, BadAdjustments, BadWorksheet
        Before anything is graded or written.
    GradebookProblem
        If the gradebook is in use, is not this lesson's, or needs a decision.
    """
    begin = datetime.now(UTC)
    wanted = None if seed is None else parse_run_seed(seed)
    lesson = load_solution(lesson_folder)
    submissions = find_submissions(folder, lesson.slug)
    students = [item.student for item in submissions]
    require_sandbox(sandbox)
    check_exports(exports, lesson)
    if adjust is not None and not (out / GRADEBOOK).exists():
        read_adjustments(adjust, students)
    mistakes, _ = load_mistakes(lesson)
    settings = _settings(lesson, sandbox, workers, cluster)
    with Gradebook(out / GRADEBOOK, lesson.slug, wanted) as book:
        entries = book.entries(lesson)
        if adjust is not None:
            book.keep_adjustments(read_adjustments(adjust, {*students, *entries}))
        digests = {item.student: digest(item) for item in submissions}
        sources = _digests(lesson)
        todo = to_grade(submissions, digests, entries, lesson, sources, regrade)
        started(len(todo), len(submissions) - len(todo), book.seed)

        def landed(item: Graded) -> None:
            before = entries.get(item.submission.student)
            same = before is not None and before.sha256 == item.sha256
            if before is not None and same and before.verdict is not None:
                if item.verdict is None:
                    return progress(item)  # what was earned before stays
                item.verdict = merged(lesson, before.verdict, item.verdict, regrade.task)
            book.record(
                item.submission, item.status, item.message, item.verdict, item.sha256,
                item.seconds, item.cold,
            )  # fmt: skip
            progress(item)

        if todo:
            book.begin(sandbox, sources, settings)
            _grade_all(lesson, book.seed, mistakes, todo, sandbox, workers, cluster, landed)
        graded = _class_of(book, lesson, set(students))
        adjustments = book.adjustments()
        record = report.run_record(lesson, graded, book.seed, begin, settings, book.sessions())
    report.write(out, lesson, graded, record, adjustments)
    off = record["defences_off"]
    finished(write_exports(out, lesson, graded, mistakes, adjustments, exports, off))
    return graded


def _grade_all(
    lesson: Lesson,
    run_seed: str,
    mistakes: Sequence[Mistake],
    todo: Sequence[Submission],
    sandbox: bool,
    workers: int,
    cluster: str | None,
    landed: Callable[[Graded], None],
) -> None:
    """Run the reference, then the submissions."""
    seeds = {check.id: check_seed(run_seed, lesson.slug, check.id) for check in lesson.checks}
    scorers = load_scorers(lesson)
    with kernels(lesson, sandbox=sandbox, trusted=True) as (run, runtime):
        limits, number = limits_for(lesson, sandbox), max(1, min(workers, len(todo)))
        # A cluster that cannot be used is found out before the reference runs.
        with open_workers(number, cluster, lesson.imports, sandbox) as hands:
            expected = execute(lesson, run, seeds, mistakes)
            exam = Exam(lesson, expected, scorers, runtime, limits, sandbox, seeds)
            grade_class(exam, todo, hands, landed)


def _class_of(book: Gradebook, lesson: Lesson, there: set[str]) -> list[Graded]:
    """Return what the gradebook holds, by name."""
    graded = []
    for student, entry in sorted(book.entries(lesson).items()):
        message = entry.message
        if entry.submission.late:
            message = f"{message} Handed in late, says the platform.".strip()
        if student not in there:
            message = f"{message} The file is no longer in the folder.".strip()
        graded.append(
            Graded(
                entry.submission, entry.status, message, entry.verdict, entry.sha256, entry.seconds
            )
        )
    return graded


def load_solution(folder: Path) -> Lesson:
    """Return the lesson in a folder from its solution, which must be there."""
    path = folder / "solution.ipynb"
    if not path.exists():
        raise BadLesson(
            f"{folder} has no solution.ipynb; expected the instructor's folder of the lesson. "
            "The installed package carries exercises only: use a clone, or --lessons DIR."
        )
    return load_lesson(path)


def _settings(lesson: Lesson, sandbox: bool, workers: int, cluster: str | None) -> dict[str, Any]:
    """Return under which settings submissions are graded."""
    return {
        "sandbox": "bubblewrap" if sandbox else "none",
        "defences_off": report.defences_off(sandbox),
        "workers": workers if cluster is None else cluster,
        "limits": vars(limits_for(lesson, sandbox)),
        "versions": report.versions(),
        "lesson_sha256": _digests(lesson),
    }


def _digests(lesson: Lesson) -> dict[str, str]:
    """Return the digests of the lesson's files."""
    files = [lesson.folder / name for name in ("solution.ipynb", "wrong.py", "score.py")]
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.exists()
    }


__all__ = ["Submission", "grade", "kernels", "limits_for", "load_solution", "require_sandbox"]
