"""In the built book every live figure runs, where its chapter asks for it and nowhere else."""

from __future__ import annotations

import re

import pytest

from nnedu.live import FIGURES
from tests.browser.conftest import ROOT
from tests.browser.test_pages import opened
from tools import live
from tools.contents import pages


def asked(page_name: str) -> list[str]:
    sources = (ROOT / f"{page_name}{ending}" for ending in (".ipynb", ".md"))
    source = next(path for path in sources if path.exists())
    return live.asked(source.read_text(encoding="utf-8"))


WITH_FIGURES = {page: names for page in pages() if (names := asked(page))}


@pytest.mark.parametrize("page_name", WITH_FIGURES)
def test_figures_of_a_chapter_run(site, browser, page_name):
    with opened(browser, f"{site.as_uri()}/{page_name}.html") as (page, wrong):
        found = page.locator("[data-live]")
        assert (
            found.evaluate_all("all => all.map((each) => each.dataset.live)")
            == WITH_FIGURES[page_name]
        )
        for name in WITH_FIGURES[page_name]:
            figure = page.locator(f"#live-{name}")
            figure.scroll_into_view_if_needed()  # it starts when it comes near
            assert len(figure.locator(".nl-words").inner_text()) > 40
            assert figure.locator(".nl-static").count() == 0
        assert wrong == []


def test_only_these_pages_load_the_script(site):
    loads = {
        name
        for name in pages()
        if re.search(r"nnedu-live\.js", (site / f"{name}.html").read_text(encoding="utf-8"))
    }
    assert loads == set(WITH_FIGURES)


def test_every_figure_stands_once_where_it_belongs():
    placed = [name for names in WITH_FIGURES.values() for name in names]
    assert len(placed) == len(set(placed)) >= 7
    assert set(placed) <= {figure.name for figure in FIGURES}
