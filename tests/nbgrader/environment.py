"""nbgrader in a virtual environment of its own, made once.

nbgrader brings JupyterLab and Notebook, which the environment of the tests does without (they
slow down every import of nbformat). ``requirements.txt`` pins all it needs, in versions that
``requirements.lock`` allows. To renew it, with nbgrader, numpy and ipykernel in a file FILE:

    uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-annotate \
        --constraint requirements.lock FILE --output-file tests/nbgrader/requirements.txt
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINS = Path(__file__).with_name("requirements.txt")
HOME = ROOT / "_build" / "nbgrader"
BIN = HOME / ("Scripts" if os.name == "nt" else "bin")


def python() -> Path:
    """Return the Python of an environment that has nbgrader; make it if need be.

    Where it cannot be made (no network), the test is skipped; under CI=true it fails.
    """
    stamp = HOME / "made-from"
    wanted = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(HOME, ignore_errors=True)
        problem = _make()
        if problem:
            message = f"nbgrader could not be installed from {PINS.relative_to(ROOT)}: {problem}"
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)
        stamp.write_text(wanted)
    return BIN / "python"


def _make() -> str:
    """Make the environment; return what went wrong, or nothing."""
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    for command in (
        [sys.executable, "-m", "venv", str(HOME)],
        [str(BIN / "python"), *install, "--requirement", str(PINS)],
        [str(BIN / "python"), "-m", "pip", "check"],
    ):
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=clean_environment()
        )
        if done.returncode:
            return (done.stdout + done.stderr).strip()[-1500:]
    return ""


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what would lead Python elsewhere or slow it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))}
    return {**kept, "VIRTUAL_ENV": str(HOME), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
