"""Which submissions a run has to grade, given what the gradebook holds already."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nnedu.grading.documents import BadNotebook, printable, read_bytes
from nnedu.grading.gradebook import GradebookProblem
from nnedu.grading.judge import Verdict
from nnedu.grading.layouts import Submission
from nnedu.grading.ledger import Entry
from nnedu.grading.lessons import Lesson

DECIDES_POINTS = ("solution.ipynb", "score.py")
"""The files of a lesson that points depend on; wrong.py decides hints only."""


@dataclass(frozen=True)
class Regrade:
    """What to grade again, although it is in the gradebook.

    Parameters
    ----------
    students : tuple of str
        As grades.csv names them.
    everybody : bool
    task : str or None
        Only the points of this task change; alone it means everybody's.
    """

    students: tuple[str, ...] = ()
    everybody: bool = False
    task: str | None = None


def digest(submission: Submission) -> str:
    """Return the SHA-256 of a submission's file, or nothing where it cannot be read."""
    if submission.path is None:
        return ""
    try:
        return hashlib.sha256(read_bytes(submission.path)).hexdigest()
    except BadNotebook:
        return ""


def to_grade(
    submissions: Sequence[Submission],
    digests: Mapping[str, str],
    entries: Mapping[str, Entry],
    lesson: Lesson,
    lesson_sha256: Mapping[str, str],
    regrade: Regrade,
) -> list[Submission]:
    """Return the submissions to grade: new, changed, failed, or asked for.

    Parameters
    ----------
    submissions : sequence of Submission
        In the folder.
    digests : mapping
        Student to `digest`.
    entries : mapping
        Of the gradebook.
    lesson : Lesson
    lesson_sha256 : mapping
        Of the lesson's files as they are now.
    regrade : Regrade

    Raises
    ------
    GradebookProblem
        If somebody to grade again is not there, or the lesson has changed since the others
        were graded and nothing was said about them.
    """
    again = _again(submissions, lesson, regrade)
    todo = [
        item
        for item in submissions
        if item.student in again or _differs(item, digests[item.student], entries)
    ]
    staying = {item.student for item in todo}
    old = [
        student
        for student, entry in entries.items()
        if student not in staying and entry.verdict and _changed(entry, lesson_sha256)
    ]
    if old and not again:
        raise GradebookProblem(
            f"The lesson has changed since {len(old)} submissions were graded with it "
            f"({', '.join(sorted(old)[:3])}{', ...' if len(old) > 3 else ''}). Grade them again: "
            "--regrade-all, or --task TASK if only that task changed; or use another --out."
        )
    return todo


def _again(submissions: Sequence[Submission], lesson: Lesson, regrade: Regrade) -> set[str]:
    """Return the students to grade again."""
    tasks = [task.id for task in lesson.tasks]
    if regrade.task is not None and regrade.task not in tasks:
        raise GradebookProblem(
            f"--task is {regrade.task!r}; expected a task of {lesson.slug}: {', '.join(tasks)}."
        )
    there = [item.student for item in submissions]
    for student in regrade.students:
        if student not in there:
            close = difflib.get_close_matches(student, there, 3, 0.4)
            likely = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
            raise GradebookProblem(
                f"--regrade names {student!r}, who has no submission in this folder.{likely}"
            )
    if regrade.everybody or (regrade.task is not None and not regrade.students):
        return set(there)
    return set(regrade.students)


def _differs(item: Submission, sha256: str, entries: Mapping[str, Entry]) -> bool:
    """Say whether the gradebook lacks this submission as it is now."""
    entry = entries.get(item.student)
    if entry is None or entry.status == "not graded":
        return True
    if item.path is None:
        return entry.submission.path is not None or entry.message != printable(item.problem)
    return entry.submission.path is None or entry.sha256 != sha256


def _changed(entry: Entry, lesson_sha256: Mapping[str, str]) -> bool:
    """Say whether points were earned in a lesson that is no longer the same."""
    return any(entry.lesson_sha256.get(name) != lesson_sha256.get(name) for name in DECIDES_POINTS)


def merged(lesson: Lesson, old: Verdict | None, new: Verdict, task: str | None) -> Verdict:
    """Return a new verdict; if a task is named, with the old results of all other tasks."""
    if task is None or old is None:
        return new
    kept = {result.check.id: result for result in old.results if result.check.task != task}
    results = [kept.get(result.check.id, result) for result in new.results]
    return Verdict(results, new.troubles)
