"""Pages load what they use: one style sheet, one script, no icon font.

The theme asks for ten style sheets and a dozen scripts on every page: half a megabyte of icons,
rules for a hundred components that no page has, the search index where nobody searches. Once all
pages are written, the sheets and scripts of a page become two files, without what this book has
no use for; text can be read before the first script runs. Live figures and cells that run keep
the scripts of their own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

SHEET = re.compile(r'[ \t]*<link (?=[^>]*rel="stylesheet")[^>]*href="([^"]+)"[^>]*/?>\n?')
CLASSES = re.compile(r'\b(?:class|id)="([^"]*)"')
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
WORD = re.compile(r"[\w-]+")
NOT_NAMES = re.compile(r":[\w-]+\([^()]*\)|\[[^\]]*\]")
NAME = re.compile(r"[.#](-?[A-Za-z_](?:[\w-]|\\.)*)")
BLOCK = re.compile(r"@(?:media|supports|layer|container)[^{};]*\{\s*\}")
SCRIPT = re.compile(r'[ \t]*<script (?:defer |data-sd-tabs[^ ]* )*src="([^"]+)"></script>\n?')
PRELOAD = re.compile(r'[ \t]*<link rel="preload" as="script"[^>]*>\n?')
LATE = re.compile(r"<script>(DOCUMENTATION_OPTIONS\.[^<]*)</script>")
IMAGE = re.compile(r'<img (?![^>]*\bloading=)([^>]*?)src="([^":]+\.png)"([^>]*)>')
URL = re.compile(r"url\((?!['\"]?(?:data:|#))(['\"]?)([^)'\"]+)\1\)")
IMPORT = re.compile(r"""@import\s+(?:url\()?['"]?([^'")]+)['"]?\)?\s*;""")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
FONT = re.compile(r"@font-face\s*\{[^{}]*(?:Font ?Awesome|fa-)[^{}]*\}", re.IGNORECASE)
UNUSED = ("fontawesome.js", "design-tabs.js")
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")
OWN = ("nnedu-live.js", "nnedu-run.js")  # these stay scripts of their own
# The theme measures every block of code while the page loads, which lays all of it out;
# nnedu-scroll.js measures what is shown.
MEASURES = re.compile(r'document\.querySelectorAll\(\["pre",[^\]]*\]\.join\(", "\)\)')
THEME = "pydata-sphinx-theme.js"
NAMES = {"css": "nnedu-all.css", "js": "nnedu-all.js"}
LIST = "nnedu-all.json"


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page its first paragraph as the description that search engines show."""
    if doctree is None:
        return
    for paragraph in doctree.findall(nodes.paragraph):
        words = " ".join(paragraph.astext().split())
        if len(words) >= 40:
            text = words if len(words) <= 160 else words[:157].rsplit(" ", 1)[0] + " …"
            quoted = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
            context["metatags"] = (
                context.get("metatags", "") + f'\n<meta name="description" content="{quoted}" />'
            )
            return


def lean(app: Sphinx, failure: Exception | None) -> None:
    """Rewrite all pages that were written just now, and make the two files."""
    if failure or app.builder.format != "html":
        return
    out = Path(app.outdir)
    parts = _parts(out)
    pages = [path for path in sorted(out.rglob("*.html")) if "_static" not in path.parts]
    for path in pages:
        before = path.read_text(encoding="utf-8")
        after = _page(before, path, out, parts)
        if after != before:
            path.write_text(after, encoding="utf-8")
    static = out / "_static"
    (static / LIST).write_text(json.dumps(parts, indent=1), encoding="utf-8")
    scripts = _scripts(out, parts["js"])
    (static / NAMES["js"]).write_text(scripts, encoding="utf-8")
    words = set(WORD.findall(scripts))
    for path in [*pages, *(static / own for own in OWN)]:
        words |= _words(path) if path.exists() else set()
    sheets = _sheets(out, parts["css"], words)
    (static / NAMES["css"]).write_text(sheets, encoding="utf-8")
    stamps = {kind: _stamp(static / name) for kind, name in NAMES.items()}
    for path in pages:  # the stamps of today, in pages of before too
        before = after = path.read_text(encoding="utf-8")
        for kind, name in NAMES.items():
            after = re.sub(rf"{re.escape(name)}\?v=\w*", f"{name}?v={stamps[kind]}", after)
        if after != before:
            path.write_text(after, encoding="utf-8")


def _parts(out: Path) -> dict[str, list[str]]:
    """What the two files were made of the last time."""
    known = out / "_static" / LIST
    if known.exists():
        found: dict[str, list[str]] = json.loads(known.read_text(encoding="utf-8"))
        return found
    return {"css": [], "js": []}


def _page(html: str, path: Path, out: Path, parts: dict[str, list[str]]) -> str:
    """A page that asks for the two files, and what they need to hold for it."""
    root = "../" * len(path.relative_to(out).parent.parts)

    def file(link: str) -> str:
        return (path.parent / urlsplit(link).path).resolve().relative_to(out.resolve()).as_posix()

    def take(kind: str, names: list[str]) -> None:
        known = parts[kind]
        for number, name in enumerate(names):
            if name in known:
                continue
            before = [known.index(each) for each in names[:number] if each in known]
            known.insert(max(before, default=-1) + 1, name)

    sheets = [file(link) for link in SHEET.findall(html) if not urlsplit(link).scheme]
    sheets = [name for name in sheets if not name.endswith(NAMES["css"])]
    if sheets:
        take("css", sheets)
        html = SHEET.sub("", html)
        link = f'<link rel="stylesheet" href="{root}_static/{NAMES["css"]}?v=0" />\n'
        html = html.replace("</head>", f"{link}</head>", 1)
    scripts = []
    searching = path.name == "search.html"

    def script(match: re.Match[str]) -> str:
        name = file(match[1])
        last = name.rpartition("/")[2]
        if last in UNUSED or (last in SEARCH and not searching):
            return ""
        if last == NAMES["js"] or last in SEARCH or any(own in name for own in OWN):
            return match[0] if " defer" in match[0] else match[0].replace(" src=", " defer src=")
        scripts.append(name)
        return ""

    html = SCRIPT.sub(script, html)
    if scripts:
        take("js", scripts)
        ready = "<script>document.addEventListener('DOMContentLoaded', () => {{ {} }});</script>"
        html = LATE.sub(lambda match: ready.format(match[1].strip()), PRELOAD.sub("", html))
        tag = f'<script defer src="{root}_static/{NAMES["js"]}?v=0"></script>\n'
        # First, for what pages load besides may count on it.
        at = html.find("<script defer")
        at = at if 0 <= at < html.find("</head>") else html.find("</head>")
        html = html[:at] + tag + html[at:]
    return IMAGE.sub(lambda match: _image(match, path), html)


def _image(match: re.Match[str], path: Path) -> str:
    """An image that says its size, so that nothing jumps, and waits until it is needed."""
    file = path.parent / urlsplit(match[2]).path
    size = ""
    if "width=" not in match[1] + match[3] and file.exists():
        width, height = struct.unpack(">II", file.read_bytes()[16:24])  # of a PNG's first chunk
        size = f' width="{width}" height="{height}"'
    return f'<img loading="lazy"{size} {match[1]}src="{match[2]}"{match[3]}>'


def _sheets(out: Path, names: list[str], words: set[str]) -> str:
    """Style sheets one after another; our own as it is, for it also dresses the PDF."""
    static = (out / "_static").resolve()
    texts = {name: _sheet(out / name, static) for name in names}
    return "\n".join(
        text if name.endswith("/nnedu.css") else _used(text, words) for name, text in texts.items()
    )


def _sheet(path: Path, static: Path) -> str:
    """One style sheet, those that it imports in it, its addresses seen from the common place."""

    def moved(match: re.Match[str]) -> str:
        target = (path.parent / match[2]).resolve()
        return f"url({Path(os.path.relpath(target, static)).as_posix()})"

    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    imported = "".join(_sheet(path.parent / link, static) for link in IMPORT.findall(text))
    text = URL.sub(moved, FONT.sub("", IMPORT.sub("", text)))
    return imported + (text if path.name == "nnedu.css" else RULE.sub(_without_icons, text))


def _without_icons(match: re.Match[str]) -> str:
    """A rule, unless it is about the icon font alone."""
    selectors = [each.strip() for each in match[1].split(",")]
    return "" if all(each.startswith(".fa-") for each in selectors) else match[0]


def _words(path: Path) -> set[str]:
    """What a page or a script can call an element: its classes and ids, and words of scripts."""
    text = path.read_text(encoding="utf-8")
    parts = [text]
    if path.suffix == ".html":
        parts = CLASSES.findall(text) + INLINE.findall(text)
    return {word for part in parts for word in WORD.findall(part)}


def _used(css: str, words: set[str]) -> str:
    """The rules that may be about something: a class or id that no page and no script knows has
    no use. What stands in ``:not(...)``, ``[...]`` and the like is not looked at."""

    def about(selector: str) -> bool:
        bare, more = selector, 1
        while more:
            bare, more = NOT_NAMES.subn("", bare)
        return all(name.replace("\\", "") in words for name in NAME.findall(bare))

    def rule(match: re.Match[str]) -> str:
        head, body = match[1], match[0][len(match[1]) :]
        if "@" in head:
            return match[0]
        kept = [each.strip() for each in _commas(head) if about(each)]
        return f"{','.join(kept)}{body}\n" if kept else ""

    css, more = RULE.sub(rule, css), 1
    while more:
        css, more = BLOCK.subn("", css)
    return css


def _commas(selectors: str) -> list[str]:
    """The selectors of a list; the commas within parentheses part nothing."""
    found, depth = [""], 0
    for sign in selectors:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found


def _scripts(out: Path, names: list[str]) -> str:
    return "\n;\n".join(_script(out / name) for name in names)


def _script(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.name == THEME:
        text, found = MEASURES.subn("[]", text)
        if found != 1:
            raise ExtensionError(f"{THEME} does not measure blocks of code as before; see MEASURES")
    return text


def _stamp(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", describe)
    app.connect("build-finished", lean, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
