"""The browser is found, or what is missing is said."""

from __future__ import annotations

import pytest

from tools import browser


def test_the_first_that_is_there_is_taken(tmp_path, monkeypatch):
    program = tmp_path / "google-chrome"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() == str(program)


def test_where_there_is_none_it_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"expected one of chromium.*apt-get install"):
        browser.find()
