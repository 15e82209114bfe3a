"""Live figures: the directive ``{live} NAME``, the lines that stand for it, and the one script.

The script is generated from the library of today whenever the book is built, and only pages with
a live figure load it. A page is made anew when a figure may have changed, although its own file
did not. See tools/live.py for the line, and docs/decisions for why there is one.
"""

from __future__ import annotations

import html
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools import live  # noqa: E402

SCRIPT = "nnedu-live.js"


class live_figure(nodes.raw):
    """The place of a live figure: HTML, and nothing in any other format."""


class Live(SphinxDirective):
    """``{live} NAME``, with the caption as its content."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        from nnedu.live import place

        try:
            text = place(self.arguments[0], html.escape(" ".join(self.content), quote=False))
        except ValueError as error:
            raise self.error(str(error)) from error
        env = self.env
        if not hasattr(env, "nnedu_live"):
            env.nnedu_live = {}  # type: ignore[attr-defined]
        env.nnedu_live[env.docname] = live.digest(ROOT)  # type: ignore[attr-defined]
        return [live_figure("", text, format="html")]


def changed_figures(app: Sphinx, env: BuildEnvironment, *changes: set[str]) -> list[str]:
    """Pages whose figures are not those of today."""
    shown: dict[str, str] = getattr(env, "nnedu_live", {})
    today = live.digest(ROOT) if shown else ""
    return [page for page, digest in shown.items() if page in env.all_docs and digest != today]


def forget(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    """A page is read again: whether it still has figures will be seen."""
    getattr(env, "nnedu_live", {}).pop(page, None)


def fill(app: Sphinx, page: str, source: list[str]) -> None:
    """Put directives where lines ask for figures."""
    if "[Live figure: " not in source[0]:
        return
    try:
        source[0] = live.with_directives(page, source[0])
    except ValueError as error:
        raise ExtensionError(str(error)) from error


def load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load the script on a page that has a figure."""
    if doctree is not None and next(iter(doctree.findall(live_figure)), None) is not None:
        target = Path(app.outdir, "_static", SCRIPT)
        if not hasattr(app, "nnedu_live_written"):
            from nnedu.live import script

            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(script(), encoding="utf-8")
            app.nnedu_live_written = True  # type: ignore[attr-defined]
        app.add_js_file(SCRIPT, loading_method="defer")


def _raw(translator: Any, node: nodes.Element) -> None:
    translator.body.append(node.astext())
    raise nodes.SkipNode


def _nothing(translator: Any, node: nodes.Element) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    skip = (_nothing, None)
    app.add_node(live_figure, html=(_raw, None), latex=skip, text=skip, man=skip, texinfo=skip)
    app.add_directive("live", Live)
    app.connect("env-get-outdated", changed_figures)
    app.connect("env-purge-doc", forget)
    app.connect("source-read", fill)
    app.connect("html-page-context", load)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": False}
