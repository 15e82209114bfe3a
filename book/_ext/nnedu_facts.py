"""What a reader wants to know before starting: how long, what to run, what to do afterwards.

Under the heading of each chapter stand its reading time, its notebook and its lesson, under that
of a lesson its notebook; and where a page says ``<!-- status -->`` stands a table of all chapters,
with the seconds that executing each took when this book was built.
"""

from __future__ import annotations

import json
import re
import sys
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import nnedu_editions  # noqa: E402

from tools import chapters  # noqa: E402

WORDS_A_MINUTE = 200  # of a text that is to be understood
WITH_FACTS = re.compile(r"book/\d\d_|lessons/.*/exercise$")
PLACE = "<!-- status -->"


def minutes_to_read(doctree: nodes.document) -> int:
    """Minutes for the prose; code and figures are looked at in the reader's own time."""
    prose = (nodes.paragraph, nodes.title, nodes.caption)
    words = sum(len(node.astext().split()) for node in doctree.findall(lambda n: type(n) in prose))
    return max(1, round(words / WORDS_A_MINUTE))


def lesson_of(page: str) -> dict[str, Any] | None:
    """The lesson that belongs to a chapter: its page, minutes and points."""
    name = page.removeprefix("book/")
    path = ROOT / "lessons" / name / "exercise.ipynb"
    if not page.startswith("book/") or not path.exists():
        return None
    notebook = json.loads(path.read_text(encoding="utf-8"))
    points = sum(
        cell["metadata"].get("nbgrader", {}).get("points") or 0 for cell in notebook["cells"]
    )
    minutes = notebook["metadata"]["nnedu"]["lesson"]["minutes"]
    return {"page": f"lessons/{name}/exercise", "minutes": minutes, "points": points}


def under_the_heading(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    if doctree is None or not WITH_FACTS.match(page):
        return
    facts = []
    lesson = lesson_of(page)
    if lesson:
        facts.append(f"<span>{minutes_to_read(doctree)} minutes to read</span>")
    url = nnedu_editions.address(app)
    if url:
        source = context["pathto"](f"{nnedu_editions.FOLDER}/{page}.ipynb", 1)
    else:
        source = f"{context['pathto']('_sources', 1)}/{context['sourcename']}"
    facts.append(f'<a href="{escape(source)}" download>notebook</a>')
    if link := nnedu_editions.colab(url, page):
        facts.append(f'<a href="{escape(link)}">open in Colab</a>')
    if lesson:
        link = app.builder.get_relative_uri(page, lesson["page"])
        words = f"lesson: {lesson['minutes']} minutes, {lesson['points']:.0f} points"
        facts.append(f'<a href="{escape(link)}">{words}</a>')
    line = f'<p class="nnedu-facts">{" ".join(facts)}</p>'
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)


def table() -> str:
    """All chapters: seconds to execute, cells, and the lesson."""
    rows = ["| chapter | code cells | executed in | lesson |", "|---|---:|---:|---|"]
    for path in chapters.HERE.chapters():
        page = path.relative_to(ROOT).with_suffix("").as_posix()
        lesson, result = lesson_of(page), chapters.load(chapters.HERE, path)
        if lesson is None or result is None:
            continue
        rows.append(
            f"| [](/{page}) | {len(result.cells)} | {result.seconds:.0f} s "
            f"| [{lesson['minutes']} minutes, {lesson['points']:.0f} points](/{lesson['page']}) |"
        )
    return "\n".join(rows)


def pages_with_a_table(app: Sphinx, env: BuildEnvironment, *changes: set[str]) -> list[str]:
    """Such a page is read at every build: seconds change without its own file changing."""
    paths = {page: Path(env.doc2path(page)) for page in env.found_docs}
    return [
        page
        for page, path in paths.items()
        if path.suffix == ".md" and PLACE in path.read_text(encoding="utf-8")
    ]


def fill(app: Sphinx, page: str, source: list[str]) -> None:
    if PLACE in source[0]:
        source[0] = source[0].replace(PLACE, table())


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("env-get-outdated", pages_with_a_table)
    app.connect("source-read", fill)
    app.connect("html-page-context", under_the_heading)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
