"""Run, edit, fail, stop, begin again: the page's side of live code, and that it waits to be asked.

Pyodide is a stand-in here. With the real one, see ``test_pyodide.py``.
"""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest

from tests.browser.live_code.conftest import FAKE
from tests.browser.test_pages import AXE, RULES, complaints
from tools import live_code

ENDED = re.compile("^(Done|Failed|A cell before|Not run|Stopped)")


class Cell:
    """A cell of an open page, and what a reader does with it."""

    def __init__(self, page, number: int) -> None:
        self.page, self.place = page, page.locator(f"#nnedu-cell-{number}")
        self.status = self.place.locator("[role=status]")
        self.result = self.place.locator(".nnedu-run-out")

    def press(self, name: str) -> None:
        self.place.get_by_role("button", name=name).click()

    def ends(self) -> str:
        """What its line says in the end."""
        self.page.wait_for_function(
            "([element, pattern]) => element.textContent.match(pattern)",
            arg=[self.status.element_handle(), ENDED.pattern],
        )
        return self.status.inner_text()

    def run(self) -> str:
        self.press("Run")
        return self.ends()


@contextmanager
def opened(browser, address: str):
    context = browser.new_context(
        color_scheme="light", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(address, wait_until="load")
    yield page
    context.close()


@pytest.fixture(scope="module")
def page(serving, with_python, browser):
    with opened(browser, f"{serving(with_python)}/page.html") as page:
        yield page


def test_only_cells_that_run_have_buttons_and_nothing_is_asked_before(page, pages):
    numbers = page.locator(".nnedu-run-bar").evaluate_all(
        "bars => bars.map(bar => bar.closest('.nnedu-runs').id)"
    )
    assert numbers == [f"nnedu-cell-{n}" for n in (1, 2, 4, 6, 7, 8)]
    assert not any(live_code.PARTS in url or "pyodide" in url for url in page.asked)
    assert "nnedu-run" not in (pages / "other.html").read_text(encoding="utf-8")


def test_a_cell_runs_after_those_it_builds_on_and_shows_its_own_result(page):
    cell = Cell(page, 4)
    assert cell.run() == "Done in 0.1 s; the result is below."
    assert "ran x + hidden  # with <markup> & accents: é" in cell.result.inner_text()
    assert cell.result.locator("td").inner_text() == "1,2,3,4"
    assert Cell(page, 2).result.count() == 0
    assert page.locator(".nnedu-run-result").count() == 1
    assert any(url.endswith("/pyodide/pyodide.js") for url in page.asked)
    assert not any(live_code.CDN in url for url in page.asked)


def test_an_edited_cell_runs_as_edited_by_keyboard_and_can_be_reset(page):
    cell = Cell(page, 2)
    cell.place.get_by_role("button", name="Edit").focus()
    page.keyboard.press("Enter")
    editor = cell.place.get_by_role("textbox")
    assert editor.evaluate("each => each === document.activeElement")
    assert editor.input_value() == "x = 1"
    editor.fill("x = 2\ny = 3")
    page.keyboard.press("Shift+Enter")
    assert cell.ends().startswith("Done")
    assert "ran x = 2\ny = 3" in cell.result.inner_text()
    cell.press("Reset")
    assert editor.count() == 0
    assert cell.place.locator("pre").first.is_visible()


def test_an_error_is_shown_and_the_next_cell_still_runs(page):
    cell = Cell(page, 6)
    assert cell.run() == "Failed; the error is below."
    assert cell.result.inner_text().strip() == "ValueError: asked for"
    assert Cell(page, 2).run().startswith("Done")


def test_a_package_is_loaded_when_a_cell_lacks_it(page):
    assert Cell(page, 8).run().startswith("Done")


def test_stop_ends_what_never_ends_and_python_begins_again(page):
    endless, after = Cell(page, 7), Cell(page, 2)
    endless.press("Run")
    page.wait_for_function(
        "e => e.textContent === 'Running …'", arg=endless.status.element_handle()
    )
    after.press("Run")
    assert after.status.inner_text() == "Waits for the cell that runs."
    endless.press("Stop")
    assert endless.ends().startswith("Stopped.")
    assert after.ends().startswith("Stopped.")
    run = endless.place.get_by_role("button", name="Run")
    assert run.evaluate("each => each === document.activeElement")
    assert after.run().startswith("Done")
    assert after.result.locator("td").inner_text() == "1,2"  # the rest was forgotten


def test_nobody_is_kept_out(page):
    Cell(page, 6).run()
    Cell(page, 4).run()
    Cell(page, 2).press("Edit")
    page.evaluate(AXE)
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        page.wait_for_function("c => document.documentElement.dataset.theme === c", arg=colours)
        assert complaints(page, {"type": "rule", "values": ["color-contrast"]}) == []
        if colours == "light":
            assert complaints(page, RULES["light"]) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_without_python_the_page_says_what_is_missing(serving, pages, browser):
    with opened(browser, f"{serving(pages)}/page.html") as page:
        cell = Cell(page, 2)
        assert cell.run() == "Not run; why is below."
        words = cell.result.inner_text()
        assert "cannot be reached" in words
        assert live_code.CDN.split("/")[2] in words
        assert "make live" in words
        assert cell.run() == "Not run; why is below."  # it tries again


def test_a_page_opened_as_a_file_says_that_it_needs_a_server_or_the_network(with_python, browser):
    with opened(browser, f"{with_python.as_uri()}/page.html") as page:
        cell = Cell(page, 2)
        assert cell.run() == "Not run; why is below."
        assert "opened as a file" in cell.result.inner_text()
        assert "make serve" in cell.result.inner_text()


def test_a_page_opened_as_a_file_runs_where_the_cdn_answers(pages, browser):
    with opened(browser, f"{pages.as_uri()}/page.html") as page:
        page.context.route(f"{live_code.CDN}*", answer)
        assert Cell(page, 4).run().startswith("Done")


def answer(route) -> None:
    """What the public CDN would send, by the stand-in, which expects another name of its place."""
    script = FAKE.read_text(encoding="utf-8").replace("/pyodide/", "/full/")
    anyone = {"Access-Control-Allow-Origin": "*"}
    route.fulfill(body=script, content_type="text/javascript", headers=anyone)
