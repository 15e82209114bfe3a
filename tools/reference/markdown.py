"""From the reStructuredText of docstrings to the MyST Markdown of the book."""

from __future__ import annotations

import inspect
import re
import textwrap
from typing import Any

from tools.reference.docstrings import Item
from tools.reference.entries import Entry, find

ROLE = re.compile(r":(?:func|class|meth|attr|mod|data):`([^`]+)`")
WIDTH = 68


def inline(text: str, package: str) -> str:
    """A docstring's paragraph: roles become links, what is code stays code."""

    def link(match: re.Match[str]) -> str:
        shown = match[1].lstrip("~")
        shown = shown.rpartition(".")[2] if match[1].startswith("~") else shown
        entry = find(match[1], package)
        return f"[`{shown}`](#{entry.label})" if entry else f"`{shown}`"

    return ROLE.sub(link, text)


def prose(text: str, package: str) -> str:
    """Paragraphs, with literal blocks (``::``) and examples as code."""
    blocks = re.split(r"\n\s*\n", text.strip("\n"))
    out: list[str] = []
    for block in blocks:
        plain = textwrap.dedent(block).strip("\n")
        if plain.startswith(">>>"):
            out.append(fence(plain, "pycon"))
        elif block.startswith("    ") and out and out[-1].endswith(":"):
            out.append(fence(plain))
        else:
            out.append(re.sub(r"::$", ":", inline(plain, package)))
    return "\n\n".join(out)


def fence(code: str, language: str = "python") -> str:
    """A block of code."""
    return f"```{language}\n{code}\n```"


def definitions(items: list[Item], package: str) -> str:
    """A list of parameters, results or errors as a definition list."""
    out = []
    for item in items:
        names = ", ".join(f"`{name}`" for name in item.names)
        kind = f"*{inline(item.kind, package)}*" if item.names and item.kind else item.kind
        head = " : ".join(each for each in (names, inline(kind, package)) if each)
        text = prose(item.text, package) if item.text.strip() else ""
        body = textwrap.indent(text, "    ").lstrip() if text else "&nbsp;"
        out.append(f"{head}\n:   {body}")
    return ":::{div} nnedu-parameters\n" + "\n\n".join(out) + "\n:::"


def folded(title: str, body: str) -> str:
    """Something that opens when one asks for it."""
    ticks = ":" * 3
    while ticks in body:
        ticks += ":"
    return f"{ticks}{{dropdown}} {title}\n{body}\n{ticks}"


def signature(entry: Entry) -> str:
    """The call, without annotations, in lines that a phone can show."""
    found: Any = inspect.signature(entry.found)
    bare = found.replace(
        parameters=[p.replace(annotation=p.empty) for p in found.parameters.values()],
        return_annotation=inspect.Signature.empty,
    )
    text = f"{entry.name}{bare}"
    text = re.sub(r"<function (\w+(?:\.\w+)*) at 0x\w+>", r"\1", text)
    text = re.sub(r"<class 'numpy\.(\w+)'>", r"np.\1", text)
    return "\n".join(
        textwrap.wrap(text, WIDTH, subsequent_indent="    ", break_long_words=False) or [text]
    )


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table whose rows become blocks, one cell under another, on a phone."""
    lines = ["```{list-table}", ":header-rows: 1", ":class: nnedu-stacked", ""]
    for row in (head, *rows):
        for i, cell in enumerate(row):
            lines.append(f"{'* -' if i == 0 else '  -'} {cell}")
    return "\n".join([*lines, "```"])
