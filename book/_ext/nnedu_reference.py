"""The generated part of the reference pages, put in while they are read.

Where a page says ``<!-- reference: NAME -->`` stands what ``tools/reference`` makes of the
library of today. Nothing generated is kept among the sources, and a page is made anew when what
it shows has changed, although its own file did not.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

PLACE = re.compile(r"^<!-- reference: (\w+) -->$", re.MULTILINE)


def make(app: Sphinx, env: BuildEnvironment, *changes: set[str]) -> list[str]:
    """Make the text of every page that asks for one; which pages need to be read again."""
    made: dict[str, str] = {}
    for page in env.found_docs:
        path = Path(env.doc2path(page))
        match = PLACE.search(path.read_text(encoding="utf-8")) if path.suffix == ".md" else None
        if match:
            made[page] = _text(match[1])
    app.nnedu_reference = made  # type: ignore[attr-defined]
    shown = getattr(env, "nnedu_reference", {})
    return [page for page, text in made.items() if shown.get(page) != _digest(text)]


def _text(name: str) -> str:
    from tools import reference  # here: a book without such pages does not need the library
    from tools.reference.entries import UndocumentedError

    try:
        return reference.text(name)
    except UndocumentedError as error:
        raise ExtensionError(
            f"public names without complete documentation:\n\n{error}\n"
        ) from error


def fill(app: Sphinx, page: str, source: list[str]) -> None:
    """Put the text in its place."""
    text = app.nnedu_reference.get(page)  # type: ignore[attr-defined]
    if text is not None:
        source[0] = PLACE.sub(lambda match: text, source[0])
        if not hasattr(app.env, "nnedu_reference"):
            app.env.nnedu_reference = {}  # type: ignore[attr-defined]
        app.env.nnedu_reference[page] = _digest(text)  # type: ignore[attr-defined]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("env-get-outdated", make)
    app.connect("source-read", fill)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
