"""Where pages ask for live figures, and what these are made of.

A page asks with a line of its own that reads well in a notebook too, where it is a link to the
built page:

    [Live figure: CAPTION](../_build/html/book/PAGE.html#live-NAME)

While pages are read, ``book/_ext/nnedu_live.py`` puts the directive ``{live}`` in its place.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from tools.dependencies import Package

ROOT = Path(__file__).resolve().parents[1]
LINE = re.compile(r"^\[Live figure: (?P<caption>.+)\]\((?P<to>[^)\s]+)#live-(?P<name>\w+)\)$", re.M)


def sources(root: Path = ROOT) -> list[Path]:
    """Every file that the figures, their pictures and their script are made of."""
    package = Package(root / "src" / "nnedu")
    return sorted(package.used_by("from nnedu.live import place, script"))


def digest(root: Path = ROOT) -> str:
    """Changes when a figure may have changed."""
    made_of = hashlib.sha256()
    for path in sources(root):
        made_of.update(path.read_bytes())
    return made_of.hexdigest()


def asked(text: str) -> list[str]:
    """The names of the figures that a page asks for, Markdown or notebook."""
    if text.lstrip().startswith("{"):
        cells = json.loads(text)["cells"]
        texts = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        text = "\n\n".join(texts)
    return [match["name"] for match in LINE.finditer(text)]


def with_directives(page: str, text: str) -> str:
    """Replace the lines of a page, Markdown or notebook.

    Parameters
    ----------
    page
        Its name without ending, such as ``book/05_momentum``.
    text
        Of its file.

    Raises
    ------
    ValueError
        If a line's link does not lead to the figure on this page.
    """
    if not text.lstrip().startswith("{"):
        return _replaced(page, text)
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _replaced(page, "".join(cell["source"]))
    return json.dumps(notebook)


def _replaced(page: str, text: str) -> str:
    up = "../" * page.count("/")

    def directive(match: re.Match[str]) -> str:
        if match["to"] != f"{up}_build/html/{page}.html":
            raise ValueError(
                f"{page}: the live figure {match['name']} links to {match['to']}; expected "
                f"{up}_build/html/{page}.html, the page it stands on."
            )
        return f"`````{{live}} {match['name']}\n{match['caption']}\n`````"

    return LINE.sub(directive, text)
