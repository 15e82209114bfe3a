"""Build the book: execute the chapters that changed, then Jupyter Book, strictly.

python -m tools.book        into _build/html; any warning fails
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools import chapters


def build() -> int:
    """Run Jupyter Book so that any warning fails; 0 if it went well."""
    program = shutil.which("jupyter-book", path=Path(sys.executable).parent) or "jupyter-book"
    command = [program, "build", ".", "--toc", "book/_toc.yml"]
    command += ["-W", "-n", "--keep-going", "-q"]
    run = subprocess.run(
        command, cwd=chapters.HERE.root, stdout=subprocess.PIPE, text=True, check=False
    )
    if run.returncode:  # what it says on success is of no use: a frame around file:// addresses
        print(run.stdout)
    return run.returncode


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.book", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--port", default="8000", help="named in the last line; see make serve")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    if chapters.main([]):
        print("book: not built, because a chapter failed (above)", file=sys.stderr)
        return 1
    print("book: building pages", flush=True)
    if build():
        print("book: failed; warnings are errors here (above)", file=sys.stderr)
        return 1
    index = chapters.HERE.root / "_build" / "html" / "index.html"
    serve = "make serve" if options.port == "8000" else f"make serve PORT={options.port}"
    print(f"book: built in {time.perf_counter() - started:.0f} s")
    print(f"book: open   {index}")
    print(f"book: or run {serve}, and open http://127.0.0.1:{options.port}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
