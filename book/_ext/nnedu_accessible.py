"""What the theme and the writers of HTML leave unsaid to those who listen to a page.

The finished files are mended, since what is wrong comes from several places: the theme's sidebar,
docutils' tables, the bibliography. ``tests/browser`` asks axe about every page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

MENDINGS = [
    # A chapter's arrow in the sidebar has a picture and no name.
    (re.compile(r'<summary>(?=<span class="toctree-toggle")'), '<summary aria-label="its lesson">'),
    # The sidebar begins outside any landmark.
    (
        re.compile(r'(<div id="pst-primary-sidebar" class="[^"]*")>'),
        r'\1 role="complementary" aria-label="the whole book">',
    ),
    # The corner of a table whose rows have names: no heading, for it heads nothing.
    (re.compile(r'<th class="head">\s*(?:<p>\s*</p>)?\s*</th>'), '<td class="head"></td>'),
    # A role that the standard has given up, within a list that wants its items.
    (re.compile(r' role="doc-biblioentry"'), ' role="listitem"'),
]


def mended(html: str) -> str:
    """A page's HTML with all that is listed above set right; what is right stays as it is."""
    for wrong, right in MENDINGS:
        html = wrong.sub(right, html)
    return html


def mend(app: Sphinx, failure: Exception | None) -> None:
    if failure or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        before = path.read_text(encoding="utf-8")
        after = mended(before)
        if after != before:
            path.write_text(after, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
