"""A small site with cells that run, and a stand-in for Pyodide, so that no test downloads it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools import chapters, serve

ROOT = chapters.HERE.root
FAKE = Path(__file__).with_name("stand_in.js")
CONF = """
import sys
sys.path[:0] = [{ext!r}, {root!r}]
from tools import live_code
live_code.PAGES = ("page",)
project = "Live code"
extensions = ["myst_nb", "nnedu_accessible", "nnedu_run"]
html_theme = "sphinx_book_theme"
html_context = {{"default_mode": "auto"}}
html_static_path = [{static!r}]
html_css_files = ["nnedu.css"]
nb_execution_mode = "off"
"""
# The stand-in does not run Python: it acts on a few words, see there.
CELLS = [
    ("# A page", None),
    ("import numpy as np", ["hide-input"]),
    ("x = 1", []),
    ("hidden = 2", ["remove-input"]),
    ("x + hidden  # with <markup> & accents: é", []),
    ("import keras", []),
    ("raise ValueError", []),
    ("while True: pass", []),
    ("from sklearn import datasets", []),
]


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> Path:
    """The folder of the built pages, without Python."""
    source = tmp_path_factory.mktemp("live_code")
    target = source / "_build" / "html"
    static, ext = ROOT / "book" / "static", ROOT / "book" / "_ext"
    conf = CONF.format(ext=str(ext), root=str(ROOT), static=str(static))
    (source / "conf.py").write_text(conf)
    cells = []
    for number, (text, tags) in enumerate(CELLS):
        cell = {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": text}
        if tags is not None:
            cell |= {"cell_type": "code", "execution_count": None, "outputs": []}
            cell["metadata"] = {"tags": tags}
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (source / "page.ipynb").write_text(json.dumps(notebook))
    (source / "index.md").write_text("# Contents\n\n```{toctree}\npage\nother\n```\n")
    (source / "other.md").write_text("# Another page\n\nWithout code.\n")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(source), str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="session")
def with_python(pages, tmp_path_factory) -> Path:
    """The same pages with a Pyodide of their own: the stand-in."""
    from tools import live_code

    target = tmp_path_factory.mktemp("with_python") / "html"
    shutil.copytree(pages, target)
    (target / live_code.FOLDER).mkdir()
    shutil.copy2(FAKE, target / live_code.FOLDER / "pyodide.js")
    live_code.write_parts(target)
    return target


@pytest.fixture(scope="session")
def serving():
    """Serve folders on loopback addresses."""
    running = []

    def start(folder: Path) -> str:
        server = serve.server(0, folder)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()
