"""Formulas are written as MathML: no script typesets them, and a page is complete as it arrives.

Each formula is converted while its page is written; one that cannot be is a warning, which ends a
strict build. The font holds the signs that the pages use and no others: it is cut from the whole
one (book/fonts) once all pages are written, and lies beside the style sheet that names it.
"""

from __future__ import annotations

import re
from html import unescape
from logging import WARNING, getLogger
from pathlib import Path
from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)
WHOLE = Path(__file__).resolve().parents[1] / "fonts" / "STIXTwoMath-Regular.woff2"
FONT = "nnedu-maths.woff2"
MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
# A letter that stands alone is set in italics: browsers take it from here.
ITALICS = {
    **{chr(ord("A") + i): 0x1D434 + i for i in range(26)},
    **{chr(ord("a") + i): 0x1D44E + i for i in range(26)},
    **{chr(0x391 + i): 0x1D6E2 + i for i in range(25)},
    **{chr(0x3B1 + i): 0x1D6FC + i for i in range(25)},
    **{"h": 0x210E, "∂": 0x1D715, "ϵ": 0x1D716, "ϕ": 0x1D719},
}


def mathml(translator: HTML5Translator, node: nodes.Element, display: bool) -> str:
    """One formula."""
    convert = LatexToMathML(macros=translator.config.maths_macros, fancy_error=False)
    text = node.astext().strip()
    try:
        return convert.convert_with_local_state(text, displaystyle=display)
    except LatexError as error:
        log.warning(f"this formula has no MathML: {error}: {text}", location=node)
        return f"<code>{translator.encode(text)}</code>"


def inline(translator: HTML5Translator, node: nodes.math) -> None:
    formula = mathml(translator, node, False)
    translator.body.append(
        translator.starttag(node, "span", "", CLASS="math notranslate nohighlight")
        + f"{formula}</span>"
    )
    raise nodes.SkipNode


def block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append(f"{mathml(translator, node, True)}</div>\n")
    raise nodes.SkipNode


def signs(html: str) -> set[int]:
    """The signs of a page's formulas, as code points."""
    formulas = MATHML.findall(html)
    found = {sign for formula in formulas for sign in unescape(TAG.sub("", formula))}
    if any(root in formula for formula in formulas for root in ("<msqrt", "<mroot")):
        found.add("√")
    return {ord(sign) for sign in found} | {ITALICS[sign] for sign in found if sign in ITALICS}


def cut_font(app: Sphinx, failure: Exception | None) -> None:
    """Write the font with the signs of all pages."""
    if failure or app.builder.format != "html":
        return
    from fontTools import subset

    getLogger("fontTools").setLevel(WARNING)  # it tells of every table
    out = Path(app.outdir)
    used: set[int] = set()
    for path in out.rglob("*.html"):
        used |= signs(path.read_text(encoding="utf-8"))
    options = subset.Options(
        flavor="woff2", layout_features=["ssty", "mark", "mkmk", "ccmp"], notdef_outline=True
    )
    with subset.load_font(WHOLE, options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=used)
        cutter.subset(font)
        subset.save_font(font, out / "_static" / FONT, options)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("maths_macros", {}, "html", dict)
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.connect("build-finished", cut_font, priority=700)  # before the sheets are joined
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
