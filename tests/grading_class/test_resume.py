"""A real grading process, ended at several moments, loses nothing and grades nothing twice."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nnedu.grading import runner
from tests.grading.helpers import PERFECT, answered, save
from tests.grading_class.helpers import (
    SEED,
    SIZE,
    after,
    begun,
    descendants,
    grades,
    kill,
    recorded,
    run,
    start,
    wait_for,
    wait_until_gone,
)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(begun, id="begun"),
        pytest.param(after(1), id="one graded"),
        pytest.param(after(3), id="three graded"),
    ],
)
def test_kill_9_and_resume(
    tmp_path: Path,
    uninterrupted: tuple[Path, Path],
    moment: Callable[[Path], bool],
    temporary: Path,
) -> None:
    folder, reference = uninterrupted
    process = start(folder, tmp_path / "out", "--seed", SEED, "--workers", "2")
    wait_for(lambda: moment(tmp_path / "out") or process.poll() is not None)
    assert process.poll() is None, "graded before it could be killed"
    left = descendants(process)
    kill(process)
    assert wait_until_gone(left) == []
    process.communicate()
    folders = [path.name[:4] for path in temporary.iterdir()]
    assert folders == ["nnr-"] or (moment is begun and not folders)  # killed before it was made
    before = recorded(tmp_path / "out")
    assert not (tmp_path / "out" / "grades.csv").exists()
    # No seed this time: it continues with that of the gradebook.
    done = run(folder, tmp_path / "out", "--workers", "2")
    assert done.returncode == 0, done.stderr
    if before:
        assert f"{sum(before.values())} of them graded already" in done.stderr
    after_all = recorded(tmp_path / "out")
    assert set(after_all.values()) == {1}
    assert len(after_all) == SIZE + 1
    for name in ("grades.csv", "class.html"):
        assert (tmp_path / "out" / name).read_bytes() == (reference / name).read_bytes()
    assert pages(tmp_path / "out") == pages(reference)
    assert list(temporary.iterdir()) == []


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files of what a test starts; a short name, for sockets."""
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def pages(out: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (out / "feedback").iterdir()}


def test_ctrl_c_says_what_is_kept_and_how_to_continue(
    tmp_path: Path, uninterrupted: tuple[Path, Path]
) -> None:
    folder, reference = uninterrupted
    process = start(folder, tmp_path / "out", "--seed", SEED, "--workers", "2")
    wait_for(lambda: after(1)(tmp_path / "out") or process.poll() is not None)
    left = descendants(process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 130, said
    assert "are graded and recorded in" in said
    assert "Run the same command again" in said
    assert "Traceback" not in said
    assert wait_until_gone(left) == []
    kept = recorded(tmp_path / "out")
    assert kept
    done = run(folder, tmp_path / "out", "--seed", SEED)
    assert done.returncode == 0, done.stderr
    assert set(recorded(tmp_path / "out").values()) == {1}
    grades_now = (tmp_path / "out" / "grades.csv").read_bytes()
    assert grades_now == (reference / "grades.csv").read_bytes()


def test_a_worker_that_is_being_started_is_told_what_to_do_before_ctrl_c_counts() -> None:
    """The pool's own thread may take the signal, blocked or not in the one that starts a worker."""
    told, now = [], threading.Event()
    pools_own = threading.Thread(target=now.wait)  # here already, where nothing is blocked
    pools_own.start()

    class Pool:
        def submit(self, *job: object) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
            told.append(job)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        runner.submit(Pool(), "job")  # type: ignore[arg-type]
    now.set()
    pools_own.join()
    assert told == [(runner.run_job, "job")]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_run_waits_its_turn(tmp_path: Path, uninterrupted: tuple[Path, Path]) -> None:
    folder, _ = uninterrupted
    process = start(folder, tmp_path / "out")
    try:
        wait_for(lambda: begun(tmp_path / "out"))
        done = run(folder, tmp_path / "out")
        assert done.returncode == 2
        assert "is in use" in done.stderr
    finally:
        kill(process)
        process.communicate()


def test_changes_and_regrades(tmp_path: Path, uninterrupted: tuple[Path, Path]) -> None:
    """One class through its life: a new file, a regrade, a task, penalties, a file that goes."""
    folder, out = tmp_path / "class", tmp_path / "out"
    shutil.copytree(uninterrupted[0], folder)
    shutil.copytree(uninterrupted[1], out)
    # student02 hands in again; a line of the instructor's table takes a tenth of it.
    save(folder, "student02", answered(PERFECT))
    table = tmp_path / "late.csv"
    table.write_text("student,late_penalty,extra,comment\nstudent02,10%,,=late()\nstudent01,,1,\n")
    done = run(folder, out, "--adjust", str(table))
    assert done.returncode == 0, done.stderr
    rows = {row["student"]: row for row in grades(out)}
    assert (rows["student02"]["points"], rows["student02"]["total"]) == ("10", "9")
    assert rows["student02"]["comment"] == "'=late()"
    assert (rows["student01"]["points"], rows["student01"]["total"]) == ("8", "9")
    assert recorded(out) == Counter(
        {f"student{k:02d}": 1 + (k == 2) for k in range(SIZE)} | {"broken": 1}
    )
    assert "Counted: <strong>9</strong>" in (out / rows["student02"]["feedback"]).read_text()
    # Grading one task of one student again: nobody else, and the penalties stay.
    done = run(folder, out, "--regrade", "student01", "--task", "momentum")
    assert done.returncode == 0, done.stderr
    assert "1 submissions" not in done.stderr
    assert recorded(out)["student01"] == 2
    assert sum(recorded(out).values()) == SIZE + 3
    assert {row["student"]: row for row in grades(out)} == rows
    # A file that is gone is not a grade that is gone.
    (folder / "student00.ipynb").unlink()
    done = run(folder, out)
    assert done.returncode == 0, done.stderr
    gone = next(row for row in grades(out) if row["student"] == "student00")
    assert gone["points"] == "10"
    assert "no longer in the folder" in gone["note"]
    # Whoever is not in the class is named before anything is done.
    done = run(folder, out, "--regrade", "student99")
    assert done.returncode == 2
    assert "'student99', who has no submission" in done.stderr
