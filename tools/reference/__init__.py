"""The reference part of the book, made from the library's docstrings whenever the book is built.

``families`` says what stands on which page, ``entries`` finds it in order, ``docstrings`` reads
and judges its documentation, ``page`` writes a family's page and ``conventions`` the page about
the frameworks; ``choices`` holds the tables "Which one should I use". ``book/_ext`` puts the
text where a page of ``book/reference`` says ``<!-- reference: NAME -->``.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def text(name: str) -> str:
    """The generated part of a page, as MyST Markdown.

    Raises
    ------
    UndocumentedError
        If a public name on it is not completely documented.
    """
    from tools.reference import conventions, families, page

    return conventions.text() if name == "conventions" else page.text(families.family(name))


def sources() -> list[Path]:
    """Every file that the text of the pages is made of."""
    from tools.reference import families

    package = ROOT / "src" / "nnedu"
    files = [package / "_check.py", package / "_typing.py"]
    packages = {name for family in families.FAMILIES for name in family.packages}
    for name in {"parity", *packages}:
        where = package / name
        single = where.with_suffix(".py")
        files += [single] if single.exists() else [*where.rglob("*.py"), *where.rglob("*.json")]
    here = Path(__file__).parent
    files += [*here.glob("*.py"), *here.glob("*.toml")]
    return sorted({path for path in files if path.is_file()})
