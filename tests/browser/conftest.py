"""The built site, a local server for it, and a browser that reaches nothing else."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.needs import require
from tools import book, chapters, serve

ROOT = chapters.HERE.root
SITE = ROOT / "_build" / "html"
SCREENSHOTS = ROOT / "_build" / "screenshots"
# As root in a container, and with nothing that reports home or asks a resolver.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site; it is built where `make` has not done it."""
    if not (SITE / "index.html").exists():
        assert book.build(), "the book could not be built; run: make book"
    return SITE


@pytest.fixture(scope="session")
def served(site):
    """The address of the site on a loopback server."""
    with serve.server(0, site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """Chromium, without a network."""
    require("playwright")
    path = require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()
