"""Tables "Which one should I use": rows of ``choices.toml``, none without evidence in the book."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from tools.reference import markdown
from tools.reference.entries import find
from tools.reference.normalisations import measured

FIELDS = {"page", "when", "use", "evidence"}


@cache
def choices() -> dict[str, list[dict[str, list[str]]]]:
    """The rows of ``choices.toml`` by page.

    Raises
    ------
    ValueError
        If a row lacks a field, has one too many, or is without evidence.
    """
    path = Path(__file__).with_suffix(".toml")
    pages: dict[str, list[dict[str, list[str]]]] = {}
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["choice"]:
        if set(row) != FIELDS or not all(row.values()):
            raise ValueError(
                f"choices.toml has the row {row}; expected {', '.join(sorted(FIELDS))}, none empty."
            )
        pages.setdefault(row["page"], []).append(row)
    return pages


def text(family: str) -> str:
    """The table of a page, and the figures it refers to; empty where there is none."""
    rows = choices().get(family, [])
    if not rows:
        return ""
    cells = [(r["when"], ", ".join(map(_name, r["use"])), "; ".join(r["evidence"])) for r in rows]
    parts = [
        f"(ref-choose-{family})=\n## Which one should I use?",
        markdown.table(("When", "Use", "Evidence"), cells),
        "A row stands here once the book shows it. What has none yet is no worse for it.",
    ]
    return "\n\n".join([*parts, *([measured()] if family == "layers" else [])])


def _name(name: str) -> str:
    entry = find(name)
    if entry is None:
        raise KeyError(f"choices.toml names {name!r}, which is no public name of nnedu.")
    return f"[`{entry.name}`](#{entry.label})"
