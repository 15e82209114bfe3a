"""Show what a cell returns, as a notebook does: text, HTML, SVG, PNG, and the book's Markdown.

It travels to the reader's browser with ``browser.py``.
"""

from __future__ import annotations

import base64
import html
import io
import re
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

Emit = Callable[[str, str], None]  # what kind it is ("text", "html" or "image"), and the thing

KINDS = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")
LONGEST = 20_000  # characters of one text that are shown


class To:
    """Where what is shown goes: to one cell at a time."""

    emit: Emit


def display(*values: Any) -> None:
    """Show values as a notebook does."""
    for value in values:
        bundle = mime_bundle(value)
        kind = next(kind for kind in KINDS if kind in bundle)
        data = bundle[kind]
        if kind == "text/plain":
            cut = f"{data[:LONGEST]}\n… {len(data) - LONGEST:,} characters more"
            To.emit("text", (data if len(data) <= LONGEST else cut) + "\n")
        elif kind == "image/png":
            To.emit("image", data if isinstance(data, str) else base64.b64encode(data).decode())
        else:
            To.emit("html", markdown(data) if kind == "text/markdown" else with_sizes(data))


def with_sizes(svg: str) -> str:
    """Matplotlib before 3.9 writes size and family as one; the page's family makes that invalid."""
    return re.sub(
        r"font: ((?:[a-z]+ )*)(\d+ )?([\d.]+px) inherit",
        lambda m: f"font-size: {m[3]}" + (f"; font-weight: {m[2].strip()}" if m[2] else ""),
        svg,
    )


def mime_bundle(value: Any) -> dict[str, Any]:
    """The forms in which a value can be shown."""
    bundle = {"text/plain": repr(value)}
    method = getattr(value, "_repr_mimebundle_", None)
    if method is not None and not isinstance(value, type):
        made = method()
        bundle |= made[0] if isinstance(made, tuple) else made
    for kind, name in (
        ("text/html", "_repr_html_"),
        ("image/svg+xml", "_repr_svg_"),
        ("image/png", "_repr_png_"),
        ("text/markdown", "_repr_markdown_"),
    ):
        method = getattr(value, name, None)
        if method is not None and not isinstance(value, type):
            made = method()
            if made is not None:
                bundle[kind] = made
    return bundle


def _inline(text: str) -> str:
    """Code, bold, maths and links to the glossary, within a line of Markdown."""
    text = re.sub(r"\s*\{cite(?::\w+)?\}`[^`]*`", "", text)  # the page has the references
    text = re.sub(r"\{\w+(?::\w+)?\}`([^`<]*?)\s*(?:<[^`]*>)?`", r"\1", text)
    parts = re.split(r"(`[^`]+`|\$[^$\n]+\$)", text)
    for i, part in enumerate(parts):
        if i % 2:
            inner = html.escape(part[1:-1], quote=False)
            # Nothing typesets TeX here: a letter is set in italics, more is shown as it is written.
            plain = part[0] == "$" and not re.search(r"[\\^_{}]", inner)
            parts[i] = f"<em>{inner}</em>" if plain else f"<code>{inner}</code>"
        else:
            part = html.escape(part, quote=False)
            part = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", part)
            parts[i] = re.sub(r"(?<![\w*])\*(?!\s)(.+?)\*(?!\w)", r"<em>\1</em>", part)
    return "".join(parts)


def _table(lines: list[str]) -> str:
    def row(line: str, tag: str) -> str:
        cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
        return "".join(f"<{tag}>{_inline(c.strip())}</{tag}>" for c in cells)

    body = "".join(f"<tr>{row(line, 'td')}</tr>" for line in lines[2:])
    return f"<table><thead><tr>{row(lines[0], 'th')}</tr></thead><tbody>{body}</tbody></table>"


def markdown(text: str) -> str:
    """As much of Markdown as the book's cells write: tables, fences, boxes and paragraphs."""
    lines, blocks = text.splitlines(), []
    while lines:
        if not lines[0].strip():
            lines.pop(0)
            continue
        fence = re.match(r"(`{3,}|:{3,})\s*(\{\w+\}|\w*)\s*(.*)", lines[0])
        if fence:
            end = next((i for i, s in enumerate(lines) if i and s.rstrip() == fence[1]), len(lines))
            inner, lines = lines[1:end], lines[end + 1 :]
            if fence[2].startswith("{"):
                inner = [s for s in inner if not re.match(r":\w+:", s)]
                title = f'<p class="nnedu-run-title">{_inline(fence[3])}</p>' if fence[3] else ""
                inside = title + markdown("\n".join(inner))
                blocks.append(f'<div class="nnedu-run-box">{inside}</div>')
            else:
                shown = html.escape("\n".join(inner), quote=False)
                blocks.append(f'<pre tabindex="0">{shown}</pre>')
            continue
        end = next((i for i, s in enumerate(lines) if not s.strip()), len(lines))
        block, lines = lines[:end], lines[end:]
        if len(block) > 1 and re.fullmatch(r"[\s|:-]+", block[1]) and "|" in block[0]:
            blocks.append(_table(block))
        else:
            blocks.append(f"<p>{_inline(' '.join(block))}</p>")
    return "".join(blocks)


def _form(kind: str) -> type:
    """A class of IPython.display: text that says what it is."""

    class Form:
        def __init__(self, data: Any = "", **_: Any) -> None:
            self.data = data

        def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
            return {kind: self.data}

    return Form


def stand_in_for_ipython() -> None:
    """Cells import a few names of IPython, which is large; here they are these."""
    shell, shown = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    for name, kind in (("HTML", "text/html"), ("Markdown", "text/markdown")):
        setattr(shown, name, _form(kind))
    shown.SVG = _form("image/svg+xml")  # type: ignore[attr-defined]
    shown.display = display  # type: ignore[attr-defined]
    shell.display = shown  # type: ignore[attr-defined]
    shell.get_ipython = lambda: None  # type: ignore[attr-defined]
    shell.version_info = (9, 0, 0)  # type: ignore[attr-defined]  # matplotlib looks at it
    sys.modules |= {"IPython": shell, "IPython.display": shown}


def open_figures() -> Iterable[str]:
    """Figures that a cell left open with pyplot, as PNG in base64."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        out = io.BytesIO()
        pyplot.figure(number).savefig(out, format="png", dpi=110, bbox_inches="tight")
        pyplot.close(number)
        yield base64.b64encode(out.getvalue()).decode()
