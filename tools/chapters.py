"""Execute the book's chapters: each once, in parallel, and only when something it uses changed.

nbval runs a chapter's cells and compares the outputs that the chapter stores; what the cells put
out is kept under ``_build/chapters`` and handed to the book through the cache that Jupyter Book
reads. The tests look at the same records. A record belongs to a key: the code of the cells, the
files of the package it depends on, the lock file and the version of Python. Where the key differs
the chapter is executed again; editing its text changes nothing.

    python -m tools.chapters                 execute what changed
    python -m tools.chapters --force 03      execute chapters whose name contains 03
    python -m tools.chapters --store         also store the outputs nbval compares in the notebooks
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nbformat

from tools import dependencies, notebooks

FORMAT = 1  # of the records; another number makes every chapter execute again
CELL_TIMEOUT = 300  # seconds
BUDGET = 60  # seconds a chapter should stay under; the report names the slowest cell above it
TOOLS = Path(__file__).resolve().parent
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


@dataclass(frozen=True)
class Project:
    """Where the pieces are; tests make one of their own."""

    root: Path
    package: str = "nnedu"

    @property
    def records(self) -> Path:
        return self.root / "_build" / "chapters"

    @property
    def cache(self) -> Path:
        """The folder in which Jupyter Book looks for executed notebooks."""
        return self.root / "_build" / ".jupyter_cache"

    def chapters(self) -> list[Path]:
        """Every notebook below book/, in the order of the names."""
        return [
            path
            for path in sorted((self.root / "book").rglob("*.ipynb"))
            if not any(part.startswith((".", "_")) for part in path.relative_to(self.root).parts)
        ]

    def record_of(self, chapter: Path) -> Path:
        name = "-".join(chapter.relative_to(self.root / "book").with_suffix("").parts)
        return self.records / f"{name}.json"


HERE = Project(TOOLS.parent)


@dataclass(frozen=True)
class Result:
    """One execution of a chapter. ``cells`` holds what each code cell put out, in order."""

    format: int
    key: str
    passed: bool
    seconds: float
    error: str
    cells: list[dict[str, Any]]

    @property
    def digest(self) -> str:
        """A short name for the outputs: equal outputs, equal digest."""
        outputs = [cell["outputs"] for cell in self.cells]
        return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()


def key(project: Project, chapter: Path) -> str:
    """Everything that decides what executing the chapter gives, as one hash."""
    notebook = nbformat.read(chapter, as_version=4)
    parts: list[object] = [FORMAT, sys.version_info[:2], notebook.metadata.get("kernelspec")]
    codes = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tags = sorted(t for t in cell.metadata.get("tags", []) if notebooks.is_for_nbval(t))
            parts.append((cell.source, tags, cell.outputs if notebooks.CHECKED in tags else []))
            codes.append(cell.source)
    files = _files_used(project, chapter, "\n\n".join(codes))
    files |= {project.root / "requirements.lock", TOOLS / "nbval_capture.py"}
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode())
    for path in sorted(file for file in files if file.is_file()):
        digest.update(os.path.relpath(path, project.root).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files_used(project: Project, chapter: Path, code: str) -> set[Path]:
    package = dependencies.Package(project.root / "src" / project.package)
    plain = _without_magics(code)
    try:
        files = package.used_by(plain)
        strings = dependencies.strings_in(plain)
    except SyntaxError:  # the cell will fail, and nbval will say where
        return set()
    for text in strings:
        if 0 < len(text) < 200 and "\n" not in text and "\0" not in text:
            files |= {base / text for base in (chapter.parent, project.root)}
    return files


def _without_magics(code: str) -> str:
    if not any(line.lstrip().startswith(("%", "!")) for line in code.splitlines()):
        return code
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(code)


def load(project: Project, chapter: Path) -> Result | None:
    """The last execution recorded, whatever its key; None if there is none that can be read."""
    try:
        result = Result(**json.loads(project.record_of(chapter).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return result if result.format == FORMAT else None


def fresh(project: Project, chapter: Path) -> Result | None:
    """The recorded execution if it passed and nothing it used has changed since."""
    result = load(project, chapter)
    if result is None or not result.passed or result.key != key(project, chapter):
        return None
    return result


def _write(path: Path, text: str) -> None:
    """Write so that a reader sees the old text or the new, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def execute(project: Project, chapter: Path, *, compare: bool = True) -> Result:
    """Execute a chapter with nbval in a process of its own, and record what came of it."""
    wanted = key(project, chapter)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="nnedu-chapter-") as folder:
        captured = Path(folder, "cells.json")
        command = [sys.executable, "-m", "pytest", "-c", str(TOOLS / "nbval.ini")]
        command += [f"--rootdir={project.root}", "-x", "-q", "--color=no", "-p", "no:cacheprovider"]
        command += ["-p", "nbval.plugin", "-p", "tools.nbval_capture", "--nbval-lax"]
        command += ["--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}"]
        command += [f"--capture-to={captured}", *([] if compare else ["--no-compare"])]
        run = subprocess.run(
            [*command, str(chapter)],
            cwd=project.root,
            env=_environment(project),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        cells = json.loads(captured.read_text(encoding="utf-8")) if captured.exists() else []
    failed = next((cell for cell in cells if cell["error"]), None)
    passed = run.returncode == 0 and failed is None
    error = ""
    if failed:
        error = f"code cell {failed['number'] + 1}:\n{_indent(failed['source'])}\n{failed['error']}"
    elif not passed and not (run.returncode == 5 and not cells):  # 5: a chapter without code
        error = f"nbval ended with {run.returncode}:\n{run.stdout}\n{run.stderr}".strip()
    seconds = round(time.perf_counter() - started, 1)
    result = Result(FORMAT, wanted, not error, seconds, error, cells)
    _write(project.record_of(chapter), json.dumps(asdict(result)))
    return result


def _environment(project: Project) -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != "MPLBACKEND" and not name.startswith(("PYTEST_", "COV_"))
    }
    paths = [str(project.root / "src"), str(TOOLS.parent), environment.get("PYTHONPATH", "")]
    environment |= {
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # As many kernels as cores run side by side: threads of their own would wait for each other,
        # and sums would be rounded differently on a machine with other cores.
        **dict.fromkeys(ONE_THREAD, "1"),
    }
    return environment


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def ensure(
    project: Project,
    chapters: Sequence[Path],
    *,
    force: bool = False,
    compare: bool = True,
    jobs: int | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> dict[Path, Result]:
    """Execute those of ``chapters`` that need it; give every chapter's result.

    Only one process at a time executes chapters of a project; another one waits, and then finds
    the work done.
    """
    with _alone(project):
        results = {}
        stale: list[Path] = []
        for chapter in chapters:
            result = None if force else fresh(project, chapter)
            if result:
                results[chapter] = result
            else:
                stale.append(chapter)
        if not stale:
            return results
        # The longest first, so that the last one to end does not run alone.
        stale.sort(key=lambda c: -(r.seconds if (r := load(project, c)) else 0.0))
        workers = min(jobs or _cores(), len(stale))
        report(f"executing {len(stale)} of {len(chapters)}, {workers} at a time")

        def one(chapter: Path) -> Result:
            report(f"{chapter.stem:<28} started")
            result = execute(project, chapter, compare=compare)
            report(f"{chapter.stem:<28} {'ok' if result.passed else 'FAILED'}, {_seconds(result)}")
            return result

        with ThreadPoolExecutor(workers) as pool:
            results |= dict(zip(stale, pool.map(one, stale), strict=True))
        return results


def _seconds(result: Result) -> str:
    text = f"{result.seconds} s"
    if result.seconds > BUDGET and result.cells:
        slow = max(result.cells, key=lambda cell: cell["seconds"])
        text += f" (more than {BUDGET}; code cell {slow['number'] + 1} took {slow['seconds']:.0f})"
    return text


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@contextlib.contextmanager
def _alone(project: Project) -> Iterator[None]:
    project.records.mkdir(parents=True, exist_ok=True)
    with open(project.records / ".lock", "w") as lock:
        try:
            import fcntl
        except ImportError:  # Windows: two builds at once are the user's own affair
            yield
            return
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def publish(project: Project, chapter: Path, result: Result, cache_folder: Path) -> None:
    """Put an execution into the cache Jupyter Book reads, where it finds it by the code cells."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn
    from jupyter_cache.cache.db import NbCacheRecord

    notebook = nbformat.read(chapter, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, done in zip(code, result.cells, strict=True):
        cell.execution_count = done["execution_count"]
        cell.outputs = [nbformat.from_dict(output) for output in done["outputs"]]
    cache = get_cache(str(cache_folder))
    stored, name = cache.create_hashed_notebook(notebook)
    path = cache_folder / "executed" / name / "base.ipynb"
    with contextlib.suppress(OSError, KeyError):
        NbCacheRecord.record_from_hashkey(name, cache.db)
        if path.read_text(encoding="utf-8") == nbformat.writes(stored, nbformat.NO_CONVERT):
            return
    bundle = CacheBundleIn(notebook, str(chapter), data={"execution_seconds": result.seconds})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def describe_failures(project: Project, results: dict[Path, Result]) -> str:
    """One paragraph for each chapter that failed: which cell, and what it said."""
    return "\n\n".join(
        f"{chapter.relative_to(project.root)} failed in {result.error}"
        for chapter, result in sorted(results.items())
        if not result.passed
    )


def store(project: Project, results: dict[Path, Result]) -> None:
    """Store what the cells tagged for nbval put out in the chapters themselves."""
    for chapter, result in results.items():
        if not result.passed:
            continue
        outputs = [cell["outputs"] for cell in result.cells]
        if notebooks.store_outputs(chapter, outputs):
            print(f"chapters: outputs stored in {chapter.relative_to(project.root)}")
        renewed = asdict(result) | {"key": key(project, chapter)}
        _write(project.record_of(chapter), json.dumps(renewed))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.chapters", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "names", nargs="*", help="parts of chapters' names; all where none is given"
    )
    parser.add_argument("--force", action="store_true", help="execute even what did not change")
    parser.add_argument("--store", action="store_true", help="store the outputs nbval compares")
    parser.add_argument("--jobs", type=int, help="how many at a time; as many as cores")
    options = parser.parse_args(arguments)
    chosen = [
        chapter
        for chapter in HERE.chapters()
        if not options.names or any(name in chapter.stem for name in options.names)
    ]
    if not chosen:
        print(f"chapters: none in book/ matches {options.names or '*.ipynb'}", file=sys.stderr)
        return 1

    def report(line: str) -> None:
        sys.stdout.write(f"chapters: {line}\n")  # one write: two threads report
        sys.stdout.flush()

    started = time.perf_counter()
    results = ensure(
        HERE,
        chosen,
        force=options.force or options.store,
        compare=not options.store,
        jobs=options.jobs,
        report=report,
    )
    if options.store:
        store(HERE, results)
    failures = describe_failures(HERE, results)
    if failures:
        print(f"\n{failures}\n", file=sys.stderr)
    else:
        report(f"{len(results)} up to date ({time.perf_counter() - started:.1f} s)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
