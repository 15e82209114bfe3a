"""Helpers for chapters: the source shown is the library's, and numbers are shown to be read."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from myst_nb.core.variables import format_plain_text

from nnedu import book
from nnedu.optim import sgd


def documented(x):
    """Say what it does.

    And more.
    """

    # why: because
    text = "kept"  # not a docstring

    def inner():
        "an inner one"
        return text

    return inner() * x


class OnlyDocumented:
    """This is all there is."""


def test_the_source_is_the_librarys_own():
    assert book.source(sgd, docstring=True).text == inspect.getsource(sgd).rstrip()


def test_docstrings_are_cut_and_the_rest_stays_as_written():
    assert book.source(documented).text == (
        "def documented(x):\n"
        "    # why: because\n"
        '    text = "kept"  # not a docstring\n'
        "\n"
        "    def inner():\n"
        "        return text\n"
        "\n"
        "    return inner() * x"
    )


def test_a_docstring_that_is_the_whole_body_stays():
    assert "all there is" in book.source(OnlyDocumented).text


def test_it_is_shown_as_a_highlighted_block():
    shown = book.source(sgd, documented)._repr_mimebundle_()
    assert shown["text/markdown"].startswith("```python\ndef sgd(")
    assert "\n\n\ndef documented(" in shown["text/markdown"]
    assert shown["text/markdown"].endswith("\n```")
    assert shown["text/plain"] == repr(book.source(sgd, documented))


def test_a_fence_inside_the_source_does_not_end_the_block():
    text = book.Source('x = "```"')._repr_mimebundle_()["text/markdown"]
    assert text == '````python\nx = "```"\n````'


@pytest.mark.parametrize("wrong", [len, 3])
def test_what_has_no_source_is_said_so(wrong):
    with pytest.raises(TypeError, match="no Python source was found"):
        book.source(wrong)


def test_nothing_to_show_is_said_so():
    with pytest.raises(TypeError, match="nothing to show"):
        book.source()


@pytest.mark.parametrize(
    ("value", "fmt", "expected"),
    [
        (0.123456, None, "0.1235"),
        (np.float64(0.5), None, "0.5"),
        (np.float32(1e-7), None, "1e-07"),
        (np.int64(12), None, "12"),
        (np.bool_(True), None, "True"),
        (np.array(2.0), None, "2"),
        (7, None, "7"),
        (0.25, ".1%", "25.0%"),
        (np.float64(1234.5), ",.0f", "1,234"),
        (3925, ",", "3,925"),
        (0.7, ".2f", "0.70"),
        ("words", None, "words"),
    ],
)
def test_numbers_are_shown_to_be_read(monkeypatch, value, fmt, expected):
    glued = {}
    monkeypatch.setattr("IPython.get_ipython", object)
    monkeypatch.setattr("myst_nb.glue", lambda name, shown, display: glued.update({name: shown}))
    book.glue("it", value, fmt)
    assert format_plain_text(repr(glued["it"]), "") == expected  # what the role makes of it


def test_without_the_books_tools_it_prints(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "myst_nb", None)
    book.glue("share", 0.25, ".0%")
    assert capsys.readouterr().out == "share = 25%\n"
