"""The book's table of contents, as the tools and tests need it."""

from __future__ import annotations

from typing import Any

import yaml

from tools import chapters


def parts() -> list[tuple[str, list[str]]]:
    """Each part's caption and its pages, as paths without their ending; the front page first."""
    toc = yaml.safe_load((chapters.HERE.root / "book" / "_toc.yml").read_text(encoding="utf-8"))
    return [
        ("", [toc["root"]]),
        *((part["caption"], list(_pages(part["chapters"]))) for part in toc["parts"]),
    ]


def pages() -> list[str]:
    """All pages in the order in which they are read."""
    return [page for _, within in parts() for page in within]


def _pages(entries: list[dict[str, Any]]) -> list[str]:
    found = []
    for entry in entries:
        found += [entry["file"], *_pages(entry.get("sections", []))]
    return found
