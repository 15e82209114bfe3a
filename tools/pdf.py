"""The whole book as one PDF, printed from the built pages by the headless browser.

    python -m tools.pdf                 into _build/nnedu.pdf
    python -m tools.pdf --pages book/01_losses book/02_backprop

All pages become one document: anchors get their page's number in front, and links between pages
lead to places within. It is printed twice: where each page came to lie is known after the first
time, and stands in the contents of the second.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from tools import browser, chapters, contents

ROOT = chapters.HERE.root
SITE = ROOT / "_build" / "html"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
NAMES = ("id", "name")
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for")
LEFT_OUT = "script, .headerlink, .prev-next-area, details.hide, .toctree-wrapper"
URL = re.compile(r"url\(#([^)]+)\)")
FOOTER = (
    '<div style="width: 100%; font: 8px sans-serif; text-align: center; color: #555">'
    '<span class="pageNumber"></span></div>'
)


class Printer:
    """Joins pages into one document.

    Parameters
    ----------
    names : list of str
        Pages, as paths below the site without their ending.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.number = {(SITE / f"{name}.html").resolve(): n for n, name in enumerate(names)}
        self.titles: list[str] = []
        self.articles = [self._article(path, n) for path, n in self.number.items()]

    def _article(self, path: Path, n: int) -> str:
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        article = soup.select_one("article.bd-article")
        assert article is not None, f"{path} has no article"
        for each in article.select(LEFT_OUT):
            each.decompose()
        heading = article.select_one("h1")
        self.titles.append(heading.get_text(" ", strip=True) if heading else path.stem)
        for tag in article.find_all(True):
            self._renamed(tag, path, n)
        inside = article.decode_contents()
        return f'<section class="nnedu-page bd-content" id="p{n}">{inside}</section>'

    def _renamed(self, tag: Tag, path: Path, n: int) -> None:
        """Names that are unique in the whole, and links that lead within it."""
        for key, value in list(tag.attrs.items()):
            if not isinstance(value, str):
                continue
            if key in NAMES and tag.name not in {"input", "button"}:
                tag[key] = f"p{n}-{value}"
            elif key in REFERENCES:
                tag[key] = " ".join(f"p{n}-{word}" for word in value.split())
            elif key in {"href", "xlink:href"}:
                self._relinked(tag, key, value, path, n)
            elif key == "src" and not urlsplit(value).scheme:
                tag[key] = (path.parent / unquote(value)).resolve().as_uri()
            elif "url(#" in value:
                tag[key] = URL.sub(rf"url(#p{n}-\1)", value)
        if tag.name == "details":
            tag["open"] = ""
        if tag.name == "style" and tag.string:
            tag.string = URL.sub(rf"url(#p{n}-\1)", tag.string)

    def _relinked(self, tag: Tag, key: str, value: str, path: Path, n: int) -> None:
        url = urlsplit(value)
        if url.scheme:
            return
        target = (path.parent / unquote(url.path)).resolve() if url.path else path
        if target in self.number:
            place = f"p{self.number[target]}"
            tag[key] = f"#{place}-{url.fragment}" if url.fragment else f"#{place}"
        else:  # a download, or a page that is not printed: in a PDF it leads nowhere
            del tag[key]

    def document(self, found: Mapping[int, int]) -> str:
        """The whole as HTML; ``found`` holds the sheet on which each page begins."""
        front = next(iter(self.number)).read_text(encoding="utf-8")
        soup = BeautifulSoup(front, "html.parser")
        base = next(iter(self.number)).parent
        head = []
        for tag in soup.head.find_all("link") if soup.head else []:
            if "stylesheet" in (tag.get("rel") or []):
                tag["href"] = (base / urlsplit(str(tag["href"])).path).resolve().as_uri()
                head.append(str(tag))
        return (
            f'<!doctype html><html lang="en" data-theme="light" data-mode="light"><head>'
            f'<meta charset="utf-8"><title>{self.titles[0]}</title>{"".join(head)}</head>'
            f'<body class="nnedu-print">{self._contents(found)}{"".join(self.articles)}'
            "</body></html>"
        )

    def _contents(self, found: Mapping[int, int]) -> str:
        """Title and contents, with the sheet of each page where it is known."""
        names = {
            path.relative_to(SITE).with_suffix("").as_posix(): n for path, n in self.number.items()
        }
        rows = []
        for caption, within in contents.parts():
            here = [names[name] for name in within if name in names and names[name] > 0]
            if here and caption:
                rows.append(f"<h2>{caption}</h2>")
            for n in here:
                sheet = found.get(n, "")
                rows.append(
                    f'<p class="nnedu-row"><a href="#p{n}">{self.titles[n]}</a>'
                    f'<a class="nnedu-sheet" href="#p{n}">{sheet}</a></p>'
                )
        return f'<nav class="nnedu-contents"><h1>{self.titles[0]}</h1>{"".join(rows)}</nav>'


def sheets(path: Path) -> dict[int, int]:
    """The sheet, counted from 1, on which each page begins that something links to."""
    from pypdf import PdfReader

    reader = PdfReader(path)
    found = {}
    for name, place in reader.named_destinations.items():
        page = re.fullmatch(r"/?p(\d+)", name)
        number = reader.get_destination_page_number(place)
        if page and number is not None:
            found[int(page[1])] = number + 1
    return found


def make(pages: Sequence[str], target: Path) -> int:
    """Print pages into a PDF; return its number of sheets."""
    from playwright.sync_api import sync_playwright
    from pypdf import PdfReader

    printer = Printer(pages)
    work = ROOT / "_build" / "pdf"
    work.mkdir(parents=True, exist_ok=True)
    source, draft = work / "book.html", work / "draft.pdf"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.find(), args=FLAGS)
        found: dict[int, int] = {}
        for _ in range(2):
            source.write_text(printer.document(found), encoding="utf-8")
            page = running.new_page(color_scheme="light", reduced_motion="reduce")
            page.set_default_timeout(600_000)
            page.goto(source.as_uri(), wait_until="load")
            page.evaluate("document.fonts.ready")
            page.pdf(
                path=draft,
                format="A4",
                margin={"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
                print_background=True,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=FOOTER,
                outline=True,
                tagged=True,
            )
            page.close()
            found = sheets(draft)
        running.close()
    draft.replace(target)
    return len(PdfReader(target).pages)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.pdf", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--pages", nargs="+", help="only these pages", default=contents.pages())
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "nnedu.pdf")
    options = parser.parse_args(arguments)
    if not (SITE / "index.html").exists():
        print("pdf: there is no book yet; run: make book", file=sys.stderr)
        return 1
    missing = [name for name in options.pages if not (SITE / f"{name}.html").exists()]
    if missing:
        print(f"pdf: {', '.join(missing)} not in the site; run: make book", file=sys.stderr)
        return 1
    started = time.perf_counter()
    count = make(options.pages, options.out)
    size = options.out.stat().st_size / 1e6
    print(
        f"pdf: {options.out} ({count} pages, {size:.1f} MB, {time.perf_counter() - started:.0f} s)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
