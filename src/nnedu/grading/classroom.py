"""A folder of submissions, graded side by side; one bad one never stops the others."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from nnedu.grading.documents import BadNotebook, Notebook, read_notebook
from nnedu.grading.judge import Verdict, judge
from nnedu.grading.lessons import Lesson
from nnedu.grading.rebuild import Answers, Step, collect_answers, steps_of
from nnedu.grading.reference import Expected
from nnedu.grading.runner import Job, Outcome, outcomes_from, run_job, stop_now, worker_pool
from nnedu.grading.runtime import Runtime
from nnedu.grading.sandbox import Limits
from nnedu.grading.scoring import Scorer

IGNORED = (".ipynb_checkpoints", "__MACOSX", ".git")


@dataclass(frozen=True)
class Submission:
    """One student's file, or why there is none.

    Parameters
    ----------
    student : str
        The file's name without its ending, or the folder's name; unique.
    path : Path or None
    problem : str
        If there is no file to read.
    """

    student: str
    path: Path | None
    problem: str = ""


@dataclass
class Graded:
    """What became of one submission.

    Parameters
    ----------
    submission : Submission
    status : {"graded", "unreadable", "not graded"}
    message : str
        Why, unless graded.
    verdict : Verdict or None
    sha256 : str
        Of the file, where it could be read.
    seconds : float
        Its cells took.
    """

    submission: Submission
    status: str
    message: str = ""
    verdict: Verdict | None = None
    sha256: str = ""
    seconds: float = 0.0

    @property
    def points(self) -> float:
        """Points earned."""
        return self.verdict.points if self.verdict else 0.0


@dataclass(frozen=True)
class Exam:
    """All that grading a submission needs; only this process holds it."""

    lesson: Lesson
    expected: Expected
    scorers: dict[str, Scorer]
    runtime: Runtime
    limits: Limits
    sandbox: bool
    seeds: dict[str, int] = field(default_factory=dict)


def find_submissions(folder: Path, slug: str) -> list[Submission]:
    """Return the submissions in a folder: one notebook each, or one folder each.

    Parameters
    ----------
    folder : Path
    slug : str
        The lesson; where a student's folder holds several notebooks, the one named after it,
        or ``exercise.ipynb``, counts.

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{folder} is no folder; expected one with a notebook, or a folder, per student."
        )
    found: list[Submission] = []
    for path in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)):
        if path.name.startswith(".") or path.name in IGNORED:
            continue
        if path.suffix.lower() == ".ipynb" and (path.is_symlink() or not path.is_dir()):
            found.append(Submission(_readable(path.stem), path))
        elif path.is_symlink() and path.is_dir():
            found.append(Submission(_readable(path.name), None, "The folder is a symbolic link."))
        elif path.is_dir():
            found.append(_from_folder(path, slug))
    return list(_unique(found))


def _readable(name: str) -> str:
    """Return a file name as text, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")


def _from_folder(folder: Path, slug: str) -> Submission:
    """Return the submission in a student's folder."""
    student = _readable(folder.name)
    notebooks = []
    # A walk, not a glob: it follows no link to a folder.
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in IGNORED]
        notebooks += [Path(place, name) for name in files if name.lower().endswith(".ipynb")]
    named = [p for p in notebooks if p.stem in (slug, "exercise") or p.parent.name == slug]
    if len(notebooks) == 1 or len(named) == 1:
        return Submission(student, (notebooks if len(notebooks) == 1 else named)[0])
    if not notebooks:
        return Submission(student, None, "The folder holds no notebook (.ipynb).")
    return Submission(
        student, None, f"The folder holds {len(notebooks)} notebooks; expected one, {slug}.ipynb."
    )


def _unique(found: list[Submission]) -> Iterator[Submission]:
    """Yield the submissions with names that occur once."""
    seen: dict[str, int] = {}
    for item in found:
        seen[item.student] = seen.get(item.student, 0) + 1
        again = seen[item.student]
        name = item.student if again == 1 else f"{item.student} ({again})"
        yield Submission(name, item.path, item.problem)


@dataclass
class _Prepared:
    """A submission that was read and is being run."""

    submission: Submission
    answers: Answers
    steps: list[Step]
    job: str
    sha256: str


def grade_class(
    exam: Exam,
    submissions: list[Submission],
    workers: int,
    progress: Callable[[Graded], None] = lambda graded: None,
) -> list[Graded]:
    """Grade submissions on a pool of processes.

    Parameters
    ----------
    exam : Exam
    submissions : list of Submission
    workers : int
        Processes; each runs one kernel at a time.
    progress : callable
        Called with each result as it comes.

    Returns
    -------
    list of Graded
        In the order of `submissions`.
    """
    results: dict[str, Graded] = {}

    def done(graded: Graded) -> None:
        results[graded.submission.student] = graded
        progress(graded)

    ready: list[_Prepared] = []
    for submission in submissions:
        try:
            ready.append(_prepare(exam, submission))
        except BadNotebook as error:
            done(Graded(submission, "unreadable", str(error)))
        except Exception as error:  # a file nobody thought of: its own problem only
            done(Graded(submission, "unreadable", f"{type(error).__name__}: {error}"))
    # The second time, alone: who kills a worker must not take others along.
    lost = _run_all(exam, ready, max(1, min(workers, len(ready))), done)
    for prepared in lost:
        for again in _run_all(exam, [prepared], 1, done):
            message = "The grader's worker process was lost twice while running this notebook."
            done(Graded(again.submission, "not graded", message, None, again.sha256))
    return [results[submission.student] for submission in submissions]


def _prepare(exam: Exam, submission: Submission) -> _Prepared:
    """Read a submission and rebuild its notebook."""
    if submission.path is None:
        raise BadNotebook(submission.problem)
    notebook: Notebook = read_notebook(submission.path)
    answers = collect_answers(exam.lesson, notebook)
    steps = steps_of(exam.lesson, answers, exam.seeds)
    job = Job(steps, exam.runtime, exam.limits, exam.sandbox).to_json()
    sha256 = hashlib.sha256(submission.path.read_bytes()).hexdigest()
    return _Prepared(submission, answers, steps, job, sha256)


def _run_all(
    exam: Exam, ready: list[_Prepared], workers: int, done: Callable[[Graded], None]
) -> list[_Prepared]:
    """Run and judge; return those whose worker was lost."""
    lost: list[_Prepared] = []
    if not ready:
        return lost
    pool = worker_pool(workers)
    try:
        futures: dict[Future[str], _Prepared] = {pool.submit(run_job, p.job): p for p in ready}
        todo = set(futures)
        while todo:
            finished, todo = wait(todo, return_when=FIRST_COMPLETED)
            for future in finished:
                prepared = futures[future]
                try:
                    outcomes = outcomes_from(future.result(), prepared.steps)
                except BrokenProcessPool:
                    lost.append(prepared)
                except Exception as error:
                    done(
                        Graded(
                            prepared.submission,
                            "not graded",
                            f"The grader failed on this notebook: {str(error)[:500]}",
                            None,
                            prepared.sha256,
                        )
                    )
                else:
                    done(_judged(exam, prepared, outcomes))
    except BaseException:
        stop_now(pool)
        raise
    pool.shutdown(wait=True)
    return lost


def _judged(exam: Exam, prepared: _Prepared, outcomes: list[Outcome]) -> Graded:
    """Judge one submission's outcomes."""
    verdict = judge(
        exam.lesson, prepared.answers, prepared.steps, outcomes, exam.expected, exam.scorers
    )
    seconds = round(sum(outcome.seconds for outcome in outcomes), 3)
    return Graded(prepared.submission, "graded", "", verdict, prepared.sha256, seconds)
