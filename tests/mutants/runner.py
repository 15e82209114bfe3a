"""Runs tests against mutants of one file: ``python -m tests.mutants.runner optim/adam.py``.

Each mutant gets a process forked from this one, which has pytest and NumPy loaded but no nnedu;
its import of the mutated module is given the mutated source. The tests themselves are the real
ones. Prints one JSON object a line: the mutant's slip, and the outcome of every test that ran.
"""

from __future__ import annotations

import importlib.machinery
import io
import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy  # noqa: F401 (loaded once, for every fork)
import numpy as np  # noqa: F401
import pytest

from tests.mutants.mutant import Mutant
from tests.mutants.table import MUTANTS, still

SOURCES = Path(__file__).parent.parent.parent / "src" / "nnedu"


class MutantLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from its file's text with one slip in it, and leaves no bytecode."""

    mutant: Mutant

    def get_code(self, fullname: str) -> Any:
        text = Path(self.path).read_text(encoding="utf-8")
        return compile(text.replace(self.mutant.old, self.mutant.new), self.path, "exec")


class Finder:
    """Finds the mutated module before Python finds the right one."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = "nnedu." + mutant.file.removesuffix(".py").replace("/", ".")

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self.name:
            return None
        file = str(SOURCES / self.mutant.file)
        loader = MutantLoader(name, file)
        loader.mutant = self.mutant
        return importlib.machinery.ModuleSpec(name, loader, origin=file)


class Outcomes:
    """What became of each test; a file that cannot be collected is an error."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or report.failed:
            self.of[report.nodeid] = report.outcome if report.when == "call" else "error"

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.of[report.nodeid] = "error"


def outcomes(mutant: Mutant) -> dict[str, str]:
    """Run the mutant's tests in this process, which should be a fork."""
    sys.meta_path.insert(0, Finder(mutant))
    seen = Outcomes()
    options = ["-q", "--tb=no", "--no-header", "-p", "no:cacheprovider"]
    if "fused" not in mutant.killer:  # compiling every mutant would take long and show no more
        options += ["-k", "not fused"]
    with redirect_stdout(io.StringIO()):
        pytest.main([*options, mutant.killer, *still(mutant)], plugins=[seen])
    return seen.of


def main(file: str) -> None:
    """Fork once for each mutant of ``file``."""
    assert "nnedu" not in sys.modules
    for mutant in MUTANTS:
        if mutant.file != file:
            continue
        child = os.fork()
        if child == 0:
            print(json.dumps({"slip": mutant.slip, "outcomes": outcomes(mutant)}), flush=True)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1])
