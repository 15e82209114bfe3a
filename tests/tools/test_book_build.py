"""The plain `jupyter-book build`: never a stale page, never a silent failure.

One small book goes through the life of a book: built, its library changed, a chapter broken, a
warning made.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import sample
from tools.chapters import HERE

TOC = "format: jb-book\nroot: book/intro\nchapters:\n  - file: book/01_a\n  - file: book/02_b\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The project's own tools and settings around two small chapters."""
    root = tmp_path_factory.mktemp("book") / "it"
    for name in ("tools", "book/_ext", "book/fonts", "book/static"):
        shutil.copytree(HERE.root / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "book/references.bib", "requirements.lock"):
        shutil.copy2(HERE.root / name, root / name)
    package = root / "src" / "nnedu"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("def a():\n    return 'first text of a'\n")
    (root / "book" / "_toc.yml").write_text(TOC)
    (root / "book" / "intro.md").write_text("# Front\n\nRead on.\n")
    sample.write(
        root / "book" / "01_a.ipynb",
        sample.text("# A"),
        sample.code("from nnedu.a import a\nprint(a())"),
    )
    sample.write(root / "book" / "02_b.ipynb", sample.text("# B"), sample.code("'text of b'"))
    return root


def build(root: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    command = [str(program), "build", ".", "--toc", "book/_toc.yml", "-W", "-n", "--keep-going"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def page(root: Path, name: str) -> str:
    return (root / "_build" / "html" / "book" / f"{name}.html").read_text(encoding="utf-8")


def test_the_life_of_a_book(root):
    first = build(root)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "first text of a" in page(root, "01_a")
    assert "text of b" in page(root, "02_b")
    assert (root / "_build/html/_static/nnedu-maths.woff2").exists()

    # The library changes and the chapter's file does not: its page must.
    library = root / "src" / "nnedu" / "a.py"
    library.write_text(library.read_text().replace("first", "second"))
    second = build(root)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "second text of a" in page(root, "01_a")
    assert "executing 1 of 2" in second.stdout

    # A chapter that fails ends the build and says where and why.
    library.write_text("def a():\n    return 1 / 0\n")
    broken = build(root)
    assert broken.returncode != 0
    assert "book/01_a.ipynb failed in code cell 1" in broken.stderr
    assert "ZeroDivisionError" in broken.stderr
    library.write_text("def a():\n    return 'third text of a'\n")

    # A warning fails the build, and fails it again where nothing was done about it.
    front = root / "book" / "intro.md"
    front.write_text("# Front\n\nSee {ref}`nowhere`.\n")
    for _ in range(2):
        warned = build(root)
        assert warned.returncode != 0
        assert "nowhere" in warned.stderr
    front.write_text("# Front\n\nRead on.\n")
    mended = build(root)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert "third text of a" in page(root, "01_a")
