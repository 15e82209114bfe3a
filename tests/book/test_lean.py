"""The two files that pages load, made from a small site."""

from __future__ import annotations

import struct
import sys
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

from tools import chapters

sys.path.insert(0, str(chapters.HERE.root / "book" / "_ext"))

import nnedu_lean

PAGE = """<html><head>
<link rel="stylesheet" type="text/css" href="{up}_static/styles/theme.css?digest=1" />
<link rel="stylesheet" type="text/css" href="{up}_static/other.css" />
<link rel="stylesheet" type="text/css" href="{up}_static/nnedu.css?v=2" />
<link rel="preload" as="script" href="{up}_static/late.js" />
<script defer src="{up}_static/scripts/fontawesome.js?digest=1"></script>
<script src="{up}_static/first.js?v=1"></script>
<script>DOCUMENTATION_OPTIONS.pagename = 'a';</script>
<script defer="defer" src="{up}_static/nnedu-live.js?v=1"></script>
<script src="{up}searchindex.js"></script>
</head><body class="mine"><p class="fa-bars" id="top">
<img alt="a picture" src="{up}_images/one.png"/>
<script defer src="{up}_static/late.js"></script></body></html>"""


@pytest.fixture
def site(tmp_path):
    files = {
        "_static/basic.css": "p { color: red }",
        "_static/styles/theme.css": (
            '/* url(nowhere) */ @import "../basic.css"; @font-face { font-family: "Font Awesome" }'
            ".fa-bars:before, .fa-file { content: 'x' } .mine .fa-bars { color: blue }"
            "a { background: url(../pictures/a.svg) } b { mask: url(data:image/svg+xml,x) }"
        ),
        "_static/nnedu.css": ".fa-bars { width: 1em } .only-in-the-pdf { color: blue }",
        "_static/other.css": (
            ".nowhere, #top { top: 0 } .nowhere:hover { left: 0 }"
            "@media print { .nowhere { right: 0 } } p:not(.nowhere) { bottom: 0 }"
            "a:is(.nowhere, .else) { margin: 0 } a[href$='.png'] { padding: 0 }"
            ".by-script { width: 2em } .sd\\/odd { width: 3em }"
        ),
        "_static/nnedu-live.js": "element('p', { class: 'by-script' })",
        "_static/first.js": "var first = 1",
        "_static/late.js": "var late = first + 1",
        "_static/template.html": PAGE.format(up="{{ pathto('x') }}"),
        "index.html": PAGE.format(up=""),
        "book/deep.html": PAGE.format(up="../"),
        "search.html": PAGE.format(up=""),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "_images").mkdir()
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 30, 20)
    (tmp_path / "_images" / "one.png").write_bytes(head)
    make(tmp_path)
    return tmp_path


def make(site):
    nnedu_lean.lean(SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=site), None)


def test_sheets_become_one(site):
    css = (site / "_static" / "nnedu-all.css").read_text()
    assert css.index("color: red") < css.index("background") < css.index("width: 1em")
    assert "url(pictures/a.svg)" in css
    assert "url(data:image/svg+xml,x)" in css
    assert "Font Awesome" not in css
    assert "content: 'x'" not in css
    assert ".mine .fa-bars{ color: blue }" in css


def test_rules_about_what_no_page_has_are_left_out(site):
    css = (site / "_static" / "nnedu-all.css").read_text()
    assert "#top{ top: 0 }" in css
    assert "left: 0" not in css
    assert "@media print" not in css
    assert "p:not(.nowhere){ bottom: 0 }" in css
    assert "a:is(.nowhere, .else){ margin: 0 }" in css
    assert "a[href$='.png']{ padding: 0 }" in css
    assert ".by-script{ width: 2em }" in css
    assert "3em" not in css
    assert ".only-in-the-pdf { color: blue }" in css  # our own sheet is left as it is


def test_scripts_become_one_in_their_order(site):
    js = (site / "_static" / "nnedu-all.js").read_text()
    assert js.index("var first") < js.index("var late")
    for name, up in (("index.html", ""), ("book/deep.html", "../")):
        page = (site / name).read_text()
        assert page.count("<script defer") == 2
        assert page.index(f'<script defer src="{up}_static/nnedu-all.js') < page.index("nnedu-live")
        assert page.count(f'href="{up}_static/nnedu-all.css?v=') == 1
        assert "fontawesome" not in page
        assert "preload" not in page
        assert "DOMContentLoaded', () => { DOCUMENTATION_OPTIONS.pagename = 'a'; }" in page


def test_the_theme_does_not_measure_all_code(tmp_path):
    script = tmp_path / nnedu_lean.THEME
    script.write_text('a();document.querySelectorAll(["pre",".b > .c"].join(", ")).forEach(d)')
    assert nnedu_lean._script(script) == "a();[].forEach(d)"
    script.write_text("another theme")
    with pytest.raises(ExtensionError, match="as before"):
        nnedu_lean._script(script)


def test_the_index_is_loaded_where_somebody_searches(site):
    assert "searchindex.js" not in (site / "index.html").read_text()
    assert '<script defer src="searchindex.js">' in (site / "search.html").read_text()


def test_images_say_their_size(site):
    page = (site / "book" / "deep.html").read_text()
    assert '<img loading="lazy" width="30" height="20" alt="a picture"' in page


def test_pages_of_before_get_the_stamps_of_today(site):
    before = (site / "index.html").read_text()
    make(site)
    assert (site / "index.html").read_text() == before
    (site / "_static" / "late.js").write_text("var late = 3")
    make(site)
    after = (site / "index.html").read_text()
    assert after != before
    assert "var late = 3" in (site / "_static" / "nnedu-all.js").read_text()
    assert "pathto" in (site / "_static" / "template.html").read_text()
