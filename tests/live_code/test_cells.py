"""Which cells run in a browser, what each needs of the others, and what a run shows."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from tools import live_code
from tools.live_code import browser, needs, show

CHAPTER = {page: (live_code.ROOT / f"{page}.ipynb").read_text("utf-8") for page in live_code.PAGES}


def notebook(*codes: str, tags: tuple[str, ...] = ()) -> str:
    cells = [{"cell_type": "code", "source": code, "metadata": {"tags": tags}} for code in codes]
    return json.dumps({"cells": cells})


@pytest.fixture
def page(monkeypatch):
    for name in ("IPython", "IPython.display", "__main__"):  # put back afterwards
        monkeypatch.setitem(sys.modules, name, sys.modules.get(name))
    monkeypatch.setenv("MPLBACKEND", "agg")
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    browser.begin()
    yield browser._Worker.page
    logger.setLevel(level)


def shown(page, number: int, code: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    assert page.run(number, code, lambda kind, data: out.append((kind, data))) is None
    return out


@pytest.mark.parametrize("page_name", live_code.PAGES)
def test_most_cells_of_these_chapters_run_in_a_browser(page_name):
    found = live_code.cells(CHAPTER[page_name])
    code = [c for c in json.loads(CHAPTER[page_name])["cells"] if c["cell_type"] == "code"]
    assert len(found) >= 0.8 * len(code)
    assert not any("keras" in cell.code or "certificate" in cell.code for cell in found)


def test_what_builds_on_a_framework_does_not_run():
    text = notebook(
        "import numpy as np\nx = 1",
        "from nnedu.book import quiet_keras\nkeras = quiet_keras()\nx = keras.ops.ones(3)",
        "y = keras.ops.ones(1)",
        "z = y",
        "print(x)",
        "y = 2",
        "print(y)",
    )
    assert [cell.number for cell in live_code.cells(text)] == [0, 4, 5, 6]


@pytest.mark.parametrize(
    "code",
    ["import torch", "from nnedu.parity import certificate", "from nnedu import parity"],
)
def test_foreign_imports_are_seen_inside_functions_too(code):
    assert live_code.foreign(code)
    assert live_code.foreign(f"def f():\n    {code}")
    assert not live_code.foreign("from nnedu.optim import adam\nimport numpy.linalg, math")


def test_code_that_the_page_hides_is_told():
    (cell,) = live_code.cells(notebook("x = 1", tags=("remove-input",)))
    assert not cell.shown


def test_a_cell_needs_those_that_bind_what_it_reads():
    cells = {
        0: "import numpy as np",
        1: "a = np.ones(3)",
        2: "b = 1",
        3: "def f():\n    return a + c",
        4: "c = 2\nprint(c)",
        5: "f()",
    }
    assert needs.needed(cells, 5) == [0, 1, 3, 4]
    assert needs.needed(cells, 2) == []


@pytest.mark.parametrize("change", ["a[0] = 1", "a.append(1)", "a.x = 1", "a += [1]"])
def test_a_change_in_place_counts_as_binding(change):
    assert needs.needed({0: "a = []", 1: change, 2: "a"}, 2) == [0, 1]


def test_whoever_draws_from_a_generator_changes_it():
    cells = {0: "rng = make()", 1: "x = rng.normal()", 2: "y = rng.normal()"}
    assert needs.needed(cells, 2) == [0, 1]


def test_what_ran_is_not_run_again_unless_its_text_or_its_past_changed(page):
    cells = {0: "a = 1", 1: "b = a", 2: "c = b"}
    assert page.plan(cells, 2) == [0, 1, 2]
    for number in (0, 1, 2):
        shown(page, number, cells[number])
    assert page.plan(cells, 2) == [2]
    edited = cells | {0: "a = 5"}
    assert page.plan(edited, 2) == [0, 1, 2]
    shown(page, 0, edited[0])  # run by hand: what builds on it is out of date
    assert page.plan(edited, 2) == [1, 2]


def test_a_run_shows_what_a_notebook_shows(page):
    code = "from IPython.display import Markdown, display\nprint('one')\ndisplay(2)\nx = 3\nx"
    assert "".join(data for _, data in shown(page, 0, code)) == "one\n2\n3\n"
    assert shown(page, 1, "x = 4") == shown(page, 2, "None") == []
    assert shown(page, 3, "Markdown('| a |\\n|---|\\n| **b** |')") == [
        ("html", "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>"
        "<strong>b</strong></td></tr></tbody></table>")
    ]  # fmt: skip


def test_a_figure_is_shown_and_its_text_has_a_size(page):
    code = "from matplotlib import pyplot\npyplot.plot([1, 2])"
    kinds = [kind for kind, _ in shown(page, 0, code)]
    assert kinds == ["text", "image"]
    old = show.with_sizes('<text style="font: 700 12px inherit; fill: red">')
    assert old == '<text style="font-size: 12px; font-weight: 700; fill: red">'


def test_an_error_names_the_line_and_nothing_of_the_machinery(page):
    shown(page, 3, "def f():\n    return 1 / 0")
    with pytest.raises(browser.CellError) as failed:
        page.run(4, "x = 1\nf()", lambda kind, data: None)
    text = str(failed.value)
    assert 'File "<cell 4>", line 2' in text
    assert "return 1 / 0" in text
    assert text.endswith("ZeroDivisionError: division by zero")
    assert "browser.py" not in text
    assert 4 not in page.ran
    with pytest.raises(browser.CellError, match="SyntaxError"):
        page.run(5, "x =", lambda kind, data: None)


def test_a_package_that_is_missing_is_named_however_deep_the_error_lies(page, monkeypatch):
    for name in [n for n in sys.modules if n.partition(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Without("sklearn"), *sys.meta_path])
    code = """try:
    import sklearn.datasets
except ModuleNotFoundError as error:
    raise ImportError("pip install it") from error"""
    assert page.run(0, code, lambda kind, data: None) == "scikit-learn"
    assert browser.missing_package(ModuleNotFoundError(name="torch")) is None
    assert browser.missing_package(ImportError("no module is named")) is None


class _Without:
    """An importer that knows one thing: that a package is not there."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == self.name:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_boxes_fences_and_maths_of_the_book_become_html():
    box = '`````{admonition} Is it "true"?\n:class: note\n**No.** $a < b$ {cite}`x`\n`````'
    made = show.markdown(box)
    assert '<p class="nnedu-run-title">Is it "true"?</p>' in made
    assert "<strong>No.</strong> <em>a &lt; b</em></p>" in made
    assert show.markdown(r"So $\theta_0$.") == r"<p>So <code>\theta_0</code>.</p>"
    assert show.markdown("```python\na < b\n```") == '<pre tabindex="0">a &lt; b</pre>'
