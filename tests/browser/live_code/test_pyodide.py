"""With the real Pyodide, where ``make live`` has put it: the chapters' numbers are those of here.

It is 80 MB to download, so ``make test`` does not; the page's side of it is in ``test_run.py``.
"""

from __future__ import annotations

import sys

import pytest

from tests.browser.conftest import SITE
from tests.browser.live_code.test_run import Cell, opened
from tools import live_code
from tools.live_code import browser as python_side
from tools.live_code import show

CELLS = {"book/03_gradient_descent": (4, 5), "book/05_momentum": (4, 5), "book/06_adaptive": (4, 5)}


def here(page_name: str, number: int, monkeypatch) -> str:
    """What the cell prints in the Python of the tests."""
    text = (live_code.ROOT / f"{page_name}.ipynb").read_text(encoding="utf-8")
    cells = {cell.number: cell.code for cell in live_code.cells(text)}
    for name in ("IPython", "IPython.display", "myst_nb"):  # what the browser does not have
        monkeypatch.setitem(sys.modules, name, None)
    show.stand_in_for_ipython()
    page, out = python_side.Page(), []
    for each in page.plan(cells, number):
        out = []
        page.run(each, cells[each], lambda kind, data, out=out: out.append(data))
    return "".join(out)


@pytest.mark.parametrize("page_name", CELLS)
def test_cells_draw_and_count_as_they_do_here(serving, browser, page_name, monkeypatch):
    if not (SITE / live_code.FOLDER / "pyodide.js").exists():
        pytest.skip("the built book has no Pyodide, which this test runs; run: make live")
    figure, numbers = CELLS[page_name]
    with opened(browser, f"{serving(SITE)}/{page_name}.html") as page:
        page.set_default_timeout(120_000)
        results = []
        for number in (figure, numbers):
            cell = Cell(page, number)
            cell.place.locator("summary").click()
            assert cell.run().startswith("Done"), cell.result.inner_text()
            results.append(cell.result)
        assert results[0].locator("figure svg").count() == 1
        assert results[1].inner_text().strip() == here(page_name, numbers, monkeypatch).strip()
        assert not any(url.startswith(live_code.CDN) for url in page.asked)
