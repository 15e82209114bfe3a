"""What is published: exercises are in it, solutions are not, and importing it needs NumPy only."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile

import pytest

from tools.chapters import HERE

LESSONS = sorted(path.parent.name for path in HERE.root.glob("lessons/*/exercise.ipynb"))
KEPT_BACK = ("solution", "wrong.py", "score.py")

SHOW_IMPORTS = """
import json, sys, sysconfig
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
import nnedu
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps({
    "file": nnedu.__file__,
    "loaded": sorted(loaded - sys.stdlib_module_names - {"nnedu"}),
}))
"""


def contents(archive):
    """The names of all files in a wheel or a source distribution."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.namelist()
    with tarfile.open(archive) as sdist:
        return sdist.getnames()


@pytest.fixture(scope="module")
def built(require, tmp_path_factory):
    """The source distribution, and the wheel that is built from it."""
    require("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    run = subprocess.run([*command, str(HERE.root)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return sdist, wheel


def test_the_wheel_carries_the_exercises(built):
    names = contents(built[1])
    carried = [name for name in names if name.endswith(".ipynb")]
    assert carried == [f"nnedu/_lessons/{slug}/exercise.ipynb" for slug in LESSONS]
    assert "nnedu/py.typed" in names


def test_what_is_published_holds_no_solution(built):
    names = [name for archive in built for name in contents(archive)]
    assert [name for name in names if name.endswith(KEPT_BACK) or "solution" in name] == []
    assert not any("/tests/" in name or "/book/" in name for name in names)


def test_the_licences_travel_along(built):
    names = contents(built[1])
    assert {name.rpartition("/")[2] for name in names if "licenses/" in name} == {
        "LICENSE",
        "LICENSE-TEXT",
    }


def test_importing_the_installed_package_loads_numpy_at_most(built, tmp_path):
    """Speed is measured elsewhere; what makes an import slow is what it drags in."""
    with zipfile.ZipFile(built[1]) as wheel:
        wheel.extractall(tmp_path / "installed")
    run = subprocess.run(
        [sys.executable, "-I", "-c", SHOW_IMPORTS, str(tmp_path / "installed")],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    said = json.loads(run.stdout)
    assert said["file"].startswith(str(tmp_path))
    assert set(said["loaded"]) <= {"numpy"}
