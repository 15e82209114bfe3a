"""One grading run from beginning to end, and running a lesson's own notebook."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nnedu.grading import report
from nnedu.grading.classroom import Exam, Graded, Submission, find_submissions, grade_class
from nnedu.grading.lessons import BadLesson, Lesson, load_lesson, load_mistakes
from nnedu.grading.rebuild import Step
from nnedu.grading.reference import Run, execute
from nnedu.grading.runner import Job, Outcome, outcomes_from, run_job, worker_pool
from nnedu.grading.runtime import Runtime, make_runtime
from nnedu.grading.sandbox import Limits, NoSandbox, sandbox_problem
from nnedu.grading.scoring import load_scorers
from nnedu.grading.seeds import check_seed, new_run_seed, parse_run_seed

REFERENCE_TOTAL = 900.0
"""Seconds for the reference and all planted mistakes of a lesson, in one kernel."""


def limits_for(lesson: Lesson, sandbox: bool) -> Limits:
    """Return the limits of one submission's kernel."""
    return Limits(
        cell=lesson.timeout,
        # Three cells may run out of time before the rest of a notebook is given up.
        total=3.5 * lesson.timeout + 10,
        memory=lesson.memory if sandbox else 0,
    )


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
        limits = Limits(lesson.timeout, REFERENCE_TOTAL, memory=limits.memory)
    with tempfile.TemporaryDirectory(prefix="nnr-") as folder:
        runtime = make_runtime(lesson.imports, Path(folder))
        with worker_pool(1) as pool:

            def run(steps: list[Step]) -> list[Outcome]:
                job = Job(steps, runtime, limits, sandbox)
                return outcomes_from(pool.submit(run_job, job.to_json()).result(), steps)

            yield run, runtime


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
    started: Callable[[int, str], None] = lambda number, seed: None,
    progress: Callable[[Graded], None] = lambda graded: None,
) -> list[Graded]:
    """Grade a folder of submissions and write grades.csv, feedback/ and run.json.

    Parameters
    ----------
    folder : Path
        One notebook, or one folder, per student.
    lesson_folder : Path
        With solution.ipynb, wrong.py and score.py.
    out : Path
        Made if need be; what a previous run left there is replaced when this one is complete.
    seed : str, optional
        32 hexadecimal digits, to repeat a run; a new secret otherwise.
    sandbox : bool
        Whether kernels run under bubblewrap.
    workers : int
        Submissions graded at a time.
    started, progress : callable
        Called with the number of submissions and the seed, then with each result.

    Returns
    -------
    list of Graded

    Raises
    ------
    BadLesson, NoSandbox, NotADirectoryError, ValueError
        Before anything is graded or written.
    """
    begin = datetime.now(UTC)
    run_seed = new_run_seed() if seed is None else parse_run_seed(seed)
    lesson = load_solution(lesson_folder)
    submissions = find_submissions(folder, lesson.slug)
    require_sandbox(sandbox)
    out.mkdir(parents=True, exist_ok=True)
    seeds = {check.id: check_seed(run_seed, lesson.slug, check.id) for check in lesson.checks}
    mistakes, _ = load_mistakes(lesson)
    scorers = load_scorers(lesson)
    with kernels(lesson, sandbox=sandbox, trusted=True) as (run, runtime):
        expected = execute(lesson, run, seeds, mistakes)
        started(len(submissions), run_seed)
        exam = Exam(lesson, expected, scorers, runtime, limits_for(lesson, sandbox), sandbox, seeds)
        graded = grade_class(exam, submissions, workers, progress)
    record = _record(lesson, graded, run_seed, begin, sandbox, workers)
    report.write(out, lesson, graded, record)
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


def _record(
    lesson: Lesson,
    graded: list[Graded],
    run_seed: str,
    begin: datetime,
    sandbox: bool,
    workers: int,
) -> dict[str, Any]:
    """Return what is needed to repeat a run and to know what it was."""
    files = [lesson.folder / name for name in ("solution.ipynb", "wrong.py", "score.py")]
    return {
        "lesson": lesson.slug,
        "seed": run_seed,
        "started": begin.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "sandbox": "bubblewrap" if sandbox else "none",
        "defences_off": [] if sandbox else report.WITHOUT_SANDBOX,
        "workers": workers,
        "limits": vars(limits_for(lesson, sandbox)),
        "versions": report.versions(),
        "lesson_sha256": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
            if path.exists()
        },
        "submissions": [report.submission_record(item) for item in graded],
    }


__all__ = ["Submission", "grade", "kernels", "limits_for", "load_solution", "require_sandbox"]
