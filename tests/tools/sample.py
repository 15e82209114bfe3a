"""Small notebooks and projects for the tests of the tools."""

from __future__ import annotations

import shutil
from pathlib import Path

from nbformat import v4

from tools import chapters, notebooks


def code(source, *, outputs=(), tags=(), **metadata):
    cell = v4.new_code_cell(source, metadata={"tags": list(tags), **metadata})
    cell.outputs = list(outputs)
    return cell


def text(source):
    return v4.new_markdown_cell(source)


def printed(words):
    return v4.new_output("stream", name="stdout", text=words)


def write(path: Path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = notebooks.normal(v4.new_notebook(cells=list(cells)))
    path.write_text(notebooks.text_of(notebook), encoding="utf-8")
    return path


def project(root: Path) -> chapters.Project:
    """Two chapters on a package of two functions."""
    package = root / "src" / "tiny"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from tiny.a import a\nfrom tiny.b import b\n")
    (package / "a.py").write_text("def a():\n    return 'first a'\n")
    (package / "b.py").write_text("def b():\n    return 'first b'\n")
    (root / "requirements.lock").write_text("numpy==2\n")
    (root / "book").mkdir()
    (root / "book" / "numbers.txt").write_text("1 2 3\n")
    write(
        root / "book" / "01_a.ipynb",
        text("# A"),
        code("from tiny import a\na()"),
        code("print(open('numbers.txt').read())", tags=["hide-input"]),
        code("print(40 + 2)", outputs=[printed("42\n")], tags=[notebooks.CHECKED]),
    )
    write(root / "book" / "02_b.ipynb", text("# B"), code("from tiny import b\nb()"))
    return chapters.Project(root, package="tiny")


def copy(original: chapters.Project, to: Path) -> chapters.Project:
    shutil.copytree(original.root, to)
    return chapters.Project(to, package=original.package)
