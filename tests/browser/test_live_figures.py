"""In the built book every live figure runs, where its chapter says and under its own name."""

from __future__ import annotations

import re

import pytest

from nnedu.live import FIGURES
from tests.browser.conftest import pages
from tests.browser.test_pages import opened

CHAPTERS = {
    "bowl": "book/03_gradient_descent",
    "batch": "book/04_minibatch",
    "momentum": "book/05_momentum",
    "race": "book/06_adaptive",
    "adam": "book/06_adaptive",
    "schedule": "book/08_schedules",
    "network": "book/12_dropout_normalization",
}


@pytest.mark.parametrize("page_name", sorted(set(CHAPTERS.values())))
def test_figures_of_a_chapter_run(site, browser, page_name):
    with opened(browser, f"{site.as_uri()}/{page_name}.html") as (page, wrong):
        assert wrong == []
        found = page.locator("[data-live]")
        names = found.evaluate_all("all => all.map((each) => each.dataset.live)")
        assert sorted(names) == sorted(n for n, chapter in CHAPTERS.items() if chapter == page_name)
        for name in names:
            figure = page.locator(f"#live-{name}")
            assert figure.locator(".nl-static").count() == 0
            assert len(figure.locator(".nl-words").inner_text()) > 40


def test_only_these_pages_load_the_script(site):
    loads = {
        name
        for name in pages()
        if re.search(r"nnedu-live\.js", (site / f"{name}.html").read_text(encoding="utf-8"))
    }
    assert loads == set(CHAPTERS.values())
    assert set(CHAPTERS) <= {figure.name for figure in FIGURES}
