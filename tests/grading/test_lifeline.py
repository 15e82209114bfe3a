"""What a killed process leaves behind is removed by the next run, and nobody else's is."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from nnedu.grading import lifeline

pytest.importorskip("fcntl")

OWNER = """
import sys, time
from nnedu.grading.lifeline import claimed_folder
print(claimed_folder("nnr-"), flush=True)
time.sleep(60)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_a_live_owners_folder_stays_and_a_killed_ones_goes(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        (folder / "kit" / "deep").mkdir(parents=True)
        lifeline.sweep()
        assert (folder / "kit" / "deep").is_dir()
        owner.kill()
        owner.wait()
        assert folder.is_dir()
        lifeline.sweep()
        assert list(place.iterdir()) == []


def test_this_process_keeps_its_own_folders(place: Path) -> None:
    with lifeline.temporary_folder("nnb-") as folder:
        lifeline.sweep()
        assert (folder / lifeline.LOCK).is_file()
    assert list(place.iterdir()) == []


def test_a_folder_that_raises_is_removed(place: Path) -> None:
    with pytest.raises(KeyError), lifeline.temporary_folder("nnb-"):
        raise KeyError
    assert list(place.iterdir()) == []


def test_what_is_not_ours_stays(place: Path) -> None:
    elsewhere = place / "theirs"
    elsewhere.mkdir()
    (elsewhere / lifeline.LOCK).touch()
    (place / "nnr-link").symlink_to(elsewhere)
    (place / "nnr-beginning").mkdir()  # its owner has not locked it yet
    (place / "nnr-pointing").mkdir()
    (place / "nnr-pointing" / lifeline.LOCK).symlink_to(elsewhere / lifeline.LOCK)
    (place / "nnr-file").touch()
    before = sorted(place.iterdir())
    lifeline.sweep()
    assert sorted(place.iterdir()) == before
