"""What the book's build needs beyond Jupyter Book's settings.

- Chapters are executed by tools/chapters.py, so that a plain ``jupyter-book build`` shows what the
  code of today does: a chapter whose code or library changed is executed before pages are read,
  and its page is made anew although its own file did not change. A failing chapter ends the build.
- After a build with warnings everything is read again next time; Sphinx would otherwise be silent
  about them on the second run, and a strict build would pass.
- Pages leave out what this book does not use and what would ask another host.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools import chapters  # noqa: E402

log = logging.getLogger(__name__)


def execute_chapters(app: Sphinx) -> None:
    """Execute what changed, and fill the cache that the notebooks' outputs are read from."""
    project = chapters.HERE
    if Path(app.srcdir).resolve() != project.root:
        raise ExtensionError(f"the book is built from {project.root}, not from {app.srcdir}")
    found = {
        path: app.env.path2doc(str(path))
        for path in project.chapters()
        if app.env.path2doc(str(path)) in app.env.project.discover(app.config.exclude_patterns)
    }
    results = chapters.ensure(
        project, list(found), report=lambda line: log.info(f"chapters: {line}")
    )
    failures = chapters.describe_failures(project, results)
    if failures:
        raise ExtensionError(f"a chapter could not be executed.\n\n{failures}\n")
    cache = Path(app.env.mystnb_config.execution_cache_path)
    for path, result in results.items():
        chapters.publish(project, path, result, cache)
    app.nnedu_outputs = {found[path]: result.digest for path, result in results.items()}  # type: ignore[attr-defined]


def pages_with_new_outputs(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    shown = getattr(env, "nnedu_outputs", {})
    return [
        page
        for page, digest in app.nnedu_outputs.items()  # type: ignore[attr-defined]
        if page in env.all_docs and shown.get(page) != digest
    ]


def remember_outputs(app: Sphinx, page: str, source: list[str]) -> None:
    if page in app.nnedu_outputs:  # type: ignore[attr-defined]
        if not hasattr(app.env, "nnedu_outputs"):
            app.env.nnedu_outputs = {}  # type: ignore[attr-defined]
        app.env.nnedu_outputs[page] = app.nnedu_outputs[page]  # type: ignore[attr-defined]


def forget_after_warnings(app: Sphinx, failure: Exception | None) -> None:
    if failure or app._warncount:
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it, used or not
    app.connect("builder-inited", execute_chapters, priority=900)  # after myst-nb's settings
    app.connect("env-get-outdated", pages_with_new_outputs)
    app.connect("source-read", remember_outputs)
    app.connect("build-finished", forget_after_warnings, priority=900)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
