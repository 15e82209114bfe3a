"""The built site, a local server for it, and a browser that reaches nothing else."""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path

import pytest
import yaml

from tests.needs import require
from tools import book, chapters

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


def pages() -> list[str]:
    """The pages of the table of contents, as paths without their ending."""
    found = []

    def walk(entry):
        if isinstance(entry, list):
            for each in entry:
                walk(each)
        elif isinstance(entry, dict):
            found.extend(entry[key] for key in ("root", "file") if key in entry)
            for value in entry.values():
                walk(value)

    walk(yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8")))
    return found


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site; it is built where `make` has not done it."""
    if not (SITE / "index.html").exists():
        assert book.build(), "the book could not be built; run: make book"
    return SITE


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="session")
def served(site):
    """The address of the site on a loopback server."""
    handler = functools.partial(_Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
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
