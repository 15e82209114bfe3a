"""The house keeps its layers: imports go downward, and importing nnedu takes NumPy alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "nnedu"
LAYERS = {
    0: {"_typing", "_check", "_compile"},
    1: {"losses", "optim", "schedules", "regularization", "pruning", "quantization"},
    2: {"nn"},
    3: {
        "data",
        "train",
        "races",
        "gradcheck",
        "compression",
        "costs",
        "distributed",
        "early_stopping",
        "gradient_noise",
        "memory",
        "precision",
        "range_test",
        "search",
        "sharpness",
    },
}
TOP = 4  # faces: everything that is not named above
NUMPY_ONLY = set().union(*LAYERS.values())
# Imported where used, with an extra.
LAZY = {"data": {"sklearn"}, "optim": {"numba"}, "nn": {"numba"}, "train": {"tqdm"}}
FILES = sorted(PACKAGE.rglob("*.py"))


def layer(part: str) -> int:
    return next((number for number, parts in LAYERS.items() if part in parts), TOP)


def part_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(source: str) -> set[str]:
    """Full names of imported modules, ``importlib.import_module("...")`` included."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in ("import_module", "__import__") and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return found


def upward(part: str, source: str) -> list[str]:
    """Imports that do not go downward from a part of the package."""
    here, wrong = layer(part), []
    for name in imports(source):
        words = name.split(".")
        if words[0] != "nnedu" or len(words) == 1 or words[1] in (part, "__version__"):
            continue
        there = layer(words[1])
        # Rules and networks know nothing of their neighbours; higher up, neighbours may meet.
        if there > here or (there == here and here in (1, 2)):
            wrong.append(name)
    return sorted(wrong)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_downward(path: Path) -> None:
    assert upward(part_of(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("part", "source", "wrong"),
    [
        ("optim", "from nnedu.nn import relu", ["nnedu.nn.relu"]),
        ("optim", "from nnedu.losses import mse", ["nnedu.losses.mse"]),
        ("nn", "from nnedu.train import train", ["nnedu.train.train"]),
        ("train", "import nnedu.plotting", ["nnedu.plotting"]),
        ("train", "import importlib\nimportlib.import_module('nnedu.cli')", ["nnedu.cli"]),
        ("train", "from nnedu.optim import Optimizer", []),
        ("races", "from nnedu.train import train", []),
        ("cli", "from nnedu.grading import grade", []),
    ],
)
def test_an_upward_import_would_be_found(part: str, source: str, wrong: list[str]) -> None:
    assert upward(part, source) == wrong


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_nnedu_keras_names_tensorflow(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path.read_text(encoding="utf-8"))}
    if part_of(path) != "keras":
        assert "tensorflow" not in roots


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if part_of(p) in NUMPY_ONLY],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_lower_layers_need_numpy_alone(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path.read_text(encoding="utf-8"))}
    foreign = roots - set(sys.stdlib_module_names) - {"nnedu", "numpy"}
    assert foreign <= LAZY.get(part_of(path), set())


def test_import_takes_numpy_alone_and_no_time() -> None:
    # Whatever is not NumPy, nnedu or the standard library cannot be imported in this process.
    program = """
import sys, time
import numpy
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in {"numpy", "nnedu"} | set(sys.stdlib_module_names):
            raise ModuleNotFoundError(f"{name} is not for this test", name=name)
sys.meta_path.insert(0, Refuse())
start = time.perf_counter()
import nnedu
seconds = time.perf_counter() - start
import nnedu.data, nnedu.gradcheck, nnedu.losses, nnedu.nn, nnedu.optim
import nnedu.parity, nnedu.races, nnedu.schedules, nnedu.train
print(seconds)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={"PYTHONPATH": str(PACKAGE.parent), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 0.2
