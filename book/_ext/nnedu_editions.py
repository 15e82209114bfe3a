"""Notebooks that run away from home: in Colab, or wherever a reader downloads them.

``repository.url`` in ``_config.yml`` is the one setting. Without it nothing is made, and pages
offer the notebooks as they are, for a checkout. With it, every chapter and lesson gets an edition
whose first cell installs the package from there (``_notebooks`` in the built site, which the Pages
workflow also pushes to the branch ``notebooks``), pages offer that one, and if the address is
GitHub's, which is where Colab opens notebooks from, a link to Colab.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

FOLDER = "_notebooks"
BRANCH = "notebooks"
COLAB = "https://colab.research.google.com/github"


def address(app: Sphinx) -> str:
    """Where the repository is published; empty if the settings do not say."""
    url = str(app.config.html_theme_options.get("repository_url") or "").rstrip("/")
    url = url.removesuffix(".git")
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise ExtensionError(
            f"repository.url in _config.yml is {url!r}; expected an address such as "
            "https://github.com/OWNER/NAME, or nothing."
        )
    return url


def colab(url: str, page: str) -> str:
    """The address that opens a page's edition in Colab; empty if Colab cannot."""
    parts = urlsplit(url)
    names = parts.path.strip("/")
    if parts.netloc != "github.com" or names.count("/") != 1:
        return ""
    return f"{COLAB}/{names}/blob/{BRANCH}/{page}.ipynb"


def edition(path: Path, url: str) -> nbformat.NotebookNode:
    """A notebook whose first cell installs what the others import."""
    notebook = nbformat.read(path, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    extras = "plot,data,edge" if "tensorflow" in code or "keras" in code else "plot,data"
    cell = nbformat.v4.new_code_cell(
        f'%pip install --quiet "nnedu[{extras}] @ git+{url}"', id="install"
    )
    notebook.cells.insert(0, cell)
    nbformat.validate(notebook)
    return notebook


def write(app: Sphinx, failure: Exception | None) -> None:
    """Write the editions of all chapters and lessons."""
    if failure or app.builder.format != "html" or not address(app):
        return
    for page in sorted(app.env.all_docs):
        source = Path(app.env.doc2path(page))
        if source.suffix == ".ipynb":
            target = Path(app.outdir, FOLDER, f"{page}.ipynb")
            target.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(edition(source, address(app)), indent=1, ensure_ascii=False)
            target.write_text(text + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
