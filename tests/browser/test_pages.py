"""Every page of the book, opened in a browser that reaches nothing but the site.

A page is opened once, from the file system, which is the stricter place; some are opened again
from a server. Screenshots of each (light, dark, phone) are left in ``_build/screenshots``.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import axe_playwright_python
import pytest

from tests.browser.conftest import SCREENSHOTS
from tools.contents import pages

PAGES = pages()
SERVED = ["book/intro", "book/03_gradient_descent", "lessons/03_gradient_descent/exercise"]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {  # what depends on colours is asked again where they are others
    "light": {"type": "tag", "values": WCAG},
    "dark": {"type": "rule", "values": ["color-contrast"]},
}

FONT = """() => !document.querySelector("article math")
  || document.fonts.load('16px "nnedu maths"').then((faces) => faces.length === 1)"""
# What a reader scrolls to is looked at in one go.
WHOLE_PAGE = "section { content-visibility: visible !important }"


@contextlib.contextmanager
def opened(browser, address):
    """A loaded page, and a list of all that went wrong on the way."""
    base = address.rpartition("/html/")[0] if address.startswith("file:") else address[:22]
    context = browser.new_context(
        color_scheme="light", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    wrong: list[str] = []

    def gate(route):
        url = route.request.url
        if url.startswith((base, "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asked for {url}")
            route.abort()

    page.route("**/*", gate)
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.on(
        "console",
        lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None,
    )
    page.on("requestfailed", lambda request: wrong.append(f"not loaded: {request.url}"))
    page.goto(address, wait_until="load")
    page.add_style_tag(content=WHOLE_PAGE)
    yield page, wrong
    context.close()


def complaints(page, rules) -> list[str]:
    """What axe finds on the page against some of its rules."""
    # Without preload it fetches no style sheet, which a page in a file may not.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    # It does not take a formula for text. Empty corners of tables have tests in tests/book.
    options["rules"] = {"empty-table-header": {"enabled": False}}
    found = page.evaluate(
        "async (options) => (await axe.run(document, options)).violations", options
    )
    return [
        f"{each['id']}: {each['help']}: {json.dumps([n['html'][:160] for n in each['nodes'][:3]])}"
        for each in found
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_and_can_be_read(site, browser, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    shot = f"{name.replace('/', '-')}-{{}}.png"
    with opened(browser, f"{site.as_uri()}/{name}.html") as (page, wrong):
        assert page.locator("article h1").count() == 1
        assert page.locator("article .math").count() == page.locator("article .math math").count()
        assert page.evaluate(FONT), "the font of the formulas was not loaded"
        for image in page.locator(".bd-content img").all():
            source, alt = image.get_attribute("src"), image.get_attribute("alt")
            assert alt, f"{source} has no alt text; set mystnb.image.alt in the cell's metadata"
        page.evaluate(AXE)
        found = {}
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            page.wait_for_function(
                "colours => document.documentElement.dataset.theme === colours", arg=colours
            )
            page.screenshot(path=SCREENSHOTS / shot.format(colours), full_page=True)
            fits(page, 1280)
            found[colours] = complaints(page, RULES[colours])
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=SCREENSHOTS / shot.format("phone"), full_page=True)
        fits(page, 390)
        assert found == {"light": [], "dark": []}
        assert wrong == []


def fits(page, width: int) -> None:
    """Nothing sticks out, and there is one way to search."""
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= width, f"the page is {wide} px wide on a screen of {width}"
    search = page.locator(".search-button, .search-button-field, input[type=search]")
    assert sum(each.is_visible() for each in search.all()) == 1, "one way to search, no more"


@pytest.mark.parametrize("name", SERVED)
def test_a_page_opens_from_a_server(served, browser, name):
    with opened(browser, f"{served}/{name}.html") as (page, wrong):
        assert page.locator("article h1").count() == 1
        assert wrong == []
