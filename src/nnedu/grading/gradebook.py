"""The gradebook: one SQLite file that grows by one transaction per graded submission.

A submission is graded when its transaction is committed, and only then: a run that is
interrupted at any moment, by Ctrl-C, ``kill -9`` or a power failure, has lost nothing that was
recorded, and the next run continues after it with the same seed. Nothing is overwritten: grading
a submission again adds a row, and the newest row of a student counts.

The journal is SQLite's default one, kept on the same disk and synchronised ("EXTRA": the folder
too), not its write-ahead log: that needs shared memory, which network file systems lack, and
home folders are often on one. A grading run holds the file's lock, so two runs cannot write
the same gradebook at once; the operating system drops that lock when a process dies.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nnedu.grading.adjust import Adjustment
from nnedu.grading.judge import CheckResult, Verdict
from nnedu.grading.layouts import Submission
from nnedu.grading.ledger import CURRENT, SCHEMA, VERSION, Entry, explain, now, restored, stored
from nnedu.grading.lessons import Lesson
from nnedu.grading.seeds import new_run_seed

MAX_REASONS = 10
"""Reasons kept, of one session, why kernels were started from nothing."""


class GradebookProblem(Exception):
    """The gradebook cannot be used as asked; the message says what to do."""


class Gradebook:
    """An open gradebook; use it as a context manager.

    Parameters
    ----------
    path : Path
        Made if need be.
    slug : str
        The lesson whose grades it holds.
    seed : str or None
        For a new gradebook, its run seed (None: a new secret); for one that exists, None or the
        seed it has.

    Raises
    ------
    GradebookProblem
        If it is another lesson's or another seed's, is in use, or is no gradebook.
    """

    def __init__(self, path: Path, slug: str, seed: str | None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=1.0, isolation_level=None)
        self._session = 0
        self._settings: dict[str, Any] = {}
        try:
            self._open(slug, seed)
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise GradebookProblem(explain(path, error)) from error
        except BaseException:
            self._db.close()
            raise

    def _open(self, slug: str, seed: str | None) -> None:
        """Lock the file, make the tables if need be, and look whether it is the right one."""
        # Results come from hostile notebooks: only this user may read them.
        with contextlib.suppress(OSError):
            os.chmod(self.path, 0o600)
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = DELETE")
        self._db.execute("PRAGMA synchronous = EXTRA")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("BEGIN EXCLUSIVE")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version == 0 and tables == 0:
            for statement in SCHEMA.split(";"):
                self._db.execute(statement)
            begun = (slug, seed or new_run_seed(), now())
            self._db.execute("INSERT INTO run VALUES (?, ?, ?)", begun)
            self._db.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise GradebookProblem(
                f"{self.path} is no gradebook of this version of nnedu (it says {version}; "
                f"expected {VERSION}). Use another --out, or the version that made it."
            )
        self._db.execute("COMMIT")
        lesson, self.seed, self.created = self._db.execute("SELECT * FROM run").fetchone()
        if lesson != slug:
            raise GradebookProblem(
                f"{self.path} holds grades of lesson {lesson}; expected {slug}. Use an --out "
                "folder of its own for each lesson."
            )
        if seed is not None and seed != self.seed:
            raise GradebookProblem(
                f"{self.path} was begun with another seed; expected {seed}. Leave --seed out to "
                "continue it, or use another --out."
            )

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *exception: object) -> None:
        self._db.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Do all of it or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def begin(self, sandbox: bool, lesson_sha256: dict[str, str], settings: dict[str, Any]) -> None:
        """Begin a session: what is recorded from now on was graded with these settings."""
        self._settings = {**settings, "kernels": {"warm": 0, "cold": 0, "why_cold": []}}
        with self._transaction():
            cursor = self._db.execute(
                "INSERT INTO session (started, sandbox, lesson_sha256, settings) "
                "VALUES (?, ?, ?, ?)",
                (now(), sandbox, json.dumps(lesson_sha256), json.dumps(self._settings)),
            )
            self._session = int(cursor.lastrowid or 0)

    def sessions(self) -> list[dict[str, Any]]:
        """Return the sessions in which today's grades were earned."""
        rows = self._db.execute(
            "SELECT started, sandbox, lesson_sha256, settings FROM session WHERE id IN "
            f"(SELECT session FROM submission WHERE id IN ({CURRENT})) ORDER BY id"
        )
        return [
            {
                "started": started,
                "sandbox": "bubblewrap" if sandbox else "none",
                **json.loads(settings),
                "lesson_sha256": json.loads(digests),
            }
            for started, sandbox, digests, settings in rows
        ]

    def record(
        self, submission: Submission, status: str, message: str, verdict: Verdict | None,
        sha256: str, seconds: float, cold: str | None = None,
    ) -> None:  # fmt: skip
        """Record one graded submission; once this returns it is on the disk.

        Parameters
        ----------
        submission : Submission
        status, message, verdict, sha256, seconds, cold
            As in `nnedu.grading.classroom.Graded`.
        """
        path = str(submission.path).encode("utf-8", "replace").decode() if submission.path else None
        troubles = json.dumps(verdict.troubles if verdict else [])
        with self._transaction():
            self._db.execute(
                "INSERT INTO student (key, name, system, number) VALUES (?, ?, ?, ?) ON CONFLICT "
                "(key) DO UPDATE SET name = excluded.name, system = excluded.system, "
                "number = excluded.number",
                (submission.student, submission.name, submission.system, submission.number),
            )
            student = self._db.execute(
                "SELECT id FROM student WHERE key = ?", (submission.student,)
            ).fetchone()[0]
            row = self._db.execute(
                "INSERT INTO submission (student, session, path, late, sha256, graded_at, status, "
                "message, seconds, troubles) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (student, self._session, path, submission.late, sha256, now(), status, message,
                 seconds, troubles),
            ).lastrowid  # fmt: skip
            self._db.executemany(
                "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(row, *stored(result)) for result in (verdict.results if verdict else [])],
            )
            if cold is not None:
                self._count_kernel(cold)

    def _count_kernel(self, cold: str) -> None:
        """Add to the session's record how a kernel was started."""
        kernels = self._settings["kernels"]
        kernels["cold" if cold else "warm"] += 1
        if cold and cold not in kernels["why_cold"] and len(kernels["why_cold"]) < MAX_REASONS:
            kernels["why_cold"].append(cold)
        self._db.execute(
            "UPDATE session SET settings = ? WHERE id = ?",
            (json.dumps(self._settings), self._session),
        )

    def entries(self, lesson: Lesson) -> dict[str, Entry]:
        """Return each student's newest entry.

        Parameters
        ----------
        lesson : Lesson
            Gives its checks to the results; a result of a check it no longer has is left out,
            and a check that is new has none.
        """
        checks = {check.id: check for check in lesson.checks}
        results: dict[int, dict[str, CheckResult]] = {}
        for row, *cells in self._db.execute(
            f"SELECT * FROM result WHERE submission IN ({CURRENT})"
        ):
            if cells[0] in checks:
                result = restored(checks[cells[0]], cells)
                results.setdefault(row, {})[result.check.id] = result
        found: dict[str, Entry] = {}
        for row in self._db.execute(
            "SELECT submission.id, key, name, system, number, path, late, sha256, status, message, "
            "seconds, troubles, lesson_sha256 FROM submission JOIN student ON student.id = student "
            f"JOIN session ON session.id = session WHERE submission.id IN ({CURRENT})"
        ):
            number, key, name, system, known_as, path, late, sha256 = row[:8]
            status, message, seconds, troubles, digests = row[8:]
            problem = message if path is None else ""
            submission = Submission(
                key, Path(path) if path else None, problem, name, system, known_as, bool(late)
            )
            verdict = None
            if status == "graded":
                earned = results.get(number, {})
                ordered = [earned[check.id] for check in lesson.checks if check.id in earned]
                verdict = Verdict(ordered, json.loads(troubles))
            found[key] = Entry(
                submission, status, message, verdict, sha256, seconds, json.loads(digests)
            )
        return found

    def count(self, student: str) -> int:
        """Return how often a student's work was graded."""
        row = self._db.execute(
            "SELECT count(*) FROM submission WHERE student = (SELECT id FROM student "
            "WHERE key = ?)", (student,)
        ).fetchone()  # fmt: skip
        return int(row[0])

    def keep_adjustments(self, table: Mapping[str, Adjustment]) -> None:
        """Replace the adjustments by those of an instructor's new table."""
        rows = [(a.student, a.late_penalty, a.extra, a.comment) for a in table.values()]
        with self._transaction():
            self._db.execute("DELETE FROM adjustment")
            self._db.executemany("INSERT INTO adjustment VALUES (?, ?, ?, ?)", rows)

    def adjustments(self) -> dict[str, Adjustment]:
        """Return the adjustments kept, by student."""
        rows = self._db.execute("SELECT * FROM adjustment ORDER BY student")
        return {row[0]: Adjustment(*row) for row in rows}
