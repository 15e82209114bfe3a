"""A folder of submissions, graded side by side; one bad one never stops the others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from nnedu.grading.dispatch import WorkerLost, Workers, dispatch
from nnedu.grading.documents import BadNotebook, parse_notebook, printable, read_bytes
from nnedu.grading.judge import Verdict, judge
from nnedu.grading.layouts import Submission
from nnedu.grading.lessons import Lesson
from nnedu.grading.rebuild import Answers, Step, collect_answers, steps_of
from nnedu.grading.reference import Expected
from nnedu.grading.runner import Job, cold_from, outcomes_from
from nnedu.grading.runtime import Runtime
from nnedu.grading.sandbox import Limits
from nnedu.grading.scoring import Scorer


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
    cold : str or None
        Why its kernel was started from nothing; empty if it was forked from a warm process, and
        None where no kernel was started in this run.
    """

    submission: Submission
    status: str
    message: str = ""
    verdict: Verdict | None = None
    sha256: str = ""
    seconds: float = 0.0
    cold: str | None = None

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
    submissions: Sequence[Submission],
    workers: Workers,
    progress: Callable[[Graded], None] = lambda graded: None,
) -> list[Graded]:
    """Grade submissions on some workers.

    Parameters
    ----------
    exam : Exam
    submissions : sequence of Submission
    workers : Workers
        Where the notebooks run; they see no expected value.
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

    def jobs() -> Iterator[tuple[_Prepared, str]]:
        for submission in submissions:
            found = _prepare(exam, submission)
            if isinstance(found, Graded):
                done(found)
            else:
                yield found, found.job

    for prepared, answer in dispatch(workers, jobs()):
        done(_judged(exam, prepared, answer))
    return [results[submission.student] for submission in submissions]


def _prepare(exam: Exam, submission: Submission) -> _Prepared | Graded:
    """Read a submission and rebuild its notebook, or say why that cannot be done."""
    sha256 = ""
    try:
        if submission.path is None:
            raise BadNotebook(submission.problem)
        data = read_bytes(submission.path)
        sha256 = hashlib.sha256(data).hexdigest()
        answers = collect_answers(exam.lesson, parse_notebook(data))
        steps = steps_of(exam.lesson, answers, exam.seeds, exam.expected.given)
        job = Job(steps, exam.runtime, exam.limits, exam.sandbox).to_json()
    except BadNotebook as error:
        return Graded(submission, "unreadable", str(error), None, sha256)
    except Exception as error:  # a file nobody thought of: its own problem only
        message = printable(f"{type(error).__name__}: {error}")
        return Graded(submission, "unreadable", message, None, sha256)
    return _Prepared(submission, answers, steps, job, sha256)


def _judged(exam: Exam, prepared: _Prepared, answer: str | Exception) -> Graded:
    """Judge one submission's outcomes; a failure of the grader is this submission's only."""
    submission, sha256 = prepared.submission, prepared.sha256
    try:
        if isinstance(answer, Exception):
            raise answer
        outcomes = outcomes_from(answer, prepared.steps)
        verdict = judge(
            exam.lesson, prepared.answers, prepared.steps, outcomes, exam.expected, exam.scorers
        )
    except WorkerLost:
        message = "The grader's worker process was lost twice while running this notebook."
        return Graded(submission, "not graded", message, None, sha256)
    except Exception as error:
        message = printable(f"The grader failed on this notebook: {str(error)[:500]}")
        return Graded(submission, "not graded", message, None, sha256)
    seconds = round(sum(outcome.seconds for outcome in outcomes), 3)
    return Graded(submission, "graded", "", verdict, sha256, seconds, cold_from(answer))
