"""What is recorded stays, counts once, and comes back as it was."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nnedu.grading import session
from nnedu.grading.compare import Difference
from nnedu.grading.documents import BadNotebook
from nnedu.grading.gradebook import Gradebook, GradebookProblem
from nnedu.grading.layouts import Submission
from nnedu.grading.plan import Regrade, digest, merged, to_grade
from nnedu.grading.report import run_record
from tests.grading_class.helpers import lesson, verdict

SEED = "00112233445566778899aabbccddeeff"
DIGESTS = {"solution.ipynb": "aa", "wrong.py": "bb", "score.py": "cc"}
SETTINGS = {"workers": 2, "sandbox": "bubblewrap", "defences_off": []}
ADA = Submission("ada", Path("class/ada.ipynb"), "", "Ada L", "moodle", "17", late=True)


def opened(folder: Path, seed: str | None = None) -> Gradebook:
    book = Gradebook(folder / "gradebook.db", "01_sample", seed)
    book.begin(True, DIGESTS, SETTINGS)
    return book


def test_what_was_recorded_comes_back(tmp_path: Path) -> None:
    given = verdict(0.5, mistake="uphill", message="entry (1,) of x is wrong")
    given.results[0].difference = Difference("x", "wrong", "x: 1.0", "x: 2.0")
    given.troubles.append("score.py failed")
    with opened(tmp_path, SEED) as book:
        book.record(ADA, "graded", "", given, "abc", 1.5)
        book.record(
            Submission("bob", None, "No notebook."), "unreadable", "No notebook.", None, "", 0
        )
    with Gradebook(tmp_path / "gradebook.db", "01_sample", None) as book:
        assert book.seed == SEED
        found = book.entries(lesson())
        sessions = book.sessions()
    assert found["ada"].submission == ADA
    assert found["ada"].verdict == given
    assert (found["ada"].sha256, found["ada"].seconds) == ("abc", 1.5)
    assert found["bob"].submission == Submission("bob", None, "No notebook.")
    assert found["bob"].verdict is None
    assert [session["lesson_sha256"] for session in sessions] == [DIGESTS]


def test_how_kernels_started_is_counted_as_it_happens(tmp_path: Path) -> None:
    why = "bubblewrap made no sandbox inside a sandbox"
    with opened(tmp_path) as book:
        for student, cold in [("ada", ""), ("bob", why), ("eve", why), ("zoe", None)]:
            submission = Submission(student, Path(f"{student}.ipynb"))
            book.record(submission, "graded", "", verdict(), "abc", 1, cold)
    with opened(tmp_path) as book:
        book.record(ADA, "graded", "", verdict(), "abd", 1, "another reason")
        sessions = book.sessions()
    assert sessions[0]["kernels"] == {"warm": 1, "cold": 2, "why_cold": [why]}
    assert sessions[1]["kernels"] == {"warm": 0, "cold": 1, "why_cold": ["another reason"]}
    record = run_record(lesson(), [], SEED, datetime.now(UTC), SETTINGS, sessions)
    assert record["kernels"] == {"warm": 1, "cold": 3, "why_cold": ["another reason", why]}


def test_the_newest_row_counts_and_the_older_stays(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.record(ADA, "graded", "", verdict(0.0), "abc", 1)
        book.record(ADA, "graded", "", verdict(1.0), "abd", 1)
        entry = book.entries(lesson())["ada"]
        assert entry.verdict is not None
        assert entry.verdict.points == lesson().points
        assert book.count("ada") == 2


def test_a_kill_in_the_middle_of_a_transaction_leaves_the_rows_before_it(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from tests.grading_class.test_gradebook import *\n"
        "book = opened(Path(sys.argv[1]))\n"
        "book.record(ADA, 'graded', '', verdict(1.0), 'abc', 1)\n"
        "book._db.execute('PRAGMA cache_spill = 1'); book._db.execute('PRAGMA cache_size = 1')\n"
        "book._db.execute('BEGIN IMMEDIATE')\n"
        "book._db.execute('UPDATE submission SET sha256 = ?', ('forged',))\n"
        "book._db.executemany('INSERT INTO adjustment VALUES (?, ?, 0, ?)',\n"
        "    [(str(k), '0', 'x' * 4000) for k in range(200)])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    # The journal is hot: half of the transaction is in the file already.
    assert (tmp_path / "gradebook.db-journal").exists()
    assert b"forged" in (tmp_path / "gradebook.db").read_bytes()
    with opened(tmp_path) as book:
        entry = book.entries(lesson())["ada"]
        assert entry.sha256 == "abc"
        assert book.adjustments() == {}
        assert book._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_kill_before_the_first_transaction_ended_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").touch()
    with opened(tmp_path, SEED) as book:
        assert book.seed == SEED


def test_synchronised_and_private(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        assert book._db.execute("PRAGMA synchronous").fetchone() == (3,)
        assert book._db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    if os.name == "posix":
        assert (tmp_path / "gradebook.db").stat().st_mode & 0o077 == 0


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(GradebookProblem, match=r"in use.*Wait for it to end"):
        opened(tmp_path)
    with opened(tmp_path):
        pass  # the lock went with the first


@pytest.mark.parametrize(
    ("slug", "seed", "said"),
    [
        ("02_other", None, "holds grades of lesson 01_sample; expected 02_other"),
        ("01_sample", "f" * 32, "another seed"),
    ],
)
def test_another_gradebook_is_refused(
    tmp_path: Path, slug: str, seed: str | None, said: str
) -> None:
    opened(tmp_path, SEED).__exit__()
    with pytest.raises(GradebookProblem, match=said):
        Gradebook(tmp_path / "gradebook.db", slug, seed)


def test_no_gradebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_bytes(b"not a database" * 100)
    with pytest.raises(GradebookProblem, match="damaged or no gradebook"):
        opened(tmp_path)
    (tmp_path / "gradebook.db").unlink()
    sqlite3.connect(tmp_path / "gradebook.db").executescript("PRAGMA user_version = 99; VACUUM;")
    with pytest.raises(GradebookProblem, match="no gradebook of this version"):
        opened(tmp_path)


class TestPlan:
    """What a run grades: each case against a gradebook with ada in it."""

    @pytest.fixture(autouse=True)
    def class_with_ada(self, tmp_path: Path) -> None:
        self.ada = Submission("ada", tmp_path / "ada.ipynb")
        assert self.ada.path is not None
        self.ada.path.write_text("{}")
        with opened(tmp_path) as book:
            book.record(self.ada, "graded", "", verdict(), digest(self.ada), 1)
            self.entries = book.entries(lesson())

    def plan(
        self,
        *submissions: Submission,
        regrade: Regrade | None = None,
        digests: dict[str, str] = DIGESTS,
    ) -> list[str]:
        shas = {item.student: digest(item) for item in submissions}
        todo = to_grade(submissions, shas, self.entries, lesson(), digests, regrade or Regrade())
        return [item.student for item in todo]

    def test_graded_is_not_graded_again(self) -> None:
        assert self.plan(self.ada) == []

    def test_new_and_changed_are_graded(self) -> None:
        assert self.ada.path is not None
        assert self.plan(self.ada, Submission("bob", self.ada.path)) == ["bob"]
        self.ada.path.write_text("{ }")
        assert self.plan(self.ada) == ["ada"]

    def test_the_grader_s_own_failures_are_tried_again(self) -> None:
        object.__setattr__(self.entries["ada"], "status", "not graded")
        assert self.plan(self.ada) == ["ada"]

    def test_a_file_that_went_away_is_reported(self) -> None:
        assert self.plan(Submission("ada", None, "No notebook.")) == ["ada"]

    def test_what_cannot_be_read_is_noted_once_whatever_its_name(self, tmp_path: Path) -> None:
        odd = Submission("odd", None, "The file is called \x1b[2J.pdf.")
        assert self.plan(odd) == ["odd"]
        with opened(tmp_path) as book:
            book.record(odd, "unreadable", str(BadNotebook(odd.problem)), None, "", 0)
            self.entries = book.entries(lesson())
        assert self.plan(self.ada, odd) == []

    def test_asked_for(self) -> None:
        bob = Submission("bob", None, "x")
        assert self.plan(self.ada, regrade=Regrade(students=("ada",))) == ["ada"]
        assert self.plan(self.ada, bob, regrade=Regrade(everybody=True)) == ["ada", "bob"]
        assert self.plan(self.ada, bob, regrade=Regrade(task="step")) == ["ada", "bob"]

    def test_unknown_names_are_refused(self) -> None:
        with pytest.raises(GradebookProblem, match=r"'adaa', who has no .* Did you mean 'ada'"):
            self.plan(self.ada, regrade=Regrade(students=("adaa",)))
        with pytest.raises(GradebookProblem, match="expected a task of 01_sample: step, momentum"):
            self.plan(self.ada, regrade=Regrade(task="steps"))

    def test_a_changed_lesson_needs_a_decision(self) -> None:
        other = {**DIGESTS, "solution.ipynb": "dd"}
        with pytest.raises(GradebookProblem, match=r"changed since 1 submissions .*--regrade-all"):
            self.plan(self.ada, digests=other)
        assert self.plan(self.ada, digests=other, regrade=Regrade(everybody=True)) == ["ada"]
        # Hints decide no points.
        assert self.plan(self.ada, digests={**DIGESTS, "wrong.py": "dd"}) == []


def test_regrading_one_task_keeps_the_others() -> None:
    old, new = verdict(0.0), verdict(1.0)
    both = merged(lesson(), old, new, "step")
    earned = {result.check.task: result.points > 0 for result in both.results}
    assert earned == {"step": True, "momentum": False, "fit_line": False}
    assert merged(lesson(), old, new, None) is new
    assert merged(lesson(), None, new, "step") is new


def test_a_late_mark_and_a_missing_file_reach_the_instructor(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.record(ADA, "graded", "", verdict(), "abc", 1)
        (here,) = session._class_of(book, lesson(), {"ada"})
        (gone,) = session._class_of(book, lesson(), set())
    assert here.message == "Handed in late, says the platform."
    assert gone.message.endswith("The file is no longer in the folder.")
