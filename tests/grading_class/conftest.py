"""A class graded once, to compare with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grading_class.helpers import SEED, SIZE, run, write_class


@pytest.fixture(scope="session")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A class, and its results from a run that nobody interrupted."""
    base = tmp_path_factory.mktemp("uninterrupted")
    write_class(base / "class", SIZE)
    done = run(base / "class", base / "out", "--seed", SEED, "--workers", "2")
    assert done.returncode == 0, done.stderr
    return base / "class", base / "out"
