"""What a term or a citation means, at hand where it stands.

Each page carries the definitions of the glossary's terms and the entries of the bibliography that
it links to, as JSON that ``static/nnedu-previews.js`` shows while a link is pointed at or focused.
Without scripts nothing is lost: the link leads to the entry.
"""

from __future__ import annotations

import json
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY, BIBLIOGRAPHY = "book/glossary", "book/references"
LINK = re.compile(r'<a class="reference internal" href="([^"#]*)#([^"]+)"')
ANCHOR = re.compile(r"</?a\b[^>]*>")


def fragments(app: Sphinx) -> dict[str, dict[str, str]]:
    """For the glossary and the bibliography: what stands at each of their anchors, as HTML."""
    if not hasattr(app, "nnedu_previews"):
        found: dict[str, dict[str, str]] = {GLOSSARY: {}, BIBLIOGRAPHY: {}}
        if GLOSSARY in app.env.found_docs:
            page = app.env.get_and_resolve_doctree(GLOSSARY, app.builder)
            for item in page.findall(nodes.definition_list_item):
                html = _html(app, *(d for d in item.children if isinstance(d, nodes.definition)))
                for term in item.findall(nodes.term):
                    found[GLOSSARY] |= dict.fromkeys(term["ids"], html)
        if BIBLIOGRAPHY in app.env.found_docs:
            page = app.env.get_and_resolve_doctree(BIBLIOGRAPHY, app.builder)
            for entry in page.findall(nodes.citation):
                html = _html(app, *(e for e in entry.children if not isinstance(e, nodes.label)))
                found[BIBLIOGRAPHY] |= dict.fromkeys(entry["ids"], html)
        app.nnedu_previews = found  # type: ignore[attr-defined]
    return app.nnedu_previews  # type: ignore[attr-defined,no-any-return]


def _html(app: Sphinx, *parts: nodes.Node) -> str:
    """The HTML of some nodes without their links: nobody can click in what follows a pointer."""
    block = nodes.container()
    block += [part.deepcopy() for part in parts]
    html = app.builder.render_partial(block)["fragment"]  # type: ignore[attr-defined]
    return ANCHOR.sub("", html).strip()


def add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Put at the end of a page the entries that it links to."""
    if doctree is None or page in (GLOSSARY, BIBLIOGRAPHY):
        return
    entries = {}
    for file, anchor in LINK.findall(context["body"]):
        for target in (GLOSSARY, BIBLIOGRAPHY):
            if file == app.builder.get_relative_uri(page, target):
                entry = fragments(app)[target].get(anchor)
                if entry:
                    entries[f"{file}#{anchor}"] = entry
    if entries:
        shown = json.dumps(entries, sort_keys=True).replace("</", "<\\/")
        context["body"] += f'<script type="application/json" id="nnedu-previews">{shown}</script>'


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
