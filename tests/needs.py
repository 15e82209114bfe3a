"""What some tests need beside the Python packages, and what to say where it is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.browser import BROWSERS


@dataclass(frozen=True)
class Need:
    """Something a test cannot do without: how to find it, and how to get it."""

    found: Callable[[], str | None]  # its path, or any text, where it is there
    get_it: str


def _program(*names: str) -> Callable[[], str | None]:
    return lambda: next((path for name in names if (path := shutil.which(name))), None)


def _module(name: str) -> Callable[[], str | None]:
    def found() -> str | None:
        spec = importlib.util.find_spec(name)
        return None if spec is None else (spec.origin or name)

    return found


NEEDS = {
    "chromium": Need(_program(*BROWSERS), "apt-get install chromium"),
    "bwrap": Need(_program("bwrap"), "apt-get install bubblewrap"),
    "playwright": Need(_module("playwright"), "pip install playwright"),
    "tensorflow": Need(_module("tensorflow"), 'pip install ".[tensorflow]"'),
    "ai_edge_litert": Need(_module("ai_edge_litert"), 'pip install ".[edge]"'),
    "distributed": Need(_module("distributed"), 'pip install ".[cluster]"'),
    "optax": Need(_module("optax"), 'pip install ".[parity]"'),
    "hatchling": Need(_module("hatchling"), 'pip install ".[test]"'),
    "scipy": Need(_module("scipy"), 'pip install ".[data]"'),
    "ml_dtypes": Need(_module("ml_dtypes"), 'pip install ".[parity]"'),
    "numba": Need(_module("numba"), 'pip install ".[fast]"'),
    "torch": Need(_module("torch"), "pip install torch (several GB on Linux)"),
}


def require(name: str, *, optional: bool = False) -> str:
    """Give where ``name`` was found; without it the test is skipped, and under CI=true it fails.

    Parameters
    ----------
    name
        A key of ``NEEDS``, or the path of a file that another step makes.
    optional
        For what ``make test`` leaves out on purpose (PyTorch): a skip under CI too.
    """
    need = NEEDS.get(name)
    if need is None:
        if "/" not in name:
            raise KeyError(f"nothing is known about {name!r}; add it to NEEDS in tests/needs.py")
        need = Need(lambda: name if Path(name).exists() else None, "run: make test")
    where = need.found()
    if where is not None:
        return where
    message = f"{name} is not installed, and this test needs it; {need.get_it}"
    if os.environ.get("CI") == "true" and not optional:
        pytest.fail(message)
    pytest.skip(message)
