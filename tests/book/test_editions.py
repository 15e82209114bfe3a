"""Notebooks that install the package from the published repository, and links to Colab."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import nbformat
import pytest
from sphinx.errors import ExtensionError

from tools import chapters

sys.path.insert(0, str(chapters.HERE.root / "book" / "_ext"))

import nnedu_editions
import nnedu_facts

ROOT = chapters.HERE.root
URL = "https://github.com/someone/nnedu"
CHAPTER, LESSON = "book/17_tensorflow", "lessons/03_gradient_descent/exercise"


def app(tmp_path, url):
    env = SimpleNamespace(
        all_docs=[CHAPTER, LESSON, "book/guide/learner"],
        doc2path=lambda page: ROOT / f"{page}.{'md' if 'guide' in page else 'ipynb'}",
    )
    return SimpleNamespace(
        config=SimpleNamespace(html_theme_options={"repository_url": url}),
        builder=SimpleNamespace(format="html", get_relative_uri=lambda page, to: f"../{to}.html"),
        outdir=tmp_path,
        env=env,
    )


def facts(app, page):
    context = {
        "body": "<h1>Title</h1>",
        "pathto": lambda target, resource: f"../{target}",
        "sourcename": f"{page}.ipynb",
    }
    doctree = SimpleNamespace(findall=lambda condition: [])
    nnedu_facts.under_the_heading(app, page, "page.html", context, doctree)
    return context["body"]


def test_editions_install_what_their_cells_import(tmp_path):
    nnedu_editions.write(app(tmp_path, URL + ".git"), None)
    for page, extras in ((CHAPTER, "plot,data,edge"), (LESSON, "plot,data")):
        made = nbformat.read(tmp_path / "_notebooks" / f"{page}.ipynb", as_version=4)
        nbformat.validate(made)
        before = nbformat.read(ROOT / f"{page}.ipynb", as_version=4)
        assert made.cells[0].source == f'%pip install --quiet "nnedu[{extras}] @ git+{URL}"'
        assert made.cells[1:] == before.cells
        assert made.metadata == before.metadata
    assert not (tmp_path / "_notebooks" / "book" / "guide").exists()


def test_pages_offer_them(tmp_path):
    published = app(tmp_path, URL)
    for page in (CHAPTER, LESSON):
        shown = facts(published, page)
        assert f'<a href="../_notebooks/{page}.ipynb" download>' in shown
        assert f"/github/someone/nnedu/blob/notebooks/{page}.ipynb" in shown
    assert facts(published, "book/guide/learner") == "<h1>Title</h1>"


def test_without_an_address_pages_offer_the_notebook_of_the_checkout(tmp_path):
    here = app(tmp_path, "")
    nnedu_editions.write(here, None)
    assert list(tmp_path.iterdir()) == []
    shown = facts(here, CHAPTER)
    assert f'<a href="../_sources/{CHAPTER}.ipynb" download>' in shown
    assert "colab" not in shown


def test_colab_opens_from_github_alone(tmp_path):
    assert "colab" not in facts(app(tmp_path, "https://example.org/someone/nnedu"), CHAPTER)


def test_an_address_that_is_none_ends_the_build(tmp_path):
    with pytest.raises(ExtensionError, match="expected an address such as"):
        nnedu_editions.write(app(tmp_path, "someone/nnedu"), None)


def test_the_workflow_publishes_that_folder_as_that_branch():
    workflow = (ROOT / ".github" / "workflows" / "pages.yml").read_text()
    assert f"_build/html/{nnedu_editions.FOLDER}" in workflow
    assert f"HEAD:{nnedu_editions.BRANCH}" in workflow


def test_the_setting_is_one_line():
    lines = [line for line in (ROOT / "_config.yml").read_text().splitlines() if "url:" in line]
    assert len(lines) == 1
    assert json.loads(lines[0].split("url:")[1].split("#")[0]) == ""
