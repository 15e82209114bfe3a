"""What a browser is given: the same each time, and it needs NumPy and nothing else to import."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from tools import live_code
from tools.live_code import pyodide

# Every import of the cells, where only these modules and the standard library can be had, and
# neither threads nor processes can be started.
ALONE = """
import importlib.abc, json, os, sys, subprocess, threading
allowed, folder, cells = json.loads(sys.stdin.read())

class Gate(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        known = top in allowed or top in sys.stdlib_module_names or top.startswith("_sysconfig")
        if not known:
            raise ModuleNotFoundError(f"No module named {top!r}", name=top)

def refuse(*_, **__):
    raise RuntimeError("a browser has no threads and no processes")

sys.meta_path.insert(0, Gate())
sys.path.insert(0, folder)
threading.Thread.start = subprocess.Popen.__init__ = os.fork = refuse
import ast
from live_code.show import stand_in_for_ipython
stand_in_for_ipython()
for code in cells:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            exec(compile(ast.Module([node], []), "cell", "exec"))
import nnedu
assert nnedu.__file__.startswith(folder), nnedu.__file__
print("imported")
"""


def test_the_zip_is_the_same_each_time_and_holds_no_faces():
    packed = live_code.packed()
    assert packed == live_code.packed()
    assert len(packed) < 1e6
    names = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    assert {"nnedu/__init__.py", "nnedu/claims/ledger.toml", "nnedu/optim/adam.py"} <= set(names)
    assert not any(name.startswith(("nnedu/grading", "nnedu/live")) for name in names)


def test_every_import_of_the_cells_works_with_what_a_browser_has(tmp_path):
    zipfile.ZipFile(io.BytesIO(live_code.packed())).extractall(tmp_path)
    cells = [
        cell.code
        for page in live_code.PAGES
        for cell in live_code.cells((live_code.ROOT / f"{page}.ipynb").read_text("utf-8"))
    ]
    packages = json.loads(live_code.LOCK.read_text())["packages"].values()
    allowed = ["nnedu", "live_code", *(name for p in packages for name in p["imports"])]
    run = subprocess.run(
        [sys.executable, "-I", "-c", ALONE],
        input=json.dumps([allowed, str(tmp_path), cells]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "imported\n", run.stderr


def test_the_parts_say_whether_pyodide_is_here(tmp_path):
    def told():
        text = live_code.write_parts(tmp_path).read_text(encoding="utf-8")
        return json.loads(text.removeprefix("window.nneduRunParts = ").rstrip(";\n"))

    parts = told()
    assert parts["here"] is None
    assert parts["version"] in parts["cdn"]
    (tmp_path / "pyodide").mkdir()
    (tmp_path / "pyodide" / "pyodide.js").touch()
    assert told() == parts | {"here": "pyodide/"}


def test_the_address_of_the_cdn_stands_in_one_place():
    host = live_code.CDN.split("/")[2]
    files = [
        path
        for folder in ("book", "tools", "tests", "src", "docs")
        for path in (live_code.ROOT / folder).rglob("*")
        if path.suffix in {".py", ".js", ".md", ".css", ".ipynb"}
        and host in path.read_text(encoding="utf-8")
    ]
    assert files == [live_code.HERE / "__init__.py"]


@pytest.fixture
def published(monkeypatch, tmp_path):
    """A distribution of two files, in a folder; and a book to put it into."""
    files = {"pyodide.js": b"core", "numpy.whl": b"wheel"}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    monkeypatch.setattr(pyodide, "wanted", lambda: digests)
    monkeypatch.setattr(pyodide, "ROOT", tmp_path)
    source, site = tmp_path / "source" / "below", tmp_path / "_build" / "html"
    source.mkdir(parents=True)
    site.mkdir(parents=True)
    (site / "index.html").touch()
    for name, data in files.items():
        (source / name).write_bytes(data)
    return source, site


def test_pyodide_is_placed_where_pages_look_for_it(published, capsys):
    source, site = published
    assert pyodide.main(["--from", str(source.parent)]) == 0
    assert (site / "pyodide" / "numpy.whl").read_bytes() == b"wheel"
    assert '"here": "pyodide/"' in (site / "_static" / live_code.PARTS).read_text()
    assert "make serve" in capsys.readouterr().out


def test_a_file_that_is_not_the_published_one_is_refused_by_name(published, capsys):
    source, site = published
    (source / "numpy.whl").write_bytes(b"another wheel")
    assert pyodide.main(["--from", str(source)]) == 1
    said = capsys.readouterr().err
    assert "numpy.whl" in said
    assert "pyodide.js" not in said
    assert "make live FROM=" in said
    assert not (site / "pyodide").exists()
