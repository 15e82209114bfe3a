"""A figure as an element of a page: SVG in the page's own colours, with alt text and caption."""

import hashlib
import html
import io
import re
from typing import Any

import matplotlib as mpl

from nnedu.plotting.style import INK, PAPER

_STYLE = (
    "<style>.nnedu-figure{margin:1rem 0;overflow-x:auto;text-align:center}"
    ".nnedu-figure svg{display:block;max-width:100%;height:auto;margin:auto}"
    ".nnedu-figure.wide svg{min-width:34rem}"
    ".nnedu-figure figcaption{margin:.5rem auto 0;max-width:40rem;text-align:left}</style>"
)
_LENGTHS = re.compile(r'\b(d|x|y|x1|x2|y1|y2|cx|cy|points)="([^"]*)"')
_LONG = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_PLAIN_GROUP = re.compile(r"<g>((?:(?!</?g\b).)*)</g>", re.DOTALL)
_PAPER = "var(--pst-color-background, var(--jp-layout-color0, Canvas))"


class Picture:
    """A matplotlib figure that shows itself in a notebook and in the book.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made by :func:`nnedu.plotting.subplots`; ink and paper are replaced by the page's colours,
        so that one picture serves the light and the dark theme.
    alt : str
        What is to be seen, for someone who cannot see it.
    caption : str
        The figure's one message, as a sentence.
    wide : bool
        Scroll sideways on a phone rather than shrink.

    Raises
    ------
    ValueError
        If ``alt`` or ``caption`` is empty.
    """

    def __init__(self, figure: Any, *, alt: str, caption: str, wide: bool = False) -> None:
        for name, text in (("alt", alt), ("caption", caption)):
            if not text.strip():
                raise ValueError(f"{name} is empty; expected a sentence on what the figure shows.")
        self.figure = figure
        self.alt = alt
        self.caption = caption
        self.wide = wide

    def svg(self) -> str:
        """The figure as one ``<svg>`` element; the same figure gives the same text."""
        # Ids of clip paths and glyphs are hashed with the salt: two figures of one page must not
        # share them, and one figure must keep them.
        salt = hashlib.sha256(self.alt.encode()).hexdigest()[:12]
        out = io.StringIO()
        with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"}):
            self.figure.savefig(out, format="svg", metadata={"Date": None})
        text = out.getvalue()
        text = text[text.index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
        text = _bare(text)
        text = re.sub(r'id="([^"]+)"', rf'id="\1-{salt}"', text)
        text = re.sub(r'(href="#|url\(#)([^")]+)', rf"\1\2-{salt}", text)
        text = re.sub(r"(font(?:-family)?: [^;\"]*?)'?DejaVu Sans[^;\"]*", r"\1inherit", text)
        # Black is what matplotlib draws in when nobody asked; on a page that is the ink.
        for ink in (INK, "#000000"):
            text = text.replace(ink, "currentColor")
        text = text.replace(PAPER, _PAPER)
        label = html.escape(self.alt, quote=True)
        return text.replace("<svg", f'<svg role="img" aria-label="{label}" fill="currentColor"', 1)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        classes = "nnedu-figure wide" if self.wide else "nnedu-figure"
        caption = html.escape(self.caption, quote=False)
        page = (
            f'{_STYLE}<figure class="{classes}">{self.svg()}'
            f"<figcaption>{caption}</figcaption></figure>"
        )
        return {"text/html": page, "text/plain": f"[{self.alt}]\n{self.caption}"}


def _bare(svg: str) -> str:
    """An SVG that draws the same with fewer elements and bytes: lengths to a hundredth of a point,
    no names that nothing refers to, no groups that say nothing."""
    svg = _LENGTHS.sub(lambda a: f'{a[1]}="{" ".join(_LONG.sub(_short, a[2]).split())}"', svg)
    named = set(re.findall(r"#([\w.-]+)", svg))
    svg = re.sub(r' id="([^"]+)"', lambda name: name[0] if name[1] in named else "", svg)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", svg)
    svg = re.sub(r">\s*\n\s*<", "><", svg)
    plain = 1
    while plain:
        svg, plain = _PLAIN_GROUP.subn(r"\1", svg)
    return svg


def _short(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
