"""The browser that tests pages and prints the PDF."""

from __future__ import annotations

import shutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find() -> str:
    """The path of the first that is installed."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    raise FileNotFoundError(
        f"no browser: expected one of {', '.join(BROWSERS)} on the PATH. Debian, Ubuntu: "
        "apt-get install chromium"
    )
