"""Live code: marks the cells that run in the page, and loads the script that runs them.

Which pages and cells, and what the reader's browser is given: ``tools/live_code``. A page carries
the numbers of its cells, and the code of those whose input it does not show; the rest of the code
is in the page already. docs/decisions says why.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools import live_code  # noqa: E402


def _cells(app: Sphinx, page: str) -> list[live_code.Cell]:
    if page not in live_code.PAGES:
        return []
    return live_code.cells(Path(app.env.doc2path(page)).read_text(encoding="utf-8"))


def mark(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Name the places of the cells that run, for the script and for links to them."""
    numbers = {cell.number for cell in _cells(app, page) if cell.shown}
    for node in doctree.findall(nodes.container) if numbers else ():
        if node.get("nb_element") == "cell_code" and node.get("cell_index") in numbers:
            node["ids"].append(f"nnedu-cell-{node['cell_index']}")
            node["classes"].append("nnedu-runs")


def load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page the numbers of its cells, and the script."""
    cells = _cells(app, page)
    if not cells or app.builder.format != "html":
        return
    root = app.builder.get_relative_uri(page, "").rpartition("/")[0] or "."
    told = {
        "cells": [[cell.number, None if cell.shown else cell.code] for cell in cells],
        "parts": f"{root}/_static/{live_code.PARTS}",
        "root": f"{root}/",
    }
    text = json.dumps(told).replace("</", "<\\/")
    context["body"] += f'<script type="application/json" id="nnedu-run">{text}</script>'
    app.add_css_file("nnedu-run.css")
    app.add_js_file("nnedu-run.js", loading_method="defer")


def parts(app: Sphinx, failure: Exception | None) -> None:
    """Write what the script loads when a reader says Run."""
    asked = not set(live_code.PAGES).isdisjoint(app.env.found_docs)
    if asked and not failure and app.builder.format == "html":
        live_code.write_parts(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-resolved", mark)
    app.connect("html-page-context", load)
    app.connect("build-finished", parts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
