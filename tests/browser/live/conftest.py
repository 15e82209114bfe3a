"""A small site with every live figure, built by Sphinx alone, and pages of it opened to be used.

Each figure stands on a page of its own, a notebook that asks for it by the line of the chapters.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnedu.live import FIGURES
from tools import chapters

ROOT = chapters.HERE.root
CONF = """
import sys
sys.path.insert(0, {ext!r})
project = "Live figures"
extensions = ["myst_nb", "nnedu_live"]
html_theme = "sphinx_book_theme"
html_context = {{"default_mode": "auto"}}
html_static_path = [{static!r}]
html_css_files = ["nnedu.css"]
nb_execution_mode = "off"
"""


@pytest.fixture(scope="session")
def live_site(tmp_path_factory) -> Path:
    """The folder of the built pages."""
    source = tmp_path_factory.mktemp("live")
    target = source / "_build" / "html"
    conf = CONF.format(ext=str(ROOT / "book" / "_ext"), static=str(ROOT / "book" / "static"))
    (source / "conf.py").write_text(conf)
    names = [figure.name for figure in FIGURES]
    for name in names:
        line = f"[Live figure: A message.](_build/html/{name}.html#live-{name})"
        cell = {"cell_type": "markdown", "id": "c1", "metadata": {}}
        cell["source"] = f"# The figure {name}\n\nBefore.\n\n{line}\n\nAfter."
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        notebook = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        (source / f"{name}.ipynb").write_text(json.dumps(notebook))
    contents = "\n".join(["# Contents", "", "```{toctree}", *names, "```"])
    (source / "index.md").write_text(contents)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(source), str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


class Use:
    """A live figure in an open page, and what a person does with it."""

    def __init__(self, page, name: str) -> None:
        self.page, self.name = page, name
        self.box = page.locator(f"#live-{name}")

    @property
    def words(self) -> str:
        """The sentence of numbers."""
        self.settle()
        return self.box.locator(".nl-words").inner_text()

    @property
    def state(self) -> dict:
        self.settle()
        return self.page.evaluate(f"document.getElementById('live-{self.name}').liveFigure.state")

    def settle(self) -> None:
        """Two frames: one in which the figure draws, one after it."""
        self.page.evaluate(
            "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
        )

    def address(self) -> str:
        """The page's address once the figure has written its state there."""
        self.page.wait_for_timeout(500)
        return self.page.evaluate("window.location.href")

    def control(self, label: str):
        return self.box.get_by_label(label, exact=True)

    def reset(self) -> None:
        self.box.get_by_role("button", name="Reset").click()


@contextlib.contextmanager
def opened(browser, address: str, **context):
    """A page, and a list of all that went wrong in it, requests to elsewhere included."""
    context = browser.new_context(viewport={"width": 1000, "height": 900}, **context)
    page = context.new_page()
    wrong: list[str] = []

    def gate(route):
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asked for {route.request.url}")
            route.abort()

    page.route("**/*", gate)
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: wrong.append(f"not loaded: {request.url}"))
    page.goto(address, wait_until="load")
    yield page, wrong
    context.close()


@pytest.fixture(scope="session")
def use(live_site, browser):
    """Open a figure's page from the file system."""

    @contextlib.contextmanager
    def opener(name: str, query: str = "", **context):
        address = f"{(live_site / f'{name}.html').as_uri()}{query}"
        with opened(browser, address, **context) as (page, wrong):
            yield Use(page, name)
            assert wrong == []

    return opener


@pytest.fixture(scope="session")
def library_page(live_site, browser):
    """One page for all comparisons: every page holds the whole library."""
    page = browser.new_page()
    page.goto((live_site / f"{FIGURES[0].name}.html").as_uri())
    yield page
    page.close()


def ask(page, script, given):
    """Call a function in the page; as text, since the driver is slow on long lists."""
    text = page.evaluate(
        f"(text) => JSON.stringify(({script})(JSON.parse(text)))", json.dumps(given)
    )
    return json.loads(text)
