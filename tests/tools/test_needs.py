"""What is missing is named; it skips on a person's machine and fails where everything must run."""

from __future__ import annotations

import pytest

from tests import needs


@pytest.fixture(autouse=True)
def nothing_there(monkeypatch):
    monkeypatch.setitem(
        needs.NEEDS, "widget", needs.Need(lambda: None, "apt-get install the-widget")
    )


def test_a_person_sees_a_skip_that_says_what_to_do(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"widget .*apt-get install the-widget"):
        needs.require("widget")


def test_under_ci_it_fails(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install the-widget"):
        needs.require("widget")
    with pytest.raises(pytest.skip.Exception):
        needs.require("widget", optional=True)


def test_what_is_there_is_found(tmp_path):
    assert needs.require(str(tmp_path)) == str(tmp_path)


def test_an_unknown_name_is_a_mistake():
    with pytest.raises(KeyError, match=r"tests/needs.py"):
        needs.require("wigdet")
