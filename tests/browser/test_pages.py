"""Every page of the book, opened in a browser that reaches nothing but the site.

Screenshots of each page (light, dark, phone) are left in ``_build/screenshots`` to be looked at.
"""

from __future__ import annotations

import contextlib

import pytest

from tests.browser.conftest import SCREENSHOTS, pages

PAGES = pages()
VIEWS = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 390)}


@contextlib.contextmanager
def opened(browser, address, *, colours="light", width=1280):
    """A loaded page, its maths typeset, and a list of all that went wrong on the way."""
    base = address.rpartition("/html/")[0] if address.startswith("file:") else address[:22]
    context = browser.new_context(
        color_scheme=colours, viewport={"width": width, "height": 900}, reduced_motion="reduce"
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
    page.evaluate("async () => { if (window.MathJax?.startup) await MathJax.startup.promise; }")
    yield page, wrong
    context.close()


@pytest.mark.parametrize("page_name", PAGES)
@pytest.mark.parametrize("scheme", ["file", "http"])
def test_page_opens_without_an_error(site, served, browser, page_name, scheme):
    address = f"{site.as_uri() if scheme == 'file' else served}/{page_name}.html"
    with opened(browser, address) as (page, wrong):
        assert wrong == []
        assert page.locator("article h1").count() == 1
        assert page.locator("#MathJax_Error, mjx-merror").count() == 0
        formulas = page.locator(".math").count()
        assert page.locator(".math mjx-container").count() >= formulas


@pytest.mark.parametrize("page_name", PAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_page_can_be_read(site, browser, page_name, view):
    colours, width = VIEWS[view]
    with opened(browser, f"{site.as_uri()}/{page_name}.html", colours=colours, width=width) as (
        page,
        wrong,
    ):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = page_name.replace("/", "-")
        page.screenshot(path=SCREENSHOTS / f"{name}-{view}.png", full_page=True)
        assert wrong == []
        assert page.evaluate("document.documentElement.dataset.theme") == colours
        wide = page.evaluate("document.scrollingElement.scrollWidth")
        assert wide <= width, f"the page is {wide} px wide on a screen of {width}"
        search = page.locator(".search-button, .search-button-field, input[type=search]")
        assert sum(each.is_visible() for each in search.all()) == 1, "one way to search, no more"
        for image in page.locator(".bd-content img").all():
            source, alt = image.get_attribute("src"), image.get_attribute("alt")
            assert alt, f"{source} has no alt text; set mystnb.image.alt in the cell's metadata"
            assert not alt.endswith((".png", ".svg")), f"{source}: its alt text is a file name"
            image.scroll_into_view_if_needed()
            assert image.evaluate("async e => { await e.decode(); return e.naturalWidth; }") > 0
        for drawing in page.locator(".cell_output :not(button) > svg").all():
            label = drawing.get_attribute("aria-label")
            assert label, "a drawing without aria-label; give the figure its alt text"


def test_the_maths_test_can_fail(site, browser):
    """Where MathJax is kept away, formulas stay as they are: the check above looks at something."""
    with_maths = next(
        name for name in PAGES if 'class="math' in (site / f"{name}.html").read_text("utf-8")
    )
    context = browser.new_context()
    page = context.new_page()
    page.route("**/mathjax/**", lambda route: route.abort())
    page.goto(f"{site.as_uri()}/{with_maths}.html", wait_until="load")
    assert page.locator(".math").count() > 0
    assert page.locator("mjx-container").count() == 0
    context.close()


def test_index_leads_to_the_front_page(site, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.as_uri()}/index.html")
    page.wait_for_url(f"**/{PAGES[0]}.html")
    context.close()


def test_search_finds_a_chapter(served, browser):
    with opened(browser, f"{served}/search.html?q=gradient") as (page, wrong):
        page.locator("#search-results li a").first.wait_for()
        assert wrong == []
