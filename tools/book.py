"""Build the book: execute the chapters that changed, then Jupyter Book, strictly.

python -m tools.book        into _build/html; any warning fails

Starting Jupyter Book takes seconds even when it finds nothing to do, so a build whose pages,
settings and chapters' outputs are those of the last one that passed is not started.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools import chapters, live, live_code, reference


def ingredients() -> str:
    """One hash of everything that the pages are made of."""
    root = chapters.HERE.root
    files = [root / "_config.yml", root / "requirements.lock", Path(__file__)]
    files += [path for path in sorted((root / "book").rglob("*")) if path.is_file()]
    files += sorted(root.glob("lessons/*/exercise.ipynb"))
    files += reference.sources()
    files += live.sources()
    files += live_code.sources()
    digest = hashlib.sha256()
    for path in files:
        if "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(root)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for chapter in chapters.HERE.chapters():
        result = chapters.load(chapters.HERE, chapter)
        digest.update((result.digest if result else "").encode())
    return digest.hexdigest()


def build() -> bool:
    """Build the pages unless they are up to date; whether they are there, without a warning."""
    index = chapters.HERE.root / "_build" / "html" / "index.html"
    stamp = chapters.HERE.root / "_build" / "built-from"
    made_of = ingredients()
    if index.exists() and stamp.exists() and stamp.read_text() == made_of:
        print("book: pages are up to date")
        return True
    print("book: building pages", flush=True)
    stamp.unlink(missing_ok=True)
    program = shutil.which("jupyter-book", path=Path(sys.executable).parent) or "jupyter-book"
    command = [program, "build", ".", "--toc", "book/_toc.yml"]
    command += ["-W", "-n", "--keep-going", "-q"]
    run = subprocess.run(
        command, cwd=chapters.HERE.root, stdout=subprocess.PIPE, text=True, check=False
    )
    if run.returncode:  # what it says on success is of no use: a frame around file:// addresses
        print(run.stdout)
        return False
    stamp.write_text(made_of)
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.book", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--port", default="8000", help="named in the last line; see make serve")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    if chapters.main([]):
        print("book: not built, because a chapter failed (above)", file=sys.stderr)
        return 1
    if not build():
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
