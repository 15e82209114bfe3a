"""Everything a change must pass, stage by stage, with the seconds each stage took.

    python -m tools.check               lint, chapters, book, then the tests
    python -m tools.check --only lint   one stage

A stage that fails does not stop the later ones: one run shows all there is to mend. pytest comes
last and repeats, above its own last lines, how the earlier stages went.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from tools import book, chapters

PYTHON = sys.executable
LINT = (
    ("ruff check", ["ruff", "check", "--quiet", "."]),
    ("ruff format", ["ruff", "format", "--check", "--quiet", "."]),
    ("mypy", ["mypy"]),
    ("notebooks' normal form", ["tools.notebooks"]),
)


def _run(*command: str, **environment: str) -> int:
    return subprocess.run(
        [PYTHON, *command], cwd=chapters.HERE.root, env=os.environ | environment, check=False
    ).returncode


def lint() -> bool:
    """Run the linters; whether all of them are content."""
    unhappy = [name for name, module in LINT if _run("-m", *module)]
    for name in unhappy:
        print(f"lint: {name} complains (above)", file=sys.stderr)
    return not unhappy


def execute_chapters() -> bool:
    """Execute what changed; whether every chapter passes."""
    return chapters.main([]) == 0


def build_book() -> bool:
    """Build the book strictly; whether there was no warning."""
    return book.build()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.check", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--only", choices=["lint", "chapters", "book", "pytest"])
    options = parser.parse_args(arguments)
    stages: dict[str, Callable[[], bool]] = {
        "lint": lint,
        "chapters": execute_chapters,
        "book": build_book,
    }
    done = {}
    for name, stage in stages.items():
        if options.only not in (None, name):
            continue
        print(f"== {name}", flush=True)
        started = time.perf_counter()
        passed = stage()
        seconds = time.perf_counter() - started
        done[name] = {"passed": passed, "seconds": round(seconds, 1)}
        print(f"== {name}: {'ok' if passed else 'FAILED'}, {seconds:.0f} s", flush=True)
    failed = not all(stage["passed"] for stage in done.values())
    if options.only in (None, "pytest"):
        print("== pytest", flush=True)
        # Two workers on the cores there are: the tests of one file stay together.
        tests = ["-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
        failed = bool(_run(*tests, NNEDU_STAGES=json.dumps(done))) or failed
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
