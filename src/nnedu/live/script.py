"""The one script of all live figures: the engine, the library, the palette, the figures."""

import re
from pathlib import Path

from nnedu.live.contests import races
from nnedu.live.samples import clouds, digit_reader, line_fit
from nnedu.live.translated import library, literal
from nnedu.plotting.style import COLORS, DASHES, OTHERS

_HERE = Path(__file__).parent / "js"
FILES = ("runtime", "core", "figure", "plot", "network")
"""The engine, in the order in which it is read."""

_NAMED = {"--": "7 4", "-.": "8 3 2 3", ":": "2 3"}


def script() -> str:
    """The script as the page loads it.

    Returns
    -------
    str
        Classic JavaScript without imports: it also runs from the file system, where browsers
        refuse modules and fetches. Comments and indentation are left out.
    """
    engine = [(_HERE / f"{name}.js").read_text(encoding="utf-8") for name in FILES]
    drawn = [path.read_text(encoding="utf-8") for path in sorted((_HERE / "figures").glob("*.js"))]
    begin = (_HERE / "start.js").read_text(encoding="utf-8")
    styles = f"const styles = {literal((_HERE / 'live.css').read_text(encoding='utf-8'))};"
    parts = [*engine[:1], library(), _colours(), _data(), styles, *engine[1:], *drawn, begin]
    inner = "\n".join(parts)
    lines = (line.strip() for line in inner.splitlines())
    kept = "\n".join(line for line in lines if line and not line.startswith("// "))
    return f'"use strict";\n(() => {{\n{kept}\n}})();\n'


def _data() -> str:
    """What figures need beside rules: each a constant, made from the library of today."""
    made = {
        "races": races(),
        "lineFit": line_fit(),
        "clouds": clouds(),
        "digitReader": digit_reader(),
    }
    return "\n".join(f"const {name} = {literal(value)};" for name, value in made.items())


def _colours() -> str:
    """The palette of ``nnedu.plotting.style``: an optimizer has one colour in the whole book."""
    dashes = {name: _dasharray(dash) for name, dash in DASHES.items()}
    return "\n".join(
        f"const {name} = {literal(value)};"
        for name, value in (("palette", COLORS), ("dashes", dashes), ("others", list(OTHERS)))
    )


def _dasharray(dash: object) -> str:
    """A line style of Matplotlib as SVG says it."""
    if isinstance(dash, str):
        return _NAMED[dash]
    assert isinstance(dash, tuple)
    return re.sub(r"[(),]", "", str(dash[1]))
