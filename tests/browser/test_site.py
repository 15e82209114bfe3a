"""The built site: links that lead somewhere, no solutions, nothing from outside."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.browser.conftest import ROOT
from tools.contents import pages

EXERCISES = [page for page in pages() if page.startswith("lessons/")]


class _Page(HTMLParser):
    """The ids of a page, where it links to, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in {"script", "img", "iframe", "source"} and "src" in given:
            self.loads.append(given["src"])
        if tag == "link" and given.get("rel") in {"stylesheet", "preload", "icon", "preconnect"}:
            self.loads.append(given["href"])


@pytest.fixture(scope="module")
def parsed(site) -> dict[Path, _Page]:
    return {path: _Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_page_of_the_contents_is_there(site):
    assert [name for name in pages() if not (site / f"{name}.html").exists()] == []


def test_internal_links_resolve(parsed):
    broken = []
    for path, page in parsed.items():
        for link in page.links:
            url = urlsplit(link)
            if url.scheme or url.netloc or link == "#":
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            if not target.exists():
                broken.append(f"{path.name}: {link} leads nowhere")
            elif url.fragment and target in parsed and url.fragment not in parsed[target].ids:
                broken.append(f"{path.name}: {link} has no such place in the page")
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(parsed):
    foreign = [
        f"{path.name}: {link}"
        for path, page in parsed.items()
        for link in page.loads
        if urlsplit(link).netloc
    ]
    assert foreign == []


def test_solutions_are_not_in_the_site(site):
    assert [path for path in site.rglob("*") if "solution" in path.name] == []
    assert [path for path in site.rglob("*.ipynb") if "BEGIN SOLUTION" in path.read_text()] == []


@pytest.mark.parametrize("name", EXERCISES)
def test_the_exercise_can_be_downloaded(site, parsed, name):
    page = site / f"{name}.html"
    downloads = [link for link in parsed[page].links if link.endswith("exercise.ipynb")]
    assert downloads, f"{name} has no download link: {{download}}`the notebook <exercise.ipynb>`"
    original = (ROOT / f"{name}.ipynb").read_bytes()
    for link in downloads:
        assert (page.parent / unquote(link)).read_bytes() == original


def test_the_site_is_small_enough_to_send(site):
    live = site / "pyodide"  # there where `make live` has been run, and meant to be large
    files = [path for path in site.rglob("*") if path.is_file() and live not in path.parents]
    size = sum(path.stat().st_size for path in files)
    assert size < 60e6, f"the site is {size / 1e6:.0f} MB; what made it grow?"
