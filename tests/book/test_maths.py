"""Formulas as MathML, on a small site, and the font cut to their signs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from tools import chapters

CONF = f"""
import sys
sys.path.insert(0, {str(chapters.HERE.root / "book" / "_ext")!r})
extensions = ["nnedu_maths"]
html_math_renderer = "mathml"
maths_macros = {{"norm": r"\\left\\lVert #1 \\right\\rVert"}}
"""
PAGE = r"""
About :math:`\theta_t < 1`
==========================

.. math:: \norm{x} = \sqrt{\textstyle\sum_i x_i^2}
   :label: length

.. math::

   \begin{aligned}
   a &= b \\
   &= c
   \end{aligned}
"""


def build(folder, text):
    (folder / "conf.py").write_text(CONF)
    (folder / "index.rst").write_text(text)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", folder, folder / "html"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maths")
    assert build(folder, PAGE) == ""
    return folder / "html"


def test_a_page_has_mathml_and_no_tex(site):
    page = BeautifulSoup((site / "index.html").read_text(), "html.parser")
    heading, norm, lines = page.select("div.body .math")
    assert heading.name == "span"
    assert heading.select_one("math msub").get_text() == "θt"
    assert heading.find("mo").get_text() == "<"
    assert norm.select_one("math[display=block]").get_text().startswith("‖x‖")
    assert norm.select_one(".eqno").get_text().startswith("(1)")
    assert len(lines.select("mtr")) == 2
    assert "\\" not in page.select_one("div.body").get_text()
    assert not page.select("script[src*=mathjax]")


def test_the_font_has_the_signs_of_the_page_and_no_others(site):
    font = TTFont(site / "_static" / "nnedu-maths.woff2")
    signs = set(font.getBestCmap())
    assert {ord(sign) for sign in "<=‖√∑12"} <= signs
    assert {0x1D465, 0x1D703} <= signs  # x and theta in italics
    assert ord("Ω") not in signs
    assert "MATH" in font
    assert (site / "_static" / "nnedu-maths.woff2").stat().st_size < 40_000


def test_a_formula_that_cannot_be_converted_is_a_warning(tmp_path):
    said = build(tmp_path, "Wrong\n=====\n\n:math:`\\nothing{x}`\n")
    assert "this formula has no MathML" in said
    assert "nothing" in said
    assert "<code>\\nothing{x}</code>" in (tmp_path / "html" / "index.html").read_text()
